/** Records that belong to an organization which another workflow brought, as n8n's own engine runs them. */
import type { IDataObject } from 'n8n-workflow';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { document, order } from '../nodes/pipedrive/orders.mts';
import { partner } from '../nodes/pipedrive/support.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { runInEngine } from './engine.mts';

let sandbox: PipedriveSandbox;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox({ plan: 'ultimate' });
});
afterEach(async () => await sandbox.close());

async function run(parameters: IDataObject, items: object[]) {
	const { outputs, error } = await runInEngine({
		node: new PipedriveUpsert(),
		parameters: {
			whenSetAside: 'output',
			...parameters,
			options: { createMissingFields: true, ...(parameters.options as IDataObject) },
		},
		items: items as IDataObject[],
		credentials: {
			erpPipedriveApi: {
				type: new ErpPipedriveApi(),
				data: { apiToken: sandbox.token, apiBaseUrl: sandbox.url, plan: 'ultimate' } as never,
			},
		},
	});
	expect(error).toBeUndefined();
	return outputs.map((items) => items.map(({ json }) => json));
}

const HOST = partner(1).erp.externalId;
const names = (entity: string) =>
	sandbox.store.customFieldsOf(entity as never).map(({ name }) => name);

it('documents alone wait when their customer is not in Pipedrive', async () => {
	const [done, aside] = await run({}, [document(1, HOST)]);
	expect(done).toEqual([]);
	expect(aside).toMatchObject([{ outcome: 'setAside', reasonCode: 'organizationMissing' }]);
});

it('documents alone find the customer that somebody else wrote', async () => {
	await run({ resource: 'field', operation: 'ensure', ensureFor: ['organization'] }, [{}]);
	const mapped = { mappingMode: 'defineBelow', value: { Name: 'Muster Werk' } };
	await run({ resource: 'organization', externalId: 'not yet', columns: mapped }, [{}]);
	const [{ id }] = sandbox.records('organizations');
	const [{ code }] = sandbox.store.customFieldsOf('organization');
	await fetch(`${sandbox.url}/api/v2/organizations/${id}`, {
		method: 'PATCH',
		headers: { 'x-api-token': sandbox.token, 'content-type': 'application/json' },
		body: JSON.stringify({ custom_fields: { [code]: HOST } }),
	});
	const [done] = await run({}, [document(1, HOST)]);
	expect(done).toMatchObject([{ outcome: 'created', pipedriveType: 'note' }]);
});

it('orders and documents create no more fields of organizations than the one that finds them', async () => {
	await run({}, [order(1, HOST), document(1, HOST)]);
	expect(names('organization')).toEqual(['ERP ID']);
	expect(names('deal')).toContain('ERP Total');
});
