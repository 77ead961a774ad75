/** Which Pipedrive product an order's line stands on, and what finding it costs. */
import type { ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { DEFAULT_DEAL_SETTINGS } from '../../../nodes/Pipedrive/deals/dealSettings';
import { LINE_ENDPOINTS } from '../../../nodes/Pipedrive/lines/endpoints';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { knownIdsOf } from '../../../nodes/Pipedrive/settings';
import { item, order } from './orders.mts';
import { openBench, partner, type Bench, type RunOptions } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
let rows: object[];
beforeEach(async () => {
	bench = await openBench({ record: true });
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
/** As the node prepares a batch that holds orders alone. */
const ordersOnly = (options: RunOptions = {}): RunOptions => ({
	...options,
	entities: ['organization', 'deal'],
});
const line = (n: number, change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: `ITEM-${1000 + n}`,
	description: `Pump ${n}`,
	quantity: '2',
	unitPrice: '10',
	discount: '',
	tax: '',
	...change,
});
const orderOf = (n: number, lines: ErpDealLine[]) => order(n, customerId, { lines, value: '' });
const linesOf = async (id: number) => (await readLines(bench.environment().call, [id])).get(id)!;
/** Product requests since then: searches for a code, and reads by ID. */
const searches = (from: number) =>
	bench.sandbox.log.exchanges.slice(from).filter(({ query }) => query.includes('field=code'))
		.length;
const reads = (from: number) =>
	bench.sandbox.log.exchanges
		.slice(from)
		.filter(
			({ path, query }) =>
				/\/products\/\d+$/.test(path) || (/v2\/products$/.test(path) && query.includes('ids=')),
		).length;
const now = () => bench.sandbox.log.exchanges.length;
const items = (count: number) => Array.from({ length: count }, (_, n) => item(n));
const lines = (count: number, change: Partial<ErpDealLine> = {}) =>
	Array.from({ length: count }, (_, n) => line(n, change));

describe('a batch of orders alone', () => {
	it('knows which products the ERP stands behind', async () => {
		await run([customer, item(1), item(2)]);
		const removes = { deal: { ...DEFAULT_DEAL_SETTINGS, removesLines: true } };
		const { reports } = await run([orderOf(1, [line(1)])], ordersOnly());
		const id = reports[0].pipedriveId!;
		const [, second] = bench.sandbox.records('products');
		// As an earlier version of the order wrote it, which nobody remembers.
		await bench.environment().call(LINE_ENDPOINTS.add, 'line', {
			ids: { id: String(id) },
			json: { product_id: second.id, item_price: 7, quantity: 1 },
		});
		await run(
			[orderOf(1, [line(1, { quantity: '3' })])],
			ordersOnly({ memory: createProcessMemory(), settings: removes }),
		);
		expect(await linesOf(id)).toMatchObject([{ quantity: 3 }]);
	});

	it('is written also where products have no field for external IDs', async () => {
		await run([customer]);
		const { reports } = await run(
			[orderOf(1, [line(1)])],
			ordersOnly({
				settings: {
					externalIdField: {
						organization: 'ERP ID',
						person: 'ERP ID',
						deal: 'ERP ID',
						product: 'No such field',
					},
				},
			}),
		);
		expect(reports[0].outcome).toBe('created');
	});
});

describe('in a company with more products than the index may hold', () => {
	const large = (more: object = {}) => ({ maxIndexRows: 3, ...more });

	it('a code is searched once per process, and not at all where this process wrote the product', async () => {
		await run([customer, ...items(5)]);
		bench.clock.advance(60_000);
		const writer = createProcessMemory();
		await run(
			items(5).map(({ product }, n) => item(n, { ...product, unit: 'box' })),
			{ settings: large(), memory: writer },
		);
		let before = now();
		await run([orderOf(1, lines(5))], ordersOnly({ settings: large(), memory: writer }));
		expect(searches(before)).toBe(0);
		const forgetful = createProcessMemory();
		bench.clock.advance(60_000);
		before = now();
		await run([orderOf(2, lines(5))], ordersOnly({ settings: large(), memory: forgetful }));
		expect(searches(before)).toBe(5);
		const id = (await run([orderOf(3, [])], ordersOnly({ settings: large(), memory: forgetful })))
			.reports[0].pipedriveId!;
		before = now();
		await run([orderOf(3, lines(5))], ordersOnly({ settings: large(), memory: forgetful }));
		expect(searches(before)).toBe(0);
		expect(await linesOf(id)).toHaveLength(5);
	});

	it('after a restart the ID table names the products: one look each, or one list for many', async () => {
		await run([customer, ...items(30)]);
		const knownIds = knownIdsOf(rows);
		for (const [count, looks] of [
			[3, 3],
			[30, 1],
		]) {
			const before = now();
			const { reports } = await run(
				[orderOf(count, lines(count))],
				ordersOnly({ memory: createProcessMemory(), settings: large({ knownIds }) }),
			);
			const written = await linesOf(reports[0].pipedriveId!);
			expect(new Set(written.map(({ productId }) => productId)).size).toBe(count);
			expect([searches(before), reads(before)]).toEqual([0, looks]);
		}
	});

	it('a product whose code a person changed is not taken for the one it was', async () => {
		await run([customer, ...items(5)]);
		const knownIds = knownIdsOf(rows);
		const [first] = bench.sandbox.records('products');
		bench.sandbox.edit('products', first.id, { code: 'OTHER' });
		const { reports } = await run(
			[orderOf(1, [line(0)])],
			ordersOnly({ memory: createProcessMemory(), settings: large({ knownIds }) }),
		);
		expect(reports[0].warnings.join()).toContain('"ITEM-1000" is not in Pipedrive');
	});

	it('a product that was deleted since it was found is not used any more', async () => {
		await run([customer, ...items(5)]);
		await run([orderOf(1, lines(5))], ordersOnly({ settings: large() }));
		const [first] = bench.sandbox.records('products');
		bench.sandbox.edit('products', first.id, { is_deleted: true });
		const { reports } = await run([orderOf(2, lines(5))], ordersOnly({ settings: large() }));
		expect(reports[0].outcome).toBe('created');
		const written = await linesOf(reports[0].pipedriveId!);
		expect(written).toHaveLength(5);
		expect(written.map(({ comments }) => comments)).toContain('ITEM-1000 - Pump 0');
	});
});
