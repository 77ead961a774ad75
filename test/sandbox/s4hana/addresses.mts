/** A partner's address with its usage, e-mail, phone and website rows. */
import { OPEN_END } from './clock.mts';
import type { Database } from './database.mts';
import type { Row } from './edm.mts';

export interface AddressInput {
	StreetName?: string;
	HouseNumber?: string;
	PostalCode?: string;
	CityName?: string;
	Region?: string;
	Country?: string;
	email?: string;
	phone?: string;
	mobile?: string;
	website?: string;
	/** `XXDEFAULT` when absent. */
	usage?: string;
}

export function putAddress(
	database: Database,
	input: AddressInput & { partner: Row; addressId: string },
): void {
	const { partner, addressId, email, phone, mobile, website, usage, ...postal } = input;
	const person = (partner.PersonNumber as string) ?? '';
	const start = partner.CreationDate as number;
	database.put('A_BusinessPartnerAddress', {
		BusinessPartner: partner.BusinessPartner,
		AddressID: addressId,
		ValidityStartDate: start,
		ValidityEndDate: OPEN_END + 86_399_000,
		Country: 'DE',
		AddressTimeZone: 'CET',
		Language: 'DE',
		FullName: String(partner.BusinessPartnerFullName ?? '').slice(0, 80),
		Person: person,
		...postal,
	});
	database.put('A_BuPaAddressUsage', {
		BusinessPartner: partner.BusinessPartner,
		AddressID: addressId,
		AddressUsage: usage ?? 'XXDEFAULT',
		ValidityStartDate: start,
		ValidityEndDate: OPEN_END + 86_399_000,
	});
	if (email) putEmail(database, addressId, person, email);
	if (phone) putPhone(database, addressId, person, phone, '1');
	if (mobile) putPhone(database, addressId, person, mobile, '3');
	if (website) putWebsite(database, addressId, person, website, start);
}

export function putEmail(
	database: Database,
	addressId: string,
	person: string,
	email: string,
): void {
	database.put('A_AddressEmailAddress', {
		AddressID: addressId,
		Person: person,
		OrdinalNumber: '1',
		IsDefaultEmailAddress: true,
		EmailAddress: email,
		SearchEmailAddress: email.toUpperCase().slice(0, 20),
	});
}

/** Fixed line `1` and mobile `3` share the set, told apart by their type. */
export function putPhone(
	database: Database,
	addressId: string,
	person: string,
	phone: string,
	type: '1' | '3',
): void {
	database.put('A_AddressPhoneNumber', {
		AddressID: addressId,
		Person: person,
		OrdinalNumber: type === '1' ? '1' : '2',
		DestinationLocationCountry: 'DE',
		IsDefaultPhoneNumber: type === '1',
		PhoneNumber: phone.replace(/^\+49 ?/, '0'),
		InternationalPhoneNumber: phone.replace(/[^\d+]/g, ''),
		PhoneNumberType: type,
	});
}

function putWebsite(
	database: Database,
	addressId: string,
	person: string,
	url: string,
	start: number,
): void {
	database.put('A_AddressHomePageURL', {
		AddressID: addressId,
		Person: person,
		OrdinalNumber: '1',
		ValidityStartDate: start,
		IsDefaultURLAddress: true,
		SearchURLAddress: url.toUpperCase().slice(0, 50),
		URLFieldLength: url.length,
		WebsiteURL: url,
	});
}

/** The address a partner is known by: usage XXDEFAULT, else its first. */
export function defaultAddress(database: Database, key: string): Row | undefined {
	const usages = database.table('A_BuPaAddressUsage').find(['BusinessPartner'], {
		BusinessPartner: key,
	});
	const id = usages.find((usage) => usage.AddressUsage === 'XXDEFAULT')?.AddressID;
	const table = database.table('A_BusinessPartnerAddress');
	if (id !== undefined) return table.get({ BusinessPartner: key, AddressID: id });
	return table.find(['BusinessPartner'], { BusinessPartner: key })[0];
}
