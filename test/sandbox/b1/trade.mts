/** Items and documents of SAP Business One as Pipedrive should show them, read straight from the ERP's tables. */
import { cents, type ExpectedDocument, type ExpectedProduct } from '../trade/expected.mts';
import type { Row } from './filter.mts';
import type { B1Store } from './store.mts';

/** With the first price list; an item that is not valid is not created. */
export function itemsInErp(store: B1Store): ExpectedProduct[] {
	return store
		.rows('Items')
		.filter((row) => row.SalesItem === 'tYES' && row.Valid === 'tYES' && row.Frozen !== 'tYES')
		.map((row) => ({
			code: String(row.ItemCode),
			name: String(row.ItemName),
			isActive: true,
			prices: pricesOf(row),
			stock: rowsOf(row, 'ItemWarehouseInfoCollection').map((one) => {
				const [have, gone, coming] = [one.InStock, one.Committed, one.Ordered].map(Number);
				return `${String(one.WarehouseCode)}: ${have} on hand, ${gone} allocated, ${have - gone + coming} available`;
			}),
		}));
}

function pricesOf(row: Row): string[] {
	const base = rowsOf(row, 'ItemPrices').find((one) => one.PriceList === 1) ?? {};
	return [
		`${String(base.Currency)} ${Number(base.Price)}`,
		`${String(base.AdditionalCurrency1)} ${Number(base.AdditionalPrice1)}`,
	].sort();
}

const KINDS = { Invoices: 'Invoice', CreditNotes: 'Credit note' } as const;

/** Documents of customers and suppliers that Pipedrive knows, by customer; the newest twenty of each. */
export function documentsOf(store: B1Store, company: string): ExpectedDocument[] {
	const isKnown = (row: Row) => {
		const partner = store.get('BusinessPartners', String(row.CardCode));
		return partner !== undefined && partner.CardType !== 'cLid' && partner.Frozen !== 'tYES';
	};
	const customer = (row: Row) => `b1:${company}:businessPartner:${String(row.CardCode)}`;
	const documents = (Object.keys(KINDS) as Array<keyof typeof KINDS>).flatMap((set) =>
		store
			.rows(set)
			.filter(isKnown)
			.map((row) => ({
				customer: customer(row),
				title: `${KINDS[set]} ${String(row.DocNum)}`,
				date: String(row.DocDate),
				total: cents(Number(row.DocTotal)),
				...openOf(row),
			})),
	);
	const payments = store
		.rows('IncomingPayments')
		.filter(isKnown)
		.map((row) => ({
			customer: customer(row),
			title: `Payment ${String(row.DocNum)}`,
			date: String(row.DocDate),
			total: cents(Number(row.CashSum) + Number(row.TransferSum)),
			open: 0,
			state: 'paid' as const,
		}));
	return [...documents, ...payments];
}

function openOf(row: Row): Pick<ExpectedDocument, 'open' | 'state'> {
	if (row.CancelStatus === 'csYes') return { open: 0, state: 'cancelled' };
	const total = cents(Number(row.DocTotal));
	const open = row.DocumentStatus === 'bost_Open' ? cents(total - Number(row.PaidToDate ?? 0)) : 0;
	const state = open === 0 ? 'paid' : open === total ? 'open' : 'partly paid';
	return { open, state };
}

function rowsOf(row: Row, name: string): Row[] {
	return (row[name] ?? []) as Row[];
}
