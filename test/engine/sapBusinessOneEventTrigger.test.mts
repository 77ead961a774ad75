/** The event trigger in n8n's own contexts, fed by the sandbox's subscriptions. */
import { createHmac } from 'node:crypto';
import { SapBusinessOneEventTrigger } from '../../nodes/SapBusinessOne/SapBusinessOneEventTrigger.node';
import { redact } from '../../core/http/redact';
import { startB1Sandbox, type B1Sandbox } from '../sandbox/b1/server.mts';
import { openWebhookStage, type WebhookStage } from './webhookEngine.mts';

const SECRET = 'i1mGRbx8DaYZQ6p7RJywYD1IauI+HyTj4TjyKSYv8sI=';
const ORDERS = { entity: 'order' };

let erp: B1Sandbox;
let stages: WebhookStage[];
beforeEach(async () => {
	erp = await startB1Sandbox();
	erp.store.partner('C1', { CardName: 'Firma' });
	stages = [];
});
afterEach(async () => {
	await Promise.all(stages.map(async (stage) => await stage.close()));
	await erp.close();
});

/** What n8n says of an expression that names a node which is not there. */
const BROKEN = "Referenced node doesn't exist";

interface More {
	parameters?: Record<string, unknown>;
	secrets?: object;
	credential?: object;
	isTest?: boolean;
}

async function open({ parameters = {}, secrets, credential, isTest }: More = {}) {
	const { companyDb, user, password } = erp.sessions.options;
	const credentials = {
		erpSapBusinessOneApi: { baseUrl: erp.url, companyDb, user, password, ...credential },
		erpSapBusinessOneWebhookApi: { signingSecret: SECRET, ...secrets },
	};
	const node = new SapBusinessOneEventTrigger();
	const stage = await openWebhookStage({
		node,
		parameters: parameters as never,
		credentials: credentials as never,
		isTest,
	});
	stages.push(stage);
	return { stage, credentials };
}

async function published(more: More = {}) {
	const opened = await open(more);
	await opened.stage.publish();
	return opened;
}

const hooks = () => erp.events.list();
const idOf = () => String(hooks()[0].WebhookID);
const statuses = () => erp.events.sent.map(({ status }) => status);
const order = (total: number) =>
	Number(erp.store.document('Orders', { CardCode: 'C1', DocTotal: total }).DocEntry);

describe('publishing', () => {
	it('subscribes once, by a signed handshake; publishing again keeps it', async () => {
		const { stage } = await published();
		expect(erp.events.handshakes).toEqual([200]);
		expect(hooks()).toEqual([
			{
				WebhookID: expect.stringMatching(/^n8n-[0-9a-f]{32}$/),
				WebhookURL: stage.url,
				AuthenticationType: 'HMAC',
				Handshake: 'tYES',
				VerifyCertificate: 'tYES',
				State: 'Active',
				EventCollection: [
					{ BusinessObject: 'BusinessPartners', TransactionType: 'Created' },
					{ BusinessObject: 'BusinessPartners', TransactionType: 'Updated' },
					{ BusinessObject: 'BusinessPartners', TransactionType: 'Deleted' },
				],
			},
		]);
		await stage.publish();
		expect(erp.events.handshakes).toEqual([200]);
		expect(hooks()).toHaveLength(1);
	});

	it('a changed setting or secret replaces it, and so does one that the server gave up', async () => {
		const { credentials, stage } = await published();
		const first = idOf();
		credentials.erpSapBusinessOneWebhookApi.signingSecret = 'another long secret, quite long';
		await stage.publish();
		const second = idOf();
		expect([hooks().length, second === first]).toEqual([1, false]);
		erp.events.fail(second);
		await stage.publish();
		expect(hooks()).toMatchObject([{ WebhookID: second, State: 'Active' }]);
		expect(erp.events.handshakes).toEqual([200, 200, 200]);
	});

	it('unpublishing removes it, and only it', async () => {
		const { stage } = await published();
		const other = await published({ parameters: ORDERS });
		await stage.unpublish();
		expect(hooks().map(({ WebhookURL }) => WebhookURL)).toEqual([other.stage.url]);
		await stage.unpublish();
		expect(hooks()).toHaveLength(1);
	});

	it('an order also listens to what follows it, unless its amounts are not read', async () => {
		await published({ parameters: ORDERS });
		await published({ parameters: { ...ORDERS, values: { orderAmounts: 'off' } } });
		const objects = hooks().map(({ EventCollection }) => [
			...new Set(
				(EventCollection as Array<{ BusinessObject: string }>).map((one) => one.BusinessObject),
			),
		]);
		expect(objects).toEqual([
			['Orders', 'CreditNotes', 'DeliveryNotes', 'Invoices', 'Returns'],
			['Orders'],
		]);
	});

	it.each([
		['no right', () => void erp.rules.forbidden.add('EventSubscriptions'), 'Webhook Manipulation'],
		['an old server', () => void (erp.events.isOn = false), '10.0 FP 2602'],
	])('%s is told, with what to do', async (_, prepare, remedy) => {
		prepare();
		const { stage } = await open();
		const error = await stage.publish().catch((caught: Error) => caught);
		expect(`${String(error)} ${(error as { description?: string }).description}`).toContain(remedy);
	});

	it('a handshake that fails is told without the secret path', async () => {
		const { stage } = await open();
		await stage.close();
		const error = (await stage.publish().catch((caught: Error) => caught)) as Error & {
			description: string;
		};
		expect(error.message).toContain('handshake failed');
		expect(error.description).toContain('certificate that it trusts');
		expect(`${error.message} ${error.description}`).not.toContain('3f0f4b2e');
	});

	it('version 1 of the Service Layer and a short secret are refused before anything is sent', async () => {
		const v1 = await open({ credential: { version: 'v1' } });
		await expect(v1.stage.publish()).rejects.toThrow('version 2');
		const short = await open({ secrets: { signingSecret: 'short' } });
		await expect(short.stage.publish()).rejects.toThrow('fewer than 16');
		expect(hooks()).toEqual([]);
		expect(redact(SECRET)).not.toContain('i1mG');
	});
});

describe('a delivery', () => {
	it('starts one execution with the records as the polling trigger gives them', async () => {
		const { stage } = await published({ parameters: ORDERS });
		const [first, second] = [order(119), order(10)];
		await erp.events.flush();
		expect(statuses()).toEqual([200]);
		expect(stage.started).toHaveLength(1);
		expect(stage.started[0]).toMatchObject([
			{
				erp: { system: 'b1', entity: 'order', key: String(first) },
				deal: { value: '119', invoicedAmount: '0' },
				event: { object: 'Orders', transaction: 'Created', key: String(first), count: 1 },
			},
			{ erp: { key: String(second) } },
		]);
		expect(stage.failures).toEqual([]);
	});

	it.each([
		['sha256', 'hex'],
		['sha384', 'base64'],
		['sha512', 'base64'],
		['sha512', 'hex'],
	] as const)('signed by %s in %s gets in', async (signatureAlgorithm, encoding) => {
		erp.events.encoding = encoding;
		const { stage } = await published({ parameters: { options: { signatureAlgorithm } } });
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(stage.started[0]).toMatchObject([{ organization: { name: 'Neu' } }]);
	});

	it('of one event without an array gets in, too', async () => {
		erp.events.sendsSingle = true;
		const { stage } = await published();
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(stage.started).toHaveLength(1);
	});

	it('forged, unsigned, or changed on its way: 401, nothing read, nothing started', async () => {
		const { stage } = await published();
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		const seen = [stage.started.length, erp.log.requests.length];
		const right = JSON.stringify(erp.events.sent[0].events);
		for (const forgery of [
			{ signature: '' },
			{ signature: 'x' },
			{ secret: 'another long secret, quite long' },
			{ body: right, signature: 'A'.repeat(43) + '=' },
		]) {
			expect([forgery, await erp.events.forge(idOf(), forgery)]).toEqual([forgery, 401]);
		}
		expect([stage.started.length, erp.log.requests.length]).toEqual(seen);
		expect(stage.failures).toEqual([]);
	});

	it('without a signature is answered 401 before a wrong credential can be noticed', async () => {
		const { stage, credentials } = await published();
		Object.assign(credentials.erpSapBusinessOneApi, { zone: 'Nowhere/City' });
		expect(await erp.events.forge(idOf(), { signature: '' })).toBe(401);
		expect(stage.failures).toEqual([]);
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(stage.failures[0].message).toContain('ERP Time Zone');
	});

	it('without a signature is answered 401 before an error in an option can be noticed', async () => {
		const options = { answerWithin: "={{ $('Nowhere').item.json.id }}" };
		const { stage } = await open({ parameters: { options } });
		const body = '[]';
		const post = async (headers: Record<string, string>) =>
			(await fetch(stage.url, { method: 'POST', headers, body })).status;
		expect(await post({})).toBe(401);
		expect(stage.failures).toEqual([]);
		const signature = createHmac('sha256', SECRET).update(body).digest('base64');
		expect(await post({ 'x-b1-webhook-signature': signature })).toBe(500);
		expect(stage.failures.map(({ message }) => message)).toEqual([BROKEN]);
	});

	it('with a changed password of the ERP logs in once, however often it is sent again', async () => {
		const { credentials } = await published({ parameters: { options: { whenUnread: 'fail' } } });
		const password = `changed-${erp.url}`;
		Object.assign(credentials.erpSapBusinessOneApi, { password });
		for (let at = 0; at < 100; at++) erp.store.partner(`P${at}`, { CardName: 'Neu' });
		erp.log.clear();
		await erp.events.flush();
		expect(statuses()).toEqual([500, 500, 500, 500]);
		expect(erp.log.logins).toBe(1);
	});

	it('that comes again while the first attempt is undecided is put off, so that nothing is lost', async () => {
		const { stage } = await published();
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		const { events } = erp.events.sent.at(-1)!;
		const body = JSON.stringify(events).replaceAll(String(events[0].id), 'another');
		const both = [1, 2].map(async () => await erp.events.forge(idOf(), { body }));
		expect((await Promise.all(both)).sort()).toEqual([200, 503]);
		expect(await erp.events.forge(idOf(), { body })).toBe(200);
		expect(stage.started).toHaveLength(2);
	});

	it('by the previous secret gets in while the secret is changed', async () => {
		const { stage, credentials } = await published();
		Object.assign(credentials.erpSapBusinessOneWebhookApi, {
			signingSecret: 'another long secret, quite long',
			previousSigningSecret: SECRET,
		});
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(statuses()).toEqual([200]);
		credentials.erpSapBusinessOneWebhookApi = { signingSecret: 'another long secret, quite long' };
		erp.store.partner('C1', { CardName: 'Neuer' });
		await erp.events.flush();
		expect(statuses()).toEqual([200, 401]);
		expect(stage.started).toHaveLength(1);
	});

	it('that comes twice starts one execution, and one that n8n could not start comes again', async () => {
		const { stage } = await published();
		erp.events.twice();
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(statuses()).toEqual([200, 200]);
		expect(stage.started).toHaveLength(1);
		stage.failToStart = true;
		erp.store.partner('C1', { CardName: 'Neuer' });
		await erp.events.flush();
		stage.failToStart = false;
		const { events } = erp.events.sent.at(-1)!;
		expect(await erp.events.forge(idOf(), { body: JSON.stringify(events) })).toBe(200);
		expect(stage.started).toHaveLength(2);
	});

	it('several events of a record bring it once, as it is now', async () => {
		const { stage } = await published();
		for (const CardName of ['A', 'B', 'C']) erp.store.partner('C1', { CardName });
		await erp.events.flush();
		expect(stage.started).toMatchObject([[{ organization: { name: 'C' }, event: { count: 3 } }]]);
	});

	it('a thousand events are read forty at a time', async () => {
		const { stage } = await published();
		for (let at = 0; at < 1024; at++) erp.store.partner(`P${at}`, { CardName: `N${at}` });
		erp.log.clear();
		await erp.events.flush();
		expect(stage.started[0]).toHaveLength(1024);
		expect(erp.log.count('BusinessPartners')).toBe(26);
	});

	it('an invoice brings its order', async () => {
		const { stage } = await published({ parameters: ORDERS });
		const entry = order(100);
		await erp.events.flush();
		stage.started.length = 0;
		erp.store.document('Invoices', {
			CardCode: 'C1',
			DocumentLines: [{ LineNum: 0, BaseType: 17, BaseEntry: entry, BaseLine: 0, LineTotal: 60 }],
		});
		await erp.events.flush();
		expect(stage.started).toMatchObject([
			[
				{
					erp: { entity: 'order', key: String(entry) },
					deal: { invoicedAmount: '60' },
					event: { object: 'Invoices', transaction: 'Created' },
				},
			],
		]);
	});

	it('a deleted record is told as deleted; what the filters leave out is dropped', async () => {
		const { stage } = await published();
		erp.store.remove('BusinessPartners', 'C1');
		erp.store.partner('L1', { CardType: 'cLid' });
		await erp.events.flush();
		expect(stage.started).toMatchObject([[{ erp: { key: 'C1', isDeleted: true } }]]);
	});

	it('a record that cannot be read leaves with its error, beside those that can', async () => {
		const { stage } = await published({ parameters: ORDERS });
		const [gone, entry] = [order(1), order(2)];
		erp.store.remove('Orders', gone);
		await erp.events.flush();
		expect(stage.started[0]).toMatchObject([
			{ erp: { key: String(gone) }, error: `SAP Business One has no Orders "${gone}".`, event: {} },
			{ erp: { key: String(entry) }, deal: {} },
		]);
		erp.rules.forbidden.add('Orders');
		order(3);
		await erp.events.flush();
		expect(stage.started[1]).toMatchObject([{ error: expect.stringContaining('does not permit') }]);
		expect(stage.started[1][0]).not.toHaveProperty('deal');
	});

	it('that takes longer to read than the sender waits is answered in time, with the error in the item', async () => {
		const { stage } = await published({ parameters: { options: { answerWithin: 0 } } });
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(statuses()).toEqual([200]);
		expect(stage.started).toMatchObject([[{ erp: { key: 'C1' }, error: expect.any(String) }]]);
		expect(stage.started[0][0]).not.toHaveProperty('organization');
	});

	it('asked to fail instead, is answered with an error, so that it comes again', async () => {
		const { stage } = await published({ parameters: { options: { whenUnread: 'fail' } } });
		erp.faults.add({ kind: 'forbidden', match: 'GET /b1s/v2/BusinessPartners' });
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(statuses()).toEqual([500, 200]);
		expect(stage.failures[0].message).toContain('could not be read');
		expect(stage.started).toMatchObject([[{ organization: { name: 'Neu' } }]]);
	});

	it('of another company is never read from this one', async () => {
		const { stage } = await published();
		erp.sessions.options.companyDb = 'OTHER';
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(stage.started).toMatchObject([
			[{ error: expect.stringContaining('company database "OTHER"') }],
		]);
		expect(stage.started[0][0]).not.toHaveProperty('organization');
	});

	it('from an authentic sender that is no event fails loudly', async () => {
		const { stage } = await published();
		expect(await erp.events.forge(idOf(), { body: '{"hello":1}' })).toBe(500);
		expect(stage.failures[0].message).toContain('no event of SAP Business One');
		expect(stage.started).toEqual([]);
	});

	it('never carries the secret on', async () => {
		const { stage } = await published();
		erp.store.partner('C1', { CardName: 'Neu' });
		await erp.events.flush();
		expect(JSON.stringify([stage.started, hooks()])).not.toContain('i1mG');
	});
});

describe('a handshake', () => {
	const ask = async (url: string, headers: Record<string, string>) => {
		const answer = await fetch(url, { headers });
		return [answer.status, await answer.text()];
	};

	it('gets its token back and nothing else', async () => {
		const { stage } = await open();
		expect(await ask(stage.url, { 'X-B1-Webhook-Token': 't-1' })).toEqual([
			200,
			'{"Challenge":"t-1"}',
		]);
		expect((await ask(stage.url, {}))[0]).toBe(401);
		const wrong = { 'X-B1-Webhook-Token': 't-1', 'X-B1-Webhook-Signature': 'AAAA' };
		expect((await ask(stage.url, wrong))[0]).toBe(401);
		expect(stage.started).toEqual([]);
	});
});

describe('the webhook credential', () => {
	it.each([
		[SECRET, 'OK'],
		['short', 'Error'],
		['', 'Error'],
	])('with the secret "%s" tests as %s', async (signingSecret, status) => {
		const { testSigningSecret } = new SapBusinessOneEventTrigger().methods.credentialTest;
		const credential = { data: { signingSecret } };
		const result = await testSigningSecret.call({} as never, credential as never);
		expect(result.status).toBe(status);
	});
});
