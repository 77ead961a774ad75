/** Deliveries that are odd, late, or about records that cannot be read. */
import { createSessionCache } from '../../../core/http/session';
import { eventSecretsOf } from '../../../nodes/SapBusinessOne/events/secrets';
import {
	addSubscription,
	keepSubscription,
	removeSubscriptions,
} from '../../../nodes/SapBusinessOne/events/subscriptions';
import { createRefusedLogins } from '../../../nodes/SapBusinessOne/refusedLogins';
import { SapBusinessOneEventTrigger } from '../../../nodes/SapBusinessOne/SapBusinessOneEventTrigger.node';
import { sessionFor } from '../../../nodes/SapBusinessOne/session';
import { counting, event, openOffice, SECRET, type Office } from './eventsSupport.mts';
import { errorOf, loopback, MINUTE, startSystem, type TestSystem } from './system.mts';

const WRONG = { credential: { password: 'changed-password' } };
let system: TestSystem;
let office: Office;
beforeEach(async () => {
	system = await startSystem();
	office = openOffice(system);
});
afterEach(async () => {
	jest.restoreAllMocks();
	await system.close();
});

const put = (set: string, fields: object = {}) =>
	String(system.sandbox.store.document(set, { CardCode: 'C1', ...fields }).DocEntry);
const order = () => put('Orders', { DocumentLines: [{ LineNum: 0, LineTotal: 100 }] });
const invoiceOf = (entry: string) =>
	put('Invoices', {
		DocumentLines: [
			{ LineNum: 0, BaseType: 17, BaseEntry: Number(entry), BaseLine: 0, LineTotal: 60 },
		],
	});
const json = (body: unknown, status = 200) => ({
	status,
	headers: { 'content-type': 'application/json' },
	body: Buffer.from(JSON.stringify(body)),
});

describe('a login that is refused', () => {
	it('is tried once for a whole delivery, own records and invoices alike', async () => {
		const logins = counting('/Login', loopback);
		const setup = { ...WRONG, transport: logins.transport };
		const events = Array.from({ length: 200 }, (_, at) => event('Orders', String(at + 1)));
		const items = await office.items([...events, event('Invoices', '1')], setup);
		expect(logins.n).toBe(1);
		expect(items).toHaveLength(201);
		expect(items.every(({ error }) => /refused the login/.test(String(error)))).toBe(true);
	});

	it('is left alone for 1, 2, 4 … 60 minutes, however often the sender repeats', async () => {
		const logins = counting('/Login', loopback);
		const patience = { deadline: () => Infinity, pausesAfterRefusal: true };
		const refused = createRefusedLogins();
		const cache = createSessionCache<string>();
		const cookie = async (password: string, waits = patience) =>
			await sessionFor(
				system.connection({ password }),
				logins.transport,
				{ ...system.clock, now: system.clock.now, sleep: async () => await tick() },
				cache,
				waits,
				refused,
			).cookie();
		const tried = [];
		for (let minute = 0; minute < 240; minute++) {
			const before = logins.n;
			for (let retry = 0; retry < 3; retry++) await errorOf(cookie('changed-password'));
			if (logins.n > before) tried.push([minute, logins.n - before]);
			system.clock.at += MINUTE;
		}
		expect(tried.map(([minute]) => minute)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
		expect(tried.every(([, times]) => times === 1)).toBe(true);
		const error = await errorOf(cookie('changed-password'));
		expect([error.kind, error.message]).toEqual([
			'auth',
			expect.stringMatching(/again in \d+ min/),
		]);
		const right = system.sandbox.sessions.options.password;
		expect(await cookie(right)).toContain('B1SESSION');
	});
});

const tick = async () => await new Promise<void>((resolve) => setImmediate(resolve));

it('a login that hangs is not waited for beyond the answer, and serves the next delivery', async () => {
	let release = () => undefined as void;
	const gate = new Promise<void>((resolve) => (release = resolve));
	const logins = counting('/Login', async (request) => {
		await gate;
		return await loopback(request);
	});
	let now = 0;
	const ports = {
		now: () => now,
		random: () => 0.5,
		sleep: async (ms: number) => {
			now += ms;
			await tick();
		},
	};
	const session = sessionFor(
		system.connection(),
		logins.transport,
		ports,
		createSessionCache<string>(),
		{ deadline: () => 8_000, pausesAfterRefusal: true },
	);
	const error = await errorOf(session.cookie());
	expect([error.kind, now]).toEqual(['transient', 8_000]);
	release();
	now = 0;
	expect(await session.cookie()).toContain('B1SESSION');
	expect(logins.n).toBe(1);
});

describe('a retry', () => {
	it('while the first attempt is undecided is put off; after its failure it counts', async () => {
		const body = event('Orders', order());
		let fail = () => undefined as void;
		const login = new Promise<void>((_, reject) => {
			fail = () => reject(new Error('The login took too long'));
		});
		const first = office.deliver(body, { fails: true, opening: async () => await login });
		await tick();
		expect(await office.deliver(body, { fails: true })).toEqual({ outcome: 'underWay' });
		fail();
		expect((await errorOf(first)).message).toContain('took too long');
		expect(await office.items(body)).toHaveLength(1);
		expect(await office.deliver(body)).toEqual({ outcome: 'dropped' });
	});

	it('takes nothing of a delivery of which a part is under way', async () => {
		const [a, b] = [event('Orders', order()), event('Orders', order())];
		expect((await office.deliver(a)).outcome).toBe('emitted');
		expect((await office.deliver([a, b])).outcome).toBe('underWay');
		expect(await office.items(b)).toHaveLength(1);
	});
});

describe('keys', () => {
	it.each([
		['text in data', { data: { DocEntry: '%' } }],
		['number in data', { data: { DocEntry: 0 } }],
		['leading zeros', { data: { DocEntry: '0000%' } }],
		['data before subject', { data: { DocEntry: '%' }, subject: 'something else' }],
		['subject alone', { data: undefined, subject: '%' }],
		['subject as an address', { data: {}, subject: 'Orders(%)' }],
		['subject with the field', { data: {}, subject: 'DocEntry=%' }],
	])('%s', async (_, more) => {
		const key = order();
		const sent = JSON.parse(JSON.stringify(more).replace(/%/g, key)) as { data?: object };
		const data = _ === 'number in data' ? { DocEntry: Number(key) } : sent.data;
		const items = await office.items(event('Orders', key, { ...sent, data }));
		expect(items).toMatchObject([{ erp: { key }, event: { key }, deal: {} }]);
	});

	it('of texts, quoted or not', async () => {
		system.sandbox.store.partner("C'1", { CardName: 'Firma' });
		const spelled = [
			{ data: { CardCode: "C'1" } },
			{ data: {}, subject: "BusinessPartners('C''1')" },
			{ data: {}, subject: "CardCode='C''1'" },
			{ data: {}, subject: "C'1" },
		];
		for (const [at, more] of spelled.entries()) {
			const one = event('BusinessPartners', '', { ...more, id: `e${at}` });
			const items = await office.items(one, { entity: 'businessPartner' });
			expect([more, items]).toMatchObject([more, [{ erp: { key: "C'1" }, organization: {} }]]);
		}
	});

	it.each(['abc', '1.0', '', '1 or DocEntry gt 0', '12345678901', '-1'])(
		'"%s" is none: that event alone leaves with an error, also where unread ones fail',
		async (bad) => {
			const good = Array.from({ length: 39 }, order);
			const log = counting('NaN', loopback);
			const items = await office.items(
				[...good.map((key) => event('Orders', key)), event('Orders', bad), event('Invoices', bad)],
				{ transport: log.transport, fails: true },
			);
			expect(items.filter(({ error }) => error === undefined)).toHaveLength(39);
			expect(items.filter(({ error }) => error !== undefined)).toMatchObject([
				{ error: expect.stringContaining('no key of Orders'), event: { key: bad } },
				{ error: expect.stringContaining('no key of Invoices'), event: { key: bad } },
			]);
			expect(log.n).toBe(0);
		},
	);

	it('one id for two records: both come, each once', async () => {
		const [a, b] = [order(), order()];
		const body = [a, b].map((key) => event('Orders', key, { id: 'same' }));
		expect((await office.items(body)).map(({ erp }) => (erp as { key: string }).key)).toEqual([
			a,
			b,
		]);
		expect(await office.deliver(body)).toEqual({ outcome: 'dropped' });
	});
});

describe('an event of another company', () => {
	const OTHER = { source: '/default/sap.b1/SBOTEST' };

	it('of a copied database does not take the event of our own with the same id', async () => {
		const key = order();
		const copy = event('Orders', key, { id: '17', ...OTHER });
		expect(await office.items(copy)).toMatchObject([{ error: expect.stringContaining('SBOTEST') }]);
		const items = await office.items(event('Orders', key, { id: '17' }));
		expect(items).toMatchObject([{ erp: { key }, deal: {} }]);
		const small = { source: '/default/sap.b1/sbodemode' };
		const again = event('Orders', key, { id: '17', ...small });
		expect(await office.deliver(again)).toEqual({ outcome: 'dropped' });
		expect(await office.deliver(copy)).toEqual({ outcome: 'dropped' });
	});

	it('fails no delivery, whatever is to happen with records that cannot be read', async () => {
		const key = order();
		const foreign = event('Orders', '5', OTHER);
		const items = await office.items([event('Orders', key), foreign], { fails: true });
		expect(items).toMatchObject([
			{ error: expect.stringContaining('company database "SBOTEST"'), event: { key: '5' } },
			{ erp: { key }, deal: {} },
		]);
		const missing = event('Orders', '99999');
		const failed = await errorOf(office.deliver([foreign, missing], { fails: true }));
		expect(failed.message).toContain('1 records of this delivery could not be read: SAP Business');
		const alone = event('Orders', '6', OTHER);
		expect(await office.items(alone, { fails: true })).toMatchObject([{ event: { key: '6' } }]);
	});
});

describe('what follows orders', () => {
	it('each order tells the event of its own invoice', async () => {
		const orders = [order(), order(), order()];
		const invoices = orders.map(invoiceOf);
		const items = await office.items(invoices.map((key) => event('Invoices', key)));
		expect(
			items.map(({ erp, event: told }) => [
				(erp as { key: string }).key,
				(told as { key: string }).key,
				(told as { count: number }).count,
			]),
		).toEqual(orders.map((key, at) => [key, invoices[at], 1]));
	});

	it('that cannot be read leaves one item per event, each with its own', async () => {
		const invoices = [order(), order(), order()].map(invoiceOf);
		system.sandbox.faults.add({ kind: 'status', status: 503, times: 99, match: 'QueryService' });
		system.sandbox.faults.add({ kind: 'status', status: 503, times: 99, match: 'Invoices' });
		const items = await office.items(invoices.map((key) => event('Invoices', key)));
		expect(items).toMatchObject(
			invoices.map((key) => ({ error: expect.any(String), event: { object: 'Invoices', key } })),
		);
	});
});

describe('a signed delivery', () => {
	it.each([
		['an object that nobody asked for', event('Activities', '1', { data: { ActivityCode: '1' } })],
		['a user-defined object', event('MY-UDO', '1', { data: { Code: '1' } })],
		['null', null],
		['a nested list', [event('Orders', '1')]],
		['no id', { ...event('Orders', '1'), id: undefined }],
		['another type', event('Orders', '1', { type: 'com.example.ping' })],
	])('with %s beside a good event keeps the good one', async (_, odd) => {
		const key = order();
		const items = await office.items([odd, event('Orders', key)]);
		expect(items).toMatchObject([{ erp: { key }, deal: {} }]);
		const isEvent = odd !== null && /Activities|MY-UDO/.test(JSON.stringify(odd));
		expect(office.skipped).toEqual(isEvent ? [] : [1]);
	});

	it.each(['sap.b1.orders.created.v1', 'SAP.B1.ORDERS.CREATED.V1', 'sap.b1.oRders.updateD.v1'])(
		'of type %s counts as the same event in the words of the Service Layer',
		async (type) => {
			const key = order();
			const items = await office.items(event('Orders', key, { type }));
			const transaction = type.includes('update') ? 'Updated' : 'Created';
			const told = { object: 'Orders', transaction, key };
			expect(items).toMatchObject([{ erp: { key }, deal: {}, event: told }]);
		},
	);

	it('in lower case finds its key, its invoice, its deletion and its company', async () => {
		const small = (object: string, transaction: string, more: object) =>
			event(object, '', { type: `sap.b1.${object}.${transaction}.v1`, ...more }) as object;
		const [a, b, c] = [order(), order(), order()];
		const items = await office.items([
			small('orders', 'updated', { id: '1', data: { docentry: a } }),
			small('orders', 'updated', { id: '2', data: {}, subject: `orders(${b})` }),
			small('invoices', 'created', { id: '3', data: {}, subject: `docentry=${invoiceOf(c)}` }),
			small('orders', 'deleted', { id: '4', data: { docentry: '99999' } }),
			small('orders', 'updated', {
				id: '5',
				data: { docentry: a },
				source: '/default/SAP.B1/otherdb',
			}),
		]);
		expect(items).toMatchObject([
			{ error: expect.stringContaining('company database "otherdb"') },
			{ erp: { key: a } },
			{ erp: { key: b } },
			{ erp: { key: '99999', isDeleted: true } },
			{ erp: { key: c }, event: { object: 'Invoices' } },
		]);
	});

	it('repeated in another case is the same event', async () => {
		const body = event('Orders', order());
		const small = { ...body, type: body.type.toLowerCase() };
		expect(await office.items(small)).toHaveLength(1);
		expect(await office.deliver(body)).toEqual({ outcome: 'dropped' });
	});

	it.each([[[null]], [{}], [[[]]], ['x']])('%j alone fails loudly', async (body) => {
		expect((await errorOf(office.deliver(body))).message).toContain('no event of SAP');
	});

	it('settings are not even read before the signature was checked', async () => {
		const settings = async () => await Promise.reject(new Error('wrong zone'));
		const forged = { secret: 'another long secret, quite long', settings };
		expect(await office.deliver([], forged)).toEqual({ outcome: 'refused' });
		await expect(office.deliver([], { settings })).rejects.toThrow('wrong zone');
	});
});

it('a previous secret that is short is refused, an empty one is none', () => {
	const withPrevious = (previousSigningSecret: string) =>
		eventSecretsOf({ signingSecret: SECRET, previousSigningSecret }, 'sha256').accepted;
	expect(() => withPrevious('short')).toThrow('previous signing secret');
	expect(withPrevious('')).toEqual([SECRET]);
	expect(withPrevious('another long secret')).toEqual([SECRET, 'another long secret']);
});

describe('subscriptions', () => {
	const wanted = {
		url: 'https://n8n.example/x',
		events: [],
		secret: SECRET,
		algorithm: 'sha256' as const,
		handshake: true,
		verifyCertificate: true,
	};

	it('a list whose links never stop ends in an error after twenty pages', async () => {
		let pages = 0;
		const transport = async (request: Parameters<typeof loopback>[0]) => {
			if (request.url.includes('/Login')) return await loopback(request);
			return json({ value: [{}], '@odata.nextLink': `EventSubscriptions?$skip=${++pages}` });
		};
		const error = await errorOf(keepSubscription(system.service({ transport }), wanted));
		expect([error.kind, pages]).toEqual(['protocol', 20]);
		expect(error.message).toContain('more than 20 pages');
	});

	it('of a server that gets slower and slower end publishing after a minute', async () => {
		let now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => now);
		const { companyDb, user, password } = system.sandbox.sessions.options;
		const asked: string[] = [];
		const context = {
			getCredentials: async () => ({ baseUrl: 'https://slow.example', companyDb, user, password }),
			getNode: () => ({ name: 'Trigger', type: 't' }),
			getNodeWebhookUrl: () => wanted.url,
			helpers: {
				httpRequest: async ({ url }: { url: string }) => {
					asked.push(url);
					now += 10_000;
					const body = {
						SessionId: 'a-session',
						value: [],
						'@odata.nextLink': `E?n=${asked.length}`,
					};
					return { statusCode: 200, headers: {}, body: JSON.stringify(body) };
				},
			},
		};
		const { webhookMethods } = new SapBusinessOneEventTrigger();
		const ended = webhookMethods.default.delete.call(context as never);
		await expect(ended).rejects.toThrow('time for this run is used up');
		expect(asked).toHaveLength(6);
	});

	it('of nobody stay where n8n knows no address', async () => {
		const sent: string[] = [];
		const transport = async (request: Parameters<typeof loopback>[0]) => {
			if (request.url.includes('/Login')) return await loopback(request);
			sent.push(request.method);
			return json({ value: [{ WebhookID: 'foreign' }, { WebhookID: 'b', WebhookURL: '' }] });
		};
		const service = system.service({ transport });
		expect(await removeSubscriptions(service, '')).toBe(0);
		expect(sent).toEqual(['GET']);
		const none = { ...wanted, url: '' };
		expect((await errorOf(addSubscription(service, none))).remedy).toContain('WEBHOOK_URL');
	});
});
