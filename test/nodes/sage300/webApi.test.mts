import { withSessionCookies } from '../../../nodes/Sage300/sessionCookies';
import { seedCustomers } from '../../sandbox/sage300/seed.mts';
import type { Sage300Options } from '../../sandbox/sage300/server.mts';
import { errorOf, recordsSince, scanAll, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
const start = async (options: Sage300Options = {}) => {
	system = await startSystem(options);
	return system.sandbox;
};
afterEach(async () => await system?.close());

async function walkAll(api = system.api()): Promise<string[]> {
	const keys: string[] = [];
	for await (const page of api.walk('AR/ARCustomers', { select: ['CustomerNumber'] })) {
		keys.push(...page.rows.map(({ CustomerNumber }) => String(CustomerNumber)));
	}
	return keys;
}
const put = (...numbers: number[]) =>
	numbers.forEach((n) => system.sandbox.store.putCustomer(String(1000 + n)));
const count = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('pages', () => {
	it.each([
		['without links', undefined],
		['with links of newer builds', '@odata.nextLink'],
		['with links of older builds', 'odata.nextLink'],
	] as const)('%s, whatever the size of the last one', async (_what, nextLink) => {
		await start({ pageSize: 4, nextLink });
		for (const size of [0, 1, 3, 4, 5, 8, 9]) {
			put(...count(size));
			expect(await walkAll()).toHaveLength(size);
		}
	});

	it('a link that names an inner host is followed at the configured address only', async () => {
		await start({ pageSize: 2, nextLink: '@odata.nextLink', publicUrl: 'http://sage-app:8080' });
		put(...count(5));
		expect(await walkAll()).toHaveLength(5);
	});

	it('a link to something else is refused', async () => {
		await start();
		const api = system.api({
			transport: async () => ({
				status: 200,
				headers: { 'content-type': 'application/json' },
				body: Buffer.from(
					JSON.stringify({ value: [], '@odata.nextLink': 'https://evil.example/collect?x=1' }),
				),
			}),
		});
		expect((await errorOf(walkAll(api))).message).toContain('linked to another place');
	});

	it('a server that ignores $skip is an error, not an endless list', async () => {
		const { faults } = await start({ pageSize: 2 });
		put(...count(5));
		faults.add({ kind: 'ignoresSkip', times: 50 });
		expect((await errorOf(walkAll())).message).toContain('the same page came twice');
	});

	it('no query is longer than web servers let through', async () => {
		const { store, log, rules } = await start({ pageSize: 50 });
		const { customers } = seedCustomers(store, { count: 150 });
		rules.maxQuery = 2000;
		const values = { optionalFields: 'SEGMENT, UPSZONE', moreFields: 'TerritoryCode,Salesperson1' };
		const source = system.customers({ values, reading: { followActivity: true } });
		await recordsSince(source, '2020-01-01');
		await scanAll(source);
		await source.confirmMissing(customers);
		expect(log.requests.filter(({ status }) => status !== 200)).toEqual([]);
		expect(Math.max(...log.requests.map(({ queryLength }) => queryLength))).toBeLessThan(2000);
	});
});

describe('requests', () => {
	it('carry upper-case user and company, JSON as content type, and never a writing verb', async () => {
		const { log } = await start();
		put(1);
		const credential = { user: ' webapi ', company: 'samltd', password: 'webapi' };
		expect(await walkAll(system.api({ credential }))).toHaveLength(1);
		const asTyped = { ...credential, sendCapitals: false };
		expect((await errorOf(walkAll(system.api({ credential: asTyped })))).kind).toBe('auth');
		expect(log.writes).toBe(0);
	});

	it('any version may stand in the address', async () => {
		const { log, url } = await start();
		put(1);
		const credential = { apiVersion: 'v2.1', baseUrl: `${url}/` };
		expect(await walkAll(system.api({ credential }))).toHaveLength(1);
		expect(log.urls()[0]).toBe(
			'/Sage300WebApi/v2.1/-/SAMLTD/AR/ARCustomers?$select=CustomerNumber',
		);
	});

	it('go one after the other, however many ask, also when one fails', async () => {
		const { log, faults } = await start();
		put(1);
		faults.add({ kind: 'status', status: 400, after: 2 });
		const results = await Promise.allSettled(count(6).map(async () => await walkAll()));
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
		expect(log.mostAtOnce).toBe(1);
	});

	it('send the cookies back that the server set, unless the credential says no', async () => {
		const { log } = await start({ sessionCookie: 'ASP.NET_SessionId=abc' });
		put(1);
		await walkAll();
		await walkAll();
		expect(log.requests.map(({ cookie }) => cookie)).toEqual([
			undefined,
			...log.requests.slice(1).map(() => 'ASP.NET_SessionId=abc'),
		]);
		log.clear();
		await walkAll(system.api({ credential: { reuseSession: false } }));
		expect(log.requests.every(({ cookie }) => cookie === undefined)).toBe(true);
	});

	it('a lost session is opened anew by the next attempt', async () => {
		const { log, faults } = await start({ sessionCookie: 'S=1' });
		put(1);
		await walkAll();
		faults.add({ kind: 'status', status: 500, code: 'SessionError' });
		log.clear();
		expect(await walkAll()).toHaveLength(1);
		expect(log.requests.map(({ cookie }) => cookie)).toEqual(['S=1', undefined, 'S=1']);
	});

	it('several cookies in one header, dates with commas inside', async () => {
		const cookies = new Map<string, string>();
		const answers = ['a=1; expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/, b=2; HttpOnly', 'a=3'];
		const transport = withSessionCookies(
			async () => ({
				status: 200,
				headers: { 'set-cookie': answers.shift() ?? '' },
				body: Buffer.from('{}'),
			}),
			'key',
			cookies,
		);
		const request = { method: 'GET', url: 'http://x', headers: {}, timeoutMs: 1 } as const;
		await transport(request);
		expect(cookies.get('key')).toBe('a=1; b=2');
		await transport(request);
		expect(cookies.get('key')).toBe('a=3; b=2');
	});
});
