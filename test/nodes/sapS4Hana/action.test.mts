import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { SapS4Hana } from '../../../nodes/SapS4Hana/SapS4Hana.node';
import { SALES_ORDER_PATH } from '../../sandbox/s4hana/server.mts';
import { DAY, NOW, startSystem, type TestSystem } from './system.mts';
import { n8nHelpers, nodeOf } from '../../fakes/n8nContext.mts';

const NODE = nodeOf('SAP S/4HANA', 'sapS4Hana');

let system: TestSystem;
let company: string;
beforeEach(async () => {
	system = await startSystem();
	const { store } = system.sandbox;
	company = store.createPartner({
		name: 'Firma',
		customer: { number: '3000777' },
		taxNumber: 'DE1',
	});
	store.addContact(company, { lastName: 'Person' });
	store.createPartner({ name: 'Lieferant', supplier: {}, createdAt: NOW - 9 * DAY });
});
afterEach(async () => await system.close());

interface Run {
	continueOnFail?: boolean;
	credential?: Record<string, unknown>;
	items?: number;
}

async function run(
	parameters: Record<string, unknown> | Array<Record<string, unknown>>,
	{ continueOnFail = false, credential = {}, items }: Run = {},
): Promise<INodeExecutionData[]> {
	const perItem = Array.isArray(parameters) ? parameters : [parameters];
	const { user, password } = system.sandbox.login.options;
	const context = {
		helpers: n8nHelpers,
		getNode: () => NODE,
		continueOnFail: () => continueOnFail,
		getInputData: () => Array.from({ length: items ?? perItem.length }, () => ({ json: {} })),
		getCredentials: async () => ({ baseUrl: system.sandbox.url, user, password, ...credential }),
		getNodeParameter: (name: string, item: number, fallback?: unknown) =>
			({ authentication: 'basic', ...(perItem[item] ?? perItem[0]) })[name] ?? fallback,
	};
	const [output] = await new SapS4Hana().execute.call(context as unknown as IExecuteFunctions);
	return output;
}

const json = (output: INodeExecutionData[]) => output.map((item) => item.json);

describe('partners', () => {
	it('Get by partner number, whatever the filters say', async () => {
		const [item] = await run({ resource: 'businessPartner', operation: 'get', number: company });
		expect(item.json).toMatchObject({
			erp: { key: company.padStart(10, '0') },
			organization: { name: 'Firma', type: ['Customer'], taxNumber: 'DE1' },
			persons: [{ lastName: 'Person' }],
		});
		expect(item.pairedItem).toEqual({ item: 0 });
	});

	it('Get a customer by its customer number, identified by the partner number', async () => {
		const [item] = json(await run({ resource: 'customer', operation: 'get', number: '3000777' }));
		expect(item).toMatchObject({ erp: { key: company.padStart(10, '0') } });
	});

	it('Get Many with a limit, and all', async () => {
		const many = { resource: 'businessPartner', operation: 'getAll' };
		expect(await run({ ...many, limit: 1 })).toHaveLength(1);
		expect(await run({ ...many, returnAll: true })).toHaveLength(2);
	});

	it('Get Changes since a date', async () => {
		const changes = { resource: 'supplier', operation: 'getChanges', returnAll: true };
		expect(await run({ ...changes, since: '2026-11-19' })).toHaveLength(0);
		expect(await run({ ...changes, since: '2026-11-10' })).toHaveLength(1);
	});

	it('Raw output is the row of the service with its identity', async () => {
		const [item] = json(await run({ operation: 'get', number: company, output: 'raw' }));
		expect(item).toMatchObject({ BusinessPartner: company, erp: { system: 's4hana' } });
		expect(item).not.toHaveProperty('organization');
	});

	it('an unknown number names itself', async () => {
		await expect(run({ operation: 'get', number: '4711' })).rejects.toThrow(
			'There is no business partner "4711" in SAP S/4HANA.',
		);
	});

	it('with "continue on fail" one bad item does not take the others with it', async () => {
		const output = await run(
			[
				{ operation: 'get', number: '4711' },
				{ operation: 'get', number: company },
			],
			{ continueOnFail: true },
		);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(output[0].json.error).toContain('4711');
		expect(output[0].error).toBeDefined();
		expect(output[1].json).toMatchObject({ organization: { name: 'Firma' } });
	});
});

describe('entity sets', () => {
	const set = {
		resource: 'entitySet',
		servicePath: SALES_ORDER_PATH,
		entitySet: { __rl: true, mode: 'list', value: 'A_SalesOrder' },
		fields: 'SalesOrder, SoldToParty',
	};
	beforeEach(() => {
		for (const key of ['1', '2', '3']) system.sandbox.orders.put(key, { SoldToParty: key });
	});

	it.each(['2', "'2'", "SalesOrder='2'"])('Get with the key %s', async (key) => {
		const output = await run({ ...set, operation: 'get', key });
		expect(json(output)).toEqual([{ SalesOrder: '2', SoldToParty: '2' }]);
	});

	it('Get Many with a filter and an order', async () => {
		const many = {
			...set,
			operation: 'getAll',
			filter: "SoldToParty ne '2'",
			orderBy: 'SalesOrder desc',
		};
		expect(json(await run(many)).map(({ SalesOrder }) => SalesOrder)).toEqual(['3', '1']);
		expect(await run({ ...set, operation: 'getAll', limit: 2 })).toHaveLength(2);
	});

	it('Get Changes by a field that the user names', async () => {
		const changes = {
			...set,
			operation: 'getChanges',
			keyFields: 'SalesOrder',
			changeField: 'LastChangeDateTime',
			changeFieldType: 'dateTimeOffset',
			since: '2026-11-20T09:00:00+01:00',
		};
		expect(json(await run(changes))).toHaveLength(3);
		const changeField = { __rl: true, mode: 'list', value: 'LastChangeDateTime' };
		expect(json(await run({ ...changes, changeField }))).toHaveLength(3);
		expect(json(await run({ ...changes, since: '2026-11-20T10:00:00+01:00' }))).toHaveLength(0);
	});
});

describe('read-only', () => {
	it('no operation sends anything but GET', async () => {
		await run({ resource: 'businessPartner', operation: 'getAll', returnAll: true });
		expect(system.sandbox.log.writes).toBe(0);
	});
});
