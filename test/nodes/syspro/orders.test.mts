import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import type { ErpRecord } from '../../../core/record/erpRecord';
import { DAY, startSystem, type Mode, type TestSystem } from './system.mts';

let system: TestSystem;
afterEach(async () => await system.close());

const day = (daysAgo: number) =>
	new Date(system.clock.at - daysAgo * DAY).toISOString().slice(0, 10);
const put = (number: string, changes: Record<string, string> = {}, lines = 1) => {
	const { store } = system.sandbox;
	const dates = { EntrySystemDate: day(0), OrderDate: day(0) };
	const SalesOrder = number.padStart(6, '0');
	store.put('SorMaster', {
		SalesOrder,
		OrderStatus: '1',
		Customer: '1',
		DocumentType: 'O',
		...dates,
		...changes,
	});
	for (let n = 1; n <= lines; n++) {
		store.put('SorDetail', {
			SalesOrder,
			SalesOrderLine: String(n),
			LineType: '1',
			MOrderQty: '1',
			MPrice: '10',
		});
	}
};
const change = (number: string, changes: Record<string, string>) =>
	system.sandbox.store.patch('SorMaster', [number.padStart(6, '0')], changes);

async function poll(from: Checkpoint, parameters: Record<string, unknown> = {}, pageSize = 3) {
	const { records, next } = await drain(
		system.source('salesOrder', parameters, { pageSize }),
		from,
		{
			maxRecords: 500,
			hasTime: () => true,
			lookbackSeconds: 7 * 86_400,
			localNow: new Date(system.clock.at).toISOString().slice(0, 19),
			now: system.clock.at,
		},
	);
	const found = records.map(({ record }) => record as ErpRecord);
	return {
		numbers: found.map(({ erp }) => erp.key.replace(/^0+/, '')),
		records: found,
		next: JSON.parse(JSON.stringify(next)) as Checkpoint,
	};
}
const begin = () => newCheckpoint('s', new Date(system.clock.at).toISOString().slice(0, 19));

describe.each<Mode>(['enet', 'odata'])('sales orders by %s (business rule 10)', (mode) => {
	beforeEach(async () => {
		system = await startSystem(mode);
	});

	it('are found by entry date within a week, by order date where there is none, and as long as they are open', async () => {
		put('1', { EntrySystemDate: day(6), OrderStatus: '9' });
		put('2', { EntrySystemDate: day(9), OrderStatus: '9' });
		put('3', { EntrySystemDate: '', OrderDate: day(6), OrderStatus: '9' });
		put('4', { EntrySystemDate: '', OrderDate: day(9), OrderStatus: '9' });
		put('5', { EntrySystemDate: day(200), OrderStatus: '2' });
		put('6', { EntrySystemDate: day(400), OrderStatus: '2' });
		put('7', { EntrySystemDate: '', OrderDate: '', OrderStatus: 'S' });
		put('8', { EntrySystemDate: day(9), OrderDate: day(1), OrderStatus: '9' });
		const first = await poll(begin());
		expect(first.numbers.sort()).toEqual(['1', '3', '5', '7']);
		expect((await poll(first.next)).numbers).toEqual([]);
	});

	it('are delivered once more when they are completed, however long ago they were entered', async () => {
		put('5', { EntrySystemDate: day(200) });
		const first = await poll(begin());
		change('5', { OrderStatus: '9', DateLastInvPrt: day(0) });
		const second = await poll(first.next);
		expect(second.records[0].deal).toMatchObject({ state: 'completed', lastInvoiceDate: day(0) });
		expect((await poll(second.next)).numbers).toEqual([]);
	});

	it.each<Record<string, string>>([
		{ OrderStatus: '\\' },
		{ OrderStatus: '*' },
		{ CancelledFlag: 'Y' },
	])('are delivered when they are cancelled: %j', async (cancelled) => {
		put('5', { EntrySystemDate: day(200) });
		const first = await poll(begin());
		change('5', cancelled);
		const second = await poll(first.next);
		expect(second.records[0].deal?.state).toBe('cancelled');
		expect((await poll(second.next)).numbers).toEqual([]);
	});

	it('are delivered when a line changes and nothing else does', async () => {
		put('5', { EntrySystemDate: day(200) }, 5);
		const first = await poll(begin());
		system.sandbox.store.patch('SorDetail', ['000005', '5'], { MShipQty: '1' });
		const second = await poll(first.next);
		expect(second.records[0].deal?.lines[4].shippedQuantity).toMatch(/^1/);
	});

	it('are reported as gone when they vanished while open', async () => {
		put('5', { EntrySystemDate: day(200) });
		put('6');
		const first = await poll(begin());
		['000005', '000006'].forEach((number) => system.sandbox.store.remove('SorMaster', [number]));
		const second = await poll(first.next);
		expect(second.records.map(({ erp }) => [erp.key, erp.isDeleted])).toEqual([
			['000005', true],
			['000006', true],
		]);
		expect((await poll(second.next)).numbers).toEqual([]);
	});

	it('are closed or gone between others that stay open', async () => {
		['5', '6', '7', '8'].forEach((number) => put(number, { EntrySystemDate: day(200) }));
		const first = await poll(begin());
		change('5', { OrderStatus: '9' });
		system.sandbox.store.remove('SorMaster', ['000006']);
		const second = await poll(first.next);
		expect(second.records.map(({ erp, deal }) => [erp.key, erp.isDeleted, deal?.state])).toEqual([
			['000005', false, 'completed'],
			['000006', true, undefined],
		]);
		expect((await poll(second.next)).numbers).toEqual([]);
	});

	it('of excluded types are left out, also the open ones (business rule 24)', async () => {
		put('1', { DocumentType: 'C' });
		put('2', { DocumentType: 'O' });
		put('3', { DocumentType: 'C', EntrySystemDate: day(100) });
		expect((await poll(begin())).numbers).toEqual(['2']);
		expect((await poll(begin(), { filters: { excludedTypes: 'O' } })).numbers.sort()).toEqual([
			'1',
			'3',
		]);
	});

	it('dated in the future are delivered and do not move the mark past today (business rule 8)', async () => {
		put('1', { EntrySystemDate: '', OrderDate: day(-30), OrderStatus: '9' });
		const first = await poll(begin());
		expect(first.numbers).toEqual(['1']);
		expect(first.next.mark <= begin().mark).toBe(true);
		put('2', { OrderStatus: '9' });
		expect((await poll(first.next)).numbers).toEqual(['2']);
	});

	it('with more lines than a page holds keep all of them', async () => {
		put('1', {}, 11);
		put('2', {}, 1);
		put('40', {}, 4);
		const { records } = await poll(begin());
		expect(records.map(({ deal }) => deal?.lines.length)).toEqual([11, 1, 4]);
	});

	it('are read without lines where nobody wants them', async () => {
		put('1', {}, 3);
		const { records } = await poll(begin(), { reading: { withLines: false, pageSize: 3 } });
		expect(records[0].deal?.lines).toEqual([]);
		expect(system.sandbox.log.calls.map(({ table }) => table)).not.toContain('SorDetail');
	});

	it('of a quiet poll cost a few calls, not one per open order', async () => {
		for (let n = 100; n < 200; n++) put(String(n), { EntrySystemDate: day(20) });
		const { next } = await poll(begin(), {}, 500);
		system.sandbox.log.clear();
		expect((await poll(next, {}, 500)).numbers).toEqual([]);
		expect(
			system.sandbox.log.calls.filter(({ table }) => table !== undefined).length,
		).toBeLessThanOrEqual(10);
	});
});
