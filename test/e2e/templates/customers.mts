import { differences } from '../../demo/compare.mts';
import type { RunningErp } from '../../sandbox/erp.mts';
import { erpNamed } from '../../sandbox/erps.mts';
import type { Bench, Company } from './bench.mts';

const CUSTOMERS = 25;

export interface CustomerCompany extends Company {
	system: RunningErp;
}

/** An ERP with customers and nothing else, and the Pipedrive of its company. */
export async function customersOf(bench: Bench, name: string): Promise<CustomerCompany> {
	return await bench.once(name, async () => {
		const erp = erpNamed(name);
		const system = await erp.start({ count: CUSTOMERS });
		bench.onClose(() => system.close());
		return { system, ...(await bench.company(name, { [erp.credentialType]: system.credential })) };
	});
}

/** Its customer template brings every customer with its contact persons, each once. */
export function syncsCustomers(name: string) {
	return async (bench: Bench): Promise<void> => {
		const company = await customersOf(bench, name);
		const { system, crm } = company;
		expect(system.expected().companies.length).toBeGreaterThan(10);
		await bench.sync(erpNamed(name).template, company, () => differences(system.expected(), crm));
	};
}
