import type { ICredentialDataDecryptedObject, IHttpRequestHelper } from 'n8n-workflow';
import { ErpSage300Api } from '../../../credentials/ErpSage300Api.credentials';
import { startServer, type Answer } from '../../sandbox/http.mts';
import { n8nHelpers } from '../../fakes/n8nContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

type Fields = Record<string, unknown>;

async function pressTest(more: Fields = {}, helpers: unknown = n8nHelpers): Promise<unknown> {
	const { apiUrl: baseUrl, company, user, password } = system.sandbox;
	const fields = { baseUrl, company, user, password, ...more };
	return await new ErpSage300Api().preAuthentication
		.call({ helpers } as unknown as IHttpRequestHelper, fields as ICredentialDataDecryptedObject)
		.catch((error: Error) => error.message);
}

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

describe('the Test button', () => {
	it('good, also for an empty company and for letters of any case', async () => {
		expect(await pressTest()).toEqual({});
		const typed = { user: 'webapi', password: 'webapi', company: 'samltd', apiVersion: '' };
		expect(await pressTest({ ...typed, baseUrl: system.sandbox.url })).toEqual({});
	});

	it.each([
		[
			{ password: 'WRONG' },
			'Sage 300 refused the login: check "User" and "Password", and that the user has the right "Sage 300 Web API".',
		],
		[
			{ password: 'webapi', sendCapitals: false },
			'Sage 300 refused the login: check "User" and "Password"; its lower-case letters were sent as they are, which "Send Password in Upper Case" changes.',
		],
		[
			{ password: 'wrong' },
			'Sage 300 refused the login: check "User" and "Password"; its lower-case letters were sent as capitals, which "Send Password in Upper Case" changes.',
		],
		[
			{ company: 'OTHER' },
			'The Web API does not know the company OTHER (DBLinkError): check "Company".',
		],
		[{ company: '' }, '"Company" is "": it is the ID of the company database.'],
		[
			{ baseUrl: 'my-host' },
			'"Web API URL" is "my-host": it begins with https:// and a host name.',
		],
	])('%j', async (wrong, sentence) => {
		expect(await pressTest(wrong)).toBe(sentence);
	});

	it('the user ADMIN is told why', async () => {
		expect(await pressTest({ user: 'admin' })).toContain('AllowWebApiAccessForAdmin');
	});

	it('a wrong path', async () => {
		expect(await pressTest({ baseUrl: `${system.sandbox.url}/nothing` })).toBe(
			'A web page came back instead of data (HTTP 404): check "Web API URL" and "API Version".',
		);
	});

	it('a missing right', async () => {
		system.sandbox.forbidden.add('ARCustomers');
		expect(await pressTest()).toMatch(/^The login is good, but the user may not read customers/);
	});

	it('a web page, JSON of another shape, a server in trouble', async () => {
		const said = async (answer: Answer) =>
			await withServer(answer, async (baseUrl) => await pressTest({ baseUrl }));
		expect(await said(PAGE)).toContain('A web page came back instead of data (HTTP 200)');
		expect(await said({ status: 200, body: { result: 'ok' } })).toContain('no list of customers');
		expect(await said({ status: 503, body: 'x' })).toContain('HTTP 503');
	});

	it('nothing listens, the host is unknown, the certificate is bad', async () => {
		const closed = String(await withServer(PAGE, async (url) => url));
		expect(await pressTest({ baseUrl: closed })).toBe(
			`${closed.replace('http://', '')} refuses connections: check "Web API URL".`,
		);
		const failing = (code: string) => ({
			httpRequest: async () => await Promise.reject(Object.assign(new Error(), { code })),
		});
		const baseUrl = 'https://sage.example';
		expect(await pressTest({ baseUrl }, failing('ENOTFOUND'))).toBe(
			'The host sage.example is unknown: check "Web API URL".',
		);
		expect(await pressTest({ baseUrl }, failing('DEPTH_ZERO_SELF_SIGNED_CERT'))).toBe(
			'The certificate of sage.example is not trusted: install its authority on the n8n host, or turn on "Ignore SSL Issues".',
		);
	});

	it('warns about lower case where the user is typed', () => {
		const notice = new ErpSage300Api().properties.find(({ type }) => type === 'notice');
		const [condition] = (notice?.displayOptions?.show?.user ?? []) as Array<{
			_cnd: { regex: string };
		}>;
		const pattern = new RegExp(condition._cnd.regex);
		expect([pattern.test('Webapi'), pattern.test('WEBAPI')]).toEqual([true, false]);
	});
});
