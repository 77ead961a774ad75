import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { DEFAULT_DEAL_SETTINGS } from '../../../nodes/Pipedrive/deals/dealSettings';
import type { ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { item, order } from './orders.mts';
import { openBench, partner, type Bench, type RunOptions } from './support.mts';

const ALL = ['organization', 'person', 'product', 'deal'] as const;
const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

async function run(records: ErpRecord[], options: RunOptions = {}) {
	return await bench.run(records, { entities: [...ALL], ...options });
}

const deals = () => [...bench.sandbox.store.collections.deals.all()].filter((d) => !d.is_deleted);
const products = () => [...bench.sandbox.store.collections.products.all()];
const custom = (
	row: { custom_fields?: Record<string, unknown> },
	entity: 'deal' | 'product',
	name: string,
) => row.custom_fields?.[bench.keys[entity][name]];

describe('rule 24: orders become deals', () => {
	it('a new order is an open deal of its customer, with number, status, total and due date', async () => {
		const { reports } = await run([customer, order(1, customerId)]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
		expect(reports[1]).toMatchObject({ pipedriveType: 'deal', tokens: 5 });
		const [deal] = deals();
		expect(deal).toMatchObject({
			title: 'Order 50001 - Muster Werk',
			status: 'open',
			value: 1200.5,
			currency: 'EUR',
			org_id: reports[0].pipedriveId,
			expected_close_date: '2026-12-01',
		});
		expect(custom(deal, 'deal', 'ERP Order Number')).toBe('50001');
		expect(custom(deal, 'deal', 'ERP Status')).toBe('Open');
		expect(custom(deal, 'deal', 'ERP Total')).toEqual({ value: 1200.5, currency: 'EUR' });
	});

	it('the same order again costs no write, in this process and after a restart', async () => {
		await run([customer, order(1, customerId)]);
		const again = await run([customer, order(1, customerId)]);
		expect(again.reports.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
		const restarted = await run([order(1, customerId)], { memory: createProcessMemory() });
		expect(restarted.reports[0].outcome).toBe('unchanged');
		expect(deals()).toHaveLength(1);
	});

	it('finds the customer that came in an earlier run, and waits for one that is not there yet', async () => {
		await run([customer]);
		const { reports } = await run([order(1, customerId), order(2, 'b1:SBO:businessPartner:C9')]);
		expect(reports[0].outcome).toBe('created');
		expect(reports[1]).toMatchObject({ outcome: 'setAside', reasonCode: 'organizationMissing' });
		expect(reports[1].reason).toContain('b1:SBO:businessPartner:C9');
		expect(reports[1].retryAt).toBeDefined();
	});

	it('a completed order is won at its last invoice date, a cancelled one lost with the reason', async () => {
		await run([customer, order(1, customerId), order(2, customerId)]);
		const { reports } = await run([
			order(1, customerId, { state: 'completed', status: 'Closed', lastInvoiceDate: '2026-11-19' }),
			order(2, customerId, { state: 'cancelled', status: 'Cancelled' }),
		]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
		expect(deals()[0]).toMatchObject({ status: 'won', won_time: '2026-11-19T00:00:00Z' });
		expect(deals()[1]).toMatchObject({ status: 'lost', lost_reason: 'Cancelled in ERP' });
	});

	it('an order that was completed before the first load is created as won', async () => {
		const { reports } = await run([
			customer,
			order(1, customerId, { state: 'completed', lastInvoiceDate: '2026-11-19' }),
			order(2, customerId, { state: 'cancelled' }),
		]);
		expect(reports[1].outcome).toBe('created');
		expect(deals()).toHaveLength(1);
		expect(deals()[0].status).toBe('won');
		expect(reports[2]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
	});

	it('an open order does not reopen a deal that a person closed', async () => {
		await run([customer, order(1, customerId)]);
		const [deal] = deals();
		await bench.environment().api.update('deal', deal.id, { status: 'lost', lost_reason: 'Price' });
		bench.clock.advance(60_000);
		const { reports } = await run([order(1, customerId, { value: '1300' })]);
		expect(reports[0].outcome).toBe('updated');
		expect(reports[0].warnings.join()).toContain('not reopened');
		expect(deals()[0]).toMatchObject({ status: 'lost', lost_reason: 'Price', value: 1300 });
	});

	it('a dry run tells what would be left to a person, too', async () => {
		await run([customer, order(1, customerId)]);
		await bench.environment().api.update('deal', deals()[0].id, { status: 'lost' });
		bench.clock.advance(60_000);
		const { reports } = await run([order(1, customerId)], { settings: { isDryRun: true } });
		expect(reports[0].warnings.join()).toContain('not reopened');
	});

	it('a deal that carries the order number or the customer reference is linked, not doubled', async () => {
		const first = await run([customer]);
		const made = await bench.environment().api.create('deal', {
			title: 'Offer for PO-70001',
			org_id: first.reports[0].pipedriveId!,
		});
		const { reports } = await run([order(1, customerId)]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: made.id });
		expect(deals()).toHaveLength(1);
	});

	it('an amount without a currency is left out in words, and the order is written', async () => {
		const { reports } = await run([customer, order(1, customerId, { currency: '' })]);
		expect(reports[1].outcome).toBe('created');
		expect(reports[1].warnings.join()).toMatch(/"ERP Total".*1200\.50.*currency/);
		expect(custom(deals()[0], 'deal', 'ERP Total') ?? null).toBeNull();
	});

	it('a year in a title is no order number', async () => {
		const first = await run([customer]);
		await bench.environment().api.create('deal', {
			title: 'Project 2026',
			org_id: first.reports[0].pipedriveId!,
		});
		await run([order(1, customerId, { number: '2026', customerReference: '2026' })]);
		expect(deals()).toHaveLength(2);
	});

	it('an archived deal counts as existing and is left alone', async () => {
		await run([customer, order(1, customerId)]);
		const [deal] = deals();
		await bench.environment().api.update('deal', deal.id, { is_archived: true });
		bench.clock.advance(60_000);
		const { reports } = await run([order(1, customerId, { value: '5' })], {
			memory: createProcessMemory(),
		});
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'archived' });
		expect(deals()).toHaveLength(1);
	});

	it('the stage follows the ERP status by name', async () => {
		const [, second] = bench.sandbox.store.collections.stages.sortedBy('order_nr');
		const deal = {
			...DEFAULT_DEAL_SETTINGS,
			stages: [{ erpStatus: 'In Warehouse', stage: String(second.name) }],
		};
		await run([customer, order(1, customerId)], { settings: { deal } });
		expect(deals()[0].stage_id).not.toBe(second.id);
		await run([order(1, customerId, { status: 'In warehouse' })], { settings: { deal } });
		expect(deals()[0].stage_id).toBe(second.id);
	});

	it('a stage that does not exist is told with the stages there are, and the rest is written', async () => {
		const deal = { ...DEFAULT_DEAL_SETTINGS, stages: [{ erpStatus: 'Open', stage: 'Nowhere' }] };
		const { reports } = await run([customer, order(1, customerId)], {
			settings: { deal, misfitsHoldBack: false },
		});
		expect(reports[1].outcome).toBe('created');
		expect(reports[1].warnings.join()).toContain('Nowhere');
	});

	it('an order that vanished from the ERP is flagged, not deleted', async () => {
		await run([customer, order(1, customerId)]);
		const { erp } = order(1, customerId, {}, { isDeleted: true, changedAt: '' });
		const { reports } = await run([{ erp }]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', pipedriveType: 'deal' });
		expect(custom(deals()[0], 'deal', 'ERP Status')).toBe('Deleted in ERP');
	});
});

const line = (n: number, change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: `ITEM-${1000 + n}`,
	description: `Pump ${n}`,
	quantity: '2',
	unitPrice: '10.00',
	discount: '0',
	tax: 'A1',
	...change,
});
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n));
const linesOf = async (dealId: number) =>
	(await readLines(bench.environment().call, [dealId])).get(dealId)!;

describe('rule 25: lines of a deal', () => {
	it('come with the products of the same batch, in bulk, and the value is left to Pipedrive', async () => {
		const items = Array.from({ length: 100 }, (_, n) => item(n));
		const { reports } = await run([
			order(1, customerId, { lines: lines(100), value: '2000' }),
			...items,
			customer,
		]);
		expect(reports.every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(reports[0].tokens).toBe(5 + 25);
		expect(reports[0].warnings).toEqual([]);
		expect(await linesOf(reports[0].pipedriveId!)).toHaveLength(100);
		expect(deals()[0].value).toBe(2000);
	});

	it('that did not change cost nothing, even after a restart with the id table', async () => {
		const record = order(1, customerId, { lines: lines(3), value: '60' });
		const first = await run([customer, item(0), item(1), item(2), record]);
		const before = bench.sandbox.log.entries.length;
		const again = await run([record]);
		expect(again.reports[0].outcome).toBe('unchanged');
		const knownIds = first.reports
			.flatMap(({ idRows }) => idRows)
			.map((row) => ({
				...row,
				digests: JSON.parse(row.digests) as Record<string, string>,
			}));
		const restarted = await run([record], {
			memory: createProcessMemory(),
			settings: { knownIds },
		});
		expect(restarted.reports[0].outcome).toBe('unchanged');
		const paths = bench.sandbox.log.entries.slice(before).map(({ path }) => path);
		expect(paths.filter((path) => path.includes('products'))).toEqual([]);
	});

	it('a changed quantity is one small write, a removed line stays until removal is chosen', async () => {
		const start = order(1, customerId, { lines: lines(3), value: '60' });
		const { reports } = await run([customer, item(0), item(1), item(2), start]);
		const dealId = reports[4].pipedriveId!;
		const changed = order(1, customerId, {
			lines: [line(0, { quantity: '5' }), line(1)],
			value: '70',
		});
		const second = await run([changed]);
		expect(second.reports[0]).toMatchObject({ outcome: 'updated' });
		expect(second.reports[0].warnings.join()).toContain('stay in Pipedrive');
		expect(await linesOf(dealId)).toHaveLength(3);
		const removed = order(1, customerId, {
			lines: [line(0, { quantity: '6' }), line(1)],
			value: '80',
		});
		await run([removed], { settings: { deal: { ...DEFAULT_DEAL_SETTINGS, removesLines: true } } });
		expect((await linesOf(dealId)).map(({ quantity }) => quantity)).toEqual([6, 2]);
	});

	it('without a product use one placeholder, with the text as comment', async () => {
		const free = [line(0, { productCode: '', description: 'Freight' }), line(7)];
		const { reports } = await run([
			customer,
			order(1, customerId, { lines: free, value: '40' }),
			order(2, customerId, { lines: free, value: '40' }),
		]);
		expect(reports[1].warnings.join()).toContain('ITEM-1007');
		const written = await linesOf(reports[1].pipedriveId!);
		expect(written.map(({ comments }) => comments)).toEqual(['Freight', 'ITEM-1007 - Pump 7']);
		expect(products().filter(({ code }) => code === 'ERP-LINE')).toHaveLength(1);
	});

	it('a line that is no line sets the deal aside with the line number, and the deal itself is written', async () => {
		const { reports } = await run([
			customer,
			order(1, customerId, { lines: [line(0, { quantity: 'many' })] }),
			order(2, customerId),
		]);
		expect(reports[1]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[1].reason).toContain('Line 1');
		expect(reports[2].outcome).toBe('created');
		expect(deals()).toHaveLength(2);
	});

	it('a lost answer makes no second set of lines', async () => {
		bench.sandbox.faults.add({
			kind: 'lostAnswer',
			match: { method: 'POST', path: '/products/bulk' },
		});
		const { reports } = await run([
			customer,
			order(1, customerId, { lines: lines(8), value: '160' }),
		]);
		expect(reports[1].outcome).toBe('created');
		expect(await linesOf(reports[1].pipedriveId!)).toHaveLength(8);
	});

	it('a dry run tells what the lines would cost and writes nothing', async () => {
		const { reports } = await run(
			[customer, order(1, customerId, { lines: lines(10), value: '200' })],
			{
				settings: { isDryRun: true },
			},
		);
		expect(reports[1]).toMatchObject({ outcome: 'created', tokens: 30 });
		expect(deals()).toHaveLength(0);
		expect(products()).toHaveLength(0);
	});
});

describe('items become products', () => {
	it('with code, unit, a price per currency and the stock of each warehouse', async () => {
		const { reports } = await run([
			item(1, {
				prices: [
					{ currency: 'EUR', price: '99.90', cost: '60' },
					{ currency: 'USD', price: '110' },
				],
			}),
		]);
		expect(reports[0]).toMatchObject({ outcome: 'created', pipedriveType: 'product' });
		const [product] = products();
		expect(product).toMatchObject({
			name: 'Pump 1',
			code: 'ITEM-1001',
			unit: 'pcs',
			is_linkable: true,
		});
		expect(product.prices).toMatchObject([
			{ currency: 'EUR', price: 99.9, cost: 60 },
			{ currency: 'USD', price: 110 },
		]);
		expect(custom(product, 'product', 'ERP Stock')).toBe(
			'01: 12 on hand, 3 allocated, 9 available',
		);
	});

	it('the same item again is unchanged; a new price keeps the other currencies of Pipedrive', async () => {
		const { reports } = await run([item(1)]);
		expect((await run([item(1)])).reports[0].outcome).toBe('unchanged');
		await bench.environment().api.update('product', reports[0].pipedriveId!, {
			prices: [
				{ currency: 'EUR', price: 99.9 },
				{ currency: 'GBP', price: 80 },
			],
		});
		bench.clock.advance(60_000);
		const changed = await run([item(1, { prices: [{ currency: 'EUR', price: '101' }] })]);
		expect(changed.reports[0].outcome).toBe('updated');
		expect(products()[0].prices).toMatchObject([
			{ currency: 'GBP', price: 80 },
			{ currency: 'EUR', price: 101 },
		]);
	});

	it('a product that was there before is recognised by its code', async () => {
		const made = await bench
			.environment()
			.api.create('product', { name: 'Old', code: 'item-1001' });
		const { reports } = await run([item(1)]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: made.id });
		expect(products()).toHaveLength(1);
	});

	it('an item whose name was emptied is set aside, and the product keeps its name', async () => {
		await run([item(1)]);
		bench.clock.advance(60_000);
		const { reports } = await run([item(1, { name: '' }), item(2, { name: '' })]);
		const told = { outcome: 'setAside', reasonCode: 'rejected' };
		expect(reports).toMatchObject([told, told]);
		expect(reports[0].reason).toContain('ITEM-1001 has no name: give it one in the ERP');
		expect(products()).toMatchObject([{ name: 'Pump 1' }]);
	});

	it('an item that was blocked is not offered any more', async () => {
		await run([item(1)]);
		await run([item(1, { isActive: false }, { isBlocked: true })]);
		expect(products()[0].is_linkable).toBe(false);
		expect(custom(products()[0], 'product', 'ERP Status')).toBe('Blocked in ERP');
	});
});
