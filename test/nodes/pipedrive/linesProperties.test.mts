/** What must hold for any lines, not only for the examples. */
import fc from 'fast-check';
import { planLines } from '../../../nodes/Pipedrive/lines/plan';
import type { FaultKind } from '../../sandbox/pipedrive/faults.mts';
import { ALL_PRODUCTS, anyLines, ERP_PRODUCTS, FORMER } from './anyLines.mts';
import { multiset, openLinesBench, type LinesBench } from './linesBench.mts';

const faults = fc.array(
	fc.record({
		kind: fc.constantFrom<FaultKind>('lostAnswer', 'dropBefore', 'badJson', 'emptyBody'),
		method: fc.constantFrom('POST', 'PATCH', 'DELETE', 'GET'),
		after: fc.nat(3),
	}),
	{ maxLength: 2 },
);

let bench: LinesBench;
beforeAll(async () => {
	bench = await openLinesBench({ dailyTokens: 10_000_000 });
});
afterAll(async () => await bench.close());

describe('from any lines to any others', () => {
	it('the deal has the lines of the ERP and those of persons, and a second run writes nothing', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyLines(ALL_PRODUCTS, 130),
				anyLines(ERP_PRODUCTS, 130),
				faults,
				async (current, wanted, trouble) => {
					const deal = await bench.newDeal();
					await bench.put(deal, current);
					const before = await bench.linesOf(deal);
					const ours = new Set([FORMER, ...wanted.map(({ productId }) => productId)]);
					const foreign = before.filter(({ productId }) => !ours.has(productId));
					const options = { removesOthers: true, formerProducts: [FORMER] };
					const { tokens } = planLines(wanted, before, options);
					bench.sandbox.faults.clear();
					for (const { kind, method, after } of trouble) {
						const match = { method, path: `/${deal}/products|deal_ids=${deal}` };
						bench.sandbox.faults.add({ kind, after, match });
					}
					const result = await bench.write(deal, wanted, options);
					const struck = bench.sandbox.faults.list().some(({ hits }) => hits > 0);
					bench.sandbox.faults.clear();
					if (!struck) expect([result.spent, result.tokens]).toEqual([tokens, tokens]);
					expect(result.error).toBeUndefined();
					const after = await bench.linesOf(deal);
					expect(multiset(after)).toEqual(multiset([...wanted, ...foreign]));
					expect(multiset(result.lines)).toEqual(multiset(after));
					// Same ids, same content: nobody touched them.
					expect(after.filter(({ productId }) => !ours.has(productId))).toEqual(foreign);
					const again = await bench.write(deal, wanted, options);
					expect([again.spent, again.changes]).toEqual([0, []]);
				},
			),
			{ numRuns: 60, interruptAfterTimeLimit: 60_000 },
		);
	}, 120_000);

	it('without leave to remove, nothing goes and what is wanted is there', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyLines(ALL_PRODUCTS, 20),
				anyLines(ERP_PRODUCTS, 20),
				async (current, wanted) => {
					const deal = await bench.newDeal();
					await bench.put(deal, current);
					const before = await bench.linesOf(deal);
					const result = await bench.write(deal, wanted);
					const after = await bench.linesOf(deal);
					expect(result.requests.filter((one) => one.startsWith('DELETE'))).toEqual([]);
					const ids = after.map(({ id }) => id);
					expect(before.every(({ id }) => ids.includes(id))).toBe(true);
					const left = multiset(after);
					for (const line of multiset(wanted)) left.splice(mustFind(left, line), 1);
					for (const product of ERP_PRODUCTS) {
						const count = (of: Array<{ productId: number }>) =>
							of.filter(({ productId }) => productId === product).length;
						const least = Math.max(count(before), count(wanted));
						// A line for nothing may be a person's gift: it does not become one that costs.
						const gifts = count(before.filter(({ itemPrice }) => itemPrice === 0));
						expect(count(after)).toBeGreaterThanOrEqual(least);
						expect(count(after)).toBeLessThanOrEqual(least + gifts);
					}
					expect((await bench.write(deal, wanted)).spent).toBe(0);
				},
			),
			{ numRuns: 30 },
		);
	}, 60_000);

	it('comments of the ERP arrive', async () => {
		await fc.assert(
			fc.asyncProperty(anyLines(ERP_PRODUCTS, 20), async (wanted) => {
				const deal = await bench.newDeal();
				await bench.write(deal, wanted);
				const texts = (lines: Array<{ comments: string }>) =>
					lines.map(({ comments }) => comments).sort();
				expect(texts(await bench.linesOf(deal))).toEqual(texts(wanted));
			}),
			{ numRuns: 20 },
		);
	}, 60_000);
});

function mustFind(lines: string[], line: string): number {
	const at = lines.indexOf(line);
	expect(at).toBeGreaterThanOrEqual(0);
	return at;
}
