import { byKey, differences } from '../../demo/compare.mts';
import { noteDifferences, productDifferences } from '../../demo/compareTrade.mts';
import { waitFor } from '../../n8n-host/waitFor.mts';
import { expectedFrom } from '../../sandbox/b1/erp.mts';
import { seedCompany } from '../../sandbox/b1/seed.mts';
import { startB1Sandbox, type B1Sandbox } from '../../sandbox/b1/server.mts';
import { documentsOf, itemsInErp } from '../../sandbox/b1/trade.mts';
import { erpNamed } from '../../sandbox/erps.mts';
import type { Bench, Company } from './bench.mts';

interface B1Company extends Company {
	erp: B1Sandbox;
}

async function b1Of(bench: Bench): Promise<B1Company> {
	return await bench.once('b1', async () => {
		const erp = await startB1Sandbox({ checksItems: true });
		bench.onClose(() => erp.close());
		seedCompany(erp.store, 25);
		const { companyDb, user, password } = erp.sessions.options;
		const company = await bench.company('b1', {
			erpSapBusinessOneApi: { baseUrl: erp.url, companyDb, user, password },
			erpPipedriveWebhookApi: { user: 'pipedrive', password: 'correct horse battery staple' },
		});
		return { erp, ...company };
	});
}

/** A deal of a customer with one line, on its way to being won. */
async function dealOf({ erp, crm }: B1Company): Promise<number> {
	const buyer = erp.store
		.rows('BusinessPartners')
		.find((row) => row.CardType === 'cCustomer' && row.Frozen !== 'tYES' && row.Currency === 'EUR');
	const [organization] = byKey(crm, 'organizations').get(String(buyer?.CardCode)) ?? [];
	const [{ code }] = itemsInErp(erp.store);
	const product = crm.records('products').find((row) => row.code === code);
	const send = async (path: string, body: object): Promise<{ id: number }> => {
		const answer = await fetch(`${crm.url}/api/v2${path}`, {
			method: 'POST',
			headers: { 'x-api-token': crm.token, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		expect(answer.ok).toBe(true);
		return ((await answer.json()) as { data: { id: number } }).data;
	};
	const deal = { title: 'Pumps', org_id: organization?.id, currency: 'EUR' };
	const { id } = await send('/deals', deal);
	await send(`/deals/${id}/products`, { product_id: product?.id, item_price: 9.5, quantity: 2 });
	return id;
}

export const B1 = {
	async 'b1-business-partners.json'(bench: Bench) {
		const company = await b1Of(bench);
		const { erp, crm } = company;
		const wrong = () => differences(expectedFrom(erp.store), crm);
		await bench.sync(erpNamed('b1').template, company, wrong);
	},

	async 'b1-items-to-products.json'(bench: Bench) {
		const company = await b1Of(bench);
		const wrong = () => productDifferences('b1', itemsInErp(company.erp.store), company.crm);
		expect(wrong().length).toBeGreaterThan(0);
		await bench.sync('b1-items-to-products.json', company, wrong);
	},

	async 'b1-invoices-to-notes.json'(bench: Bench) {
		const company = await b1Of(bench);
		const { erp, crm } = company;
		const documents = () =>
			documentsOf(erp.store, erp.sessions.options.companyDb).filter(
				({ state }) => state !== 'cancelled',
			);
		const wrong = () => noteDifferences('b1', documents(), crm);
		expect(wrong().length).toBeGreaterThan(0);
		await bench.sync('b1-invoices-to-notes.json', company, wrong);
	},

	async 'b1-won-deals-to-orders.json'(bench: Bench) {
		const company = await b1Of(bench);
		const { erp, crm } = company;
		const before = erp.store.rows('Orders').length;
		const deal = await dealOf(company);
		const id = await bench.import('b1-won-deals-to-orders.json', company);
		await bench.whilePublished(id, async () => {
			crm.edit('deals', deal, { status: 'won', won_time: crm.store.moment() });
			await waitFor('the order', 60_000, () => erp.store.rows('Orders').length > before);
			await waitFor('its number on the deal', 60_000, () => {
				const row = crm.records('deals').find((one) => one.id === deal);
				return Object.values(row?.custom_fields ?? {}).some((value) => /^\d+$/.test(String(value)));
			});
		});
		const orders = erp.store.rows('Orders').filter((row) => row.U_PipedriveDealId === `PD-${deal}`);
		expect(orders).toHaveLength(1);
	},

	async 'b1-won-deals-reconciliation.json'(bench: Bench) {
		const company = await b1Of(bench);
		const before = company.erp.store.rows('Orders').length;
		const missed = await dealOf(company);
		const { crm } = company;
		crm.edit('deals', missed, { status: 'won', won_time: crm.store.moment() });
		// It looks after the template that waits for events, which is unpublished by now.
		const id = await bench.import('b1-won-deals-to-orders.json', company);
		await bench.whilePublished(id, async () => {
			await bench.press('b1-won-deals-reconciliation.json', company, 'Every Hour');
		});
		expect(company.erp.store.rows('Orders')).toHaveLength(before + 1);
	},
};
