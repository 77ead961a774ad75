/** The customer and the supplier behind a partner, with company codes and sales areas. */
import type { Stamp } from './clock.mts';
import type { Database } from './database.mts';
import type { Row } from './edm.mts';

export interface SalesAreaInput {
	SalesOrganization: string;
	DistributionChannel?: string;
	Division?: string;
	Currency?: string;
	CustomerPaymentTerms?: string;
	CustomerGroup?: string;
	CustomerPriceGroup?: string;
	/** Customer numbers that goods are shipped to; the customer itself when absent. The first is the default. */
	shipTo?: string[];
}

export interface CustomerInput {
	/** The partner's own number when absent. */
	number?: string;
	/** `0001` sold-to party, `0002` ship-to, `0003` payer, `0004` bill-to, `CPD` one-time account. */
	accountGroup?: string;
	classification?: string;
	companies?: Row[];
	salesAreas?: SalesAreaInput[];
	fields?: Row;
}

export interface SupplierInput {
	number?: string;
	accountGroup?: string;
	companies?: Row[];
	fields?: Row;
}

/** Partner functions as an English logon shows them: sold-to, ship-to, bill-to, payer. */
const OWN_FUNCTIONS = ['SP', 'BP', 'PY'];

export function putCustomer(
	database: Database,
	partner: Row,
	input: CustomerInput,
	created: Stamp,
): void {
	const Customer = partner.Customer as string;
	const name = String(partner.BusinessPartnerName ?? '');
	const accountGroup = input.accountGroup ?? '0001';
	database.put('A_Customer', {
		Customer,
		CustomerName: name.slice(0, 80),
		BPCustomerName: name,
		CustomerFullName: name,
		BPCustomerFullName: name,
		CustomerAccountGroup: accountGroup,
		CustomerClassification: input.classification ?? '',
		Supplier: partner.Supplier ?? '',
		CreationDate: created.date,
		CreatedByUser: database.user,
		...input.fields,
	});
	for (const company of input.companies ?? [{ CompanyCode: '1010', PaymentTerms: '0001' }]) {
		database.put('A_CustomerCompany', {
			Customer,
			ReconciliationAccount: '12100000',
			CustomerAccountGroup: accountGroup,
			...company,
		});
	}
	for (const area of input.salesAreas ?? [{ SalesOrganization: '1010' }]) {
		putSalesArea(database, Customer, accountGroup, area);
	}
}

function putSalesArea(
	database: Database,
	Customer: string,
	accountGroup: string,
	area: SalesAreaInput,
): void {
	const { shipTo = [Customer], ...fields } = area;
	const key = { Customer, DistributionChannel: '10', Division: '00', ...keyOf(fields) };
	database.put('A_CustomerSalesArea', {
		Currency: 'EUR',
		CustomerPaymentTerms: '0001',
		CustomerAccountGroup: accountGroup,
		...fields,
		...key,
	});
	for (const PartnerFunction of OWN_FUNCTIONS) {
		const row = { ...key, PartnerFunction, PartnerCounter: '0', BPCustomerNumber: Customer };
		database.put('A_CustSalesPartnerFunc', row);
	}
	shipTo.forEach((number, at) => {
		database.put('A_CustSalesPartnerFunc', {
			...key,
			PartnerFunction: 'SH',
			PartnerCounter: String(at),
			BPCustomerNumber: number,
			DefaultPartner: at === 0 && shipTo.length > 1,
		});
	});
}

function keyOf(area: SalesAreaInput): Row {
	const key: Row = { SalesOrganization: area.SalesOrganization };
	if (area.DistributionChannel) key.DistributionChannel = area.DistributionChannel;
	if (area.Division) key.Division = area.Division;
	return key;
}

export function putSupplier(
	database: Database,
	partner: Row,
	input: SupplierInput,
	created: Stamp,
): void {
	const Supplier = partner.Supplier as string;
	const name = String(partner.BusinessPartnerName ?? '');
	const accountGroup = input.accountGroup ?? 'SUPL';
	database.put('A_Supplier', {
		Supplier,
		SupplierName: name.slice(0, 80),
		SupplierFullName: name,
		SupplierAccountGroup: accountGroup,
		Customer: partner.Customer ?? '',
		CreationDate: created.date,
		CreatedByUser: database.user,
		...input.fields,
	});
	for (const company of input.companies ?? [{ CompanyCode: '1010', PaymentTerms: '0004' }]) {
		database.put('A_SupplierCompany', {
			Supplier,
			ReconciliationAccount: '21100000',
			SupplierAccountGroup: accountGroup,
			...company,
		});
	}
	database.put('A_SupplierPurchasingOrg', {
		Supplier,
		PurchasingOrganization: '1010',
		PurchaseOrderCurrency: 'EUR',
		PaymentTerms: '0004',
	});
}
