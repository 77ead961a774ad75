import axios from 'axios';
import type { RunningErp } from '../sandbox/erp.mts';

export type Data = Record<string, unknown>;

/** How the login of an ERP can be spoilt, and the settings that its sentences then name. */
export interface LoginCase {
	/** Of the sandbox ERP. */
	erp: string;
	credentialType: string;
	/** Where this is another way in than the template takes. */
	data?(system: RunningErp): Data;
	addressSetting: RegExp;
	wrongLogin: Data;
	loginSetting: RegExp;
	wrongCompany: Data;
	companySetting: RegExp;
	/** Takes the right to read customers away, or changes the login to one without it. */
	withoutRight(system: RunningErp): Promise<Data>;
	rightNamed: RegExp;
	/** The ERP answers a wrong company as it answers a wrong password. */
	hidesCompany?: boolean;
}

const control = async (system: RunningErp, operation: string, body: Data): Promise<Data> => {
	await axios.post(`${system.url}/__control/${operation}`, body);
	return {};
};

export const LOGINS: readonly LoginCase[] = [
	{
		erp: 's4hana',
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
		erp: 's4hana',
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
		erp: 'ecc',
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
		erp: 'b1',
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
		erp: 'syspro',
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
		erp: 'sage300',
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
