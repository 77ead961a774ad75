/** The resources that a user fills by hand, as n8n's own engine runs them. */
import type { IDataObject } from 'n8n-workflow';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { document, item, order } from '../nodes/pipedrive/orders.mts';
import { partner } from '../nodes/pipedrive/support.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { editorContext, runInEngine, type EngineOptions } from './engine.mts';

const KINDS = ['organization', 'person', 'product', 'deal'];

let sandbox: PipedriveSandbox;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox({ plan: 'ultimate' });
	await run({ resource: 'field', operation: 'ensure', ensureFor: KINDS }, [{}]);
});
afterEach(async () => await sandbox.close());

const staged = (parameters: IDataObject, items: object[]): EngineOptions => ({
	node: new PipedriveUpsert(),
	parameters,
	items: items as IDataObject[],
	credentials: {
		erpPipedriveApi: {
			type: new ErpPipedriveApi(),
			data: { apiToken: sandbox.token, apiBaseUrl: sandbox.url, plan: 'ultimate' } as never,
		},
	},
});
const run = async (parameters: IDataObject, items: object[]) =>
	await runInEngine(staged(parameters, items));
const mapped = (value: IDataObject) => ({ columns: { mappingMode: 'defineBelow', value } });
const first = ({ outputs, error }: Awaited<ReturnType<typeof run>>) => {
	expect(error).toBeUndefined();
	return outputs[0][0].json;
};

const customer = partner(1, { persons: [] });
const HOST = customer.erp.externalId;

describe('the whole graph of a business in one pass', () => {
	it('organization, persons, product, deal with lines and a note, in any order of the items', async () => {
		const lines = [
			{
				productCode: 'ITEM-1001',
				description: 'Pump',
				quantity: '2',
				unitPrice: '10',
				discount: '0',
				tax: '',
			},
		];
		const { outputs, error } = await run({}, [
			document(1, HOST),
			order(1, HOST, { lines, value: '20' }),
			item(1),
			partner(1),
		]);
		expect(error).toBeUndefined();
		expect(outputs[0].map(({ json }) => json.outcome)).toEqual(Array(4).fill('created'));
		expect(outputs[0].map(({ json }) => json.pipedriveType)).toEqual([
			'note',
			'deal',
			'product',
			'organization',
		]);
		expect(sandbox.records('persons')).toHaveLength(1);
		const [deal] = sandbox.records('deals');
		expect(deal).toMatchObject({ value: 20, org_id: sandbox.records('organizations')[0].id });
		const again = await run({}, [
			document(1, HOST),
			order(1, HOST, { lines, value: '20' }),
			item(1),
			partner(1),
		]);
		expect(again.outputs[0].map(({ json }) => json.outcome)).toEqual(Array(4).fill('unchanged'));
	});
});

describe('Estimate', () => {
	it('tells creates, updates, tokens and the share of what is left, and writes nothing', async () => {
		const { outputs, error } = await run({ resource: 'erpRecord', operation: 'estimate' }, [
			customer,
			order(1, HOST),
			item(1),
			{ no: 'record' },
		]);
		expect(error).toBeUndefined();
		expect(outputs[0]).toHaveLength(1);
		const { json, pairedItem } = outputs[0][0];
		expect(json).toMatchObject({ creates: 3, updates: 0, unchanged: 0, setAside: 1 });
		expect(json.text).toMatch(/^3 creates, 0 updates, 0 unchanged, 1 set aside: \d+ tokens, /);
		expect(pairedItem).toHaveLength(4);
		expect(sandbox.records('deals')).toHaveLength(0);
		expect(sandbox.records('organizations')).toHaveLength(0);
	});
});

describe('Deal', () => {
	it('is written from mapped fields, stage by name, owner by e-mail, with lines, and read again whole', async () => {
		await run({}, [customer, item(1)]);
		const [, stage] = sandbox.store.collections.stages.sortedBy('order_nr');
		const [, owner] = sandbox.store.users;
		const parameters = {
			resource: 'deal',
			externalId: 'shop:1:order:77',
			hostExternalId: HOST,
			lines: '[{ "productCode": "ITEM-1001", "quantity": 3, "unitPrice": "9.90" }]',
			...mapped({
				Title: 'Order 77',
				Stage: String(stage.name),
				'Currency of Value': 'EUR',
				Owner: owner.email,
				'ERP Total: Amount': '29.70',
				'ERP Total: Currency': 'EUR',
			}),
		};
		const written = first(await run(parameters, [{}]));
		expect(written).toMatchObject({ outcome: 'created', pipedriveType: 'deal' });
		expect(sandbox.records('deals')[0]).toMatchObject({
			stage_id: stage.id,
			owner_id: owner.id,
			value: 29.7,
			currency: 'EUR',
		});
		expect(first(await run(parameters, [{}])).outcome).toBe('unchanged');
		const read = first(
			await run({ resource: 'deal', operation: 'get', dealId: written.pipedriveId as number }, [
				{},
			]),
		);
		expect(read).toMatchObject({ organizationExternalId: HOST });
		expect(read.lines).toMatchObject([
			{
				productExternalId: item(1).erp.externalId,
				productCode: 'ITEM-1001',
				quantity: 3,
				unitPrice: 9.9,
			},
		]);
	});

	it('a stage that does not exist sets the deal aside with the stages there are', async () => {
		const { error } = await run(
			{ resource: 'deal', externalId: 'x:1:order:1', ...mapped({ Title: 'A', Stage: 'Nowhere' }) },
			[{}],
		);
		expect(error).toBeDefined();
		expect(error?.message).toContain('Field "Stage" (stage) cannot hold "Nowhere"');
	});

	it('lines that are no list are refused in words', async () => {
		const { error } = await run(
			{ resource: 'deal', externalId: 'x:1:order:1', lines: '{"a":', ...mapped({ Title: 'A' }) },
			[{}],
		);
		expect(error?.message).toContain('"Lines" is no list of lines');
	});

	it('a deal that does not exist is told by its number', async () => {
		const { error } = await run({ resource: 'deal', operation: 'get', dealId: 4711 }, [{}]);
		expect(error?.message).toContain('4711');
		const none = await run({ resource: 'deal', operation: 'get', dealId: 'abc' }, [{}]);
		expect(none.error?.message).toContain('"Deal ID"');
	});
});

describe('Product', () => {
	it('is written with prices as text', async () => {
		const parameters = {
			resource: 'product',
			externalId: 'shop:1:item:5',
			...mapped({
				Name: 'Valve',
				'Product code': 'V-5',
				Prices: '12.50 EUR; 14 USD',
				Active: true,
			}),
		};
		expect(first(await run(parameters, [{}]))).toMatchObject({ outcome: 'created' });
		expect(sandbox.records('products')[0].prices).toMatchObject([
			{ currency: 'EUR', price: 12.5 },
			{ currency: 'USD', price: 14 },
		]);
		expect(first(await run(parameters, [{}])).outcome).toBe('unchanged');
	});
});

describe('Note and Activity', () => {
	it('are written once, updated when their text changes, and belong to a record by its external ID', async () => {
		await run({}, [customer]);
		const note = {
			resource: 'note',
			externalId: 'shop:1:note:1',
			hostId: HOST,
			content: 'Hello <b>',
		};
		expect(first(await run(note, [{}]))).toMatchObject({
			outcome: 'created',
			pipedriveType: 'note',
		});
		expect(first(await run(note, [{}])).outcome).toBe('unchanged');
		expect(first(await run({ ...note, content: 'Bye' }, [{}])).outcome).toBe('updated');
		expect(sandbox.records('notes')).toHaveLength(1);
		const activity = {
			resource: 'activity',
			externalId: 'shop:1:task:1',
			hostId: HOST,
			subject: 'Call back',
			activityType: 'call',
			dueDate: '2026-12-01',
		};
		expect(first(await run(activity, [{}]))).toMatchObject({ outcome: 'created' });
		expect(first(await run(activity, [{}])).outcome).toBe('unchanged');
		expect(sandbox.records('activities')[0]).toMatchObject({ subject: 'Call back', type: 'call' });
	});

	it('without anything to belong to it is set aside in words', async () => {
		const { error } = await run(
			{ resource: 'note', externalId: 'shop:1:note:1', hostId: ' ', content: 'x' },
			[{}],
		);
		expect(error?.message).toMatch(/Belongs To|Of/);
	});
});

describe('the editor', () => {
	it.each(['deal', 'product'])('offers the fields of a %s by name', async (resource) => {
		const node = new PipedriveUpsert();
		const context = editorContext(staged({ resource }, [{}]));
		const { fields } = await node.methods.resourceMapping.getColumns.call(context);
		const names = fields.map(({ id }) => id);
		expect(names).toContain(resource === 'deal' ? 'Stage' : 'Product code');
		if (resource === 'deal') {
			const stage = fields.find(({ id }) => id === 'Stage');
			expect(stage?.options?.length).toBeGreaterThan(1);
		}
	});
});
