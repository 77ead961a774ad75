import {
	openScene,
	pipedriveToken,
	s4hanaBasic,
	s4hanaOAuth2,
	type Scene,
} from '../n8n-host/scene.mts';
import { startHttps } from '../fakes/startHttps.mts';
import { LOGINS, type Data, type LoginSystem } from './logins.mts';

jest.setTimeout(240_000);

type Case = [what: string, change: (data: Data) => Data, setting: RegExp];

const unknownHost = 'http://no-such-host.invalid';

describe('the test of a credential', () => {
	let scene: Scene;
	beforeAll(async () => {
		scene = await openScene({ partners: 5 });
	});
	afterAll(async () => scene?.close());

	async function tested(type: string, data: Data): Promise<{ status: string; message: string }> {
		const { api } = scene.n8n;
		const { id } = await api.createCredential(type, data);
		try {
			return await api.testCredential(id);
		} finally {
			await api.deleteCredential(id);
		}
	}

	/** A setting is named and nothing secret is shown, in one or two sentences. */
	function expectOneSentence(message: string, setting: RegExp): void {
		expect(message).toMatch(setting);
		expect(message.length).toBeLessThan(260);
		expect(message).not.toContain('\n');
		expect(message).not.toMatch(
			/secret-of-the-sandbox|Welcome-to-4HANA|wrong-secret|O-Data!1|a1a1a1/,
		);
	}

	describe('of SAP S/4HANA with user and password', () => {
		it('says OK to the right login', async () => {
			expect((await tested('erpSapS4HanaBasicApi', s4hanaBasic(scene.erp))).status).toBe('OK');
		});

		it.each<Case>([
			['a wrong password', (data) => ({ ...data, password: 'wrong-secret' }), /"Password"/],
			['an unknown host', (data) => ({ ...data, baseUrl: unknownHost }), /"Base URL"/],
			['a host without scheme', (data) => ({ ...data, baseUrl: 'sap.example' }), /"Base URL"/],
			[
				'a wrong service path',
				(data) => ({ ...data, servicePath: '/sap/opu/odata/sap/API_BUSINESS' }),
				/"Service Path"/,
			],
			['a closed port', (data) => ({ ...data, baseUrl: 'http://127.0.0.1:9' }), /"Base URL"/],
		])('names the setting for %s', async (_, change, setting) => {
			const result = await tested('erpSapS4HanaBasicApi', change(s4hanaBasic(scene.erp)));
			expect(result.status).toBe('Error');
			expectOneSentence(result.message, setting);
		});
	});

	describe('of SAP S/4HANA with OAuth2', () => {
		it.each(['header', 'body'])('says OK to the right client in the %s', async (place) => {
			const data = { ...s4hanaOAuth2(scene.erp), clientAuthentication: place };
			expect((await tested('erpSapS4HanaOAuth2Api', data)).status).toBe('OK');
		});

		it.each<Case>([
			['a wrong secret', (data) => ({ ...data, clientSecret: 'wrong-secret' }), /"Client Secret"/],
			[
				'a wrong token URL',
				(data) => ({ ...data, tokenUrl: `${String(data.baseUrl)}/oauth/nowhere` }),
				/"Token URL"/,
			],
			[
				'an unknown token host',
				(data) => ({ ...data, tokenUrl: `${unknownHost}/oauth/token` }),
				/"Token URL"/,
			],
			['an unknown host', (data) => ({ ...data, baseUrl: unknownHost }), /"Base URL"/],
			[
				'a wrong service path',
				(data) => ({ ...data, servicePath: '/sap/opu/odata/sap/NOTHING' }),
				/"Service Path"/,
			],
		])('names the setting for %s', async (_, change, setting) => {
			const result = await tested('erpSapS4HanaOAuth2Api', change(s4hanaOAuth2(scene.erp)));
			expect(result.status).toBe('Error');
			expectOneSentence(result.message, setting);
		});
	});

	describe.each(LOGINS)('of $credentialType', (login) => {
		let system: LoginSystem;
		beforeEach(async () => {
			system = await login.start();
		});
		afterEach(async () => system.close());

		const right = () => login.data?.(system) ?? system.credential;
		const pressed = async (change: Data) =>
			await tested(login.credentialType, { ...right(), ...change });
		const wrongCompany = () =>
			typeof login.wrongCompany === 'function' ? login.wrongCompany(right()) : login.wrongCompany;
		/** The same address at another host; what stands behind the host stays. */
		const at = (host: string): Data => {
			const { baseUrl, tokenUrl } = right();
			const moved = (url: unknown) => String(url).replace(system.url, host);
			return { baseUrl: moved(baseUrl), ...(tokenUrl !== undefined && { tokenUrl }) };
		};

		it('says OK to the right login', async () => {
			expect((await pressed({})).status).toBe('OK');
		});

		it('tells wrong login, wrong company, missing right, wrong host and closed port apart', async () => {
			const told = {
				login: await pressed(login.wrongLogin),
				company: await pressed(wrongCompany()),
				host: await pressed(at(unknownHost)),
				port: await pressed(at('http://127.0.0.1:9')),
				right: await pressed(await login.withoutRight(system)),
			};
			for (const { status } of Object.values(told)) expect(status).toBe('Error');
			expectOneSentence(told.login.message, login.loginSetting);
			expectOneSentence(told.company.message, login.companySetting);
			expectOneSentence(told.host.message, login.addressSetting);
			expectOneSentence(told.port.message, login.addressSetting);
			expectOneSentence(told.right.message, login.rightNamed);
			expect(told.host.message).toMatch(/unknown/);
			expect(told.port.message).toMatch(/refuses connections/);
			const different = new Set(Object.values(told).map(({ message }) => message)).size;
			expect(different).toBe(login.hidesCompany ? 4 : 5);
		});

		it('tells all of it in the editor too, where it was good before', async () => {
			const { api } = scene.n8n;
			const { id } = await api.createCredential(login.credentialType, right());
			try {
				const save = async (change: Data) =>
					await api.saveAndTestCredential(id, { ...right(), ...change });
				expect((await save({})).status).toBe('OK');
				const told = {
					login: await save(login.wrongLogin),
					port: await save(at('http://127.0.0.1:9')),
					https: await save(at(system.url.replace('http:', 'https:'))),
					scheme: await save(at('erp.example')),
					zone: await save({ zone: 'Berlin' }),
				};
				for (const { status } of Object.values(told)) expect(status).toBe('Error');
				expectOneSentence(told.login.message, login.loginSetting);
				expectOneSentence(told.port.message, /refuses connections/);
				expectOneSentence(told.https.message, /does not speak the protocol of the address/);
				expectOneSentence(told.scheme.message, /begins with https:\/\//);
				expectOneSentence(told.zone.message, /"ERP Time Zone" is "Berlin"/);
				expect((await save({ zone: 'UTC' })).status).toBe('OK');
			} finally {
				await api.deleteCredential(id);
			}
		});

		it('tells a certificate that is not trusted, and goes on where the user accepts it', async () => {
			const https = await startHttps(system.url);
			try {
				const refused = await pressed(at(https.url));
				expect(refused.status).toBe('Error');
				expectOneSentence(
					refused.message,
					/certificate of localhost:\d+ is not trusted.*"Ignore SSL Issues"/,
				);
				const accepted = await pressed({ ...at(https.url), ignoreSSLIssues: true });
				expect(accepted).toMatchObject({ status: 'OK' });
			} finally {
				await https.close();
			}
		});
	});

	describe('of Pipedrive', () => {
		it('says OK to the right token', async () => {
			expect((await tested('erpPipedriveApi', pipedriveToken(scene.crm))).status).toBe('OK');
		});

		it.each<Case>([
			['a wrong token', (data) => ({ ...data, apiToken: 'b2'.repeat(20) }), /API Token/i],
			['an unknown host', (data) => ({ ...data, apiBaseUrl: unknownHost }), /API Base URL/],
		])('names the setting for %s', async (_, change, setting) => {
			const result = await tested('erpPipedriveApi', change(pipedriveToken(scene.crm)));
			expect(result.status).toBe('Error');
			expectOneSentence(result.message, setting);
		});
	});
});
