import { linesDigest } from '../../../nodes/Pipedrive/lines/wanted';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { manyLines, multiset, openLinesBench, wantedLine, type LinesBench } from './linesBench.mts';

const BULK = 'POST /deals/{id}/products/bulk';
const CHANGE = 'PATCH /deals/{id}/products/{product_attachment_id}';

let bench: LinesBench;
let deal: number;

async function open(options?: Parameters<typeof openLinesBench>[0]): Promise<void> {
	bench = await openLinesBench(options);
	deal = await bench.newDeal();
}
afterEach(async () => await bench.close());

const value = () => bench.sandbox.store.collections.deals.get(deal)?.value;

describe('writing the lines of a deal', () => {
	it('brings 100 lines with one request of 25 tokens, and the deal has their value', async () => {
		await open();
		const wanted = manyLines(100);
		const result = await bench.write(deal, wanted, { total: '5050.00' });
		expect(result).toMatchObject({
			tokens: 25,
			spent: 25,
			requests: [BULK],
			attempts: 1,
			warnings: [],
			digest: linesDigest(wanted),
			products: [1, 2, 3, 4, 5, 6],
		});
		expect(result.error).toBeUndefined();
		expect(multiset(await bench.linesOf(deal))).toEqual(multiset(wanted));
		expect(value()).toBe(5050);
	});

	it('writes nothing where nothing changed', async () => {
		await open();
		await bench.write(deal, manyLines(100));
		const again = await bench.write(deal, manyLines(100));
		expect(again).toMatchObject({ tokens: 0, spent: 0, requests: [], attempts: 0, changes: [] });
	});

	it.each([
		[1, 5, 1],
		[5, 25, 5],
		[6, 25, 1],
		[101, 30, 2],
		[250, 75, 3],
	])('%i new lines: %i tokens in %i requests', async (count, tokens, requests) => {
		await open();
		const result = await bench.write(deal, manyLines(count));
		expect(result).toMatchObject({ tokens, spent: tokens });
		expect(result.requests).toHaveLength(requests);
		expect(multiset(await bench.linesOf(deal))).toEqual(multiset(manyLines(count)));
	});

	it('changes one line of 100 for 5 tokens and tells which', async () => {
		await open();
		await bench.write(deal, manyLines(100));
		const [ids] = [(await bench.linesOf(deal)).map(({ id }) => id)];
		const wanted = manyLines(100);
		wanted[41] = { ...wanted[41], quantity: 3 };
		const result = await bench.write(deal, wanted);
		expect(result).toMatchObject({
			spent: 5,
			requests: [CHANGE],
			changes: [{ field: 'Lines', from: '1 x Product 6 at 42', to: '3 x Product 6 at 42' }],
		});
		expect((await bench.linesOf(deal)).map(({ id }) => id)).toEqual(ids);
	});

	it('removes lines only if chosen; else they stay and are told', async () => {
		await open();
		await bench.write(deal, manyLines(8));
		const kept = await bench.write(deal, manyLines(2), { formerProducts: [1, 2, 3, 4, 5, 6] });
		expect(kept).toMatchObject({ spent: 0, products: [1, 2, 3, 4, 5, 6] });
		expect(kept.warnings).toEqual([expect.stringMatching(/^6 lines are not in the ERP any more/)]);
		expect(await bench.linesOf(deal)).toHaveLength(8);
		const removed = await bench.write(deal, manyLines(2), {
			removesOthers: true,
			formerProducts: kept.products,
		});
		expect(removed).toMatchObject({
			spent: 15,
			requests: ['DELETE /deals/{id}/products'],
			warnings: [],
			products: [1, 2],
		});
		expect(multiset(await bench.linesOf(deal))).toEqual(multiset(manyLines(2)));
	});

	it('removes four lines one by one, because that costs less', async () => {
		await open();
		await bench.write(deal, manyLines(4, { productId: 1 }));
		const result = await bench.write(deal, [wantedLine({ productId: 1 })], { removesOthers: true });
		expect(result.requests.filter((one) => one.startsWith('DELETE'))).toHaveLength(3);
		expect(await bench.linesOf(deal)).toHaveLength(1);
	});

	it('removes 130 lines without ever touching the others', async () => {
		await open();
		await bench.put(deal, [...manyLines(130, { productId: 1 }), ...manyLines(3, { productId: 6 })]);
		const result = await bench.write(deal, [], { removesOthers: true, formerProducts: [1] });
		expect(result.spent).toBe(30);
		expect((await bench.linesOf(deal)).map(({ productId }) => productId)).toEqual([6, 6, 6]);
	});

	it("leaves a person's lines alone and says how much they come to", async () => {
		await open();
		await bench.put(deal, [wantedLine({ productId: 6, itemPrice: 30 })]);
		const options = { removesOthers: true, total: '100.00' };
		const result = await bench.write(deal, [wantedLine({ itemPrice: 100 })], options);
		expect(result.warnings).toEqual([
			"Pipedrive's lines come to 130.00, the ERP's total is 100.00: a difference of 30.00; lines that were added in Pipedrive come to 30.00.",
		]);
		expect(result.products).toEqual([1]);
		expect(value()).toBe(130);
	});

	it('tells a difference over a cent, and none below', async () => {
		await open();
		const wanted = [wantedLine({ itemPrice: 33.33, quantity: 3 })];
		expect((await bench.write(deal, wanted, { total: '99.98' })).warnings).toEqual([]);
		expect((await bench.write(deal, wanted, { total: '100.01' })).warnings).toEqual([
			"Pipedrive's lines come to 99.99, the ERP's total is 100.01: a difference of -0.02.",
		]);
		expect((await bench.write(deal, wanted, { total: '' })).warnings).toEqual([]);
	});

	it('does not count a line that a person switched off', async () => {
		await open();
		await bench.write(deal, manyLines(2));
		const [first] = await bench.linesOf(deal);
		bench.sandbox.edit('dealProducts', first.id, { is_enabled: false });
		const { warnings, requests } = await bench.write(deal, manyLines(2), { total: '2.00' });
		expect({ warnings, requests }).toEqual({ warnings: [], requests: [] });
	});

	it('never touches tax method, billing, variation or currency', async () => {
		await open({ record: true });
		await bench.put(deal, [wantedLine()]);
		const [line] = await bench.linesOf(deal);
		const theirs = { billing_frequency: 'monthly', tax_method: 'inclusive', is_enabled: false };
		bench.sandbox.edit('dealProducts', line.id, theirs);
		const from = bench.sandbox.log.exchanges.length;
		const more = manyLines(7, { productId: 2 });
		const changed = wantedLine({ quantity: 2, discount: 5, discountType: 'amount', tax: 7 });
		await bench.write(deal, [{ ...changed, comments: 'Unit: box' }, ...more]);
		const sent = bench.sandbox.log.exchanges.slice(from).flatMap(({ requestBody }) => {
			const body = requestBody as { data?: object[] } | undefined;
			return body?.data ?? (body ? [body] : []);
		});
		const keys = new Set(sent.flatMap((body) => Object.keys(body)));
		expect([...keys].sort()).toEqual([
			'comments',
			'discount',
			'discount_type',
			'item_price',
			'product_id',
			'quantity',
			'tax',
		]);
		expect(bench.sandbox.store.collections.dealProducts.get(line.id)).toMatchObject({
			...theirs,
			quantity: 2,
		});
	});

	it('gives a line its product once Pipedrive has it', async () => {
		await open();
		const text = 'VALVE - Valve';
		const stand = wantedLine({ productId: 6, comments: `${text} (Unit: pc)`, text });
		await bench.write(deal, [stand]);
		const [before] = await bench.linesOf(deal);
		const result = await bench.write(deal, [{ ...stand, productId: 2, comments: 'Unit: pc' }]);
		expect(result).toMatchObject({ requests: [CHANGE], warnings: [], products: [2] });
		expect(await bench.linesOf(deal)).toMatchObject([
			{ id: before.id, productId: 2, name: 'Product 2', comments: 'Unit: pc' },
		]);
	});

	it('takes what Pipedrive rounded for what it sent', async () => {
		await open();
		const wanted = [wantedLine({ discount: 33.333333, tax: 7.777, comments: ' Unit:  box' })];
		await bench.write(deal, wanted);
		expect((await bench.linesOf(deal))[0]).toMatchObject({ discount: 33.33, tax: 7.78 });
		expect((await bench.write(deal, wanted)).requests).toEqual([]);
	});
});

describe('reading lines', () => {
	it('takes one request for 100 deals, and every page of them', async () => {
		await open();
		const deals = [deal];
		while (deals.length < 101) deals.push(await bench.newDeal());
		await bench.put(deals[0], manyLines(600));
		await bench.put(deals[99], manyLines(3));
		await bench.put(deals[100], manyLines(2));
		const before = bench.sandbox.log.totals().tokens;
		const lines = await readLines(bench.call, [...deals, deals[0], 4711]);
		expect(bench.sandbox.log.totals().tokens - before).toBe(30);
		const counts = deals.map((id) => lines.get(id)?.length);
		expect([counts[0], counts[1], counts[99], counts[100]]).toEqual([600, 0, 3, 2]);
		expect(lines.get(4711)).toEqual([]);
		expect(lines.size).toBe(102);
	});

	it('counts a line that two pages show once', async () => {
		await open();
		const row = { id: 7, deal_id: 1, product_id: 1, item_price: 1, quantity: 1 };
		const pages = [{ data: [row], nextPageToken: 'next' }, { data: [row, { ...row, id: 8 }] }];
		const call = async () => ({ response: {} as never, ...pages.shift()! });
		expect((await readLines(call, [1])).get(1)?.map(({ id }) => id)).toEqual([7, 8]);
	});

	it('without end is refused', async () => {
		await open();
		const call = async () => ({ response: {} as never, data: [], nextPageToken: 'again' });
		await expect(readLines(call, [1])).rejects.toThrow(
			"Pipedrive's list of deal lines has no end.",
		);
	});

	it('of no deal asks nothing', async () => {
		await open();
		const before = bench.sandbox.log.totals().requests;
		expect((await readLines(bench.call, [])).size).toBe(0);
		expect(bench.sandbox.log.totals().requests).toBe(before);
	});
});
