import type { Transport } from '../../../core/http/ports';
import { errorOf, loopback, recordsSince, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.partner('C1');
});
afterEach(async () => await system.close());

const read = async (credential: Record<string, unknown> = {}, parameters = {}) =>
	await errorOf(
		recordsSince(system.source('businessPartner', parameters, { credential }), '2026-11-01'),
	);
const answering =
	(status: number, body: string, headers = {}): Transport =>
	async (request) =>
		request.method === 'POST'
			? await loopback(request)
			: {
					status,
					headers: {
						'content-type': body.startsWith('<') ? 'text/html' : 'application/json',
						...headers,
					},
					body: Buffer.from(body),
				};
const readFrom = async (transport: Transport) =>
	await errorOf(recordsSince(system.source('businessPartner', {}, { transport }), '2026-11-01'));

describe('each bad setting is one sentence that names it', () => {
	it('wrong password or company', async () => {
		for (const credential of [{ password: 'no' }, { companyDb: 'NOTHING' }, { user: 'nobody' }]) {
			const error = await read(credential);
			expect(error.kind).toBe('auth');
			expect(error.message).toMatch(/^SAP Business One refused the login \(code -304\): "/);
			expect(error.remedy).toMatch(/^Check "Company Database", "User" and "Password"/);
		}
	});

	it('a path that leads elsewhere', async () => {
		const error = await read({ baseUrl: `${system.sandbox.url}/elsewhere` });
		expect(error.kind).toBe('configuration');
		expect(error.message).toBe('There is no Service Layer at this address (HTTP 404).');
		expect(error.remedy).toContain('"Base URL"');
	});

	it('a login page in place of data, with status 200', async () => {
		system.sandbox.faults.add({ kind: 'html', match: 'GET' });
		const error = await read();
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('"Base URL" in the credential');
	});

	it('a server that is down', async () => {
		const error = await readFrom(answering(503, '503'));
		expect(error.kind).toBe('transient');
		expect(error.message).toBe('SAP Business One answered HTTP 503.');
		expect(error.remedy).toMatch(/is down or busy: .* check "Base URL" in the credential\.$/);
	});

	it('a redirect', async () => {
		const error = await readFrom(answering(302, '', { location: '/login' }));
		expect(error.kind).toBe('configuration');
	});

	it('a user-defined field that does not exist', async () => {
		const message = "Property 'U_None' of 'BusinessPartner' is invalid";
		const body = JSON.stringify({ error: { code: '-1000', message } });
		const error = await readFrom(answering(400, body));
		expect(error).toMatchObject({ kind: 'invalid', code: '-1000' });
		expect(error.remedy).toContain('no field U_None');
	});

	it.each([
		['Base URL', { baseUrl: 'my-host' }],
		['Base URL', { baseUrl: 'https://user:secret@host' }],
		['Base URL', { baseUrl: 'https://host/path?x=1' }],
		['ERP Time Zone', { zone: 'Middle Europe' }],
		['User', { user: '' }],
		['Company Database', { companyDb: '' }],
	])('%s of a wrong form: %o', (setting, credential) => {
		expect(() => system.service({ credential })).toThrow(`"${setting}"`);
	});

	it.each([
		['User-Defined Fields', { values: { extensions: 'CardCode' } }],
		['User-Defined Fields', { values: { extensions: 'U_a b' } }],
		['Group Codes', { filters: { groups: "1' or 1" } }],
		['Group Names or IDs', { filters: { groupIds: ['100', "1' or 1"] } }],
	])('%s of a wrong form: %o', async (setting, parameters) => {
		const error = await errorOf((async () => system.source('businessPartner', parameters))());
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain(`"${setting}"`);
	});

	it.each(['/', '/b1s', '/b1s/v1', '/b1s/v2/'])(
		'an address that ends in %s is understood',
		(end) => {
			const { root } = system.connection({ baseUrl: `https://b1.example:50000${end}` });
			expect(root).toBe('https://b1.example:50000/b1s/v2');
		},
	);
});

describe('answers that must not pass for "nothing changed"', () => {
	it.each(['wrongEnvelope', 'truncated'] as const)('%s is an error', async (kind) => {
		system.sandbox.faults.add({ kind, match: 'GET' });
		expect((await read()).kind).toBe('protocol');
	});

	it.each([
		['v1', '{"error":{"code":-10,"message":{"lang":"en-us","value":"Broken"}}}'],
		['v2', '{"error":{"code":"-10","message":"Broken"}}'],
	])('an error of %s keeps code and words', async (_version, body) => {
		const error = await readFrom(answering(400, body));
		expect(error).toMatchObject({ kind: 'invalid', code: '-10' });
		expect(error.message).toBe('SAP Business One answered HTTP 400 (code -10): "Broken".');
	});

	it('503 while a node restarts is waited for', async () => {
		system.sandbox.faults.add({ kind: 'status', status: 503, retryAfter: '7', body: 'html' });
		const records = await recordsSince(system.source('businessPartner'), '2026-11-01');
		expect(records).toHaveLength(1);
		expect(system.clock.pauses).toContain(7000);
		expect(system.sandbox.sessions.count).toBe(1);
	});
});
