import type { TableRow } from './readTable';

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

/** Payment terms of the chosen company code; without a choice only where all company codes agree. */
export function paymentTermsOf(companies: readonly TableRow[], unit: OrganizationalUnit): Choice {
	const rows = companies.filter(
		(row) => row.LOEVM !== 'X' && (unit.companyCode === '' || row.BUKRS === unit.companyCode),
	);
	return agreed(rows, 'ZTERM', 'payment terms', 'company codes', 'Company Code');
}

export function currencyOf(salesAreas: readonly TableRow[], unit: OrganizationalUnit): Choice {
	const rows = chosenAreas(salesAreas, unit);
	return agreed(rows, 'WAERS', 'currencies', 'sales areas', 'Sales Organization');
}

export function segmentOf(salesAreas: readonly TableRow[], unit: OrganizationalUnit): Choice {
	const rows = chosenAreas(salesAreas, unit);
	return agreed(rows, 'KDGRP', 'customer groups', 'sales areas', 'Sales Organization');
}

/** Rows of the chosen sales area that are not flagged for deletion. */
export function chosenAreas(rows: readonly TableRow[], unit: OrganizationalUnit): TableRow[] {
	const matches = (value: string, chosen: string) => chosen === '' || value === chosen;
	return rows.filter(
		(row) =>
			row.LOEVM !== 'X' &&
			matches(row.VKORG, unit.salesOrganization) &&
			matches(row.VTWEG, unit.distributionChannel) &&
			matches(row.SPART, unit.division),
	);
}

function agreed(
	rows: readonly TableRow[],
	field: string,
	what: string,
	units: string,
	setting: string,
): Choice {
	const values = [...new Set(rows.map((row) => row[field]))].sort();
	if (values.length === 0) return {};
	if (values.length === 1) return { value: values[0] };
	return {
		warning: `The ${what} differ between ${units} (${values.map((value) => value || 'empty').join(', ')}) and were not written: choose a "${setting}".`,
	};
}
