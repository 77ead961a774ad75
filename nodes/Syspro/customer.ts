import type {
	ErpAddress,
	ErpOrganization,
	ErpPerson,
	ErpRecord,
} from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { currencyOf, idOf, withIdentity, type MappingSettings } from './identity';
import type { TableRow } from './tableAccess';
import { decimalIn } from './values';

export const CUSTOMER_COLUMNS = [
	'Customer',
	'Name',
	'CustomerClass',
	'CreditStatus',
	'CreditLimit',
	'TermsCode',
	'Currency',
	'Telephone',
	'Contact',
	'Email',
	'SoldToAddr1',
	'SoldToAddr2',
	'SoldToAddr3',
	'SoldToAddr3Loc',
	'SoldToAddr4',
	'SoldToAddr5',
	'SoldPostalCode',
	'ShipToAddr1',
	'ShipToAddr2',
	'ShipToAddr3',
	'ShipToAddr4',
	'ShipToAddr5',
	'ShipPostalCode',
	'CustomerOnHold',
	'CompanyTaxNumber',
] as const;

export interface CustomerSettings extends MappingSettings {
	/** `labelled`: building, street, city, state, country, as SYSPRO 8 labels the lines. `lines`: free lines. */
	addressLayout: 'labelled' | 'lines';
	/** Columns of ArCustomer the user picked. */
	extensions: readonly string[];
	/** Columns of the custom form (`ArCustomer+`) the user picked. */
	customFields: readonly string[];
	/** Reads the stock of the items that each customer ordered lately. */
	withOrderedItems: boolean;
}

/** What stands about a customer in other tables, as far as it was asked for. */
export interface CustomerDetails {
	/** The row of the custom form. */
	form?: TableRow;
	/** Stock of the items ordered lately, a line each. */
	stock?: string;
}

/** A customer with its details. Pure. */
export function customerRecord(
	row: TableRow,
	details: CustomerDetails,
	settings: CustomerSettings,
): Loaded<ErpRecord> {
	const isOnHold = row.CustomerOnHold === 'Y';
	const key = row.Customer;
	const content = {
		organization: organizationOf(row, details, isOnHold, settings),
		persons: personsOf(row, settings),
	};
	const raw = { ...row, ...details.form };
	return withIdentity('customer', key, content, settings, { isBlocked: isOnHold, raw });
}

function organizationOf(
	row: TableRow,
	{ form, stock }: CustomerDetails,
	isOnHold: boolean,
	settings: CustomerSettings,
): ErpOrganization {
	const { extensions, customFields } = settings;
	const own = [
		...extensions.map((name) => [name, row[name] ?? '']),
		...customFields.map((name) => [name, form?.[name] ?? '']),
	];
	return {
		name: row.Name,
		type: ['Customer'],
		phone: row.Telephone,
		email: row.Email,
		taxNumber: row.CompanyTaxNumber,
		currency: currencyOf(row.Currency ?? '', settings),
		paymentTerms: row.TermsCode,
		creditLimit: decimalIn(row.CreditLimit ?? ''),
		creditStatus: creditStatusOf(row.CreditStatus ?? '', isOnHold),
		segment: row.CustomerClass,
		billingAddress: addressOf(row, 'SoldToAddr', row.SoldPostalCode, settings.addressLayout),
		shippingAddress: addressOf(row, 'ShipToAddr', row.ShipPostalCode, settings.addressLayout),
		...(stock !== undefined && { orderedItemsStock: stock }),
		...(own.length > 0 && { extensions: Object.fromEntries(own) as Record<string, string> }),
	};
}

/** The hold flag and the code as SYSPRO has it: what a code means is a company's own choice. */
function creditStatusOf(code: string, isOnHold: boolean): string {
	const flag = isOnHold ? 'On hold' : 'Not on hold';
	return code === '' ? flag : `${flag} (credit status ${code})`;
}

function addressOf(
	row: TableRow,
	prefix: string,
	postalCode: string | undefined,
	layout: CustomerSettings['addressLayout'],
): ErpAddress {
	const line = (number: string) => row[`${prefix}${number}`] ?? '';
	const joined = (...lines: string[]) => lines.filter(Boolean).join(', ');
	const common = { houseNumber: '', postalCode: postalCode ?? '' };
	if (layout === 'lines') {
		const street = joined(...['1', '2', '3', '3Loc', '4', '5'].map(line));
		return { ...common, street, city: '', region: '', country: '' };
	}
	return {
		...common,
		street: joined(line('1'), line('2')),
		city: joined(line('3'), line('3Loc')),
		region: line('4'),
		country: line('5'),
	};
}

/** SYSPRO's customer has the name of one contact and one e-mail address, which belongs to whoever that is. */
function personsOf(row: TableRow, settings: MappingSettings): ErpPerson[] {
	if (!row.Contact) return [];
	return [
		{
			key: `${row.Customer}/contact`,
			externalId: `${idOf('customer', row.Customer, settings)}/contact`,
			name: row.Contact,
			email: row.Email,
			isActive: true,
			isStandard: true,
		},
	];
}
