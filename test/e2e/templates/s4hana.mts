import { itemsOf } from '../../n8n-host/api.mts';
import type { Bench } from './bench.mts';
import { customersOf, syncsCustomers } from './customers.mts';

export const S4HANA = {
	/** Before anything is in Pipedrive: it only counts and asks. */
	async 'initial-load.json'(bench: Bench) {
		const company = await customersOf(bench, 's4hana');
		const execution = await bench.press('initial-load.json', company, 'Start Here');
		const expected = company.system.expected().companies.length;
		expect(itemsOf(execution, 'Totals').at(-1)).toMatchObject({ isLoad: false, created: expected });
		expect(company.crm.records('organizations')).toEqual([]);
	},

	's4hana-business-partners.json': syncsCustomers('s4hana'),
};
