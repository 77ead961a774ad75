import type { IExecuteFunctions, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { Sage300 } from '../../../nodes/Sage300/Sage300.node';
import { Sage300Trigger } from '../../../nodes/Sage300/Sage300Trigger.node';
import { n8nHelpers, nodeOf } from '../../fakes/n8nContext.mts';
import { startSystem, type TestSystem } from './system.mts';

const NODE = nodeOf('Sage 300', 'sage300');

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem({ pageSize: 2 });
	const { store } = system.sandbox;
	for (const n of [1200, 1201, 1202]) {
		store.putCustomer(String(n), { CustomerName: `Kunde ${n}`, GroupCode: 'WHL' });
	}
	store.postInvoice({ customer: '1200', number: 'IN1', amount: 100 });
	store.postInvoice({ customer: '1201', number: 'IN1', amount: 200 });
	store.postReceipt({ customer: '1200', number: '4711', amount: 50 });
});
afterEach(async () => {
	await system.close();
	expect(system.sandbox.log.writes).toBe(0);
});

type Parameters = Record<string, unknown>;
const credential = () => {
	const { apiUrl: baseUrl, company, user, password } = system.sandbox;
	return { baseUrl, company, user, password };
};

async function run(parameters: Parameters | Parameters[], continueOnFail = false) {
	const perItem = Array.isArray(parameters) ? parameters : [parameters];
	const context = {
		helpers: n8nHelpers,
		getNode: () => NODE,
		continueOnFail: () => continueOnFail,
		getInputData: () => perItem.map(() => ({ json: {} })),
		getCredentials: async () => credential(),
		getNodeParameter: (name: string, item: number, fallback?: unknown) =>
			perItem[item][name] ?? fallback,
	};
	const [output] = await new Sage300().execute.call(context as unknown as IExecuteFunctions);
	return output;
}
const json = (output: INodeExecutionData[]) => output.map((item) => item.json);
const names = (output: INodeExecutionData[]) =>
	json(output).map(({ organization }) => (organization as { name: string }).name);

describe('the action node', () => {
	it('gets a customer by its number, whatever the case', async () => {
		const [item] = await run({ resource: 'customer', operation: 'get', number: ' 1201 ' });
		expect(item.json).toMatchObject({ organization: { name: 'Kunde 1201' } });
		expect(item.pairedItem).toEqual({ item: 0 });
	});

	it('gets many customers, up to a limit or all', async () => {
		const many = { resource: 'customer', operation: 'getAll' };
		expect(names(await run({ ...many, limit: 2 }))).toEqual(['Kunde 1200', 'Kunde 1201']);
		expect(await run({ ...many, returnAll: true })).toHaveLength(3);
		const filters = { groups: 'RTL' };
		expect(await run({ ...many, returnAll: true, filters })).toHaveLength(0);
	});

	it('gets an invoice and a receipt by customer and number', async () => {
		const [invoice] = json(
			await run({ resource: 'invoice', operation: 'get', number: '1201', document: 'IN1' }),
		);
		expect(invoice).toMatchObject({ document: { total: '200', kind: 'invoice' } });
		const [receipt] = json(
			await run({ resource: 'receipt', operation: 'get', number: '1200', document: '4711' }),
		);
		expect(receipt).toMatchObject({ document: { total: '50', kind: 'payment' } });
	});

	it.each([
		['invoice', 2],
		['receipt', 1],
	])('gets many: %s', async (resource, count) => {
		expect(await run({ resource, operation: 'getAll', returnAll: true })).toHaveLength(count);
	});

	it('Raw is the row of the Web API with the identity', async () => {
		const [item] = json(await run({ operation: 'get', number: '1200', output: 'raw' }));
		expect(item).toMatchObject({ CustomerName: 'Kunde 1200', erp: { key: '1200' } });
		expect(item).not.toHaveProperty('organization');
	});

	it.each([
		['1202', 'CustomerNumber, CustomerName', 'ARCustomers'],
		["'1202'", 'CustomerName', 'ARCustomers'],
		["CustomerNumber='1201',DocumentNumber='IN1'", 'DocumentNumber', 'ARPostedDocuments'],
	])('gets the record %s of any endpoint', async (key, fields, endpoint) => {
		const read = { resource: 'endpoint', operation: 'get', module: 'AR', endpoint, key, fields };
		const [item] = json(await run(read));
		expect(Object.keys(item)).toEqual(fields.split(', '));
	});

	it('gets many rows of any endpoint over several pages, filtered', async () => {
		const many = {
			resource: 'endpoint',
			operation: 'getAll',
			module: 'ar',
			endpoint: 'ARCustomers',
			fields: 'CustomerNumber',
		};
		expect(await run({ ...many, returnAll: true })).toHaveLength(3);
		expect(await run({ ...many, limit: 1 })).toHaveLength(1);
		const endpoint = { __rl: true, mode: 'list', value: 'ARCustomers' };
		expect(await run({ ...many, endpoint, limit: 2 })).toHaveLength(2);
		const filter = "CustomerNumber gt '1200'";
		expect(await run({ ...many, returnAll: true, filter })).toHaveLength(2);
	});

	it.each([
		[{ number: '4711' }, 'There is no customer "4711" in Sage 300.'],
		[{ number: '' }, '"Customer Number" is empty.'],
		[
			{ resource: 'invoice', number: '1202', document: 'IN1' },
			'There is no invoice "IN1" of this customer in Sage 300.',
		],
		[
			{ resource: 'endpoint', endpoint: '../../OTHER/AR/ARCustomers', key: '1', fields: 'A' },
			'is not a valid name',
		],
		[
			{ resource: 'endpoint', endpoint: 'ARCustomers', key: "1') or ('1", fields: 'A' },
			'is not a key',
		],
		[{ resource: 'endpoint', endpoint: 'ARCustomers', key: '1200', fields: '' }, 'No fields'],
		[
			{ resource: 'endpoint', endpoint: 'ARCustomers', key: '9', fields: 'CustomerNumber' },
			'There is no record with the key 9 in Sage 300.',
		],
	])('%j is refused with a sentence', async (parameters, sentence) => {
		await expect(run({ operation: 'get', ...parameters })).rejects.toThrow(sentence);
	});

	it('with "continue on fail" one bad item does not take the others with it', async () => {
		const output = await run(
			[
				{ operation: 'get', number: '4711' },
				{ operation: 'get', number: '1200' },
			],
			true,
		);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(output[0].json.error).toContain('4711');
		expect(output[1].json).toMatchObject({ organization: { name: 'Kunde 1200' } });
	});
});

describe('a manual test of the trigger', () => {
	async function test(parameters: Parameters, more: Parameters = {}) {
		const context = {
			helpers: n8nHelpers,
			getNode: () => NODE,
			getMode: () => 'manual',
			getWorkflow: () => ({ id: 'w' }),
			getCredentials: async () => ({ ...credential(), ...more }),
			getNodeParameter: (name: string, fallback?: unknown) => parameters[name] ?? fallback,
		};
		const output = await new Sage300Trigger().poll.call(context as unknown as IPollFunctions);
		return output?.[0] ?? [];
	}

	it('delivers customers, invoices and receipts', async () => {
		expect(names(await test({ entity: 'customer' }))).toHaveLength(3);
		expect(json(await test({ entity: 'invoice' }))).toMatchObject([
			{ document: { number: 'IN1', organizationExternalId: 'sage300:SAMLTD:customer:1200' } },
			{ document: { number: 'IN1' } },
		]);
		expect(json(await test({ entity: 'receipt' }))).toMatchObject([{ document: { total: '50' } }]);
	});

	it('the alias of the credential separates two servers with the same company', async () => {
		const [item] = await test({ entity: 'customer' }, { systemAlias: 'EAST' });
		expect(item.json.erp).toMatchObject({ externalId: 'sage300:EAST:customer:1200' });
	});

	it('a wrong setting is a sentence with a remedy, as n8n shows it', async () => {
		await expect(test({ entity: 'customer' }, { password: 'WRONG' })).rejects.toMatchObject({
			message: expect.stringContaining('Sage 300 refused the login'),
			description: expect.stringContaining('"Password"'),
		});
	});
});
