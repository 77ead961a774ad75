import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import { isSet, text } from './fields';

/** Which company code's and sales area's values count. `''` means: none chosen. */
export interface OrganizationalUnit {
	companyCode: string;
	salesOrganization: string;
	distributionChannel: string;
	division: string;
}

/** A value that depends on an organizational unit; `undefined` means that it is not written. */
export interface Choice {
	value?: string;
	warning?: string;
}

/**
 * Payment terms of the chosen company code, the customer's before the supplier's. Without a choice they are
 * taken only where all company codes agree.
 */
export function paymentTermsOf(
	dialect: ODataDialect,
	partner: ODataRow,
	unit: OrganizationalUnit,
): Choice {
	const customer = dialect.related(partner, 'to_Customer')?.[0];
	const supplier = dialect.related(partner, 'to_Supplier')?.[0];
	const rows = [
		companyRows(dialect, customer, 'to_CustomerCompany', unit),
		companyRows(dialect, supplier, 'to_SupplierCompany', unit),
	].find((candidates) => candidates.length > 0);
	return agreed(rows ?? [], 'PaymentTerms', 'payment terms', 'company codes', 'Company Code');
}

function companyRows(
	dialect: ODataDialect,
	side: ODataRow | undefined,
	navigation: string,
	unit: OrganizationalUnit,
): ODataRow[] {
	const rows = side ? (dialect.related(side, navigation) ?? []) : [];
	return rows.filter(
		(row) =>
			!isSet(row, 'DeletionIndicator') &&
			(unit.companyCode === '' || text(row, 'CompanyCode') === unit.companyCode),
	);
}

/** Currency and customer group of the chosen sales area. */
export function salesAreaValue(
	dialect: ODataDialect,
	partner: ODataRow,
	unit: OrganizationalUnit,
	field: 'Currency' | 'CustomerGroup',
): Choice {
	const what = field === 'Currency' ? 'currencies' : 'customer groups';
	const rows = salesAreasOf(dialect, partner, unit);
	return agreed(rows, field, what, 'sales areas', 'Sales Organization');
}

/** The customer's sales areas that match the choice and are not flagged for deletion. */
export function salesAreasOf(
	dialect: ODataDialect,
	partner: ODataRow,
	unit: OrganizationalUnit,
): ODataRow[] {
	const customer = dialect.related(partner, 'to_Customer')?.[0];
	const areas = customer ? (dialect.related(customer, 'to_CustomerSalesArea') ?? []) : [];
	const matches = (row: ODataRow, field: string, chosen: string) =>
		chosen === '' || text(row, field) === chosen;
	return areas.filter(
		(row) =>
			!isSet(row, 'DeletionIndicator') &&
			matches(row, 'SalesOrganization', unit.salesOrganization) &&
			matches(row, 'DistributionChannel', unit.distributionChannel) &&
			matches(row, 'Division', unit.division),
	);
}

function agreed(
	rows: ODataRow[],
	field: string,
	what: string,
	units: string,
	setting: string,
): Choice {
	const values = [...new Set(rows.map((row) => text(row, field)))];
	if (rows.length === 0) return {};
	if (values.length === 1) return { value: values[0] };
	return {
		warning: `The ${what} differ between ${units} (${values.map((value) => value || 'empty').join(', ')}) and were not written: choose a "${setting}".`,
	};
}
