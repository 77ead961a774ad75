import type { Transport } from '../../../core/http/ports';
import type { Sage300Options } from '../../sandbox/sage300/server.mts';
import { changesSince, errorOf, recordsSince, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
const start = async (options: Sage300Options = {}) => {
	system = await startSystem(options);
	system.sandbox.store.putCustomer('1200', { CustomerName: 'Kunde' });
};
beforeEach(async () => await start());
afterEach(async () => await system.close());

const read = async (credential: Record<string, unknown> = {}) =>
	await errorOf(recordsSince(system.customers({}, { credential }), '2026-01-01'));
const answering =
	(status: number, body: string, headers = {}): Transport =>
	async () => ({
		status,
		headers: {
			'content-type': body.startsWith('<') ? 'text/html' : 'application/json',
			...headers,
		},
		body: Buffer.from(body),
	});
const readFrom = async (transport: Transport) =>
	await errorOf(recordsSince(system.customers({}, { transport }), '2026-01-01'));
const failure = (code: string, message: unknown = { lang: 'en-US', value: 'Words.' }) =>
	JSON.stringify({ error: { code, message } });

describe('each bad setting is one sentence that names it', () => {
	it('wrong password: asked once, because accounts get locked', async () => {
		const error = await read({ password: 'WRONG' });
		expect(error.kind).toBe('auth');
		expect(error.message).toBe(
			'Sage 300 refused the login (HTTP 401): "Authorization has been denied for this request".',
		);
		expect(error.remedy).toContain('"Send Password in Upper Case"');
		expect(system.sandbox.log.count()).toBe(1);
	});

	it('the user ADMIN', async () => {
		const error = await read({ user: 'admin' });
		expect(error.remedy).toContain('AllowWebApiAccessForAdmin');
	});

	it('wrong company', async () => {
		const error = await read({ company: 'OTHER' });
		expect(error.message).toContain('could not open the company OTHER');
		expect(error.remedy).toContain('"Company"');
	});

	it('wrong path', async () => {
		const error = await read({ baseUrl: `${system.sandbox.url}/Sage300` });
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('"Web API URL"');
	});

	it('missing right', async () => {
		system.sandbox.forbidden.add('ARCustomers');
		const error = await read();
		expect(error.kind).toBe('forbidden');
		expect(error.remedy).toContain('the right "Sage 300 Web API"');
		expect(error.remedy).toContain('WEBAPI');
	});

	it.each([
		['Web API URL', { baseUrl: 'sage.example' }],
		['Web API URL', { baseUrl: 'https://user:secret@host' }],
		['Web API URL', { baseUrl: 'https://host/path?x=1' }],
		['Company', { company: '' }],
		['Company', { company: '../OTHER' }],
		['User', { user: '' }],
		['API Version', { apiVersion: 'v1.0/-/OTHER' }],
		['ERP Time Zone', { zone: 'Middle Europe' }],
	])('%s of a wrong form: %o', (setting, credential) => {
		expect(() => system.customers({}, { credential })).toThrow(`"${setting}"`);
		expect(() => system.customers({}, { credential })).not.toThrow('secret');
	});
});

describe('what the Web API answers', () => {
	it.each([
		[400, 'InvalidParameters', 'invalid'],
		[401, 'Unauthorized', 'auth'],
		[403, 'Forbidden', 'forbidden'],
		[404, 'RecordNotFound', 'notFound'],
		[404, 'ResourceNotFound', 'configuration'],
		[429, 'TooManyRequests', 'rateLimited'],
		[500, 'TooManyRequests', 'rateLimited'],
		[500, 'SessionError', 'transient'],
		[500, 'DBLinkError', 'transient'],
		[409, 'RecordDuplicate', 'invalid'],
	])('HTTP %d with the code %s is %s', async (status, code, kind) => {
		const error = await readFrom(answering(status, failure(code)));
		expect([error.kind, error.code]).toEqual([kind, code]);
		expect(error.message).toContain('Words');
	});

	it('a message that is a plain text', async () => {
		expect((await readFrom(answering(400, failure('General', 'Plain words')))).message).toBe(
			'Sage 300 answered HTTP 400: "Plain words".',
		);
	});

	it.each([
		[200, 'configuration', 'Sign in'],
		[404, 'configuration', 'Sign in'],
		[401, 'auth', 'refused the login (HTTP 401): "Sign in"'],
		[503, 'transient', 'Sign in'],
	])('a web page with HTTP %d is %s', async (status, kind, words) => {
		const error = await readFrom(answering(status, '<html><h1>Sign in</h1></html>'));
		expect(error.kind).toBe(kind);
		expect(error.message).toContain(words);
		expect(error.message).not.toContain('<');
	});

	it('a redirect', async () => {
		const error = await readFrom(answering(302, '', { location: '/login' }));
		expect(error.remedy).toContain('"Web API URL"');
	});

	it.each(['wrongEnvelope', 'cut'] as const)(
		'%s never passes for "nothing changed"',
		async (kind) => {
			system.sandbox.faults.add({ kind, times: 9 });
			await errorOf(changesSince(system.customers(), '2026-01-01'));
		},
	);

	it('503 with Retry-After is waited for and then read', async () => {
		system.sandbox.faults.add({ kind: 'status', status: 503, retryAfter: '7' });
		expect(await recordsSince(system.customers(), '2026-01-01')).toHaveLength(1);
		expect(system.clock.pauses).toContain(7000);
	});

	it('a row without its key', async () => {
		const rows = JSON.stringify({ value: [{ CustomerNumber: null, DateLastMaintained: null }] });
		const answer = answering(200, rows);
		expect((await readFrom(answer)).message).toContain('without CustomerNumber');
	});
});
