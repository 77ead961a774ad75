/** Fills the sandbox's company with plausible data. The same seed gives the same company. */
import {
	Draw,
	FAMILY_NAMES,
	FIRST_NAMES,
	FUNCTIONS,
	LEGAL_FORMS,
	PLACES,
	plain,
	STREETS,
	TRADES,
} from '../s4hana/companies.mts';
import type { Row } from './filter.mts';
import type { B1Store } from './store.mts';

export interface B1Seed {
	partners: string[];
	items: string[];
	orders: number[];
	invoices: number[];
}

export function seedCompany(store: B1Store, count: number, seed = 4711): B1Seed {
	const draw = new Draw(seed);
	seedTables(store);
	const summary: B1Seed = { partners: [], items: [], orders: [], invoices: [] };
	for (let at = 0; at < Math.max(5, count / 4); at++) summary.items.push(item(store, draw, at));
	for (let at = 0; at < count; at++) {
		const code = partner(store, draw, at);
		summary.partners.push(code);
		if (draw.chance(0.6)) summary.orders.push(document(store, draw, 'Orders', code, summary.items));
		if (draw.chance(0.6))
			summary.invoices.push(document(store, draw, 'Invoices', code, summary.items));
	}
	return summary;
}

function seedTables(store: B1Store): void {
	const groups = ['Customers', 'Großkunden', 'Vendors'];
	groups.forEach((Name, at) => store.put('BusinessPartnerGroups', 100 + at, { Name }));
	[-1, 1, 2].forEach((code) =>
		store.put('PaymentTermsTypes', code, {
			PaymentTermsGroupName: code < 0 ? 'Cash' : `${30 * code} Tage netto`,
		}),
	);
	['Base', 'Dealers'].forEach((PriceListName, at) =>
		store.put('PriceLists', at + 1, { PriceListName, Active: 'tYES', Factor: 1 }),
	);
	['Main Warehouse', 'Außenlager'].forEach((WarehouseName, at) =>
		store.put('Warehouses', `0${at + 1}`, { WarehouseName }),
	);
	['North', 'Süd'].forEach((CenterName, at) =>
		store.put('ProfitCenters', `PC-${at + 1}`, { CenterName, InWhichDimension: 1, Active: 'tYES' }),
	);
}

/** Of ten: seven customers, two suppliers, one lead; every eleventh frozen, every seventh without change date. */
function partner(store: B1Store, draw: Draw, at: number): string {
	const supplier = at % 10 === 7 || at % 10 === 8;
	const CardType = supplier ? 'cSupplier' : at % 10 === 9 ? 'cLid' : 'cCustomer';
	const code = `${supplier ? 'V' : at % 2 ? 'C-' : 'C'}${String(20_000 + at)}`;
	const CardName = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} ${draw.from(LEGAL_FORMS)}`;
	const limit = draw.from([0, 1000, 5000, 25_000]);
	store.partner(code, {
		CardName,
		CardType,
		EmailAddress: draw.chance(0.8) ? `info@${plain(CardName)}.example` : null,
		Phone1: draw.chance(0.8) ? `+49 30 ${draw.digits(6)}` : null,
		Website: draw.chance(0.5) ? `https://www.${plain(CardName)}.example` : null,
		GroupCode: supplier ? 102 : 100 + draw.below(2),
		PayTermsGrpCode: draw.from([-1, 1, 2]),
		Currency: draw.from(['EUR', 'EUR', '##', 'USD']),
		CreditLimit: limit,
		CurrentAccountBalance: Math.round(limit * draw.next() * 1.2 * 100) / 100,
		...(at % 11 === 5 && { Frozen: 'tYES' }),
		...(at % 7 === 3 && { UpdateDate: null, UpdateTime: null }),
		BilltoDefault: 'Rechnung',
		ShipToDefault: draw.chance(0.7) ? 'Lager' : null,
		BPAddresses: [
			address(draw, 'Rechnung', 'bo_BillTo'),
			...(draw.chance(0.7) ? [address(draw, 'Lager', 'bo_ShipTo')] : []),
		],
	});
	const contacts = draw.below(3);
	for (let one = 0; one < contacts; one++) {
		const [FirstName, LastName] = [draw.from(FIRST_NAMES), draw.from(FAMILY_NAMES)];
		const Name = `${FirstName} ${LastName} ${one}`;
		const E_Mail = `${plain(FirstName)}.${plain(LastName)}@${plain(CardName)}.example`;
		const fields = { Name, FirstName, LastName, E_Mail, Position: draw.from(FUNCTIONS) };
		store.addContact(code, fields, { bump: false });
		if (one === 0) store.partner(code, { ContactPerson: Name }, { bump: false });
	}
	return code;
}

function address(draw: Draw, AddressName: string, AddressType: string): Row {
	const place = draw.from(PLACES);
	return {
		AddressName,
		AddressType,
		Street: draw.from(STREETS),
		StreetNo: String(1 + draw.below(120)),
		ZipCode: place.postalCode,
		City: place.city,
		State: place.region,
		Country: place.country,
	};
}

function item(store: B1Store, draw: Draw, at: number): string {
	const code = `A-${String(1000 + at)}`;
	store.item(code, {
		ItemName: `${draw.from(TRADES)} ${at}`,
		SalesUnit: draw.from(['Stk', 'kg', null]),
		MovingAveragePrice: draw.below(5000) / 100,
		ItemPrices: [1, 2].map((PriceList) => ({
			PriceList,
			Price: draw.below(10_000) / 100,
			Currency: 'EUR',
			AdditionalPrice1: draw.below(10_000) / 100,
			AdditionalCurrency1: 'USD',
		})),
		ItemWarehouseInfoCollection: ['01', '02'].map((WarehouseCode) => ({
			WarehouseCode,
			InStock: draw.below(100),
			Committed: draw.below(20),
			Ordered: draw.below(20),
		})),
	});
	return code;
}

function document(
	store: B1Store,
	draw: Draw,
	set: string,
	CardCode: string,
	items: string[],
): number {
	const [Quantity, UnitPrice] = [1 + draw.below(9), draw.below(10_000) / 100];
	const DocTotal = Math.round(Quantity * UnitPrice * 119) / 100;
	const row = store.document(set, {
		CardCode,
		CardName: store.get('BusinessPartners', CardCode)?.CardName,
		DocTotal,
		VatSum: Math.round(Quantity * UnitPrice * 19) / 100,
		DocumentStatus: draw.chance(0.5) ? 'bost_Open' : 'bost_Close',
		DocumentLines: [
			{ LineNum: 0, ItemCode: draw.from(items), ItemDescription: 'Position', Quantity, UnitPrice },
		],
	});
	return row.DocEntry as number;
}
