import {
	externalIdOf,
	type ErpAddress,
	type ErpOrganization,
	type ErpPerson,
	type ErpRecord,
} from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { countryOf } from './country';
import { currencyOf, type Currencies } from './currencies';
import { amount, day, isYes, text, type Row } from './fields';

export const SYSTEM = 'sage300';

export type CustomerPart = 'contacts' | 'descriptions' | 'shipTo';

export interface CustomerSettings {
	/** Scope of the external id: the system alias or the company. */
	scope: string;
	parts: ReadonlySet<CustomerPart>;
	/** Names of optional fields; they become extensions. */
	optionalFields: readonly string[];
	/** Further properties of the resource that become extensions. */
	moreFields: readonly string[];
	/** Only these customer groups; empty: all. */
	groups: readonly string[];
	currencies: Currencies;
	/** Which of the tax registration numbers counts, 1 to 5. */
	taxNumber: number;
	/** Adds the row to the record. */
	withRaw: boolean;
}

/** What was read beside the customer's own row. */
export interface Companions {
	/** Primary ship-to locations by customer number; absent where they are not read. */
	shipTos?: ReadonlyMap<string, Row>;
	/** Descriptions by code. */
	groups?: ReadonlyMap<string, string>;
	terms?: ReadonlyMap<string, string>;
	/** ISO instant. */
	readAt: string;
}

/** Read for every customer, whatever the settings. */
const CUSTOMER_FIELDS = [
	'CustomerNumber',
	'DateLastMaintained',
	'CustomerName',
	'ShortName',
	'GroupCode',
	'Status',
	'OnHold',
	'AddressLine1',
	'AddressLine2',
	'AddressLine3',
	'AddressLine4',
	'City',
	'StateProvince',
	'ZipPostalCode',
	'Country',
	'PhoneNumber',
	'Email',
	'WebSite',
	'Terms',
	'CurrencyCode',
	'CreditLimitCustomerCurrency',
	'CheckCreditLimit',
	'BalanceDueInCustomerCurrency',
];
const CONTACT_FIELDS = ['ContactName', 'ContactsEmail', 'ContactsPhone'];

/** Properties of the rows inside `CustomerOptionalFieldValues`. */
export const OPTIONAL_FIELD_FIELDS = ['OptionalField', 'Value'] as const;

/** Properties of a ship-to location. */
export const SHIP_TO_FIELDS = [
	'CustomerNumber',
	'ShipToLocationKey',
	'DateLastMaintained',
	'PrimaryShipToIndicator',
	'AddressLine1',
	'AddressLine2',
	'AddressLine3',
	'AddressLine4',
	'City',
	'StateProvince',
	'ZipPostalCode',
	'Country',
];

/** The properties to read of a customer. */
export function customerFields(settings: CustomerSettings): string[] {
	const { parts, optionalFields, moreFields, taxNumber } = settings;
	return [
		...new Set([
			...CUSTOMER_FIELDS,
			`TaxRegistrationNumber${taxNumber}`,
			...(parts.has('contacts') ? CONTACT_FIELDS : []),
			...(parts.has('shipTo') ? ['PrimaryShipToLocation'] : []),
			...(optionalFields.length > 0 ? ['CustomerOptionalFieldValues'] : []),
			...moreFields,
		]),
	];
}

/** A customer row becomes an ErpRecord. Pure. */
export function toCustomerRecord(
	row: Row,
	companions: Companions,
	settings: CustomerSettings,
): ErpRecord {
	const warnings: string[] = [];
	const key = text(row, 'CustomerNumber');
	const organization = organizationOf(row, companions, settings, warnings);
	const persons = settings.parts.has('contacts') ? personsOf(row, settings.scope) : undefined;
	const isBlocked = /^(inactive|0)$/i.test(text(row, 'Status'));
	return {
		erp: {
			...customerIdentity(settings.scope, key, companions.readAt),
			version: fingerprintOf({ organization, persons, isBlocked }),
			changedAt: day(row, 'DateLastMaintained'),
			isBlocked,
		},
		organization,
		...(persons && { persons }),
		...(settings.withRaw && { raw: { ...row } }),
		...(warnings.length > 0 && { warnings }),
	};
}

/** A customer that the company does not know any more. */
export function deletedCustomer(scope: string, key: string, readAt: string): ErpRecord {
	const identity = customerIdentity(scope, key, readAt);
	return { erp: { ...identity, version: 'deleted', isDeleted: true } };
}

function customerIdentity(scope: string, key: string, readAt: string): ErpRecord['erp'] {
	return identityOf(scope, 'customer', key, readAt);
}

export function identityOf(
	scope: string,
	entity: string,
	key: string,
	readAt: string,
): ErpRecord['erp'] {
	return {
		system: SYSTEM,
		entity,
		key,
		externalId: externalIdOf(SYSTEM, scope, entity, key),
		version: '',
		changedAt: '',
		readAt,
		isDeleted: false,
		isBlocked: false,
	};
}

function organizationOf(
	row: Row,
	companions: Companions,
	settings: CustomerSettings,
	warnings: string[],
): ErpOrganization {
	const { optionalFields, moreFields, taxNumber, parts } = settings;
	const organization: ErpOrganization = {
		name: text(row, 'CustomerName') || text(row, 'ShortName'),
		type: ['Customer'],
		phone: text(row, 'PhoneNumber'),
		email: text(row, 'Email'),
		website: text(row, 'WebSite'),
		taxNumber: text(row, `TaxRegistrationNumber${taxNumber}`),
		currency: currencyOf(text(row, 'CurrencyCode'), settings.currencies),
		paymentTerms: described(text(row, 'Terms'), companions.terms),
		segment: described(text(row, 'GroupCode'), companions.groups),
		creditLimit: amount(row, 'CreditLimitCustomerCurrency'),
		balance: amount(row, 'BalanceDueInCustomerCurrency'),
		creditStatus: creditStatusOf(row),
		billingAddress: addressOf(row),
	};
	if (parts.has('shipTo') && companions.shipTos) {
		const shipTo = companions.shipTos.get(text(row, 'CustomerNumber'));
		const named = text(row, 'PrimaryShipToLocation');
		if (shipTo || named === '') organization.shippingAddress = addressOf(shipTo);
		else warnings.push(`The primary ship-to location ${named} could not be read.`);
	}
	if (optionalFields.length > 0 || moreFields.length > 0) {
		organization.extensions = {
			...Object.fromEntries(moreFields.map((name) => [name, text(row, name)])),
			...optionalValuesOf(row, optionalFields),
		};
	}
	return organization;
}

function described(code: string, descriptions: ReadonlyMap<string, string> | undefined): string {
	const description = descriptions?.get(code) ?? '';
	return description === '' ? code : `${code} - ${description}`;
}

const NEAR_LIMIT = 0.8;

/** On hold, or the balance against the limit; a limit of 0, or one that is not checked, is none. */
function creditStatusOf(row: Row): string {
	if (isYes(row, 'OnHold')) return 'On hold';
	const limit = Number(amount(row, 'CreditLimitCustomerCurrency'));
	const balance = Number(amount(row, 'BalanceDueInCustomerCurrency'));
	const isChecked = !/^(no|false|0)$/i.test(text(row, 'CheckCreditLimit'));
	if (!isChecked || !(limit > 0)) return 'Good';
	if (balance > limit) return 'Over limit';
	return balance >= limit * NEAR_LIMIT ? 'Near limit' : 'Good';
}

function addressOf(row: Row | undefined): ErpAddress {
	const lines = [1, 2, 3, 4].map((n) => text(row, `AddressLine${n}`));
	return {
		street: lines.filter(Boolean).join(', '),
		houseNumber: '',
		postalCode: text(row, 'ZipPostalCode'),
		city: text(row, 'City'),
		region: text(row, 'StateProvince'),
		country: countryOf(text(row, 'Country')),
	};
}

/** A customer has one contact, without a key of its own. */
function personsOf(row: Row, scope: string): ErpPerson[] {
	const [name, email, phone] = CONTACT_FIELDS.map((field) => text(row, field));
	if (name === '' && email === '') return [];
	const key = text(row, 'CustomerNumber');
	const externalId = externalIdOf(SYSTEM, scope, 'contact', key);
	return [{ key, externalId, name, email, phone, isActive: true, isStandard: true }];
}

/** An optional field that the customer does not carry is empty. */
function optionalValuesOf(row: Row, names: readonly string[]): Record<string, string> {
	const values = row.CustomerOptionalFieldValues;
	const rows = (Array.isArray(values) ? values : []) as Row[];
	const [ofName, ofValue] = OPTIONAL_FIELD_FIELDS;
	const byName = new Map(rows.map((one) => [text(one, ofName).toUpperCase(), text(one, ofValue)]));
	return Object.fromEntries(names.map((name) => [name, byName.get(name.toUpperCase()) ?? '']));
}
