import { errorOf, NOW, recordsSince, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
let credential: Record<string, unknown>;
beforeEach(async () => {
	system = await startSystem({ login: { accepts: ['oauth2'], expiresIn: 600 } });
	const { clientId, clientSecret } = system.sandbox.login.options;
	credential = {
		tokenUrl: `${system.sandbox.url}/sap/bc/sec/oauth2/token?sap-client=100`,
		clientId,
		clientSecret,
		scope: 'API_BUSINESS_PARTNER_0001',
	};
	system.sandbox.store.createPartner({ name: 'Firma', customer: {} });
});
afterEach(async () => await system.close());

const read = async (more: Record<string, unknown> = {}) =>
	await recordsSince(system.source({}, { credential: { ...credential, ...more } }), '2026-01-01');

describe('OAuth2 client credentials', () => {
	it('one token serves all requests of a credential', async () => {
		expect(await read()).toHaveLength(1);
		expect(system.sandbox.log.logins).toBe(1);
		expect(system.sandbox.log.count()).toBeGreaterThan(3);
	});

	it('the token URL is used exactly as pasted', async () => {
		await read();
		const token = system.sandbox.log.requests.find(({ kind }) => kind === 'token');
		expect(token?.url).toBe('/sap/bc/sec/oauth2/token?sap-client=100');
	});

	it('the token is renewed before it expires, without a refusal', async () => {
		const source = system.source({}, { credential });
		await recordsSince(source, '2026-01-01');
		system.clock.at = NOW + 541_000;
		await recordsSince(source, '2026-01-01');
		expect(system.sandbox.log.logins).toBe(2);
		expect(system.sandbox.log.requests.filter(({ status }) => status === 401)).toEqual([]);
	});

	it('a token that was revoked is renewed once', async () => {
		const source = system.source({}, { credential });
		await recordsSince(source, '2026-01-01');
		system.sandbox.login.revokeTokens();
		expect(await recordsSince(source, '2026-01-01')).toHaveLength(1);
		expect(system.sandbox.log.logins).toBe(2);
		expect(system.sandbox.log.requests.filter(({ status }) => status === 401)).toHaveLength(1);
	});

	it('a token that is refused again ends in an error, not in a loop', async () => {
		system.sandbox.login.options.accepts = [];
		const error = await errorOf(read());
		expect(error.kind).toBe('auth');
		expect(error.remedy).toContain('"Client ID"');
		expect(system.sandbox.log.logins).toBe(2);
	});

	it.each(['header', 'body'] as const)('client id in the %s', async (clientAuthentication) => {
		system.sandbox.login.options.clientIdIn = clientAuthentication;
		expect(await read({ clientAuthentication })).toHaveLength(1);
		const other = clientAuthentication === 'header' ? 'body' : 'header';
		const error = await errorOf(read({ clientAuthentication: other }));
		expect(error.remedy).toContain('"Client Authentication"');
	});

	it.each([
		['wrong secret', { clientSecret: 'nope' }, 'auth', '"Client Secret"'],
		['wrong path', { tokenUrl: 'BASE/sap/bc/nothing' }, 'auth', '"Token URL"'],
		['no URL', { tokenUrl: 'token' }, 'configuration', '"Token URL"'],
	])('%s', async (_, wrong: Record<string, string>, kind, setting) => {
		const entries = Object.entries(wrong);
		const more = entries.map(([name, value]) => [name, value.replace('BASE', system.sandbox.url)]);
		const error = await errorOf((async () => await read(Object.fromEntries(more)))());
		expect(error.kind).toBe(kind);
		expect(error.remedy).toContain(setting);
		expect(`${error.message} ${error.remedy}`).not.toContain('nope');
	});
});
