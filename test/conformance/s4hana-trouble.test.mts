import { startS4HanaSandbox, type S4HanaOptions } from '../sandbox/s4hana/server.mts';
import { SALES_ORDER_PATH, SALES_ORDER_V4_PATH } from '../sandbox/s4hana/server.mts';
import { seedBusinessPartners } from '../sandbox/seed.mts';
import { reading, type Reading } from './s4hanaReading.mts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const running: Reading[] = [];

async function start(options: S4HanaOptions = {}): Promise<Reading> {
	const opened = reading(await startS4HanaSandbox({ now: () => NOON, ...options }));
	running.push(opened);
	return opened;
}

async function seeded(options: S4HanaOptions = {}) {
	const erp = await start(options);
	const seed = seedBusinessPartners(erp.sandbox.store, { count: 40 });
	return { ...erp, seed };
}

afterEach(async () => {
	await Promise.all(running.splice(0).map(({ sandbox }) => sandbox.close()));
});

describe('Refusals', () => {
	it("carry SAP's error body with transaction id and details", async () => {
		const { read } = await start();
		const { status, body } = await read(
			"A_BusinessPartner?$filter=LastChangeTime gt time'23:59:59'",
		);
		expect(status).toBe(400);
		expect(body.error.message.value).toContain("'time'23:59:59''");
		expect(body.error.innererror.transactionid).toMatch(/^[0-9A-F]{32}$/);
		expect(body.error.innererror.errordetails).toHaveLength(1);
	});

	it('name the entity set a user may not read, also behind an expand', async () => {
		const { read, seed } = await seeded({ forbidden: ['A_CustomerCompany'] });
		const path = `A_BusinessPartner('${seed.special.manyTerms}')`;
		expect((await read(path)).status).toBe(200);
		const refused = await read(`${path}?$expand=to_Customer/to_CustomerCompany`);
		expect([refused.status, refused.body.error.innererror.errordetails[0].target]).toEqual([
			403,
			'A_CustomerCompany',
		]);
	});

	it('meet what an older system lacks', async () => {
		const { read } = await start({ isOlderSystem: true });
		expect((await read('A_BPAddressIndependentEmail')).status).toBe(404);
		expect((await read('A_BusinessPartner?$expand=to_AddressIndependentEmail')).status).toBe(400);
		expect((await read('A_BPContactToAddress?$select=PersonNumber')).status).toBe(400);
	});

	it('meet every verb but GET, and the attempt is counted', async () => {
		const { sandbox } = await start();
		const url = `${sandbox.url}${sandbox.servicePath}/A_BusinessPartner`;
		const headers = { authorization: sandbox.login.basic };
		for (const method of ['POST', 'PATCH', 'DELETE']) {
			expect((await fetch(url, { method, headers })).status).toBe(405);
		}
		expect(sandbox.log.writes).toBe(3);
	});
});

describe('Login', () => {
	it('fails with the page of the web server for a wrong password or client', async () => {
		const { sandbox } = await start();
		const url = `${sandbox.url}${sandbox.servicePath}/A_BusinessPartner`;
		const wrong = await fetch(url, {
			headers: { authorization: 'Basic eDp5', accept: 'application/json' },
		});
		expect([wrong.status, wrong.headers.get('content-type')]).toEqual([
			401,
			'text/html; charset=utf-8',
		]);
		expect(wrong.headers.get('www-authenticate')).toContain('Basic realm="SAP NetWeaver');
		const headers = { authorization: sandbox.login.basic };
		expect((await fetch(`${url}?sap-client=200`, { headers })).status).toBe(401);
		expect((await fetch(`${url}?sap-client=100`, { headers })).status).toBe(200);
	});

	it('by client credentials lasts as long as the answer said', async () => {
		let now = NOON;
		const { sandbox } = await start({
			now: () => now,
			login: { expiresIn: 60, clientIdIn: 'body', accepts: ['oauth2'] },
		});
		const { clientId, clientSecret } = sandbox.login.options;
		const ask = (form: Record<string, string>, headers = {}) =>
			fetch(`${sandbox.url}/sap/bc/sec/oauth2/token`, {
				method: 'POST',
				headers,
				body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
			});
		const inHeader = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		expect((await ask({}, { authorization: `Basic ${inHeader}` })).status).toBe(401);
		const answer = await ask({ client_id: clientId, client_secret: clientSecret });
		const token = (await answer.json()) as { access_token: string; expires_in: number };
		expect(token.expires_in).toBe(60);
		const url = `${sandbox.url}${sandbox.servicePath}/A_BusinessPartner`;
		const headers = { authorization: `Bearer ${token.access_token}` };
		expect((await fetch(url, { headers })).status).toBe(200);
		now += 60_000;
		expect((await fetch(url, { headers })).status).toBe(401);
	});
});

describe('Faults', () => {
	it('spoil as many requests as they were told to', async () => {
		const { sandbox, read } = await seeded();
		sandbox.faults.add({ kind: 'status', status: 429, retryAfter: '7', times: 2, after: 1 });
		const statuses = [];
		for (let at = 0; at < 4; at++) statuses.push((await read('A_BusinessPartner?$top=1')).status);
		expect(statuses).toEqual([200, 429, 429, 200]);
	});

	it('cut the connection in the middle of a page', async () => {
		const { sandbox, read } = await seeded();
		sandbox.faults.add({ kind: 'cut' });
		await expect(read('A_BusinessPartner')).rejects.toThrow();
		expect((await read('A_BusinessPartner?$top=1')).status).toBe(200);
	});

	it('put an empty page in the middle without losing a row', async () => {
		const { sandbox, rows, seed } = await seeded({ pageSize: 20 });
		sandbox.faults.add({ kind: 'emptyPage', after: 1 });
		const read = await rows('A_BusinessPartner?$orderby=BusinessPartner');
		expect(read).toHaveLength(seed.partners.length + seed.persons.length);
		expect(sandbox.log.requests.map(({ fault }) => fault)).toContain('emptyPage');
	});

	it('answer with a page, a wrong envelope or half a body in place of rows', async () => {
		const { sandbox, read } = await seeded();
		sandbox.faults.add({ kind: 'html', match: '$top=1' });
		expect((await read('A_BusinessPartner?$top=1')).text).toContain('<title>Sign in');
		sandbox.faults.add({ kind: 'wrongEnvelope' });
		expect((await read('A_BusinessPartner')).body).toEqual({ result: 'ok', items: [] });
		sandbox.faults.add({ kind: 'truncated' });
		expect((await read('A_BusinessPartner')).body).toBeUndefined();
		sandbox.faults.down();
		expect((await read('A_BusinessPartner')).status).toBe(503);
	});

	it('and changes can be ordered over HTTP', async () => {
		const { sandbox, entity, read } = await start();
		const post = async (operation: string, body: object) =>
			(
				await fetch(`${sandbox.url}/__control/${operation}`, {
					method: 'POST',
					body: JSON.stringify(body),
				})
			).json();
		const { key } = (await post('createPartner', { name: 'Fern GmbH' })) as { key: string };
		await post('changePartner', { key, fields: { OrganizationBPName1: 'Nah GmbH' } });
		expect((await entity(`A_BusinessPartner('${key}')`)).BusinessPartnerName).toBe('Nah GmbH');
		await post('addFault', { kind: 'status', status: 500 });
		expect((await read('A_BusinessPartner')).status).toBe(500);
		expect(await post('changePartner', { key: '1', fields: {} })).toEqual({
			error: 'There is no business partner 1',
		});
		expect((await post('log', {})) as object).toMatchObject({
			writes: 0,
			byEntitySet: { A_BusinessPartner: 2 },
		});
	});
});

describe.each([
	['V2', SALES_ORDER_PATH, 'A_SalesOrder'],
	['V4', SALES_ORDER_V4_PATH, 'SalesOrder'],
])('Delta links of the generic %s service', (version, path, set) => {
	it('tell what changed, what is gone, and nothing twice', async () => {
		const { sandbox, follow } = await start({ pageSize: 2 });
		for (const key of ['1', '2', '3']) sandbox.orders.put(key, { TotalNetAmount: '10.500' });
		const first = await follow(`${sandbox.url}${path}/${set}`, { prefer: 'odata.track-changes' });
		expect(first.rows.map((row) => row.SalesOrder).sort()).toEqual(['1', '2', '3']);
		sandbox.orders.put('2', { TotalNetAmount: '11.000' });
		sandbox.orders.remove('3');
		sandbox.orders.put('4', {});
		const second = await follow(first.deltaLink ?? '');
		expect(second.rows.map((row) => row.SalesOrder)).toEqual(['2', '4']);
		expect(second.removed.map((row) => row.SalesOrder)).toEqual(['3']);
		const third = await follow(second.deltaLink ?? '');
		expect([third.rows, third.removed]).toEqual([[], []]);
		sandbox.orders.expireDeltaLinks();
		await expect(follow(third.deltaLink ?? '')).rejects.toThrow('410');
		const amount = version === 'V2' ? '10.500' : 10.5;
		expect(first.rows[0].TotalNetAmount).toBe(amount);
	});

	it('are absent where nobody asked to track changes', async () => {
		const { sandbox, follow } = await start();
		sandbox.orders.put('1', {});
		expect((await follow(`${sandbox.url}${path}/${set}`)).deltaLink).toBeUndefined();
	});
});
