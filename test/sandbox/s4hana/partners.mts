/** Creates business partners with everything that hangs on them, as the maintenance transaction would. */
import { createHash } from 'node:crypto';
import { OPEN_END, type Stamp } from './clock.mts';
import type { Database } from './database.mts';
import type { Row } from './edm.mts';
import { putCustomer, putSupplier, type CustomerInput, type SupplierInput } from './accounts.mts';
import { putAddress, type AddressInput } from './addresses.mts';

export interface PartnerInput {
	/** Given by the number range when absent. */
	key?: string;
	/** `1` person, `2` organization (default), `3` group. */
	category?: '1' | '2' | '3';
	/** An organization's name, spread over name fields of 40 characters. */
	name?: string;
	firstName?: string;
	lastName?: string;
	grouping?: string;
	language?: string;
	/** Null: the partner has no address at all. */
	address?: AddressInput | null;
	email?: string;
	phone?: string;
	mobile?: string;
	website?: string;
	/** German VAT id, tax number category DE0. */
	taxNumber?: string;
	customer?: CustomerInput;
	supplier?: SupplierInput;
	/** On top of those that customer and supplier bring. */
	roles?: string[];
	industry?: string;
	/** Any other field of A_BusinessPartner. */
	fields?: Row;
	/** When it was created; now when absent. */
	createdAt?: number;
	/** When it was last changed; absent for never, and then the change date stays empty. */
	changedAt?: number;
}

/** Returns the partner's number. */
export function createPartner(database: Database, input: PartnerInput): string {
	const key = input.key ?? database.nextNumber('partner', 1000001);
	const address = input.address === null ? undefined : (input.address ?? {});
	const addressId = database.nextNumber('address', 20001);
	database.commit((now) => {
		const created = input.createdAt === undefined ? now : database.stamp(input.createdAt);
		const row = partnerRow(database, key, input, created);
		database.put('A_BusinessPartner', row);
		if (address) putAddress(database, { ...reach(input), ...address, partner: row, addressId });
		if (input.customer) putCustomer(database, row, input.customer, created);
		if (input.supplier) putSupplier(database, row, input.supplier, created);
		for (const role of rolesOf(input)) putRole(database, key, role, created);
		putNumbers(database, key, input);
		if (input.changedAt !== undefined) markChanged(database, key, database.stamp(input.changedAt));
	});
	return key;
}

/** Sets the change fields and the ETag of a partner. */
export function markChanged(database: Database, key: string, stamp: Stamp): void {
	const table = database.table('A_BusinessPartner');
	const row = table.get({ BusinessPartner: key });
	if (!row) return;
	table.update(row, {
		LastChangeDate: stamp.date,
		LastChangeTime: stamp.time,
		LastChangedByUser: database.user,
		ETag: database.user + stamp.compact,
	});
}

export function putRole(database: Database, key: string, role: string, stamp: Stamp): void {
	database.put('A_BusinessPartnerRole', {
		BusinessPartner: key,
		BusinessPartnerRole: role,
		ValidFrom: stamp.date,
		ValidTo: OPEN_END,
	});
}

/** Name fields, as they follow from an organization's or a person's name. */
export function nameFields(input: Pick<PartnerInput, 'name' | 'firstName' | 'lastName'>): Row {
	const { firstName = '', lastName = '' } = input;
	if (firstName || lastName) {
		const full = [firstName, lastName].filter(Boolean).join(' ').slice(0, 80);
		return {
			FirstName: firstName,
			LastName: lastName,
			PersonFullName: full,
			BusinessPartnerFullName: full,
			BusinessPartnerName: full,
		};
	}
	const name = input.name ?? '';
	const part = (at: number) => name.slice(at * 40, at * 40 + 40);
	const shown = [part(0), part(1)].filter(Boolean).join(' ');
	return {
		OrganizationBPName1: part(0),
		OrganizationBPName2: part(1),
		OrganizationBPName3: part(2),
		OrganizationBPName4: part(3),
		BusinessPartnerFullName: shown,
		BusinessPartnerName: shown,
	};
}

function partnerRow(database: Database, key: string, input: PartnerInput, created: Stamp): Row {
	const category = input.category ?? (input.lastName ? '1' : '2');
	const personNumber = category === '1' ? database.nextNumber('person', 30001) : '';
	const names = nameFields(input);
	return {
		BusinessPartner: key,
		Customer: input.customer ? (input.customer.number ?? key) : '',
		Supplier: input.supplier ? (input.supplier.number ?? key) : '',
		BusinessPartnerCategory: category,
		BusinessPartnerGrouping: input.grouping ?? 'BP02',
		BusinessPartnerUUID: uuidOf(key),
		...names,
		SearchTerm1: String(names.BusinessPartnerName).toUpperCase().slice(0, 20),
		Language: input.language ?? (category === '1' ? '' : 'DE'),
		CorrespondenceLanguage: category === '1' ? (input.language ?? 'DE') : '',
		IsNaturalPerson: category === '1' ? 'X' : '',
		PersonNumber: personNumber,
		Industry: input.industry ?? '',
		CreatedByUser: database.user,
		CreationDate: created.date,
		CreationTime: created.time,
		ETag: database.user + created.compact,
		...input.fields,
	};
}

function rolesOf(input: PartnerInput): string[] {
	const customer = input.customer ? ['FLCU00', 'FLCU01'] : [];
	const supplier = input.supplier ? ['FLVN00', 'FLVN01'] : [];
	return ['000000', ...customer, ...supplier, ...(input.roles ?? [])];
}

function putNumbers(database: Database, key: string, input: PartnerInput): void {
	if (input.taxNumber) {
		database.put('A_BusinessPartnerTaxNumber', {
			BusinessPartner: key,
			BPTaxType: 'DE0',
			BPTaxNumber: input.taxNumber,
		});
	}
	if (input.industry) {
		database.put('A_BuPaIndustry', {
			BusinessPartner: key,
			IndustrySystemType: '0001',
			IndustrySector: input.industry,
			IsStandardIndustry: 'X',
		});
	}
}

function reach(input: PartnerInput): Pick<AddressInput, 'email' | 'phone' | 'mobile' | 'website'> {
	const { email, phone, mobile, website } = input;
	return { email, phone, mobile, website };
}

function uuidOf(key: string): string {
	const digest = createHash('md5').update(key).digest('hex');
	return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
