/** Rule 17: an inactive currency leaves its field out; and amounts keep their currency and their digits. */
import type { ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { LINE_ENDPOINTS } from '../../../nodes/Pipedrive/lines/endpoints';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { item, order } from './orders.mts';
import { openBench, partner, type Bench, type RunOptions } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const run = async (records: ErpRecord[], options: RunOptions = {}) =>
	await bench.run(records, { entities: ['organization', 'product', 'deal'], ...options });
const deal = () => bench.sandbox.records('deals')[0];
const total = () => deal().custom_fields?.[bench.keys.deal['ERP Total']] ?? null;
const linesOf = async (id: number) => (await readLines(bench.environment().call, [id])).get(id)!;
const line = (change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: 'ITEM-1001',
	description: 'Pump',
	quantity: '2',
	unitPrice: '10',
	discount: '',
	tax: '',
	...change,
});
/** As a person would add it. */
const addLine = async (dealId: number, json: object) =>
	await bench.environment().call(LINE_ENDPOINTS.add, 'line', { ids: { id: String(dealId) }, json });
const lookUps = () =>
	bench.sandbox.log.entries.filter(({ path }) => /currencies/.test(path)).length;
const refusals = () => bench.sandbox.log.entries.filter(({ status }) => status === 400).length;

describe('a currency that is not active in Pipedrive', () => {
	it('leaves the amounts of a deal out, in words, and the rest is written', async () => {
		const { reports } = await run([customer, order(1, customerId, { currency: 'TRY' })]);
		expect(reports[1]).toMatchObject({ outcome: 'created' });
		expect(reports[1].warnings).toEqual([
			'"Currency of Value", "Value", "ERP Total" were left out: Pipedrive has no active currency "TRY". Activate it in Pipedrive\'s company settings, or correct the code in the ERP.',
		]);
		expect(deal()).toMatchObject({ title: 'Order 50001 - Muster Werk', value: 0, currency: 'EUR' });
		expect(total()).toBeNull();
	});

	it('is asked for once: later records cost no refusal, and an unchanged one no write', async () => {
		const orders = [1, 2, 3].map((n) => order(n, customerId, { currency: 'TRY' }));
		await run([customer, orders[0]]);
		const before = [refusals(), lookUps()];
		const { reports } = await run(orders);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['unchanged', 'created', 'created']);
		expect([refusals(), lookUps()]).toEqual(before);
	});

	it('is used once it was activated', async () => {
		await run([customer, order(1, customerId, { currency: 'TRY' })]);
		bench.sandbox.store.options.activeCurrencies.push('TRY');
		bench.clock.advance(5 * 60 * 60 * 1000);
		const { reports } = await run([order(1, customerId, { currency: 'TRY' })]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', warnings: [] });
		expect(deal()).toMatchObject({ currency: 'TRY', value: 1200.5 });
	});

	it('keeps the lines away too: their prices would stand in another currency', async () => {
		const record = order(1, customerId, { currency: 'TRY', lines: [line()], value: '20' });
		const { reports } = await run([customer, item(1), record]);
		expect(reports[2].outcome).toBe('created');
		expect(reports[2].warnings.join()).toContain('"Lines"');
		expect(await linesOf(reports[2].pipedriveId!)).toEqual([]);
		bench.sandbox.store.options.activeCurrencies.push('TRY');
		bench.clock.advance(5 * 60 * 60 * 1000);
		await run([record]);
		expect(await linesOf(reports[2].pipedriveId!)).toMatchObject([
			{ itemPrice: 10, currency: 'TRY' },
		]);
	});

	it('leaves one price of a product out', async () => {
		const prices = [
			{ currency: 'TRY', price: '900' },
			{ currency: 'EUR', price: '30' },
		];
		const { reports } = await run([item(1, { prices }), item(2, { prices: [prices[0]] })]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
		expect(reports[0].warnings.join()).toContain('"Prices" in TRY');
		const [first, second] = bench.sandbox.records('products');
		expect(first.prices).toMatchObject([{ currency: 'EUR', price: 30 }]);
		expect(second.prices).toMatchObject([{ currency: 'EUR', price: 0 }]);
	});

	it('costs nothing where every currency is active, and a refusal for another reason stays one', async () => {
		await run([customer, order(1, customerId)]);
		expect(lookUps()).toBe(0);
		bench.sandbox.faults.add({
			kind: 'status',
			status: 400,
			times: 9,
			body: {
				success: false,
				error: `custom_fields.${bench.keys.deal['ERP Total']}: expected something else`,
			},
			match: { method: 'POST', path: '/deals$' },
		});
		const { reports } = await run([order(2, customerId)]);
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[0].reason).toContain('"ERP Total"');
		expect(reports[0].reason).not.toMatch(/[0-9a-f]{40}/);
	});
});

describe('a deal whose currency changes', () => {
	it('gets its lines in the new one, without a second set', async () => {
		const before = order(1, customerId, { lines: [line(), line({ quantity: '1' })], value: '30' });
		const { reports } = await run([customer, item(1), before]);
		const id = reports[2].pipedriveId!;
		const after = { ...before, deal: { ...before.deal!, currency: 'USD' } };
		const second = await run([after]);
		expect(deal().currency).toBe('USD');
		expect(await linesOf(id)).toMatchObject([
			{ quantity: 2, currency: 'USD' },
			{ quantity: 1, currency: 'USD' },
		]);
		expect(second.reports[0].warnings.join()).toContain('2 lines stood in EUR');
		const third = await run([after]);
		expect(third.reports[0].outcome).toBe('unchanged');
	});

	it("leaves a person's line as it is and names it", async () => {
		const before = order(1, customerId, { lines: [line()], value: '20' });
		const { reports } = await run([customer, item(1), item(2), before]);
		const id = reports[3].pipedriveId!;
		const own = bench.sandbox.records('products')[1].id;
		await addLine(id, { product_id: own, item_price: 5, quantity: 1 });
		const second = await run([{ ...before, deal: { ...before.deal!, currency: 'USD' } }]);
		expect((await linesOf(id)).map(({ currency }) => currency).sort()).toEqual(['EUR', 'USD']);
		expect(second.reports[0].warnings.join()).toMatch(/added in Pipedrive.*EUR.*Pump 2/);
	});
});

describe('an amount with more digits than Pipedrive keeps', () => {
	it.each([
		['unit price', { unitPrice: '123456789012345.67' }],
		['unit price', { unitPrice: '90071992547409931' }],
		['quantity', { quantity: '12345678.12345678' }],
		['discount', { discount: '1234567890123.45', discountType: 'amount' as const }],
	])('as %s sets the lines aside with the value', async (field, change) => {
		const { reports } = await run([
			customer,
			item(1),
			order(1, customerId, { lines: [line(change)] }),
			order(2, customerId),
		]);
		expect(reports[2]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[2].reason).toContain(
			`Line 1: the ${field} "${Object.values(change)[0]}" has more than the 14 digits`,
		);
		expect(reports[3].outcome).toBe('created');
	});

	it('as price of a product is no price', async () => {
		const prices = [{ currency: 'EUR', price: '123456789012345.67' }];
		const { reports } = await run([item(1, { prices }), item(2)]);
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[0].reason).toContain('123456789012345.67');
		expect(reports[1].outcome).toBe('created');
	});

	it('fourteen digits arrive as they are', async () => {
		const record = order(1, customerId, {
			lines: [line({ quantity: '1', unitPrice: '123456789012.34' })],
			value: '123456789012.34',
		});
		const { reports } = await run([customer, item(1), record]);
		expect(reports[2]).toMatchObject({ outcome: 'created', warnings: [] });
		expect(await linesOf(reports[2].pipedriveId!)).toMatchObject([{ itemPrice: 123456789012.34 }]);
	});
});
