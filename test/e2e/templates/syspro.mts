import { differences } from '../../demo/compare.mts';
import { dealDifferences, productDifferences } from '../../demo/compareTrade.mts';
import { itemsOf } from '../../n8n-host/api.mts';
import { erpNamed } from '../../sandbox/erps.mts';
import { expectedFrom } from '../../sandbox/syspro/erp.mts';
import { seedSyspro } from '../../sandbox/syspro/seed.mts';
import { startSysproSandbox, type SysproSandbox } from '../../sandbox/syspro/server.mts';
import { ordersOf, stockOf } from '../../sandbox/syspro/trade.mts';
import type { Bench, Company } from './bench.mts';

interface SysproCompany extends Company {
	erp: SysproSandbox;
}

async function sysproOf(bench: Bench): Promise<SysproCompany> {
	return await bench.once('syspro', async () => {
		const erp = await startSysproSandbox();
		bench.onClose(() => erp.close());
		seedSyspro(erp.store, { count: 25, now: Date.now() });
		const { operator, password, company, companyPassword } = erp.login;
		const login = { operator, operatorPassword: password, companyId: company, companyPassword };
		const erpSysproRestApi = { baseUrl: erp.restUrl, ...login, companyCurrency: 'EUR' };
		return { erp, ...(await bench.company('syspro', { erpSysproRestApi })) };
	});
}

export const SYSPRO = {
	async 'syspro-customers.json'(bench: Bench) {
		const company = await sysproOf(bench);
		const wrong = () => differences(expectedFrom(company.erp.store), company.crm);
		await bench.sync(erpNamed('syspro').template, company, wrong);
	},

	async 'syspro-stock.json'(bench: Bench) {
		const company = await sysproOf(bench);
		const wrong = () => productDifferences('syspro', stockOf(company.erp.store), company.crm);
		expect(wrong().length).toBeGreaterThan(0);
		await bench.sync('syspro-stock.json', company, wrong);
	},

	async 'syspro-orders-to-deals.json'(bench: Bench) {
		const company = await sysproOf(bench);
		const wrong = () => dealDifferences('syspro', ordersOf(company.erp.store, 'A'), company.crm);
		expect(wrong().length).toBeGreaterThan(0);
		await bench.sync('syspro-orders-to-deals.json', company, wrong);
	},

	async 'syspro-backlog.json'(bench: Bench) {
		const company = await sysproOf(bench);
		const execution = await bench.press('syspro-backlog.json', company, 'Every Morning');
		const [summary] = itemsOf(execution, 'Summary');
		expect(summary).toMatchObject({ totalDiffers: [], openInPipedriveOnly: [] });
		expect(Number(summary?.orders)).toBeGreaterThan(0);
	},
};
