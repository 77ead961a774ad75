import type { DealLine } from '../../../nodes/Pipedrive/lines/dealLine';
import { addingParts, planLines, removingParts } from '../../../nodes/Pipedrive/lines/plan';
import { foreseenLines, lineChanges, stayingWarning } from '../../../nodes/Pipedrive/lines/tell';
import type { WantedLine } from '../../../nodes/Pipedrive/lines/wanted';
import { manyLines, wantedLine } from './linesBench.mts';

let lastId = 0;
const has = (change: Partial<DealLine> = {}): DealLine => ({
	...wantedLine(),
	id: ++lastId,
	dealId: 1,
	name: 'Pump',
	currency: 'EUR',
	taxMethod: 'exclusive',
	orderNumber: 1,
	sum: 10,
	isEnabled: true,
	...change,
});
const keeps = { removesOthers: false };
const removes = { removesOthers: true };

describe('what is to be done with lines', () => {
	it('is nothing, for nothing, where they are as wanted in whatever order', () => {
		const wanted = manyLines(100);
		const current = [...wanted].reverse().map((line) => has(line));
		expect(planLines(wanted, current, removes)).toMatchObject({
			adds: [],
			updates: [],
			removes: [],
			kept: 100,
			tokens: 0,
		});
	});

	it('changes a line in place and sends only what differs', () => {
		const current = has({ itemPrice: 9, quantity: 2 });
		expect(planLines([wantedLine({ quantity: 2 })], [current], removes)).toMatchObject({
			updates: [{ id: current.id, body: { item_price: 10 } }],
			tokens: 5,
		});
	});

	it.each<[string, Partial<WantedLine>, Partial<DealLine>, Record<string, unknown>]>([
		[
			'an amount instead of a percentage',
			{ discount: 5, discountType: 'amount' },
			{ discount: 5 },
			{ discount: 5, discount_type: 'amount' },
		],
		['no discount any more', { discount: 0 }, { discount: 5 }, { discount: 0 }],
		['another discount', { discount: 7 }, { discount: 5 }, { discount: 7 }],
		['another tax', { tax: 19 }, { tax: 7 }, { tax: 19 }],
		[
			'another unit',
			{ comments: 'Unit: box' },
			{ comments: 'Unit: pc' },
			{ comments: 'Unit: box' },
		],
	])('sends %s', (_, wanted, current, body) => {
		const plan = planLines([wantedLine(wanted)], [has(current)], removes);
		expect(plan.updates.map((update) => update.body)).toEqual([body]);
	});

	it('takes no notice of spelling: rounding, blanks, the kind of no discount, a comment of a person', () => {
		const pairs: Array<[Partial<WantedLine>, Partial<DealLine>]> = [
			[{ discount: 33.333333 }, { discount: 33.33 }],
			[{ quantity: 0.125 }, { quantity: 0.13 }],
			[{ comments: 'Unit:  box' }, { comments: ' Unit: box ' }],
			[{ discountType: 'amount' }, { discountType: 'percentage' }],
			[{}, { comments: 'call before delivery' }],
		];
		for (const [wanted, current] of pairs) {
			expect(planLines([wantedLine(wanted)], [has(current)], removes).kept).toBe(1);
		}
	});

	it('pairs lines of one product by likeness, so that only what changed is written', () => {
		const current = [has({ quantity: 1, itemPrice: 5 }), has({ quantity: 2, itemPrice: 6 })];
		const wanted = [
			wantedLine({ quantity: 9, itemPrice: 6 }),
			wantedLine({ quantity: 1, itemPrice: 5 }),
		];
		expect(planLines(wanted, current, removes)).toMatchObject({
			kept: 1,
			updates: [{ id: current[1].id, body: { quantity: 9 } }],
		});
	});

	it('knows a line of the placeholder by its comment, whatever else changed', () => {
		const current = [has({ comments: 'A - a' }), has({ comments: 'B - b', quantity: 3 })];
		const wanted = [
			wantedLine({ comments: 'B - b', quantity: 1 }),
			wantedLine({ comments: 'A - a', quantity: 3 }),
		];
		expect(planLines(wanted, current, removes).updates.map(({ id, body }) => [id, body])).toEqual([
			[current[1].id, { quantity: 1 }],
			[current[0].id, { quantity: 3 }],
		]);
	});

	it.each<[string, Partial<WantedLine>, Partial<WantedLine>]>([
		['comment, though nothing else is the same', { comments: 'A - a' }, { comments: 'B - b' }],
		['price', { itemPrice: 1 }, { itemPrice: 2 }],
		['quantity', { quantity: 1 }, { quantity: 2 }],
	])('pairs lines of one product by %s', (_, one, other) => {
		const before = { itemPrice: 70, quantity: 70 };
		const after = { itemPrice: 80, quantity: 80 };
		const current = [has({ ...before, ...one }), has({ ...before, ...other })];
		const wanted = [wantedLine({ ...after, ...other }), wantedLine({ ...after, ...one })];
		expect(planLines(wanted, current, removes).updates.map(({ id }) => id)).toEqual([
			current[1].id,
			current[0].id,
		]);
	});

	it('changes a line of the same product in place, even if nothing else is the same', () => {
		const current = has({ itemPrice: 1, quantity: 2, discount: 3, tax: 4, comments: 'old' });
		const plan = planLines([wantedLine({ comments: 'new', quantity: 9 })], [current], removes);
		expect(plan).toMatchObject({ adds: [], removes: [], updates: [{ id: current.id }], tokens: 5 });
	});

	it('leaves a commented line to the ERP line that has this comment', () => {
		const current = [has({ comments: 'Unit:  box' }), has({ itemPrice: 9 })];
		const wanted = [wantedLine(), wantedLine({ comments: 'Unit: box' })];
		expect(planLines(wanted, current, removes)).toMatchObject({
			kept: 1,
			updates: [{ id: current[1].id, body: { item_price: 10 } }],
		});
	});

	it('is found in a moment for a thousand changed lines of one product', () => {
		const wanted = manyLines(1000, { productId: 1, comments: 'Unit: box' });
		const current = [...wanted].reverse().map((line) => has({ ...line, itemPrice: -1 }));
		const startedAt = process.cpuUsage().user;
		expect(planLines(wanted, current, removes).updates).toHaveLength(1000);
		expect((process.cpuUsage().user - startedAt) / 1000).toBeLessThan(1000);
	});

	it('gives a line its product once Pipedrive has it, instead of a second line', () => {
		const current = has({ productId: 99, comments: 'VALVE - Valve (Unit: pc)' });
		const wanted = wantedLine({ productId: 8, text: 'VALVE - Valve', comments: 'Unit: pc' });
		expect(planLines([wanted], [current], keeps)).toMatchObject({
			adds: [],
			updates: [{ id: current.id, body: { product_id: 8, comments: 'Unit: pc' } }],
			staying: [],
			foreign: [],
		});
	});

	it("never touches a person's own lines, even of a product without end", () => {
		const own = [has({ productId: 5 }), has({ productId: 5, comments: 'mine' })];
		expect(planLines([wantedLine()], [has(), ...own], removes)).toMatchObject({
			adds: [],
			updates: [],
			removes: [],
			foreign: own,
		});
	});

	it('removes what the ERP does not have any more only if that is chosen', () => {
		const [second, former, known, own] = [2, 3, 4, 5].map((productId) => has({ productId }));
		const surplus = has({ quantity: 8 });
		const options = { formerProducts: [2, 3], isFromErp: (id: number) => id === 4 };
		const current = [has(), surplus, second, former, known, own];
		expect(planLines([wantedLine()], current, { ...removes, ...options })).toMatchObject({
			removes: [surplus, second, former, known].map(({ id }) => id),
			staying: [],
			foreign: [own],
			tokens: 12,
		});
		const plan = planLines([wantedLine()], current, { ...keeps, ...options });
		expect(plan).toMatchObject({ removes: [], foreign: [own], tokens: 0 });
		expect(stayingWarning(plan)).toEqual([
			'4 lines are not in the ERP any more and stay in Pipedrive (8 x Pump at 10; 1 x Pump at 10; 1 x Pump at 10; 1 x Pump at 10): remove them there, or set Deal Lines to "Write and Remove".',
		]);
	});

	it.each([
		[0, 0],
		[1, 5],
		[5, 25],
		[6, 25],
		[100, 25],
		[101, 30],
		[106, 50],
		[250, 75],
	])('%i new lines cost %i tokens', (count, tokens) => {
		const plan = planLines(manyLines(count), [], removes);
		expect(plan.tokens).toBe(tokens);
		const parts = addingParts(plan.adds);
		expect(parts.every((part) => part.length <= 100)).toBe(true);
		expect(parts.flat()).toEqual(plan.adds);
	});

	it.each([
		[4, 12],
		[5, 15],
		[100, 15],
		[103, 24],
		[200, 30],
	])('%i lines too many cost %i tokens', (count, tokens) => {
		const current = Array.from({ length: count + 1 }, () => has());
		const plan = planLines([wantedLine()], current, removes);
		expect(plan.tokens).toBe(tokens);
		expect(removingParts(plan.removes).every((part) => part.length > 0)).toBe(true);
		expect(removingParts([])).toEqual([]);
	});
});

describe('what is told about lines', () => {
	it('names the lines before and after that differ, and no others', () => {
		const current = [has(), has({ quantity: 2 }), has({ productId: 3, name: 'Valve' })];
		const wanted = [
			wantedLine(),
			wantedLine({ quantity: 3, discount: 10, tax: 19 }),
			wantedLine({ productId: 4, text: 'HOSE - Hose', comments: 'Unit: m' }),
		];
		const plan = planLines(wanted, current, { removesOthers: true, formerProducts: [3] });
		expect(lineChanges(current, foreseenLines(plan, current))).toEqual([
			{
				field: 'Lines',
				from: '2 x Pump at 10; 1 x Valve at 10',
				to: '3 x Pump at 10 less 10 %, tax 19 %; 1 x HOSE - Hose at 10 (Unit: m)',
			},
		]);
		expect(lineChanges(current, current)).toEqual([]);
	});

	it('stays short for a long order', () => {
		const plan = planLines(manyLines(100), [], keeps);
		const [change] = lineChanges([], foreseenLines(plan, []));
		expect(change.from).toBeNull();
		expect(String(change.to)).toMatch(/; and 80 more$/);
	});
});
