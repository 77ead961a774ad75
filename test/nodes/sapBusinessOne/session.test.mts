import type { Transport } from '../../../core/http/ports';
import { rebased } from '../../../nodes/SapBusinessOne/serviceLayer';
import { cookieIn } from '../../../nodes/SapBusinessOne/session';
import {
	errorOf,
	loopback,
	MINUTE,
	recordsSince,
	scanAll,
	startSystem,
	type TestSystem,
} from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.partner('C1', { CardName: 'Firma' });
});
afterEach(async () => await system.close());

const read = async (setup = {}) =>
	await recordsSince(system.source('businessPartner', {}, setup), '2026-11-01T00:00:00');

describe('one session for all', () => {
	it('serves every call of a credential, and is not logged out', async () => {
		await read();
		await read();
		expect(system.sandbox.log.logins).toBe(1);
		expect(system.sandbox.sessions.logouts).toBe(0);
	});

	it('is opened once however many ask at the same time', async () => {
		await Promise.all([read(), read(), scanAll(system.source('item')), read()]);
		expect(system.sandbox.log.logins).toBe(1);
	});

	it('is another one for another user', async () => {
		await read();
		await errorOf(read({ credential: { user: 'somebody' } }));
		expect(system.sandbox.log.logins).toBe(2);
	});

	it('lives on while it is used, and is renewed after the idle time', async () => {
		for (let poll = 0; poll < 4; poll++) {
			await read();
			system.clock.at += 20 * MINUTE;
		}
		expect(system.sandbox.log.logins).toBe(1);
		system.clock.at += 40 * MINUTE;
		expect(await read()).toHaveLength(1);
		expect(system.sandbox.log.logins).toBe(2);
	});

	it('carries both cookies back, so that the load balancer finds the node', async () => {
		expect(system.sandbox.sessions.options.needsRouteId).toBe(true);
		expect(await read()).toHaveLength(1);
	});
});

describe('a lost session is opened again', () => {
	it.each([
		['301 as a number (v1)', { version: 'v1' }, 301, 'v2'],
		['301 as a text (v2)', { version: 'v2' }, 301, 'v2'],
		['301 as a number on v2', { version: 'v2' }, 301, 'mixed'],
		['-5002 with status 401', { version: 'v2' }, -5002, 'v2'],
	] as const)('%s', async (_what, credential, lostCode, v2Errors) => {
		system.sandbox.sessions.options.lostCode = lostCode;
		system.sandbox.rules.v2Errors = v2Errors;
		await read({ credential });
		system.sandbox.sessions.loseAll();
		expect(await read({ credential })).toHaveLength(1);
		expect(system.sandbox.log.logins).toBe(2);
	});

	it('once: a server that forgets it at once ends in an error, not in a loop', async () => {
		system.sandbox.faults.add({ kind: 'sessionLost', match: 'GET', times: 99 });
		const error = await errorOf(read());
		expect(error.kind).toBe('auth');
		expect(system.sandbox.log.logins).toBe(2);
	});

	it('by one login, though several requests lost it together', async () => {
		await read();
		system.sandbox.sessions.loseAll();
		await Promise.all([read(), read(), read()]);
		expect(system.sandbox.log.logins).toBe(2);
	});
});

describe('no second login where it would not help', () => {
	it('a permission that is missing (401, code -1)', async () => {
		system.sandbox.rules.forbidden.add('BusinessPartners');
		const error = await errorOf(read());
		expect(error.kind).toBe('forbidden');
		expect(error.remedy).toContain('authorization');
		expect(system.sandbox.log.logins).toBe(1);
	});

	it('a login that is refused', async () => {
		const error = await errorOf(read({ credential: { password: 'wrong-password' } }));
		expect(error.kind).toBe('auth');
		expect(error.remedy).toContain('"Company Database", "User" and "Password"');
		expect(`${error.message} ${error.remedy}`).not.toContain('wrong-password');
		expect(system.sandbox.log.logins).toBe(1);
	});

	it('-5002 with status 400 is a business error, and no lost session', async () => {
		const refusing: Transport = async (request) =>
			request.method === 'GET'
				? {
						status: 400,
						headers: { 'content-type': 'application/json' },
						body: Buffer.from('{"error":{"code":"-5002","message":"No"}}'),
					}
				: await loopback(request);
		const error = await errorOf(read({ transport: refusing }));
		expect(error.kind).toBe('invalid');
		expect(system.sandbox.log.logins).toBe(1);
	});
});

describe('the session cookie', () => {
	const answer = (cookie: string | undefined, body = '{"SessionId":"from-body"}') => ({
		status: 200,
		headers: { 'content-type': 'application/json', ...(cookie && { 'set-cookie': cookie }) },
		body: Buffer.from(body),
	});

	it.each([
		['B1SESSION=abc;HttpOnly;, ROUTEID=.node1; path=/b1s', 'B1SESSION=abc; ROUTEID=.node1'],
		['ROUTEID=.node2; path=/b1s, B1SESSION=abc;HttpOnly;', 'B1SESSION=abc; ROUTEID=.node2'],
		['B1SESSION=abc', 'B1SESSION=abc'],
		[undefined, 'B1SESSION=from-body'],
	])('of %s is read by hand', (header, cookie) => {
		expect(cookieIn(answer(header))).toBe(cookie);
	});

	it('is hidden where the server repeats it in an error', async () => {
		let id = '';
		const repeating: Transport = async (request) => {
			id = /B1SESSION=([^;]+)/.exec(request.headers?.cookie ?? '')?.[1] ?? '';
			if (request.method !== 'GET') return await loopback(request);
			const body = `{"error":{"code":"-1","message":"Cannot process request of ${id}"}}`;
			return { status: 400, headers: {}, body: Buffer.from(body) };
		};
		const error = await errorOf(read({ transport: repeating }));
		expect(id.length).toBeGreaterThan(8);
		expect(error.message).toContain('Cannot process request of [hidden]');
	});

	it.each([
		'../../../admin',
		'/b1s/v2/../../admin',
		'https://inner:50001/b1s/v2/../../admin?$skip=1',
		'%2e%2e/%2e%2e/admin',
		'..%2f..%2fadmin',
		'Orders/..\\..\\..\\admin',
		'..',
		'//elsewhere.example/admin',
		'/admin',
	])('goes nowhere else by the next link %s', (link) => {
		const connection = system.connection({ baseUrl: 'https://sap.example:50000' });
		expect(() => rebased(link, connection)).toThrow('linked to another place');
	});

	it('a link elsewhere is told without the login in it, though it is too long to be shown whole', () => {
		const connection = system.connection({ baseUrl: 'https://sap.example:50000' });
		const password = 'p'.repeat(150);
		const link = `https://user:${password}@elsewhere.example/admin`;
		const told = () => rebased(link, connection);
		expect(told).toThrow('linked to another place');
		expect(told).not.toThrow('ppp');
	});

	it('that is missing altogether is an error', () => {
		expect(() => cookieIn(answer(undefined, '{}'))).toThrow('no session came with it');
	});
});
