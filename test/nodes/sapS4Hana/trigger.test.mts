import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { SapS4HanaTrigger } from '../../../nodes/SapS4Hana/SapS4HanaTrigger.node';
import { SALES_ORDER_PATH } from '../../sandbox/s4hana/server.mts';
import { n8nHelpers, nodeOf } from '../../fakes/n8nContext.mts';
import { startSystem, type TestSystem } from './system.mts';

const NODE = nodeOf('SAP S/4HANA', 'sapS4Hana');

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.createPartner({ name: 'Kunde', customer: {} });
	system.sandbox.store.createPartner({ name: 'Lieferant', supplier: {} });
	system.sandbox.orders.put('1', { SoldToParty: '7' });
});
afterEach(async () => await system.close());

/** The "Fetch Test Event" button. */
async function test(
	parameters: Record<string, unknown>,
	credential: Record<string, unknown> = {},
): Promise<INodeExecutionData[]> {
	const { clientId, clientSecret } = system.sandbox.login.options;
	const context = {
		helpers: n8nHelpers,
		getNode: () => NODE,
		getMode: () => 'manual',
		getWorkflow: () => ({ id: 'w' }),
		getWorkflowStaticData: () => {
			throw new Error('A manual test must not touch the state');
		},
		getCredentials: async () => ({
			baseUrl: system.sandbox.url,
			tokenUrl: `${system.sandbox.url}/oauth/token`,
			clientId,
			clientSecret,
			...credential,
		}),
		getNodeParameter: (name: string, fallback?: unknown) =>
			({ authentication: 'oAuth2', ...parameters })[name] ?? fallback,
	};
	const output = await new SapS4HanaTrigger().poll.call(context as unknown as IPollFunctions);
	return output?.[0] ?? [];
}

const names = (items: INodeExecutionData[]) =>
	items.map(({ json }) => (json.organization as { name: string }).name);

describe('a manual test of the trigger', () => {
	it('delivers business partners as ERP records', async () => {
		const items = await test({ entity: 'businessPartner' });
		expect(names(items)).toEqual(['Kunde', 'Lieferant']);
		expect(items[0].json).not.toHaveProperty('raw');
	});

	it('delivers one side for the entities Customer and Supplier', async () => {
		expect(names(await test({ entity: 'customer' }))).toEqual(['Kunde']);
		expect(names(await test({ entity: 'supplier' }))).toEqual(['Lieferant']);
	});

	it('delivers the service’s own fields as Raw', async () => {
		const [item] = await test({ entity: 'customer', output: 'raw' });
		expect(item.json).toMatchObject({
			BusinessPartnerFullName: 'Kunde',
			erp: { key: '0001000001' },
		});
	});

	it('delivers rows of any entity set', async () => {
		const [item] = await test({
			entity: 'entitySet',
			servicePath: SALES_ORDER_PATH,
			odataVersion: 'V2',
			entitySet: { mode: 'name', value: 'A_SalesOrder' },
			keyFields: 'SalesOrder',
			changeField: 'LastChangeDateTime',
			changeFieldType: 'dateTimeOffset',
			fields: 'SoldToParty',
		});
		expect(item.json).toMatchObject({
			SalesOrder: '1',
			SoldToParty: '7',
			erp: { isDeleted: false },
		});
	});

	it('the alias of the credential separates two systems', async () => {
		const [item] = await test({ entity: 'customer' }, { systemAlias: 'PRD' });
		expect(item.json.erp).toMatchObject({ externalId: 's4hana:PRD:businessPartner:0001000001' });
		const [other] = await test({ entity: 'customer' });
		expect(other.json.erp).toMatchObject({
			externalId: 's4hana:127.0.0.1:businessPartner:0001000001',
		});
	});

	it('a wrong setting is a sentence with a remedy, as n8n shows it', async () => {
		await expect(test({ entity: 'customer' }, { clientSecret: 'wrong' })).rejects.toMatchObject({
			message: expect.stringContaining('The token URL refused the client (HTTP 401)'),
			description: expect.stringContaining('"Client Secret"'),
		});
	});
});
