/** Rule 21 on a line: a part of it is the ERP's only when the ERP changed it since it was written. */
import type { ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { DEFAULT_DEAL_SETTINGS } from '../../../nodes/Pipedrive/deals/dealSettings';
import { LINE_ENDPOINTS } from '../../../nodes/Pipedrive/lines/endpoints';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { packed, unpacked } from '../../../nodes/Pipedrive/lines/memory';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { knownIdsOf } from '../../../nodes/Pipedrive/settings';
import { item, order } from './orders.mts';
import { openBench, partner, type Bench, type RunOptions } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;
const removes = { deal: { ...DEFAULT_DEAL_SETTINGS, removesLines: true } };

let bench: Bench;
let dealId: number;
let rows: object[];
beforeEach(async () => {
	bench = await openBench();
	rows = [];
});
afterEach(async () => await bench.close());

async function run(records: ErpRecord[], options: RunOptions = {}) {
	const result = await bench.run(records, {
		entities: ['organization', 'product', 'deal'],
		...options,
	});
	rows.push(...result.reports.flatMap(({ idRows }) => idRows));
	return result;
}

/** What is left after a restart of n8n. */
const restarts: Array<[string, () => RunOptions]> = [
	['in one process', () => ({})],
	[
		'after a restart with the ID table',
		() => ({ memory: createProcessMemory(), settings: { knownIds: knownIdsOf(rows) } }),
	],
];
const forgetful = () => ({ memory: createProcessMemory() });
const with_ = (options: RunOptions, settings: object): RunOptions => ({
	...options,
	settings: { ...options.settings, ...settings },
});

const line = (change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: 'ITEM-1001',
	description: 'Pump',
	quantity: '2',
	unitPrice: '10',
	discount: '5',
	tax: '19',
	unit: 'pcs',
	...change,
});
const orderOf = (...lines: ErpDealLine[]) => order(1, customerId, { lines, value: '' });
async function start(...lines: ErpDealLine[]): Promise<void> {
	const { reports } = await run([customer, item(1), item(2), orderOf(...lines)]);
	dealId = reports[3].pipedriveId!;
}
const linesNow = async () => (await readLines(bench.environment().call, [dealId])).get(dealId)!;
/** As a person does it. */
const edit = async (id: number, json: object) =>
	await bench.environment().call(LINE_ENDPOINTS.update, 'line', {
		ids: { id: String(dealId), product_attachment_id: String(id) },
		json,
	});
const productId = (n: number) => bench.sandbox.records('products')[n - 1].id;
const add = async (json: object) =>
	await bench.environment().call(LINE_ENDPOINTS.add, 'line', { ids: { id: String(dealId) }, json });
const requests = () => bench.sandbox.log.entries.length;

describe.each(restarts)("a person's edit of a line of the ERP, %s", (_, options) => {
	it.each([
		['comment', { comments: 'Call before delivery' }],
		['discount', { discount: 12 }],
		['discount as an amount', { discount: 3, discount_type: 'amount' }],
		['tax', { tax: 7 }],
		['price', { item_price: 11 }],
	])('%s stays when the ERP changes the quantity', async (__, mine) => {
		await start(line(), line({ productCode: 'ITEM-1002' }));
		const [first] = await linesNow();
		await edit(first.id, mine);
		const before = requests();
		const { reports } = await run(
			[orderOf(line({ quantity: '7' }), line({ productCode: 'ITEM-1002' }))],
			options(),
		);
		expect(reports[0].outcome).toBe('updated');
		const row = bench.sandbox.store.collections.dealProducts.get(first.id);
		expect(row).toMatchObject({ quantity: 7, ...mine });
		const paths = bench.sandbox.log.entries.slice(before).map(({ operation }) => operation);
		expect(paths.filter((path) => path === '/deals/products')).toHaveLength(1);
		expect(paths.filter((path) => /product_attachment/.test(path))).toHaveLength(1);
	});

	it('gives way where the ERP changed that very part', async () => {
		await start(line());
		const [first] = await linesNow();
		await edit(first.id, { discount: 12, tax: 7, comments: 'Call first' });
		await run([orderOf(line({ discount: '20' }))], options());
		expect(await linesNow()).toMatchObject([
			{ id: first.id, discount: 20, tax: 7, comments: 'Call first' },
		]);
	});

	it('to another product stays too', async () => {
		await start(line());
		const [first] = await linesNow();
		await edit(first.id, { product_id: productId(2) });
		await run([orderOf(line({ quantity: '7' }))], options());
		expect(await linesNow()).toMatchObject([
			{ id: first.id, productId: productId(2), quantity: 7 },
		]);
	});

	it('does not make two lines of one product change places', async () => {
		await start(line({ unitPrice: '10' }), line({ unitPrice: '20' }));
		const [ten, twenty] = await linesNow();
		await edit(ten.id, { item_price: 20 });
		await edit(twenty.id, { item_price: 10 });
		await run(
			[orderOf(line({ unitPrice: '10' }), line({ unitPrice: '20', quantity: '9' }))],
			options(),
		);
		expect(await linesNow()).toMatchObject([
			{ id: ten.id, itemPrice: 20, quantity: 2 },
			{ id: twenty.id, itemPrice: 10, quantity: 9 },
		]);
	});
});

describe.each(restarts)("a person's own line of a product of the ERP, %s", (_, options) => {
	const gift = () => ({ product_id: productId(1), item_price: 0, quantity: 1 });

	it('is neither changed when the order grows nor removed when it shrinks', async () => {
		await start(line());
		await add(gift());
		const [, mine] = await linesNow();
		const grown = orderOf(line(), line({ unitPrice: '20', quantity: '5' }));
		await run([grown], with_(options(), removes));
		expect(await linesNow()).toHaveLength(3);
		const { reports } = await run([orderOf()], with_(options(), removes));
		expect(await linesNow()).toEqual([mine]);
		expect(reports[0].warnings.join()).not.toContain('not in the ERP any more');
	});

	it('also one that costs what ours costs', async () => {
		await start(line());
		await add({ product_id: productId(1), item_price: 10, quantity: 1 });
		const [, mine] = await linesNow();
		await run([orderOf(line({ quantity: '1', unitPrice: '11' }))], with_(options(), removes));
		expect((await linesNow()).find(({ id }) => id === mine.id)).toEqual(mine);
		expect(await linesNow()).toHaveLength(2);
	});
});

describe('without any memory', () => {
	it('the ERP wins', async () => {
		await start(line());
		const [first] = await linesNow();
		await edit(first.id, { discount: 12 });
		await run([orderOf(line({ quantity: '7' }))], forgetful());
		expect(await linesNow()).toMatchObject([{ id: first.id, discount: 5, quantity: 7 }]);
	});

	it('a free sample is not turned into a line of the ERP', async () => {
		await start(line());
		await add({ product_id: productId(1), item_price: 0, quantity: 5 });
		const [, mine] = await linesNow();
		await run([orderOf(line(), line({ unitPrice: '20', quantity: '5' }))], forgetful());
		const now = await linesNow();
		expect(now.find(({ id }) => id === mine.id)).toEqual(mine);
		expect(now).toHaveLength(3);
	});
});

describe('lines that were written only in part', () => {
	it('are not written twice, whatever was remembered of them', async () => {
		await start(line());
		bench.sandbox.faults.add({
			kind: 'status',
			status: 503,
			times: 99,
			after: 1,
			match: { method: 'POST', path: '/products$' },
		});
		const grown = () =>
			orderOf(line({ quantity: '3' }), line({ unitPrice: '20' }), line({ unitPrice: '30' }));
		const broken = await run([grown()]);
		expect(broken.reports[0].outcome).toBe('setAside');
		bench.sandbox.faults.clear();
		for (const options of [{}, forgetful()]) {
			await run([grown()], options);
			expect((await linesNow()).map(({ itemPrice }) => itemPrice)).toEqual([10, 20, 30]);
		}
	});
});

describe('what is remembered of lines', () => {
	it('stays small: some bytes a line, and nothing of orders with more than a hundred', async () => {
		const many = (count: number) =>
			Array.from({ length: count }, (_, n) => line({ unitPrice: String(n + 1), unit: 'box' }));
		await start(...many(100));
		const longest = Math.max(...rows.map((row) => JSON.stringify(row).length));
		expect(longest).toBeLessThan(5_500);
		await run([orderOf(...many(101))]);
		expect(JSON.stringify(rows.at(-1)).length).toBeLessThan(1_500);
	});

	it('can be read back, and nonsense is nothing', () => {
		const written = new Map([
			[77, { productId: 3, itemPrice: 'a1', quantity: '', discount: 'b', tax: '', comments: '' }],
			[78, { productId: 9, itemPrice: '', quantity: '', discount: '', tax: '', comments: 'c' }],
		]);
		expect(unpacked(packed(written))).toEqual(written);
		expect(unpacked('')).toEqual(new Map());
		for (const text of ['?', 'a', '.1', 'a.b,c', '0.1']) expect(unpacked(text)).toBeUndefined();
	});
});
