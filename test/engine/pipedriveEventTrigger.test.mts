/** The event trigger in n8n's own contexts, fed by the sandbox's webhooks. */
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveEventTrigger } from '../../nodes/Pipedrive/PipedriveEventTrigger.node';
import { redact } from '../../core/http/redact';
import { openCrm, type Crm } from '../nodes/pipedrive/eventsSupport.mts';
import { editorContext } from './engine.mts';
import { openWebhookStage, type WebhookStage } from './webhookEngine.mts';

const LOGIN = { user: 'pipedrive', password: 'correct horse battery staple' };

let crm: Crm;
let stages: WebhookStage[];
beforeEach(async () => {
	crm = await openCrm();
	stages = [];
});
afterEach(async () => {
	await Promise.all(stages.map(async (stage) => await stage.close()));
	await crm.close();
});

const eventBody = JSON.stringify({
	meta: {
		action: 'create',
		entity: 'deal',
		entity_id: '1',
		id: 'e1',
		version: '2.0',
		timestamp: '2026-11-20T08:00:00Z',
	},
	data: { id: 1 },
	previous: null,
});

/** What n8n says of an expression that names a node which is not there. */
const BROKEN = "Referenced node doesn't exist";

interface More {
	parameters?: Record<string, unknown>;
	credential?: object;
	login?: object;
	isTest?: boolean;
}

async function open({ parameters = {}, credential, login, isTest }: More = {}) {
	const credentials = {
		erpPipedriveApi: {
			apiToken: crm.sandbox.token,
			apiBaseUrl: crm.sandbox.url,
			plan: 'ultimate',
			...credential,
		},
		erpPipedriveWebhookApi: { ...LOGIN, ...login },
	};
	const node = new PipedriveEventTrigger();
	const stage = await openWebhookStage({
		node,
		parameters: parameters as never,
		credentials: credentials as never,
		isTest,
	});
	stages.push(stage);
	return { stage, credentials };
}

const hooks = () => crm.sandbox.records('webhooks').filter((hook) => !hook.is_deleted);
const deliver = async () => await crm.sandbox.deliveries.flush();
const events = (stage: WebhookStage) => stage.started.flat().map(({ event }) => event as never);

describe('publishing', () => {
	it('registers one webhook with name, version and login, and publishing again keeps it', async () => {
		const { stage } = await open();
		await stage.publish();
		expect(hooks()).toMatchObject([
			{
				subscription_url: stage.url,
				event_action: '*',
				event_object: 'deal',
				version: '2.0',
				name: 'n8n: Engine test / Trigger',
				http_auth_user: LOGIN.user,
				http_auth_password: LOGIN.password,
			},
		]);
		await stage.publish();
		expect(hooks().map(({ id }) => id)).toEqual([1]);
		expect(stage.url).not.toContain(LOGIN.password);
	});

	it('unpublishing removes it, and only it', async () => {
		const { stage } = await open();
		const other = (await open({ parameters: { object: 'person' } })).stage;
		await stage.publish();
		await other.publish();
		await stage.unpublish();
		expect(hooks().map(({ subscription_url: url }) => url)).toEqual([other.url]);
	});

	it('unpublishing goes well when somebody else removed the webhook at that moment', async () => {
		const { stage } = await open();
		await stage.publish();
		const match = { method: 'DELETE', path: '/api/v1/webhooks' };
		crm.sandbox.faults.add({ kind: 'status', status: 404, match });
		await expect(stage.unpublish()).resolves.toBeUndefined();
		crm.sandbox.faults.add({ kind: 'status', status: 403, match });
		await expect(stage.unpublish()).rejects.toThrow('does not allow this');
	});

	it('a changed setting or password replaces it; doubles are reduced to one', async () => {
		const { stage, credentials } = await open();
		await stage.publish();
		credentials.erpPipedriveWebhookApi.password = 'another long password';
		await stage.publish();
		expect(hooks()).toMatchObject([{ id: 2, http_auth_password: 'another long password' }]);
		const { id, add_time, update_time, is_deleted, ...twin } = hooks()[0];
		crm.sandbox.store.put('webhooks', { id: 3, add_time, update_time, is_deleted, ...twin });
		await stage.publish();
		expect(hooks().map((hook) => hook.id)).toEqual([2]);
		crm.sandbox.store.put('webhooks', { ...hooks()[0], is_active: 0 });
		await stage.publish();
		expect(hooks().map((hook) => hook.id)).toEqual([4]);
		expect(id).toBe(2);
	});

	it('a test run has a webhook of its own beside the published one', async () => {
		const { stage } = await open();
		const test = (await open({ isTest: true })).stage;
		await stage.publish();
		await test.publish();
		expect(hooks()).toHaveLength(2);
		await test.unpublish();
		expect(hooks().map(({ subscription_url: url }) => url)).toEqual([stage.url]);
	});

	it('version 1.0 and a single action are registered as asked', async () => {
		const { stage } = await open({
			parameters: { actions: ['create'], options: { webhookVersion: '1.0' } },
		});
		const other = (await open({ parameters: { actions: ['create'] } })).stage;
		await stage.publish();
		await other.publish();
		expect(hooks().map(({ version, event_action: action }) => [version, action])).toEqual([
			['1.0', '*'],
			['2.0', 'create'],
		]);
	});

	it.each([
		[{ password: '' }, 'User and Password must not be empty'],
		[{ user: 'a:b' }, 'must not contain ":"'],
		[{ password: 'pässword' }, 'plain letters'],
		[{ previousSigningSecret: 'x' }, 'Signing Secret is empty'],
	])('a login that cannot protect anything (%j) registers nothing', async (login, why) => {
		const { stage } = await open({ login });
		await expect(stage.publish()).rejects.toThrow(why);
		expect(hooks()).toEqual([]);
	});

	it.each([
		[400, 'reachable from the internet', 'WEBHOOK_URL'],
		[422, '40 are allowed', 'Remove webhooks'],
		[403, 'does not allow this', 'admin'],
	])('a refusal with %i says what to do, without the address', async (status, why, remedy) => {
		const { stage } = await open();
		const match = { method: 'POST', path: '/api/v1/webhooks' };
		crm.sandbox.faults.add({ kind: 'status', status, match });
		const error = (await stage.publish().catch((thrown: Error) => thrown)) as Error & {
			description: string;
		};
		expect(error.message).toContain(why);
		expect(error.description).toContain(remedy);
		expect(error.message + error.description).not.toContain('3f0f4b2e');
		expect(redact('https://acme.pipedrive.com')).toBe('https://acme.pipedrive.com');
		expect(redact(LOGIN.password)).not.toContain('horse');
	});
});

describe('a delivery', () => {
	it('starts an execution with the event in normal form', async () => {
		const { stage } = await open();
		await stage.publish();
		await crm.sell('POST', '/v2/deals', { title: 'Pump', value: 1200 });
		await deliver();
		expect(stage.started).toMatchObject([
			[
				{
					event: {
						action: 'create',
						entity: 'deal',
						entityId: 1,
						userId: 2,
						at: '2026-11-20T08:10:00.000Z',
						source: 'api',
						attempt: 1,
					},
					current: { title: 'Pump', value: 1200, stage: 'Qualified', pipeline: 'Pipeline' },
					previous: null,
					warnings: [],
				},
			],
		]);
	});

	it.each(['1.0', '2.0'])(
		'shows custom fields by name and options by label (version %s)',
		async (webhookVersion) => {
			await crm.send('POST', '/v2/dealFields', { field_name: 'ERP Order', field_type: 'varchar' });
			await crm.send('POST', '/v2/dealFields', {
				field_name: 'Ships',
				field_type: 'set',
				options: [{ label: 'By truck' }, { label: 'By rail' }],
			});
			const [order, ships] = crm.sandbox.store.customFieldsOf('deal').map(({ code }) => code);
			const { stage } = await open({ parameters: { options: { webhookVersion } } });
			await stage.publish();
			const deal = await crm.sell('POST', '/v2/deals', {
				title: 'Pump',
				custom_fields: { [order]: '4711', [ships]: [1, 2] },
			});
			await crm.sell('PATCH', `/v2/deals/${deal.id}`, { custom_fields: { [order]: '4712' } });
			await deliver();
			const [[created], [changed]] = stage.started as never as Array<
				Array<{ current: { custom_fields: object }; previous: unknown; warnings: string[] }>
			>;
			expect(created.current.custom_fields).toEqual({
				'ERP Order': '4711',
				Ships: ['By truck', 'By rail'],
			});
			expect(changed.previous).toEqual({ custom_fields: { 'ERP Order': '4711' } });
			expect(changed.warnings).toEqual([]);
		},
	);

	it('with a forged, missing or old login is answered 401 and starts nothing', async () => {
		const { stage, credentials } = await open();
		await stage.publish();
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		stage.started.length = 0;
		const { deliveries } = crm.sandbox;
		const login = `${LOGIN.user}:${LOGIN.password}`;
		for (const forged of [
			'',
			`${login}x`,
			login.replace('c', 'C'),
			`x${login}`,
			':',
			'pipedrive:',
		]) {
			expect([forged, await deliveries.forge(1, { login: forged })]).toEqual([forged, 401]);
		}
		credentials.erpPipedriveWebhookApi.password = 'a new password, not yet published';
		expect(await deliveries.forge(1, { login })).toBe(401);
		expect(stage.started).toEqual([]);
		expect(stage.failures).toEqual([]);
	});

	it.each([
		['a setting', { pipelines: "={{ $('Nowhere').item.json.id }}" }],
		['an option', { options: { integrationUserId: "={{ $('Nowhere').item.json.id }}" } }],
	])(
		'without the login is answered 401 before an error in %s can be noticed',
		async (_, parameters) => {
			const { stage } = await open({ parameters });
			const post = async (headers: Record<string, string>) =>
				(await fetch(stage.url, { method: 'POST', headers, body: eventBody })).status;
			expect(await post({})).toBe(401);
			expect(stage.failures).toEqual([]);
			const login = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64');
			expect(await post({ authorization: `Basic ${login}` })).toBe(500);
			expect(stage.failures.map(({ message }) => message)).toEqual([BROKEN]);
		},
	);

	it('still gets in with the previous password until the workflow is published again', async () => {
		const { stage, credentials } = await open();
		await stage.publish();
		Object.assign(credentials.erpPipedriveWebhookApi, {
			password: 'a new password',
			previousPassword: LOGIN.password,
		});
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		expect(stage.started).toHaveLength(1);
	});

	it('is refused when the credential cannot be read at all', async () => {
		const { stage, credentials } = await open();
		await stage.publish();
		delete (credentials as Record<string, unknown>).erpPipedriveWebhookApi;
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		expect(crm.sandbox.deliveries.sent[0].status).toBe(401);
		expect(stage.started).toEqual([]);
	});

	it('that comes twice starts one execution', async () => {
		const { stage } = await open();
		await stage.publish();
		crm.sandbox.deliveries.twice();
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		expect(crm.sandbox.deliveries.sent.map(({ status }) => status)).toEqual([200, 200]);
		expect(stage.started).toHaveLength(1);
	});

	it('is taken at the next attempt when n8n could not start the execution', async () => {
		const { stage } = await open();
		await stage.publish();
		stage.failToStart = true;
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		stage.failToStart = false;
		crm.advance(3_000);
		await deliver();
		expect(events(stage)).toMatchObject([{ attempt: 2 }]);
	});

	it('of the integration itself is dropped, what its user does in the browser is not', async () => {
		for (const webhookVersion of ['1.0', '2.0']) {
			const { stage } = await open({ parameters: { options: { webhookVersion } } });
			await stage.publish();
			const deal = await crm.send('POST', '/v2/deals', { title: 'Pump' });
			await crm.send('PATCH', `/v2/deals/${deal.id}`, { title: 'Pumps' });
			crm.sandbox.edit('deals', deal.id, { title: 'Big pumps' });
			await deliver();
			expect(events(stage)).toMatchObject([{ source: 'app', userId: 1 }]);
			await stage.unpublish();
		}
		const { stage } = await open({ parameters: { options: { ignoreOwn: false } } });
		await stage.publish();
		await crm.send('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		expect(stage.started).toHaveLength(1);
	});

	it('passes only when the deal becomes won, in the chosen pipeline or stage', async () => {
		const filters = [
			{ statuses: ['won'] },
			{ stages: [2] },
			{ pipelines: [1], statuses: ['lost'] },
			{ pipelines: [9] },
		];
		const opened = [];
		for (const parameters of filters) opened.push((await open({ parameters })).stage);
		for (const stage of opened) await stage.publish();
		const deal = await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		for (const change of [
			{ value: 5 },
			{ stage_id: 2 },
			{ status: 'won' },
			{ value: 6 },
			{ status: 'lost' },
		]) {
			await crm.sell('PATCH', `/v2/deals/${deal.id}`, change);
		}
		await deliver();
		const counts = opened.map((stage) => stage.started.length);
		expect(counts).toEqual([1, 1, 1, 0]);
	});

	it('brings the record as it is now when asked to read it again, for one token', async () => {
		const { stage } = await open({ parameters: { options: { readAgain: true } } });
		await stage.publish();
		crm.sandbox.deliveries.hold();
		const deal = await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await crm.sell('PATCH', `/v2/deals/${deal.id}`, { title: 'Pumps' });
		crm.sandbox.log.clear();
		crm.sandbox.deliveries.release('reversed');
		await deliver();
		expect(stage.started.flat().map(({ current }) => (current as { title: string }).title)).toEqual(
			['Pumps', 'Pumps'],
		);
		const reads = crm.sandbox.log.entries.filter(({ operation }) => operation === '/deals/{id}');
		expect(reads.map(({ tokens }) => tokens)).toEqual([1, 1]);
	});

	it('still starts an execution when Pipedrive cannot be asked: keys instead of names, and it says so', async () => {
		await crm.send('POST', '/v2/personFields', { field_name: 'ERP ID', field_type: 'varchar' });
		const [{ code }] = crm.sandbox.store.customFieldsOf('person');
		const { stage } = await open({
			parameters: { object: 'person', options: { readAgain: true } },
		});
		await stage.publish();
		await crm.sell('POST', '/v2/persons', { name: 'Anna', custom_fields: { [code]: 'S4:1' } });
		crm.sandbox.faults.add({ kind: 'status', status: 403, match: { path: 'person' }, times: 9 });
		await deliver();
		expect(stage.started).toMatchObject([
			[
				{
					current: { name: 'Anna', custom_fields: { [code]: 'S4:1' } },
					warnings: [
						expect.stringContaining('Custom fields are shown by their keys'),
						expect.stringContaining('as the event told it'),
					],
				},
			],
		]);
		expect(crm.sandbox.deliveries.sent[0].status).toBe(200);
	});

	it('from an authentic sender that is no event fails loudly and names the setting', async () => {
		const { stage } = await open();
		await stage.publish();
		const status = await crm.sandbox.deliveries.forge(1, { body: '{"hello":1}' });
		expect(status).toBe(500);
		expect(stage.failures).toMatchObject([
			{
				message: expect.stringContaining('no event of a Pipedrive webhook'),
				description: expect.stringContaining('Webhook Version'),
			},
		]);
	});

	it('never carries the password on: not in items, answers or errors', async () => {
		const { stage } = await open();
		await stage.publish();
		await crm.sell('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		const seen = JSON.stringify([stage.started, stage.failures, crm.sandbox.log.entries]);
		expect(stage.started).toHaveLength(1);
		expect(seen).not.toContain(LOGIN.password);
	});
});

describe('the webhook credential', () => {
	const test = async (data: object) =>
		await new PipedriveEventTrigger().methods.credentialTest.testWebhookLogin.call(
			{} as never,
			{ id: '1', name: '', type: '', data } as never,
		);

	it('passes its test when it can protect the address, and says why not', async () => {
		expect((await test(LOGIN)).status).toBe('OK');
		expect(await test({ ...LOGIN, password: '' })).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('must not be empty'),
		});
	});
});

describe('the lists of the panel', () => {
	it('offer pipelines and stages by name', async () => {
		const node = new PipedriveEventTrigger();
		const context = editorContext({
			node,
			parameters: {},
			items: [],
			credentials: {
				erpPipedriveApi: {
					type: new ErpPipedriveApi(),
					data: { apiToken: crm.sandbox.token, apiBaseUrl: crm.sandbox.url, plan: 'ultimate' },
				},
			},
		});
		const { getPipelines, getStages } = node.methods.loadOptions;
		expect(await getPipelines.call(context)).toEqual([{ name: 'Pipeline', value: 1 }]);
		expect((await getStages.call(context)).map(({ value }) => value)).toEqual([1, 2, 3]);
	});
});
