import type { IExecuteFunctions, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { Syspro } from '../../../nodes/Syspro/Syspro.node';
import { SysproTrigger } from '../../../nodes/Syspro/SysproTrigger.node';
import { n8nHelpers, nodeOf } from '../../fakes/n8nContext.mts';
import { startSystem, type Mode, type TestSystem } from './system.mts';

const NODE = nodeOf('SYSPRO', 'syspro');

let system: TestSystem;
afterEach(async () => await system.close());

const start = async (mode: Mode) => {
	system = await startSystem(mode, { now: Date.now });
	const { store } = system.sandbox;
	for (const n of [1, 2, 3])
		store.put('ArCustomer', { Customer: `000${n}`, Name: `Müller ${n}`, Branch: String(n % 2) });
	store.put('SorMaster', {
		SalesOrder: '77',
		OrderStatus: '1',
		Customer: '0001',
		DocumentType: 'O',
		OrderDate: '2020-01-01',
	});
	store.put('SorDetail', {
		SalesOrder: '77',
		SalesOrderLine: '1',
		LineType: '1',
		MStockCode: 'A',
		MOrderQty: '2',
		MPrice: '5',
	});
	store.put('InvMaster', { StockCode: 'A', Description: 'Bike' });
	store.put('InvWarehouse', { StockCode: 'A', Warehouse: 'N', QtyOnHand: '4' });
	store.put('ArInvoice', {
		Customer: '0001',
		Invoice: '9',
		DocumentType: 'I',
		InvoiceDate: '2026-11-01',
		CurrencyValue: '1',
	});
	store.put('ArInvoice', {
		Customer: '0001',
		Invoice: '9',
		DocumentType: 'C',
		InvoiceDate: '2026-11-02',
		CurrencyValue: '-1',
	});
};

const credential = (more: Record<string, unknown> = {}) => {
	const { sandbox, mode } = system;
	const { login, odata } = sandbox;
	return mode === 'odata'
		? {
				baseUrl: sandbox.odataUrl,
				user: odata.user,
				password: odata.password,
				companyId: 'A',
				...more,
			}
		: {
				baseUrl: sandbox.restUrl,
				operator: login.operator,
				operatorPassword: login.password,
				companyId: login.company,
				companyPassword: login.companyPassword,
				...more,
			};
};

async function run(
	parameters: Record<string, unknown> | Array<Record<string, unknown>>,
	{
		continueOnFail = false,
		more = {},
	}: { continueOnFail?: boolean; more?: Record<string, unknown> } = {},
): Promise<INodeExecutionData[]> {
	const perItem = Array.isArray(parameters) ? parameters : [parameters];
	const context = {
		helpers: n8nHelpers,
		getNode: () => NODE,
		continueOnFail: () => continueOnFail,
		getInputData: () => perItem.map(() => ({ json: {} })),
		getCredentials: async () => credential(more),
		getNodeParameter: (name: string, item: number, fallback?: unknown) =>
			({ authentication: system.mode, ...perItem[item] })[name] ?? fallback,
	};
	const [output] = await new Syspro().execute.call(context as unknown as IExecuteFunctions);
	return output;
}

async function fetchTestEvent(parameters: Record<string, unknown>): Promise<INodeExecutionData[]> {
	const context = {
		helpers: n8nHelpers,
		getNode: () => NODE,
		getMode: () => 'manual',
		getWorkflow: () => ({ id: 'w' }),
		getWorkflowStaticData: () => {
			throw new Error('A manual test must not touch the state');
		},
		getCredentials: async () => credential(),
		getNodeParameter: (name: string, fallback?: unknown) =>
			({ authentication: system.mode, ...parameters })[name] ?? fallback,
	};
	const output = await new SysproTrigger().poll.call(context as unknown as IPollFunctions);
	return output?.[0] ?? [];
}

describe.each<Mode>(['enet', 'odata'])('the SYSPRO node by %s', (mode) => {
	beforeEach(async () => await start(mode));
	afterEach(() => expect(system.sandbox.enet.openSessions).toBe(0));

	it('gets one record of each kind by its number, whatever the filter says', async () => {
		const [customer] = await run({
			resource: 'customer',
			operation: 'get',
			number: '0002',
			filters: { branches: '1' },
		});
		expect(customer).toMatchObject({
			json: { organization: { name: 'Müller 2' } },
			pairedItem: { item: 0 },
		});
		const [order] = await run({ resource: 'salesOrder', operation: 'get', number: '77' });
		expect(order.json).toMatchObject({ deal: { value: '10.00', lines: [{ productCode: 'A' }] } });
		const [stock] = await run({ resource: 'stock', operation: 'get', number: 'A' });
		expect(stock.json).toMatchObject({ product: { stock: [{ onHand: '4' }] } });
		const invoices = await run({ resource: 'invoice', operation: 'get', number: '9' });
		expect(invoices.map(({ json }) => (json.document as { kind: string }).kind).sort()).toEqual([
			'creditNote',
			'invoice',
		]);
	});

	it('gets many, up to the limit or all', async () => {
		const list = async (more: object) =>
			(await run({ resource: 'customer', operation: 'getAll', ...more })).length;
		expect(await list({ limit: 2 })).toBe(2);
		expect(await list({ returnAll: true, reading: { pageSize: 1 } })).toBe(3);
		expect(await list({ returnAll: true, filters: { branches: '1' } })).toBe(2);
		expect(await run({ resource: 'salesOrder', operation: 'getAll' })).toHaveLength(1);
		expect(
			await run({ resource: 'invoice', operation: 'getAll', since: '2026-11-02' }),
		).toHaveLength(1);
	});

	it('gets the orders of a time, and open ones whatever their age', async () => {
		const { store } = system.sandbox;
		const put = (SalesOrder: string, OrderStatus: string, dates: Record<string, string>) =>
			store.put('SorMaster', { SalesOrder, OrderStatus, Customer: '0001', ...dates });
		put('70', '9', { EntrySystemDate: '2020-01-02', OrderDate: '2026-11-03' });
		put('71', '9', { EntrySystemDate: '2020-01-03' });
		put('72', '9', { EntrySystemDate: '2026-11-02' });
		put('73', '1', { EntrySystemDate: '2026-11-02' });
		put('74', '\\', { OrderDate: '2026-11-04' });
		const numbers = async (more: object) =>
			(await run({ resource: 'salesOrder', operation: 'getAll', returnAll: true, ...more }))
				.map(({ json }) => (json.erp as { key: string }).key)
				.sort();
		expect(await numbers({})).toEqual(['70', '71', '72', '73', '74', '77']);
		expect(await numbers({ since: '2026-11-02', reading: { pageSize: 2 } })).toEqual([
			'70',
			'72',
			'73',
			'74',
			'77',
		]);
	});

	it('gives the columns as Raw', async () => {
		const [item] = await run({
			resource: 'customer',
			operation: 'get',
			number: '0001',
			output: 'raw',
		});
		expect(item.json).toMatchObject({ Name: 'Müller 1', CustomerOnHold: '', erp: { key: '0001' } });
	});

	it('goes on with the next item after one that fails, where the user wants that', async () => {
		const items = ['0001', 'NONE', '0003'].map((number) => ({
			resource: 'customer',
			operation: 'get',
			number,
		}));
		const output = await run(items, { continueOnFail: true });
		expect(
			output.map(({ json, pairedItem }) => [
				json.error ?? (json.erp as { key: string }).key,
				pairedItem,
			]),
		).toEqual([
			['0001', { item: 0 }],
			['SYSPRO has no customer "NONE".', { item: 1 }],
			['0003', { item: 2 }],
		]);
		await expect(run(items)).rejects.toThrow('SYSPRO has no customer "NONE".');
		expect(system.sandbox.log.count('Logon')).toBe(mode === 'enet' ? 2 : 0);
	});
});

describe('a business object', () => {
	const query = (xmlIn: string, businessObject = 'arsqry') => ({
		resource: 'businessObject',
		operation: 'query',
		businessObject,
		xmlIn,
	});

	it('answers XML with JSON', async () => {
		await start('enet');
		const [item] = await run(query('<Query><Key><Customer>0001</Customer></Key></Query>'));
		expect(item.json).toMatchObject({
			ARStatement: { '@Language': '05', Customer: '0001', Name: 'Müller 1' },
		});
		const [stock] = await run(
			query('<Query><Key><StockCode>A</StockCode></Key></Query>', 'INVQRY'),
		);
		expect(stock.json).toMatchObject({ InvQuery: { WarehouseItem: { Warehouse: 'N' } } });
	});

	it.each([
		[query('<Query><Key>'), /ends inside <Key>/],
		[query('<!DOCTYPE x><Query/>'), /document type declaration/],
		[query('<Query/>', 'COMFND&x=1'), /not the name of a business object/],
		[query('<Query><Key><Customer>Ü</Customer></Key></Query>'), /Customer 'Ü' not found/],
	])('that cannot be asked says why: %j', async (parameters, why) => {
		await start('enet');
		await expect(run(parameters)).rejects.toThrow(why);
		expect(system.sandbox.enet.openSessions).toBe(0);
	});

	it('is not there by OData', async () => {
		await start('odata');
		await expect(run(query('<Query/>'))).rejects.toThrow('has no business objects');
	});
});

describe.each<Mode>(['enet', 'odata'])('a manual test of the trigger by %s', (mode) => {
	it.each([
		['customer', 3],
		['salesOrder', 1],
		['stockCode', 1],
		['stock', 1],
		['invoice', 2],
	])('delivers %s, and leaves no session behind', async (entity, count) => {
		await start(mode);
		const items = await fetchTestEvent({ entity });
		expect(items).toHaveLength(count);
		expect(items[0].json).toHaveProperty('erp.externalId');
		const { log, enet } = system.sandbox;
		expect(enet.openSessions).toBe(0);
		expect(log.count('Logon')).toBe(mode === 'enet' ? 1 : 0);
		expect(log).toMatchObject({ overlaps: 0, unknownElements: [], writesRefused: 0 });
	});
});

describe('a poll in production', () => {
	const settled = { finished: true, status: 'success', data: { resultData: { runData: {} } } };

	/** A workflow whose run asks SYSPRO itself, with the same operator, before it succeeds. */
	async function poll(state: Record<string, unknown>): Promise<string[]> {
		const delivered: string[] = [];
		const runs: Array<Promise<void>> = [];
		const context = {
			helpers: {
				...n8nHelpers,
				createDeferredPromise: () => {
					let resolve!: (value: unknown) => void;
					const promise = new Promise((yes) => (resolve = yes));
					return { promise, resolve };
				},
			},
			getNode: () => NODE,
			getMode: () => 'trigger',
			getActivationMode: () => 'update',
			getPollBudgetMs: () => 36_000,
			getWorkflow: () => ({ id: 'production' }),
			getWorkflowStaticData: () => state,
			getCredentials: async () => credential(),
			getNodeParameter: (name: string, fallback?: unknown) =>
				({
					authentication: system.mode,
					entity: 'customer',
					startFrom: 'everything',
					pollOptions: { maxRecords: 2 },
				})[name] ?? fallback,
			logger: {
				warn: () => undefined,
				info: () => undefined,
				debug: () => undefined,
				error: () => undefined,
			},
			__emit: (
				data: INodeExecutionData[][],
				_response: unknown,
				deferred: { resolve(value: unknown): void },
			) => {
				delivered.push(...data[0].map(({ json }) => (json.erp as { key: string }).key));
				const asking = run({ resource: 'customer', operation: 'get', number: '0001' });
				runs.push(asking.then(() => deferred.resolve(settled)));
			},
			__emitError: (error: Error) => {
				throw error;
			},
		};
		expect(await new SysproTrigger().poll.call(context as unknown as IPollFunctions)).toBeNull();
		await Promise.all(runs);
		return delivered;
	}

	it('shares its session with the workflow it waits for, logs on once and off at the end', async () => {
		await start('enet');
		const state: Record<string, unknown> = {};
		expect(await poll(state)).toEqual(['0001', '0002', '0003']);
		const { log, enet, store, faults } = system.sandbox;
		expect(log.count('Logon')).toBeLessThanOrEqual(2);
		expect(log).toMatchObject({ overlaps: 0, displaced: 0 });
		store.patch('ArCustomer', ['0002'], { SoldToAddr3: 'Elsewhere' });
		expect(await poll(state)).toEqual(['0002']);
		expect(await poll(state)).toEqual([]);
		expect(enet.openSessions).toBe(0);
		faults.add({ kind: 'html', match: 'COMFND' });
		await poll(state).catch(() => undefined);
		expect(enet.openSessions).toBe(0);
	});
});
