import type { Row } from './edm.mts';
import type { S4Store } from './store.mts';

/** What a clerk does in the ERP: one customer moves house, one contact person gets another phone. */
export function changeTwoCustomers(store: S4Store, companies: string[]): string[] {
	const mover = companies[0] ?? '';
	store.changeAddress(
		mover,
		{ StreetName: 'Neue Allee', HouseNumber: '12', PostalCode: '53111', CityName: 'Bonn' },
		{ bump: true },
	);
	const { row, person } = personWithPhone(store, companies.slice(1));
	const number = '+49 30 5550142';
	store.table('A_AddressPhoneNumber').update(row, {
		PhoneNumber: number.replace('+49 ', '0'),
		InternationalPhoneNumber: number.replaceAll(' ', ''),
	});
	// The phone itself carries no date: the person's own change date is all that the ERP moves.
	store.changePartner(person, {});
	return [
		`${nameOf(store, mover)} moved to Neue Allee 12, 53111 Bonn`,
		`${nameOf(store, person)} has the new phone ${number}`,
	];
}

function personWithPhone(store: S4Store, companies: string[]): { row: Row; person: string } {
	for (const BusinessPartnerCompany of companies) {
		const places = store
			.table('A_BPContactToAddress')
			.find(['BusinessPartnerCompany'], { BusinessPartnerCompany });
		for (const { AddressID, Person, BusinessPartnerPerson } of places) {
			const phones = store
				.table('A_AddressPhoneNumber')
				.find(['AddressID', 'Person'], { AddressID, Person });
			const row = phones.find((phone) => phone.PhoneNumberType === '1');
			if (row) return { row, person: String(BusinessPartnerPerson) };
		}
	}
	throw new Error('No contact person of the sandbox has a phone.');
}

function nameOf(store: S4Store, key: string): string {
	return String(store.partner(key).BusinessPartnerFullName);
}
