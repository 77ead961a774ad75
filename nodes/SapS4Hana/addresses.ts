import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import type { ErpAddress } from '../../core/record/erpRecord';
import { isSet, isValidOn, text } from './fields';

/** Address usage of a partner's default address. */
const DEFAULT_USAGE = 'XXDEFAULT';
/** `PhoneNumberType` of a number that is a mobile's default. */
const MOBILE_TYPES = ['2', '3'];

/**
 * The partner's default address on a day. Without a usage row the first address by number is taken,
 * so that the choice does not depend on the order of the answer.
 */
export function defaultAddress(
	dialect: ODataDialect,
	partner: ODataRow,
	day: string,
): ODataRow | undefined {
	const addresses = addressesOf(dialect, partner);
	const isDefault = (address: ODataRow) =>
		(dialect.related(address, 'to_AddressUsage') ?? []).some(
			(usage) =>
				text(usage, 'AddressUsage') === DEFAULT_USAGE &&
				isValidOn(dialect, usage, day, 'ValidityStartDate', 'ValidityEndDate'),
		);
	return addresses.find(isDefault) ?? addresses[0];
}

export function addressById(
	dialect: ODataDialect,
	partner: ODataRow,
	addressId: string,
): ODataRow | undefined {
	return addressesOf(dialect, partner).find((address) => text(address, 'AddressID') === addressId);
}

function addressesOf(dialect: ODataDialect, partner: ODataRow): ODataRow[] {
	const addresses = dialect.related(partner, 'to_BusinessPartnerAddress') ?? [];
	return [...addresses].sort((a, b) => compare(text(a, 'AddressID'), text(b, 'AddressID')));
}

/** A post box address has no street: the box stands in its place, as on an envelope. */
export function erpAddressOf(address: ODataRow | undefined): ErpAddress {
	const street = text(address, 'StreetName');
	const postBox = text(address, 'POBox');
	const usesBox = street === '' && postBox !== '';
	const supplement = text(address, 'HouseNumberSupplementText');
	return {
		street: usesBox ? `PO Box ${postBox}` : street,
		houseNumber: [text(address, 'HouseNumber'), supplement].filter(Boolean).join(' '),
		postalCode: (usesBox && text(address, 'POBoxPostalCode')) || text(address, 'PostalCode'),
		city: text(address, 'CityName'),
		region: text(address, 'Region'),
		country: text(address, 'Country'),
	};
}

export interface Communication {
	email: string;
	phone: string;
	mobile: string;
	website: string;
}

/**
 * The default e-mail, phone, mobile and website of an address.
 * @param isOwn which rows count; an address holds rows of the company and of the persons at it
 */
export function communicationOf(
	dialect: ODataDialect,
	address: ODataRow | undefined,
	isOwn: (row: ODataRow) => boolean,
): Communication {
	const rows = (navigation: string) =>
		address ? (dialect.related(address, navigation) ?? []).filter(isOwn) : [];
	const phones = rows('to_PhoneNumber');
	const isMobile = (row: ODataRow) => MOBILE_TYPES.includes(text(row, 'PhoneNumberType'));
	const fixed = phones.filter((row) => !isMobile(row));
	const mobiles = [...rows('to_MobilePhoneNumber'), ...phones.filter(isMobile)];
	return {
		email: text(preferred(rows('to_EmailAddress'), 'IsDefaultEmailAddress'), 'EmailAddress'),
		phone: phoneText(preferred(fixed, 'IsDefaultPhoneNumber')),
		mobile: phoneText(preferred(mobiles, 'IsDefaultPhoneNumber')),
		website: text(preferred(rows('to_URLAddress'), 'IsDefaultURLAddress'), 'WebsiteURL'),
	};
}

export function phoneText(row: ODataRow | undefined): string {
	const international = text(row, 'InternationalPhoneNumber');
	if (international !== '') return international;
	const extension = text(row, 'PhoneNumberExtension');
	const number = text(row, 'PhoneNumber');
	return number !== '' && extension !== '' ? `${number}-${extension}` : number;
}

/** The row marked as default, else the one with the lowest number. */
function preferred(rows: ODataRow[], flag: string): ODataRow | undefined {
	const sorted = [...rows].sort((a, b) =>
		compare(text(a, 'OrdinalNumber'), text(b, 'OrdinalNumber')),
	);
	return sorted.find((row) => isSet(row, flag)) ?? sorted[0];
}

function compare(a: string, b: string): number {
	return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
