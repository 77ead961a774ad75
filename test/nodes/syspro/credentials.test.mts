import type {
	ICredentialDataDecryptedObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { ErpSysproODataApi } from '../../../credentials/ErpSysproODataApi.credentials';
import { ErpSysproRestApi } from '../../../credentials/ErpSysproRestApi.credentials';
import { startServer } from '../../sandbox/http.mts';
import { n8nHelpers } from '../../fakes/n8nContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem('enet');
});
afterEach(async () => await system.close());

type Fields = Record<string, unknown>;
const pressTest = async (
	credential: ErpSysproODataApi | ErpSysproRestApi,
	fields: Fields,
	helpers: object = n8nHelpers,
) =>
	await credential.preAuthentication
		.call({ helpers } as unknown as IHttpRequestHelper, fields as ICredentialDataDecryptedObject)
		.catch((error: Error) => error.message);

const enet = async (more: Fields = {}, helpers?: object) => {
	const { operator, password, company, companyPassword } = system.sandbox.login;
	const fields = {
		baseUrl: system.sandbox.restUrl,
		operator,
		operatorPassword: password,
		companyId: company,
		companyPassword,
	};
	return await pressTest(new ErpSysproRestApi(), { ...fields, ...more }, helpers);
};
const odata = async (more: Fields = {}, helpers?: object) => {
	const { user, password } = system.sandbox.odata;
	const fields = { baseUrl: system.sandbox.odataUrl, user, password, companyId: 'A' };
	return await pressTest(new ErpSysproODataApi(), { ...fields, ...more }, helpers);
};

const failing = (code: string) => ({
	httpRequest: async (_options: IHttpRequestOptions) =>
		await Promise.reject(Object.assign(new Error('x'), { code })),
});
const UNREACHABLE = [
	['ENOTFOUND', /^The host 127\.0\.0\.1:\d+ is unknown: check "Base URL"\.$/],
	[
		'SELF_SIGNED_CERT_IN_CHAIN',
		/^The certificate of 127\.0\.0\.1:\d+ is not trusted: .*"Ignore SSL Issues"\.$/,
	],
	['ECONNREFUSED', /^127\.0\.0\.1:\d+ refuses connections: check "Base URL"\.$/],
	['ETIMEDOUT', /^127\.0\.0\.1:\d+ does not answer: check "Base URL"\.$/],
] as const;

describe('the Test button of e.net REST', () => {
	it('is good, and leaves no session behind', async () => {
		expect(await enet()).toEqual({});
		expect(await enet({ baseUrl: `${system.sandbox.restUrl}/` })).toEqual({});
		expect(system.sandbox.enet.openSessions).toBe(0);
	});

	it.each([
		[
			{ operatorPassword: 'wrong-pw' },
			'SYSPRO refused the login: "Invalid operator password". Check "Operator" and "Operator Password".',
		],
		[
			{ operator: 'NOBODY' },
			`SYSPRO refused the login: "Operator 'NOBODY' not found". Check "Operator" and "Operator Password".`,
		],
		[
			{ companyId: 'Z' },
			`SYSPRO refused the company: "Company 'Z' not found". Check "Company ID" and "Company Password".`,
		],
		[
			{ companyPassword: 'wrong' },
			'SYSPRO refused the company: "Invalid company password". Check "Company ID" and "Company Password".',
		],
		[{ baseUrl: 'my-host' }, '"Base URL" is "my-host": it begins with https:// and a host name.'],
		[
			{ operator: 'READER', operatorPassword: 'r' },
			'The login is good, but the operator may not read ArCustomer by the business object COMFND: give it the right.',
		],
	])('%j', async (wrong, sentence) => {
		expect(await enet(wrong)).toBe(sentence);
		expect(system.sandbox.enet.openSessions).toBe(0);
	});

	it('wrong path, a web page, no licence, a session taken away', async () => {
		expect(await enet({ baseUrl: `${system.sandbox.url}/x` })).toMatch(
			/does not answer at this address/,
		);
		system.sandbox.faults.add({ kind: 'html', match: 'Logon' });
		expect(await enet()).toMatch(/does not answer at this address/);
		system.sandbox.faults.add({ kind: 'loseSession', match: 'GetLogonProfile' });
		expect(await enet()).toMatch(/another program uses this operator/);
		system.sandbox.enet.options.licences = 0;
		expect(await enet()).toMatch(/^All e\.net licences of SYSPRO are in use/);
	});

	it.each(UNREACHABLE)('%s', async (code, sentence) => {
		expect(await enet({}, failing(code))).toMatch(sentence);
	});

	it('shows neither password nor session', async () => {
		system.sandbox.faults.add({
			kind: 'text',
			match: 'Logon',
			text: '??? 3F0C3F0C3F0C3F0C3F0C3F0C',
		});
		expect(await enet()).toBe('SYSPRO answered the logon with no session: check "Base URL".');
	});
});

describe('the Test button of OData', () => {
	it('is good', async () => {
		expect(await odata()).toEqual({});
	});

	it.each([
		[{ password: 'wrong' }, /^SYSPRO refused the login: check "User" and "Password"/],
		[{ baseUrl: 'my-host' }, /^"Base URL" is "my-host"/],
		[{ companyId: '' }, /^Fill in "Company ID"\.$/],
	])('%j', async (wrong, sentence) => {
		expect(await odata(wrong)).toMatch(sentence);
	});

	it('wrong company or path, missing right, a web page, a redirect', async () => {
		expect(await odata({ baseUrl: `${system.sandbox.odataUrl}B` })).toMatch(
			/check "Base URL", the company in it/,
		);
		system.sandbox.odata.forbidden.push('ArCustomer');
		expect(await odata()).toMatch(/^The login is good, but it may not read ArCustomer/);
		system.sandbox.faults.add({ kind: 'html' });
		expect(await odata()).toBe('A web page came back instead of data: check "Base URL".');
		const server = await startServer(() => ({ status: 302, headers: { location: '/login' } }), {});
		expect(await odata({ baseUrl: server.url })).toMatch(/^The server redirects to another page/);
		await server.close();
	});

	it.each(UNREACHABLE)('%s', async (code, sentence) => {
		expect(await odata({}, failing(code))).toMatch(sentence);
	});
});

describe('the certificate', () => {
	it.each([true, false])(
		'is checked unless the user switched that off (%s)',
		async (ignoreSSLIssues) => {
			const seen: unknown[] = [];
			const helpers = {
				httpRequest: async (options: IHttpRequestOptions) => {
					seen.push(options.skipSslCertificateValidation);
					return await n8nHelpers.httpRequest(options);
				},
			};
			await enet({ ignoreSSLIssues }, helpers);
			await odata({ ignoreSSLIssues }, helpers);
			expect(new Set(seen)).toEqual(new Set([ignoreSSLIssues]));
		},
	);
});
