/** Events of SAP Business One in a real n8n: publishing shakes hands, a changed order starts an execution, a forgery does not. */
import { itemsOf } from '../n8n-host/api.mts';
import { startN8n, type RunningN8n } from '../n8n-host/n8n.mts';
import { packRepository } from '../n8n-host/pack.mts';
import { packageName } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { startB1Sandbox, type B1Sandbox } from '../sandbox/b1/server.mts';

jest.setTimeout(240_000);

const signingSecret = 'i1mGRbx8DaYZQ6p7RJywYD1IauI+HyTj4TjyKSYv8sI=';
const trigger = 'SAP Business One Event Trigger';
const webhookId = '5b1d7a3c-2c8e-4f0e-9a51-6f3b0d2f7c22';

describe('the SAP Business One Event Trigger', () => {
	let erp: B1Sandbox;
	let n8n: RunningN8n;
	let workflowId: string;
	let entry: number;

	beforeAll(async () => {
		erp = await startB1Sandbox();
		erp.store.partner('C1', { CardName: 'Muster GmbH' });
		n8n = await startN8n({ packages: [packRepository()] });
		const { companyDb, user, password } = erp.sessions.options;
		const login = { baseUrl: erp.url, companyDb, user, password };
		const [api, webhook] = [
			await n8n.api.createCredential('erpSapBusinessOneApi', login),
			await n8n.api.createCredential('erpSapBusinessOneWebhookApi', { signingSecret }),
		];
		workflowId = await n8n.api.createWorkflow({
			name: 'Orders',
			nodes: [
				{
					id: 'trigger',
					name: trigger,
					type: `${packageName}.sapBusinessOneEventTrigger`,
					typeVersion: 1,
					position: [0, 0],
					webhookId,
					parameters: { entity: 'order' },
					credentials: { erpSapBusinessOneApi: api, erpSapBusinessOneWebhookApi: webhook },
				},
				{
					id: 'end',
					name: 'End',
					type: 'n8n-nodes-base.noOp',
					typeVersion: 1,
					position: [220, 0],
					parameters: {},
				},
			],
			connections: { [trigger]: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		} as never);
		entry = Number(erp.store.document('Orders', { CardCode: 'C1', DocTotal: 100 }).DocEntry);
	});
	afterAll(async () => {
		await n8n?.stop();
		await erp?.close();
	});

	const hooks = () => erp.events.list();
	const executions = async () => (await n8n.api.executions(workflowId)).length;

	it('tests its webhook credential: a secret that protects nothing is told', async () => {
		const { id } = await n8n.api.createCredential('erpSapBusinessOneWebhookApi', {
			signingSecret: 'short',
		});
		expect(await n8n.api.testCredential(id)).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('fewer than 16'),
		});
	});

	it('subscribes by a handshake while it is published, once', async () => {
		await n8n.api.publish(workflowId);
		expect(erp.events.handshakes).toEqual([200]);
		expect(hooks()).toMatchObject([{ State: 'Active', AuthenticationType: 'HMAC' }]);
		expect(hooks()[0].WebhookURL).toContain(webhookId);
		await n8n.api.publish(workflowId);
		expect(hooks()).toHaveLength(1);
	});

	it('starts an execution with the order when it changes, and one for a delivery that comes twice', async () => {
		erp.events.twice();
		erp.store.document('Orders', { DocTotal: 250 }, entry);
		await erp.events.flush();
		expect(erp.events.sent.map(({ status }) => status)).toEqual([200, 200]);
		const execution = await n8n.api.executionEnded(workflowId, 1);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, trigger)).toMatchObject([
			{
				erp: { system: 'b1', entity: 'order', key: String(entry) },
				deal: { value: '250', invoicedAmount: '0' },
				event: { object: 'Orders', transaction: 'Updated' },
			},
		]);
		expect(JSON.stringify(execution)).not.toContain(signingSecret);
		console.info(`answered after ${erp.events.sent.map(({ ms }) => ms).join(', ')} ms`);
	});

	it('starts an execution with the invoiced order when an invoice is posted', async () => {
		erp.store.document('Invoices', {
			CardCode: 'C1',
			DocumentLines: [{ LineNum: 0, BaseType: 17, BaseEntry: entry, BaseLine: 0, LineTotal: 250 }],
		});
		await erp.events.flush();
		const execution = await n8n.api.executionEnded(workflowId, 2);
		expect(itemsOf(execution, trigger)).toMatchObject([{ deal: { invoicedAmount: '250' } }]);
	});

	it('answers a forged or unsigned delivery 401 and starts nothing', async () => {
		const id = String(hooks()[0].WebhookID);
		for (const forgery of [{ signature: '' }, { secret: `${signingSecret}x` }]) {
			expect(await erp.events.forge(id, forgery)).toBe(401);
		}
		expect(await executions()).toBe(2);
	});

	it('unsubscribes when the workflow is unpublished', async () => {
		await n8n.api.unpublish(workflowId);
		await waitFor('the subscription to be removed', 10_000, () => hooks().length === 0);
		expect(hooks()).toEqual([]);
		expect(n8n.tail(2_000)).not.toContain(signingSecret);
	});
});
