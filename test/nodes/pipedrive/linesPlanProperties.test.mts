/** What must hold for any lines, not only for the examples. */
import fc from 'fast-check';
import { isEmptyPlan, planLines } from '../../../nodes/Pipedrive/lines/plan';
import { foreseenLines } from '../../../nodes/Pipedrive/lines/tell';
import { ALL_PRODUCTS, anyLines, ERP_PRODUCTS, FORMER } from './anyLines.mts';

describe('from any lines to any others', () => {
	it('a plan carried out leaves nothing to do, at the price it named', () => {
		fc.assert(
			fc.property(
				anyLines(ALL_PRODUCTS, 40),
				anyLines(ERP_PRODUCTS, 40),
				fc.boolean(),
				(current, wanted, removesOthers) => {
					const options = { removesOthers, formerProducts: [FORMER] };
					const before = foreseenLines(planLines(current, [], options), []).map((line, n) => ({
						...line,
						id: n + 1,
					}));
					const plan = planLines(wanted, before, options);
					const after = foreseenLines(plan, before);
					const again = planLines(wanted, after, options);
					expect([again.tokens, again.kept]).toEqual([0, wanted.length]);
					expect(after).toEqual(expect.arrayContaining(plan.foreign));
					expect(plan.tokens === 0).toBe(isEmptyPlan(plan));
				},
			),
			{ numRuns: 1500 },
		);
	});
});
