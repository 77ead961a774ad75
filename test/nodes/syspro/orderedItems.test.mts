import { OrderedItems } from '../../../nodes/Syspro/orderedItems';
import type { TableAccess, TableQuery, TableRow } from '../../../nodes/Syspro/tableAccess';
import { groupedPages } from '../../../nodes/Syspro/tablePages';
import { exact, rounded } from '../../../nodes/Syspro/values';
import { DAY, scanAll, startSystem, type Mode, type TestSystem } from './system.mts';

let system: TestSystem;
afterEach(async () => await system?.close());

const day = (daysAgo: number) =>
	new Date(system.clock.at - daysAgo * DAY).toISOString().slice(0, 10);

function order(number: string, customer: string, items: string[], changes = {}): void {
	const { store } = system.sandbox;
	const row = { SalesOrder: number, Customer: customer, OrderStatus: '9', DocumentType: 'O' };
	store.put('SorMaster', { ...row, EntrySystemDate: day(30), OrderDate: day(30), ...changes });
	items.forEach((MStockCode, index) =>
		store.put('SorDetail', {
			SalesOrder: number,
			SalesOrderLine: String(index + 1),
			LineType: '1',
			MStockCode,
			MOrderQty: '1',
			MPrice: '1',
		}),
	);
}

function stock(StockCode: string, Warehouse: string, QtyOnHand: string, QtyAllocated = '0'): void {
	system.sandbox.store.put('InvWarehouse', { StockCode, Warehouse, QtyOnHand, QtyAllocated });
}

const withStock = { values: { withOrderedItems: true } };

async function stockTexts(parameters: Record<string, unknown> = withStock) {
	const records = await scanAll(system.source('customer', parameters, { pageSize: 2 }));
	return Object.fromEntries(
		records.map(({ erp, organization }) => [erp.key, organization?.orderedItemsStock]),
	);
}

describe.each<Mode>(['enet', 'odata'])('rule 27: stock on an organization by %s', (mode) => {
	beforeEach(async () => {
		system = await startSystem(mode);
		for (const n of [1, 2, 3])
			system.sandbox.store.put('ArCustomer', { Customer: `000${n}`, Name: `Müller ${n}` });
		for (const code of ['A', 'B', 'C']) {
			stock(code, 'N', '10', '4');
			stock(code, 'S', '5.5');
		}
	});

	it('tells the items of its open orders and of its orders of twelve months, over all warehouses', async () => {
		order('111', '0001', ['A']);
		order('222', '0001', ['B'], { OrderStatus: '1', EntrySystemDate: day(700) });
		order('333', '0002', ['C'], { EntrySystemDate: day(400), OrderDate: day(400) });
		expect(await stockTexts()).toEqual({
			'0001': 'B: 15.5 on hand, 11.5 available\nA: 15.5 on hand, 11.5 available',
			'0002': '',
			'0003': '',
		});
	});

	it('stops at ten items: those of open orders first, then those ordered most often', async () => {
		const codes = Array.from({ length: 12 }, (_, n) => `I${String(n).padStart(2, '0')}`);
		for (const code of codes) stock(code, 'N', '1');
		order('111', '0001', codes);
		order('222', '0001', ['I10']);
		order('333', '0001', ['I11'], { OrderStatus: '1' });
		const lines = (await stockTexts())['0001']?.split('\n') ?? [];
		expect(lines.map((line) => line.split(':')[0])).toEqual([
			...['I11', 'I10'],
			...codes.slice(0, 8),
		]);
	});

	it('does not change an organization that never ordered the item that moved', async () => {
		order('111', '0001', ['A']);
		order('222', '0002', ['B']);
		const versions = async () =>
			(await scanAll(system.source('customer', withStock, { pageSize: 2 }))).map(
				({ erp }) => erp.version,
			);
		const before = await versions();
		system.sandbox.store.patch('InvWarehouse', ['B', 'N'], { QtyOnHand: '99' });
		const after = await versions();
		expect(after.map((version, index) => version === before[index])).toEqual([true, false, true]);
	});

	it('an item without a row of stock is told with none', async () => {
		order('111', '0001', ['X'], { OrderStatus: '1' });
		expect((await stockTexts())['0001']).toBe('X: 0 on hand, 0 available');
	});

	it('leaves out cancelled orders, credit notes and lines without an item', async () => {
		order('111', '0001', ['A'], { OrderStatus: '\\' });
		order('222', '0001', ['B'], { DocumentType: 'C' });
		order('333', '0001', ['']);
		expect((await stockTexts())['0001']).toBe('');
	});

	it('is not read where nobody asked for it', async () => {
		order('111', '0001', ['A']);
		expect(await stockTexts({})).toEqual({
			'0001': undefined,
			'0002': undefined,
			'0003': undefined,
		});
		expect(system.sandbox.log.calls.map(({ table }) => table)).not.toContain('SorMaster');
	});

	it('one customer alone asks for its own orders only', async () => {
		order('111', '0001', ['A']);
		order('222', '0002', ['B']);
		const [found] = await system.reader('customer', withStock).get('0002');
		expect(found.record.organization?.orderedItemsStock).toBe('B: 15.5 on hand, 11.5 available');
		const lines = system.sandbox.log.calls.filter(({ table }) => table === 'SorDetail');
		expect(lines.map(({ text }) => text).join()).not.toContain('111');
	});
});

describe('a system that answers wrongly', () => {
	const settings = {
		company: 'A',
		companyCurrency: 'ZAR',
		currencies: new Map<string, string>(),
		withRaw: false,
		readAt: () => '2026-11-20T08:00:00Z',
	};
	const reading = { leaveOut: new Set<string>(), pageSize: 100 };
	const ORDERS: Record<string, TableRow[]> = {
		SorMaster: [
			{
				SalesOrder: '1',
				Customer: 'C',
				OrderStatus: '1',
				DocumentType: 'O',
				EntrySystemDate: '2026-11-01',
				OrderDate: '2026-11-01',
			},
		],
		SorDetail: [
			{ SalesOrder: '1', SalesOrderLine: '1', LineType: '1', MStockCode: 'A', MOrderQty: '1' },
		],
	};
	const tables = (all: Record<string, TableRow[]>): TableAccess =>
		({
			find: async ({ table, where, rows }: TableQuery) => {
				const holds = (row: TableRow) =>
					where.every(({ column, is, value }) => {
						const found = row[column] ?? '';
						if (is === 'EQ') return found === value;
						if (is === 'GT') return found > value;
						return is === 'GE' ? found >= value : found !== value;
					});
				return await Promise.resolve({ rows: all[table].filter(holds).slice(0, rows) });
			},
		}) as TableAccess;

	it('a warehouse that comes twice counts once', async () => {
		const row = { StockCode: 'A', Warehouse: 'N', QtyOnHand: '10', QtyAllocated: '1' };
		const access = tables({ ...ORDERS, InvWarehouse: [row, row] });
		const stock = await new OrderedItems(access, settings, reading).stockOf([{ Customer: 'C' }]);
		expect(stock.get('C')).toBe('A: 10 on hand, 9 available');
	});

	it('an outage is over when the next page is read', async () => {
		const access = tables({ ...ORDERS, InvWarehouse: [] });
		let isDown = true;
		const find: TableAccess['find'] = async (query) => {
			if (isDown) throw new Error('SYSPRO is down');
			return await access.find(query);
		};
		const items = new OrderedItems({ ...access, find }, settings, reading);
		const two = [{ Customer: 'B' }, { Customer: 'C' }];
		await expect(items.stockOf(two)).rejects.toThrow('down');
		isDown = false;
		expect((await items.stockOf(two)).get('C')).toBe('A: 0 on hand, 0 available');
	});

	it('groups end with an error where conditions are ignored', async () => {
		let asked = 0;
		const rows = ['A', 'B'].map((StockCode) => ({ StockCode, Warehouse: 'N' }));
		const find = async () => {
			if (++asked > 50) throw new Error('The read has no end.');
			return await Promise.resolve({ rows });
		};
		const read = { table: 'InvWarehouse', group: 'StockCode', within: 'Warehouse', columns: [] };
		const all = async () => {
			const pages = groupedPages({ find } as unknown as TableAccess, { ...read, pageSize: 2 });
			for await (const page of pages) void page;
		};
		await expect(all()).rejects.toThrow(
			'InvWarehouse with StockCode "A" although only those after "B"',
		);
	});

	it('a huge number keeps its size', () => {
		expect(rounded(exact('1e30'))).toBe('1000000000000000019884624838656.00');
		expect(rounded(exact('-1e21'))).toBe('-1000000000000000000000.00');
	});
});
