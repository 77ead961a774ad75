/** The event trigger in a real n8n: publishing registers, a delivery starts an execution, unpublishing removes. */
import { itemsOf } from '../n8n-host/api.mts';
import { startN8n, type RunningN8n } from '../n8n-host/n8n.mts';
import { packRepository } from '../n8n-host/pack.mts';
import { packageName, pipedriveToken } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';

jest.setTimeout(240_000);

const login = { user: 'pipedrive', password: 'correct horse battery staple' };
const trigger = 'Pipedrive Event Trigger';
const webhookId = '7d0c2f4e-6f2e-4c55-9d0b-3f3b5f0e8a11';

describe('the Pipedrive Event Trigger', () => {
	let crm: PipedriveSandbox;
	let n8n: RunningN8n;
	let workflowId: string;
	let dealId: number;

	beforeAll(async () => {
		crm = await startPipedriveSandbox({ plan: 'growth' });
		n8n = await startN8n({ packages: [packRepository()] });
		const api = await n8n.api.createCredential('erpPipedriveApi', pipedriveToken(crm));
		const webhook = await n8n.api.createCredential('erpPipedriveWebhookApi', login);
		workflowId = await n8n.api.createWorkflow({
			name: 'Won deals',
			nodes: [
				{
					id: 'trigger',
					name: trigger,
					type: `${packageName}.pipedriveEventTrigger`,
					typeVersion: 1,
					position: [0, 0],
					webhookId,
					parameters: { object: 'deal', actions: ['change'], statuses: ['won'] },
					credentials: { erpPipedriveApi: api, erpPipedriveWebhookApi: webhook },
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
		const sent = { title: 'Pumps for Muster GmbH', value: 1200, currency: 'EUR' };
		const answer = await fetch(`${crm.url}/api/v2/deals`, {
			method: 'POST',
			headers: { 'x-api-token': crm.token, 'content-type': 'application/json' },
			body: JSON.stringify(sent),
		});
		dealId = ((await answer.json()) as { data: { id: number } }).data.id;
	});
	afterAll(async () => {
		await n8n?.stop();
		await crm?.close();
	});

	const hooks = () => crm.records('webhooks').filter((hook) => !hook.is_deleted);
	const executions = async () => (await n8n.api.executions(workflowId)).length;

	it('tests its webhook credential: a login that protects nothing is told', async () => {
		const [good, bad] = [login, { ...login, password: '' }].map(async (data) => {
			const { id } = await n8n.api.createCredential('erpPipedriveWebhookApi', data);
			return await n8n.api.testCredential(id);
		});
		expect((await good).status).toBe('OK');
		expect(await bad).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('Password must not be empty'),
		});
	});

	it('registers exactly one webhook, also when it is published again', async () => {
		await n8n.api.publish(workflowId);
		expect(hooks()).toMatchObject([
			{ event_action: 'change', event_object: 'deal', version: '2.0', http_auth_user: login.user },
		]);
		expect(hooks()[0].subscription_url).toContain(webhookId);
		await n8n.api.publish(workflowId);
		expect(hooks()).toHaveLength(1);
		await n8n.api.pollAgain(workflowId);
		expect(hooks()).toHaveLength(1);
	});

	it('starts an execution when a deal is won, and none for other changes or for a second delivery', async () => {
		crm.edit('deals', dealId, { title: 'Pumps' });
		crm.deliveries.twice();
		crm.edit('deals', dealId, { status: 'won', won_time: crm.store.moment() });
		await waitFor('three deliveries', 20_000, () => crm.deliveries.sent.length >= 3);
		expect(crm.deliveries.sent.map(({ status }) => status)).toEqual([200, 200, 200]);
		const execution = await n8n.api.executionEnded(workflowId, 1);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, trigger)).toMatchObject([
			{
				event: { action: 'change', entity: 'deal', entityId: dealId, source: 'app', attempt: 1 },
				current: { title: 'Pumps', status: 'won', pipeline: 'Pipeline', stage: 'Qualified' },
				previous: { status: 'open' },
				warnings: [],
			},
		]);
		expect(JSON.stringify(execution)).not.toContain(login.password);
		expect(await executions()).toBe(1);
		console.info(`answered after ${crm.deliveries.sent.map(({ ms }) => ms).join(', ')} ms`);
	});

	it('waits for a test event at an address of its own, and removes that webhook afterwards', async () => {
		await n8n.api.runManually(workflowId, trigger);
		const test = await waitFor('the test webhook', 10_000, () =>
			hooks().find((hook) => String(hook.subscription_url).includes('/webhook-test/')),
		);
		crm.edit('deals', dealId, { status: 'open', won_time: null });
		crm.edit('deals', dealId, { status: 'won', won_time: crm.store.moment() });
		const twice = await waitFor('the published and the test run', 20_000, async () => {
			const all = await n8n.api.executions(workflowId);
			return all.length === 3 && all;
		});
		expect(twice.map(({ mode }) => mode).sort()).toEqual(['manual', 'webhook', 'webhook']);
		await waitFor('the test webhook to be removed', 10_000, () => hooks().length === 1);
		expect(hooks()[0].id).not.toBe(test.id);
	});

	it('answers a forged delivery 401 and starts nothing', async () => {
		const [{ id }] = hooks();
		for (const forged of ['', 'pipedrive:correct horse battery stapleX', 'pipedrive:']) {
			expect(await crm.deliveries.forge(id, { login: forged })).toBe(401);
		}
		expect(await executions()).toBe(3);
	});

	it('is removed when the workflow is unpublished', async () => {
		await n8n.api.unpublish(workflowId);
		await waitFor('the webhook to be removed', 10_000, () => hooks().length === 0);
		expect(hooks()).toEqual([]);
		expect(n8n.tail(2_000)).not.toContain(login.password);
	});
});
