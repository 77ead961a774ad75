import { digitsOf, type Expected, type ExpectedCompany, type ExpectedPerson } from '../erp.mts';
import type { Row } from './edm.mts';
import type { S4Store } from './store.mts';

/**
 * What Pipedrive should hold, read straight from the ERP's tables. Nothing of the package is used here:
 * a mistake of the package cannot hide itself.
 */

const ONE_TIME = ['CPD', 'CPDA', 'CPDL', '0099'];
const NO_ACCOUNTS = [...ONE_TIME, '0002', '0003', '0004'];
const KNOWN_COUNTRIES = /^(AT|CH|DE|FR|NL)$/;

export function expectedFrom(store: S4Store): Expected {
	const wanted = store
		.table('A_BusinessPartner')
		.all()
		.filter((row) => isWanted(store, row));
	const doubtful = wanted.filter((row) => isDoubtful(store, row)).map(keyOf);
	const companies = wanted.filter((row) => word(row, 'BusinessPartnerFullName') !== '');
	return { companies: companies.map((row) => companyOf(store, row)), doubtful };
}

function isWanted(store: S4Store, row: Row): boolean {
	if (word(row, 'BusinessPartnerCategory') !== '2') return false;
	if (row.BusinessPartnerIsBlocked || row.IsMarkedForArchiving) return false;
	const customer = first(store, 'A_Customer', 'Customer', row.Customer);
	const supplier = first(store, 'A_Supplier', 'Supplier', row.Supplier);
	const isCustomer = customer && !NO_ACCOUNTS.includes(word(customer, 'CustomerAccountGroup'));
	const isSupplier = supplier && !ONE_TIME.includes(word(supplier, 'SupplierAccountGroup'));
	const isStopped = customer?.OrderIsBlockedForCustomer || customer?.DeletionIndicator;
	return Boolean((isCustomer && !isStopped) || isSupplier);
}

function isDoubtful(store: S4Store, row: Row): boolean {
	const address = addressOf(store, keyOf(row));
	const hasBadCountry = address && !KNOWN_COUNTRIES.test(word(address, 'Country'));
	return word(row, 'BusinessPartnerFullName') === '' || Boolean(hasBadCountry);
}

function companyOf(store: S4Store, row: Row): ExpectedCompany {
	const key = keyOf(row);
	const address = addressOf(store, key);
	const parts = ['StreetName', 'HouseNumber', 'PostalCode', 'CityName'];
	return {
		key,
		name: word(row, 'BusinessPartnerFullName'),
		addressParts: parts.map((part) => (address ? word(address, part) : '')).filter(Boolean),
		persons: rowsOf(store, 'A_BusinessPartnerContact', 'BusinessPartnerCompany', key).map(
			(contact) => personOf(store, contact),
		),
	};
}

function personOf(store: S4Store, contact: Row): ExpectedPerson {
	const key = word(contact, 'BusinessPartnerPerson');
	const relationship = word(contact, 'RelationshipNumber');
	const of = (table: string) => rowsOf(store, table, 'RelationshipNumber', relationship)[0];
	const central = of('A_BPContactToFuncAndDept');
	const place = of('A_BPContactToAddress');
	const at = (table: string) =>
		rowsOf(store, table, 'AddressID', place?.AddressID).filter(
			(row) => place && row.Person === place.Person,
		);
	const numbers = at('A_AddressPhoneNumber').map((row) => word(row, 'InternationalPhoneNumber'));
	const person = store.partner(key);
	return {
		key,
		name: word(person, 'BusinessPartnerFullName'),
		phones: [...numbers, word(central, 'PhoneNumber')].map(digitsOf).filter(Boolean),
		email: word(at('A_AddressEmailAddress')[0], 'EmailAddress') || word(central, 'EmailAddress'),
	};
}

function addressOf(store: S4Store, key: string): Row | undefined {
	return rowsOf(store, 'A_BusinessPartnerAddress', 'BusinessPartner', key)[0];
}

function rowsOf(store: S4Store, table: string, field: string, value: Row[string]): Row[] {
	if (value === undefined || !store.has(table)) return [];
	return store.table(table).find([field], { [field]: value });
}

function first(store: S4Store, table: string, field: string, value: Row[string]): Row | undefined {
	return value === '' ? undefined : rowsOf(store, table, field, value)[0];
}

function keyOf(row: Row): string {
	return word(row, 'BusinessPartner');
}

function word(row: Row | undefined, field: string): string {
	return String(row?.[field] ?? '').trim();
}
