import { shortKey, trafficIn, type Erp } from '../erp.mts';
import { seedBusinessPartners } from '../seed.mts';
import { changeTwoCustomers } from './clerk.mts';
import { OPERATION_NAMES } from './control.mts';
import { expectedFrom } from './expected.mts';
import { SERVICE_PATH, startS4HanaSandbox } from './server.mts';
import { businessPartnerTicks } from './ticks.mts';

export const s4hana: Erp = {
	name: 's4hana',
	title: 'SAP S/4HANA',
	template: 's4hana-business-partners.json',
	credentialType: 'erpSapS4HanaOAuth2Api',
	async start({ count, port, now, seed }) {
		const { url, store, login, faults, log, close } = await startS4HanaSandbox({ port, now });
		const seeded = seedBusinessPartners(store, { count, seed });
		const { user, password, clientId, clientSecret, sapClient } = login.options;
		const customers = () => expectedFrom(store).companies.map((company) => company.key);
		return {
			url,
			credential: {
				baseUrl: url,
				tokenUrl: `${url}/oauth/token`,
				clientId,
				clientSecret,
				sapClient,
				language: 'EN',
			},
			logins: [
				['service', SERVICE_PATH],
				['basic', `${user} / ${password}   client ${sapClient}`],
				['OAuth2', `${url}/sap/bc/sec/oauth2/token   ${clientId} / ${clientSecret}`],
			],
			operations: OPERATION_NAMES,
			example: ['changeAddress', { key: '1000001', fields: { CityName: 'Kiel' }, bump: true }],
			expected: () => expectedFrom(store),
			clerk: () => changeTwoCustomers(store, customers()),
			tick: businessPartnerTicks(store, seeded),
			rename: (key, name) => store.changePartner(key, { OrganizationBPName1: name }),
			remove: (key) => store.remove(shortKey(key)),
			stumbleAfter: (after) =>
				faults.add({ kind: 'status', status: 401, after, match: SERVICE_PATH }),
			traffic: () => trafficIn(log.requests),
			close,
		};
	},
};
