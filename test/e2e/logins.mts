import axios from 'axios';
import type { RunningErp } from '../sandbox/erp.mts';
import { erpNamed } from '../sandbox/erps.mts';
import { seedSyspro } from '../sandbox/syspro/seed.mts';
import { startSysproSandbox } from '../sandbox/syspro/server.mts';

export type Data = Record<string, unknown>;

export interface LoginSystem extends Pick<RunningErp, 'url' | 'credential' | 'close'> {
	/** Takes the right to read customers away, where no control operation does. */
	forbid?(): void;
}

/** How the login of an ERP can be spoilt, and the settings that its sentences then name. */
export interface LoginCase {
	start(): Promise<LoginSystem>;
	credentialType: string;
	/** Where this is another way in than the template takes. */
	data?(system: LoginSystem): Data;
	addressSetting: RegExp;
	wrongLogin: Data;
	loginSetting: RegExp;
	wrongCompany: Data | ((right: Data) => Data);
	companySetting: RegExp;
	/** Takes the right to read customers away, or changes the login to one without it. */
	withoutRight(system: LoginSystem): Promise<Data>;
	rightNamed: RegExp;
	/** The ERP answers a wrong company as it answers a wrong password. */
	hidesCompany?: boolean;
}

const control = async (system: LoginSystem, operation: string, body: Data): Promise<Data> => {
	await axios.post(`${system.url}/__control/${operation}`, body);
	return {};
};

const sandboxOf = (name: string) => async (): Promise<LoginSystem> =>
	await erpNamed(name).start({ count: 3 });

async function sysproOData(): Promise<LoginSystem> {
	const { url, odataUrl, odata, store, close } = await startSysproSandbox();
	seedSyspro(store, { count: 3, now: Date.now() });
	const { user, password } = odata;
	const credential = { baseUrl: odataUrl, user, password, companyId: 'A', companyCurrency: 'EUR' };
	return { url, credential, close, forbid: () => void odata.forbidden.push('ArCustomer') };
}

export const LOGINS: readonly LoginCase[] = [
	{
		start: sandboxOf('s4hana'),
		credentialType: 'erpSapS4HanaOAuth2Api',
		addressSetting: /"Base URL"/,
		wrongLogin: { clientSecret: 'wrong-secret' },
		loginSetting: /"Client Secret"/,
		wrongCompany: { sapClient: '999' },
		companySetting: /"SAP Client"/,
		withoutRight: (system) => control(system, 'forbid', { entitySets: ['A_BusinessPartner'] }),
		rightNamed: /authori[sz]ation/i,
	},
	{
		start: sandboxOf('s4hana'),
		credentialType: 'erpSapS4HanaBasicApi',
		data: ({ url }) => ({
			baseUrl: url,
			user: 'PIPEDRIVE_SYNC',
			password: 'Welcome-to-4HANA',
			sapClient: '100',
		}),
		addressSetting: /"Base URL"/,
		wrongLogin: { password: 'wrong-secret' },
		loginSetting: /"Password"/,
		wrongCompany: { sapClient: '999' },
		companySetting: /"SAP Client"/,
		withoutRight: (system) => control(system, 'forbid', { entitySets: ['A_BusinessPartner'] }),
		rightNamed: /authori[sz]ation/i,
		hidesCompany: true,
	},
	{
		start: sandboxOf('ecc'),
		hidesCompany: true,
		credentialType: 'erpSapEccApi',
		addressSetting: /"Base URL"/,
		wrongLogin: { password: 'wrong-secret' },
		loginSetting: /"Password"/,
		wrongCompany: { sapClient: '999' },
		companySetting: /"SAP Client"/,
		withoutRight: (system) => control(system, 'forbidTables', { names: ['KNA1'] }),
		rightNamed: /S_TABU_NAM/,
	},
	{
		start: sandboxOf('b1'),
		credentialType: 'erpSapBusinessOneApi',
		addressSetting: /"Base URL"/,
		wrongLogin: { password: 'wrong-secret' },
		loginSetting: /"Password"/,
		wrongCompany: { companyDb: 'NO_SUCH_DB' },
		companySetting: /"Company Database"/,
		withoutRight: (system) => control(system, 'forbid', { entitySets: ['BusinessPartners'] }),
		rightNamed: /may not read business partners/,
	},
	{
		start: sandboxOf('syspro'),
		credentialType: 'erpSysproRestApi',
		addressSetting: /"Base URL"/,
		wrongLogin: { operatorPassword: 'wrong-secret' },
		loginSetting: /"Operator Password"/,
		wrongCompany: { companyId: 'Z' },
		companySetting: /"Company ID"/,
		withoutRight: async () => ({ operator: 'READER', operatorPassword: 'r' }),
		rightNamed: /may not read ArCustomer/,
	},
	{
		start: sysproOData,
		credentialType: 'erpSysproODataApi',
		addressSetting: /"Base URL"/,
		wrongLogin: { password: 'wrong-secret' },
		loginSetting: /"User" and "Password"/,
		// The company stands in the address.
		wrongCompany: ({ baseUrl }) => ({ baseUrl: `${String(baseUrl)}Z` }),
		companySetting: /"Base URL", the company in it/,
		withoutRight: async (system) => {
			system.forbid?.();
			return {};
		},
		rightNamed: /may not read ArCustomer/,
	},
	{
		start: sandboxOf('sage300'),
		credentialType: 'erpSage300Api',
		addressSetting: /"Web API URL"/,
		wrongLogin: { password: 'wrong-secret' },
		loginSetting: /"Password"/,
		wrongCompany: { company: 'NOSUCH' },
		companySetting: /"Company"/,
		withoutRight: (system) => control(system, 'forbid', { resource: 'ARCustomers' }),
		rightNamed: /"Sage 300 Web API"/,
	},
];
