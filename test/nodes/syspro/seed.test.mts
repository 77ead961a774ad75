import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { SysproStore } from '../../sandbox/syspro/store.mts';
import { seedSyspro } from '../../sandbox/syspro/seed.mts';
import { TABLES } from '../../sandbox/syspro/tables.mts';
import { NOW, scanAll, startSystem, type Mode } from './system.mts';

const contents = (store: SysproStore) => TABLES.map(({ name }) => store.rows(name));

describe('a seeded company', () => {
	it('is the same for the same seed and another for another', () => {
		const made = (seed: number) => {
			const store = new SysproStore();
			seedSyspro(store, { count: 40, seed, now: NOW });
			return contents(store);
		};
		expect(made(1)).toEqual(made(1));
		expect(made(1)).not.toEqual(made(2));
	});

	it.each<Mode>(['enet', 'odata'])('is read whole by %s, all entities', async (mode) => {
		const system = await startSystem(mode);
		const made = seedSyspro(system.sandbox.store, { count: 60, now: NOW });
		const customers = await scanAll(system.source('customer', {}, { pageSize: 7 }));
		expect(customers.map(({ erp }) => erp.key)).toEqual([...made.customers].sort());
		expect(customers.some(({ erp }) => erp.isBlocked)).toBe(true);
		const stock = await scanAll(system.source('stock', {}, { pageSize: 7 }));
		expect(stock.map(({ erp }) => erp.key)).toEqual([...made.stockCodes].sort());
		const limits = {
			maxRecords: 500,
			hasTime: () => true,
			lookbackSeconds: 0,
			localNow: '2026-11-20T08:10:00',
			now: NOW,
		};
		const from = newCheckpoint('s', '1970-01-01T00:00:00');
		const orders = await drain(
			system.source('salesOrder', { filters: { excludedTypes: 'none' } }),
			from,
			limits,
		);
		expect(orders.records.map(({ key }) => key).sort()).toEqual([...made.orders].sort());
		const invoices = await drain(system.source('invoice'), from, limits);
		expect(invoices.records).toHaveLength(made.invoices.length);
		await system.close();
	});
});
