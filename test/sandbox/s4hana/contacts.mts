/** Contact persons: the person, the relationship BUR001, and every view the service gives of it. */
import { OPEN_END } from './clock.mts';
import type { Database } from './database.mts';
import { defaultAddress, putEmail, putPhone } from './addresses.mts';
import type { Row } from './edm.mts';
import { createPartner } from './partners.mts';

export interface ContactInput {
	/** An existing person's partner number; a new person when absent. */
	person?: string;
	firstName?: string;
	lastName?: string;
	email?: string;
	phone?: string;
	mobile?: string;
	function?: string;
	department?: string;
	isStandard?: boolean;
	/** `address`: at the company's address (default). `functionAndDepartment`: only as a note on the relationship. */
	reachedBy?: 'address' | 'functionAndDepartment';
	createdAt?: number;
}

export interface CreatedContact {
	person: string;
	relationship: string;
}

const VIEWS = [
	'A_BusinessPartnerContact',
	'A_BPContactToFuncAndDept',
	'A_BPContactToAddress',
	'A_BPContactPersonEmlAddr',
	'A_BPContactPersonTelNmbr',
	'A_BPContactPersonMblNmbr',
];

export function addContact(
	database: Database,
	company: string,
	input: ContactInput,
): CreatedContact {
	const { firstName, lastName, createdAt } = input;
	const person =
		input.person ??
		createPartner(database, {
			key: database.nextNumber('partner', 1000001),
			category: '1',
			firstName,
			lastName,
			grouping: 'BPAB',
			address: null,
			roles: ['BUP001'],
			createdAt,
		});
	const relationship = database.nextNumber('relationship', 101);
	database.commit((now) => {
		const stamp = createdAt === undefined ? now : database.stamp(createdAt);
		database.put('A_BPRelationship', {
			RelationshipNumber: relationship,
			BusinessPartner1: company,
			BusinessPartner2: person,
			...period(stamp.date),
			IsStandardRelationship: input.isStandard ?? false,
			RelationshipCategory: 'BUR001',
			CreatedByUser: database.user,
			CreationDate: stamp.date,
			CreationTime: stamp.time,
		});
		putViews(database, { company, person, relationship, input, start: stamp.date });
	});
	return { person, relationship };
}

interface View {
	company: string;
	person: string;
	relationship: string;
	input: ContactInput;
	start: number;
}

function putViews(database: Database, view: View): void {
	const { company, person, relationship, input } = view;
	const isCentral = input.reachedBy === 'functionAndDepartment';
	const key = {
		RelationshipNumber: relationship,
		BusinessPartnerCompany: company,
		BusinessPartnerPerson: person,
		ValidityEndDate: OPEN_END,
	};
	database.put('A_BusinessPartnerContact', {
		...key,
		...period(view.start),
		IsStandardRelationship: input.isStandard ?? false,
		RelationshipCategory: 'BUR001',
	});
	database.put('A_BPContactToFuncAndDept', {
		...key,
		RelationshipCategory: 'BUR001',
		ContactPersonFunctionName: input.function ?? '',
		ContactPersonDepartmentName: input.department ?? '',
		EmailAddress: isCentral ? (input.email ?? '') : '',
		PhoneNumber: isCentral ? (input.phone ?? '') : '',
	});
	const address = defaultAddress(database, company);
	if (!isCentral && address) putWorkplace(database, key, address, input);
}

/** The person's place at the company: the company's address with the person's own number in it. */
function putWorkplace(database: Database, key: Row, address: Row, input: ContactInput): void {
	const AddressID = address.AddressID as string;
	const Person = database.nextNumber('person', 30001);
	const { StreetName, HouseNumber, PostalCode, CityName, Region, Country } = address;
	const postal = { StreetName, HouseNumber, PostalCode, CityName, Region, Country };
	const known = Object.entries(postal).filter(([, value]) => value !== undefined);
	const workplace: Row = { ...Object.fromEntries(known), ...key, AddressID, Person };
	workplace.ContactRelationshipFunction = input.function ?? '';
	workplace.ContactRelationshipDepartment = input.department ?? '';
	workplace.IsDefaultAddress = true;
	const fields = database.table('A_BPContactToAddress').set.properties;
	if (fields.has('PersonNumber')) workplace.PersonNumber = Person;
	database.put('A_BPContactToAddress', workplace);
	const ordinal = { ...key, AddressID, OrdinalNumber: '1' };
	if (input.email) {
		putEmail(database, AddressID, Person, input.email);
		const row = { ...ordinal, EmailAddress: input.email, IsDefaultEmailAddress: true };
		database.put('A_BPContactPersonEmlAddr', row);
	}
	if (input.phone) {
		putPhone(database, AddressID, Person, input.phone, '1');
		const row = { ...ordinal, PhoneNumber: input.phone, PhoneNumberType: '1' };
		database.put('A_BPContactPersonTelNmbr', row);
	}
	if (input.mobile) {
		putPhone(database, AddressID, Person, input.mobile, '3');
		const row = { ...ordinal, MobilePhoneNumber: input.mobile, PhoneNumberType: '3' };
		database.put('A_BPContactPersonMblNmbr', row);
	}
}

/**
 * Ends a relationship with yesterday. The end date is part of every key: the old rows vanish and
 * others stand in their place. The company's own change date stays as it is.
 */
export function endRelationship(database: Database, relationship: string, endsAt?: number): void {
	database.commit((stamp) => {
		const end = endsAt ?? stamp.date - 86_400_000;
		const RelationshipNumber = relationship;
		const table = database.table('A_BPRelationship');
		const rows = table.find(['RelationshipNumber'], { RelationshipNumber });
		if (rows.length === 0) throw new Error(`There is no relationship ${relationship}`);
		for (const row of rows) {
			table.update(row, {
				ValidityEndDate: end,
				LastChangedByUser: database.user,
				LastChangeDate: stamp.date,
				LastChangeTime: stamp.time,
			});
		}
		for (const name of VIEWS.filter((view) => database.has(view))) {
			const view = database.table(name);
			for (const row of view.find(['RelationshipNumber'], { RelationshipNumber })) {
				view.update(row, { ValidityEndDate: end });
			}
		}
	});
}

function period(start: number): Row {
	return { ValidityStartDate: start, ValidityEndDate: OPEN_END };
}
