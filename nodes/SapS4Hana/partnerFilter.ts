import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import { allOf, anyOf } from '../../core/odata/query';
import type { OrganizationType } from '../../core/record/erpRecord';
import { isSet, isValidOn, text } from './fields';

export type Category = '1' | '2' | '3';
export type PartnerKind = 'customer' | 'supplier' | 'neither';
export type Exclusion = 'addressOnly' | 'employees' | 'naturalPersons' | 'oneTime';

export interface PartnerFilter {
	/** BusinessPartnerCategory: 1 person, 2 organization, 3 group. Empty: all. */
	categories: readonly Category[];
	/** Which sides of a partner make it interesting. Empty: all. */
	kinds: readonly PartnerKind[];
	exclude: readonly Exclusion[];
	/** Account groups that stand for one-time accounts. */
	oneTimeGroups: readonly string[];
	/** Customer account groups of pure ship-to, payer and bill-to accounts. */
	addressOnlyGroups: readonly string[];
	/** At least one of these roles, valid today. Empty: all. */
	roles: readonly string[];
	/** BusinessPartnerGrouping. Empty: all. */
	groupings: readonly string[];
	/** Customer or supplier account group. Empty: all. */
	accountGroups: readonly string[];
}

/** SAP delivers these; a company's own groups are copies with other names, so all three lists are settings. */
export const STANDARD_ONE_TIME_GROUPS = ['CPD', 'CPDA', 'CPDL', '0099'];
export const STANDARD_ADDRESS_ONLY_GROUPS = ['0002', '0003', '0004'];
const EMPLOYEE_ROLE = 'BUP003';

export const DEFAULT_FILTER: PartnerFilter = {
	categories: ['2'],
	kinds: ['customer', 'supplier'],
	exclude: ['addressOnly', 'employees', 'naturalPersons', 'oneTime'],
	oneTimeGroups: STANDARD_ONE_TIME_GROUPS,
	addressOnlyGroups: STANDARD_ADDRESS_ONLY_GROUPS,
	roles: [],
	groupings: [],
	accountGroups: [],
};

/**
 * The sides of a partner that are left after the exclusions. An account group that is excluded takes away
 * that side only: a pure ship-to address that is also a supplier stays a supplier.
 */
export function sidesOf(
	dialect: ODataDialect,
	row: ODataRow,
	filter: PartnerFilter,
): OrganizationType[] {
	const sides: OrganizationType[] = [];
	const customerGroup = text(dialect.related(row, 'to_Customer')?.[0], 'CustomerAccountGroup');
	const supplierGroup = text(dialect.related(row, 'to_Supplier')?.[0], 'SupplierAccountGroup');
	const excluded = [
		...(filter.exclude.includes('oneTime') ? filter.oneTimeGroups : []),
		...(filter.exclude.includes('addressOnly') ? filter.addressOnlyGroups : []),
	];
	const oneTime = filter.exclude.includes('oneTime') ? filter.oneTimeGroups : [];
	if (text(row, 'Customer') !== '' && !excluded.includes(customerGroup)) sides.push('Customer');
	if (text(row, 'Supplier') !== '' && !oneTime.includes(supplierGroup)) sides.push('Supplier');
	return sides;
}

/** Whether the trigger delivers this partner. Asked only after contact persons were resolved to their companies. */
export function isSelected(
	dialect: ODataDialect,
	row: ODataRow,
	filter: PartnerFilter,
	day: string,
): boolean {
	const category = text(row, 'BusinessPartnerCategory') as Category;
	if (filter.categories.length > 0 && !filter.categories.includes(category)) return false;
	if (filter.exclude.includes('naturalPersons') && isSet(row, 'IsNaturalPerson')) return false;
	return (
		hasChosenSide(dialect, row, filter) &&
		hasChosenRole(dialect, row, filter, day) &&
		isAmong(filter.groupings, [text(row, 'BusinessPartnerGrouping')]) &&
		isAmong(filter.accountGroups, accountGroupsOf(dialect, row))
	);
}

function hasChosenSide(dialect: ODataDialect, row: ODataRow, filter: PartnerFilter): boolean {
	const { kinds } = filter;
	if (kinds.length === 0) return true;
	const sides = sidesOf(dialect, row, filter);
	if (sides.includes('Customer') && kinds.includes('customer')) return true;
	if (sides.includes('Supplier') && kinds.includes('supplier')) return true;
	const isNeither = text(row, 'Customer') === '' && text(row, 'Supplier') === '';
	return isNeither && kinds.includes('neither');
}

function hasChosenRole(
	dialect: ODataDialect,
	row: ODataRow,
	filter: PartnerFilter,
	day: string,
): boolean {
	const current = (dialect.related(row, 'to_BusinessPartnerRole') ?? [])
		.filter((role) => isValidOn(dialect, role, day, 'ValidFrom', 'ValidTo'))
		.map((role) => text(role, 'BusinessPartnerRole'));
	if (filter.exclude.includes('employees') && current.includes(EMPLOYEE_ROLE)) return false;
	return isAmong(filter.roles, current);
}

function accountGroupsOf(dialect: ODataDialect, row: ODataRow): string[] {
	return [
		text(dialect.related(row, 'to_Customer')?.[0], 'CustomerAccountGroup'),
		text(dialect.related(row, 'to_Supplier')?.[0], 'SupplierAccountGroup'),
	];
}

function isAmong(chosen: readonly string[], values: readonly string[]): boolean {
	return chosen.length === 0 || values.some((value) => chosen.includes(value));
}

/** The part of the filter that the server can apply when all partners are read; the rest follows on the rows. */
export function serverFilter(dialect: ODataDialect, filter: PartnerFilter): string | undefined {
	const oneOf = (field: string, values: readonly string[]) =>
		values.length === 0
			? undefined
			: anyOf(
					field,
					values.map((value) => dialect.literal.string(value)),
				);
	const kinds = new Set(filter.kinds);
	const sides = [
		kinds.has('customer') ? "Customer ne ''" : undefined,
		kinds.has('supplier') ? "Supplier ne ''" : undefined,
	].filter(Boolean);
	const anySide = kinds.size > 0 && !kinds.has('neither') ? `(${sides.join(' or ')})` : undefined;
	return allOf(
		oneOf('BusinessPartnerCategory', filter.categories),
		anySide,
		oneOf('BusinessPartnerGrouping', filter.groupings),
	);
}
