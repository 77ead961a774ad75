/** Rule 24: what a person decided about a deal stays decided, whether or not this process remembers it. */
import type { ErpDeal, ErpRecord } from '../../../core/record/erpRecord';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { order } from './orders.mts';
import { openBench, partner, type Bench } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const run = async (records: ErpRecord[], restarted = false) =>
	await bench.run(records, {
		entities: ['organization', 'deal'],
		...(restarted ? { memory: createProcessMemory() } : {}),
	});
const theOrder = (change: Partial<ErpDeal> = {}) => order(1, customerId, change);
const completed = { state: 'completed', lastInvoiceDate: '2026-11-19' } as const;
const cancelled = { state: 'cancelled' } as const;
const deal = () => bench.sandbox.records('deals')[0];
const decide = async (body: object) => {
	await bench.environment().api.update('deal', deal().id, { ...body });
	bench.clock.advance(60_000);
};

describe.each([
	['remembered', false],
	['forgotten, after a restart without the ID table', true],
])("a person's decision that is %s", (_, restarted) => {
	it.each<[string | null, string]>([
		['Price', 'lost for another reason'],
		[null, 'lost without a reason'],
	])('%s: a completed order does not win a deal that was lost', async (lost_reason: string | null) => {
		await run([customer, theOrder()]);
		await decide({ status: 'lost', lost_reason });
		const { reports } = await run([theOrder(completed)], restarted);
		expect(deal()).toMatchObject({ status: 'lost', lost_reason });
		expect(reports[0].warnings.join()).toContain('set to lost in Pipedrive');
	});

	it('a completed order told before does not win it again', async () => {
		await run([customer, theOrder(completed)]);
		await decide({ status: 'lost', lost_reason: 'Returned' });
		await run([theOrder({ ...completed, value: '7' })], restarted);
		expect(deal()).toMatchObject({ status: 'lost', lost_reason: 'Returned' });
	});

	it('a cancelled order does not lose a deal that was won', async () => {
		await run([customer, theOrder()]);
		await decide({ status: 'won' });
		const { reports } = await run([theOrder(cancelled)], restarted);
		expect(deal()).toMatchObject({ status: 'won', lost_reason: null });
		expect(reports[0].warnings.join()).toContain('set to won in Pipedrive');
	});

	it('an open order leaves a deal won', async () => {
		await run([customer, theOrder()]);
		await decide({ status: 'won' });
		await run([theOrder({ value: '7' })], restarted);
		expect(deal()).toMatchObject({ status: 'won', value: 7 });
	});
});

describe.each([
	['remembered', false],
	['forgotten', true],
])('what the ERP decided, %s', (_, restarted) => {
	it('is undone by the ERP: an order cancelled by mistake is open again, or completed', async () => {
		await run([customer, theOrder()]);
		await run([theOrder(cancelled)]);
		expect(deal().status).toBe('lost');
		await run([theOrder({ value: '7' })], restarted);
		expect(deal()).toMatchObject({ status: 'open', lost_reason: null });
		await run([theOrder(cancelled)]);
		await run([theOrder(completed)], restarted);
		expect(deal()).toMatchObject({ status: 'won', won_time: '2026-11-19T00:00:00Z' });
	});
});
