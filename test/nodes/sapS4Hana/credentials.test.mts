import type { ICredentialDataDecryptedObject, IHttpRequestHelper } from 'n8n-workflow';
import { ErpSapS4HanaBasicApi } from '../../../credentials/ErpSapS4HanaBasicApi.credentials';
import { ErpSapS4HanaOAuth2Api } from '../../../credentials/ErpSapS4HanaOAuth2Api.credentials';
import { startServer, type Answer } from '../../sandbox/http.mts';
import { n8nHelpers } from '../../fakes/n8nContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

type Fields = Record<string, unknown>;
const context = { helpers: n8nHelpers } as unknown as IHttpRequestHelper;
const servicePath = '/sap/opu/odata/sap/API_BUSINESS_PARTNER';

const pressTest = async (
	credential: ErpSapS4HanaBasicApi | ErpSapS4HanaOAuth2Api,
	fields: Fields,
) =>
	await credential.preAuthentication
		.call(context, fields as ICredentialDataDecryptedObject)
		.catch((error: Error) => error.message);

const basic = async (more: Fields = {}) => {
	const { user, password } = system.sandbox.login.options;
	const fields = { baseUrl: system.sandbox.url, servicePath, sapClient: '100', user, password };
	return await pressTest(new ErpSapS4HanaBasicApi(), { ...fields, ...more });
};

const oAuth2 = async (more: Fields = {}) => {
	const { clientId, clientSecret } = system.sandbox.login.options;
	const tokenUrl = `${system.sandbox.url}/sap/bc/sec/oauth2/token?sap-client=100`;
	const fields = { baseUrl: system.sandbox.url, servicePath, tokenUrl, clientId, clientSecret };
	return await pressTest(new ErpSapS4HanaOAuth2Api(), { ...fields, ...more });
};

const withServer = async (answer: Answer, use: (url: string) => Promise<unknown>) => {
	const server = await startServer(() => answer, {});
	const result = await use(server.url);
	await server.close();
	return result;
};
const PAGE: Answer = {
	status: 200,
	headers: { 'content-type': 'text/html' },
	body: '<html>Sign in</html>',
};

describe('the Test button of Basic', () => {
	it('good', async () => {
		expect(await basic()).toEqual({});
		expect(await basic({ servicePath: `${servicePath}/`, sapClient: '' })).toEqual({});
	});

	it.each([
		[
			{ password: 'wrong' },
			'SAP refused the login: check "User" and "Password", and "SAP Client".',
		],
		[{ sapClient: '200' }, 'SAP refused the login: check "User" and "Password", and "SAP Client".'],
		[{ baseUrl: 'my-host' }, '"Base URL" is "my-host": it begins with https:// and a host name.'],
		[
			{ servicePath: '/sap/opu/odata/sap/API_WRONG' },
			'There is no active service at /sap/opu/odata/sap/API_WRONG (HTTP 403): check "Service Path", that the service is activated, and that "Base URL" ends with the host or port.',
		],
	])('%j', async (wrong, sentence) => {
		expect(await basic(wrong)).toBe(sentence);
	});

	it('no authorization', async () => {
		system.sandbox.forbidden.add('A_BusinessPartner');
		expect(await basic()).toMatch(/^The login is good, but the user may not read/);
	});

	it('a web page in place of data', async () => {
		const said = await withServer(PAGE, async (baseUrl) => await basic({ baseUrl }));
		expect(said).toBe('A web page came back instead of data: check "Base URL" and "Service Path".');
	});
});

describe('the Test button of OAuth2', () => {
	it('good, and the token is kept where n8n encrypts it', async () => {
		expect(await oAuth2()).toEqual({
			lastProbe: '',
			accessToken: expect.stringMatching(/^sandbox-token/),
		});
		const body = await oAuth2({ clientAuthentication: 'body', scope: 'A B' });
		expect(body).toEqual({ lastProbe: '', accessToken: expect.any(String) });
		const { properties } = new ErpSapS4HanaOAuth2Api();
		const token = properties.find(({ name }) => name === 'accessToken');
		expect(token).toMatchObject({ type: 'hidden', typeOptions: { password: true } });
	});

	it.each([
		[
			{ clientSecret: 'wrong' },
			'The token URL refused the client (HTTP 401): check "Client ID", "Client Secret" and "Client Authentication".',
		],
		[{ tokenUrl: 'token' }, '"Token URL" is "token": it begins with https:// and a host name.'],
	])('%j', async (wrong, sentence) => {
		expect(await oAuth2(wrong)).toBe(sentence);
	});

	it.each([
		[PAGE, 'The token URL answered with a web page or text instead of JSON: check "Token URL".'],
		[
			{ status: 200, body: { result: 'ok' } },
			'The answer of the token URL holds no access token: check "Token URL".',
		],
		[
			{ ...PAGE, status: 401 },
			'The token URL refused the login with a web page (HTTP 401): check "Token URL", "Client ID" and "Client Secret".',
		],
		[{ status: 404, body: '' }, 'The token URL answered HTTP 404: check "Token URL".'],
		[
			{ status: 400, body: { error: 'invalid_scope' } },
			'The token URL refused the scope: check "Scope".',
		],
	] as Array<[Answer, string]>)(
		'a token URL that answers otherwise %#',
		async (answer, sentence) => {
			const said = await withServer(answer, async (tokenUrl) => await oAuth2({ tokenUrl }));
			expect(said).toBe(sentence);
		},
	);

	it('a token that the system does not take', async () => {
		system.sandbox.login.options.accepts = ['basic'];
		expect(await oAuth2()).toMatch(/^SAP refused the token: check "SAP Client", the scopes/);
	});
});

describe('both', () => {
	it('nothing listens at the address', async () => {
		const closed = await withServer(PAGE, async (url) => url);
		const host = String(closed).replace('http://', '');
		const refused = `${host} refuses connections: check`;
		expect(await basic({ baseUrl: closed })).toBe(`${refused} "Base URL".`);
		expect(await oAuth2({ tokenUrl: closed })).toBe(`${refused} "Token URL".`);
	});

	it.each([
		['ENOTFOUND', 'The host sap.example is unknown: check "Base URL".'],
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'The certificate of sap.example is not trusted: install its authority on the n8n host, or turn on "Ignore SSL Issues".',
		],
	])('%s', async (code, sentence) => {
		const failing = {
			helpers: {
				httpRequest: async () => await Promise.reject(Object.assign(new Error(), { code })),
			},
		} as unknown as IHttpRequestHelper;
		const fields = { baseUrl: 'https://sap.example', servicePath, user: 'U', password: 'P' };
		const said = await new ErpSapS4HanaBasicApi().preAuthentication
			.call(failing, fields)
			.catch((error: Error) => error.message);
		expect(said).toBe(sentence);
	});

	it('have the same connection fields', () => {
		const shared = [
			'baseUrl',
			'sapClient',
			'language',
			'zone',
			'systemAlias',
			'servicePath',
			'ignoreSSLIssues',
		];
		for (const credential of [new ErpSapS4HanaBasicApi(), new ErpSapS4HanaOAuth2Api()]) {
			expect(credential.properties.map(({ name }) => name)).toEqual(expect.arrayContaining(shared));
		}
	});
});
