import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestHelper,
} from 'n8n-workflow';
import { ErpSage300Api } from '../../credentials/ErpSage300Api.credentials';
import { ErpSapBusinessOneApi } from '../../credentials/ErpSapBusinessOneApi.credentials';
import { ErpSapEccApi } from '../../credentials/ErpSapEccApi.credentials';
import { ErpSapS4HanaBasicApi } from '../../credentials/ErpSapS4HanaBasicApi.credentials';
import { ErpSapS4HanaOAuth2Api } from '../../credentials/ErpSapS4HanaOAuth2Api.credentials';
import { ErpSysproODataApi } from '../../credentials/ErpSysproODataApi.credentials';
import { ErpSysproRestApi } from '../../credentials/ErpSysproRestApi.credentials';

const ERPS = [
	ErpSage300Api,
	ErpSapBusinessOneApi,
	ErpSapEccApi,
	ErpSapS4HanaBasicApi,
	ErpSapS4HanaOAuth2Api,
	ErpSysproODataApi,
	ErpSysproRestApi,
].map((type) => ({ name: type.name, credential: new type() as ICredentialType }));

const FIELDS = {
	access: 'soap',
	baseUrl: 'https://erp.example:50000',
	tokenUrl: 'https://erp.example:50000/oauth/token',
	company: 'SAMLTD',
	companyId: 'A',
	companyDb: 'SBODEMODE',
	user: 'U',
	operator: 'U',
	password: 'P',
};

describe.each(ERPS)('the test of $name', ({ credential }) => {
	async function tested(fields: object, code = 'ENOTFOUND'): Promise<string> {
		const httpRequest = async () => await Promise.reject(Object.assign(new Error('x'), { code }));
		const helpers = { helpers: { httpRequest } } as unknown as IHttpRequestHelper;
		const data = { ...FIELDS, ...fields } as ICredentialDataDecryptedObject;
		try {
			await credential.preAuthentication!.call(helpers, data);
			return 'good';
		} catch (error) {
			return (error as Error).message;
		}
	}

	it.each(['erp.example:50000', 'ftp://erp.example', ''])(
		'refuses %j as an address',
		async (address) => {
			const said = await tested({ baseUrl: address, tokenUrl: address });
			expect(said).toMatch(
				/^"(Base|Web API|Token) URL" is ".*": it begins with https:\/\/ and a host name\.$/,
			);
		},
	);

	it.each(['EPROTO', 'HPE_INVALID_CONSTANT'])('names https and port for %s', async (code) => {
		expect(await tested({}, code)).toMatch(
			/^erp\.example:50000 does not speak the protocol of the address: check http:\/\/ or https:\/\/, and the port, in "(Base|Web API|Token) URL"\.$/,
		);
	});

	it.each(['', 'UTC', 'UTC+2', 'Europe/Berlin'])('knows the zone %j', async (zone) => {
		expect(await tested({ zone })).toContain('host erp.example:50000 is unknown');
	});

	it('refuses a zone that the nodes would refuse', async () => {
		expect(await tested({ zone: 'Berlin' })).toMatch(
			/^"ERP Time Zone" is "Berlin": use a name such as [A-Z]\w+\/\w+ or UTC\.$/,
		);
	});

	it('runs at every test: n8n would skip it once it left something in its hidden field', () => {
		const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.expirable);
		expect(hidden).toMatchObject([{ name: 'lastProbe', default: '' }]);
	});
});
