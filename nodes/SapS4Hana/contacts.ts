import type { ODataDialect, ODataRow } from '../../core/odata/dialect';
import { externalIdOf, type ErpPerson } from '../../core/record/erpRecord';
import { communicationOf, phoneText, type Communication } from './addresses';
import { isSet, isValidOn, storedKey, text } from './fields';

export interface ContactContext {
	dialect: ODataDialect;
	/** The ERP's local day: validity is judged by it. */
	day: string;
	/** Scope of the external id. */
	scope: string;
	/** The persons' own partner rows by stored key. */
	persons: ReadonlyMap<string, ODataRow>;
	/** The company's own address: its e-mails and phones are not the person's. */
	companyAddress: ODataRow | undefined;
}

/** Contact persons of a company, one per person, in the order of their keys. */
export function contactsOf(partner: ODataRow, context: ContactContext): ErpPerson[] {
	const company = text(partner, 'BusinessPartner');
	const rows = (context.dialect.related(partner, 'to_BusinessPartnerContact') ?? []).filter(
		(row) => text(row, 'BusinessPartnerCompany') === company,
	);
	const byPerson = new Map<string, ODataRow[]>();
	for (const row of rows) {
		const key = storedKey(text(row, 'BusinessPartnerPerson'));
		byPerson.set(key, [...(byPerson.get(key) ?? []), row]);
	}
	return [...byPerson]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, relationships]) => personOf(key, best(relationships, context), context));
}

export function personKeysOf(dialect: ODataDialect, partner: ODataRow): string[] {
	const company = text(partner, 'BusinessPartner');
	return (dialect.related(partner, 'to_BusinessPartnerContact') ?? [])
		.filter((row) => text(row, 'BusinessPartnerCompany') === company)
		.map((row) => text(row, 'BusinessPartnerPerson'));
}

/** A person can have several relationships with one company: the valid one counts, then the standard one, then the latest. */
function best(relationships: ODataRow[], context: ContactContext): ODataRow {
	const rank = (row: ODataRow) =>
		[
			isCurrent(row, context) ? '1' : '0',
			isSet(row, 'IsStandardRelationship') ? '1' : '0',
			context.dialect.isoOf(row.ValidityEndDate),
			text(row, 'RelationshipNumber'),
		].join('|');
	return relationships.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}

function isCurrent(row: ODataRow, { dialect, day }: ContactContext): boolean {
	return isValidOn(dialect, row, day, 'ValidityStartDate', 'ValidityEndDate');
}

function personOf(key: string, relationship: ODataRow, context: ContactContext): ErpPerson {
	const person = context.persons.get(key);
	const { dialect } = context;
	const work = dialect.related(relationship, 'to_ContactRelationship')?.[0];
	const address = workAddress(dialect, relationship);
	const reach = reachOf(address, work, context);
	const first = (...values: string[]) => values.find((value) => value !== '') ?? '';
	const isBlocked =
		isSet(person, 'BusinessPartnerIsBlocked') || isSet(person, 'IsMarkedForArchiving');
	return {
		key,
		externalId: externalIdOf('s4hana', context.scope, 'businessPartner', key),
		firstName: text(person, 'FirstName'),
		lastName: text(person, 'LastName'),
		name: nameOf(person),
		email: reach.email,
		phone: reach.phone,
		mobile: reach.mobile,
		function: first(
			text(work, 'ContactPersonFunctionName'),
			text(address, 'ContactRelationshipFunction'),
			text(work, 'ContactPersonFunction'),
		),
		department: first(
			text(work, 'ContactPersonDepartmentName'),
			text(address, 'ContactRelationshipDepartment'),
			text(work, 'ContactPersonDepartment'),
		),
		isActive: isCurrent(relationship, context) && !isBlocked,
		...(isBlocked ? { isBlocked } : {}),
		isStandard: isSet(relationship, 'IsStandardRelationship'),
	};
}

function nameOf(person: ODataRow | undefined): string {
	const parts = [text(person, 'FirstName'), text(person, 'LastName')].filter(Boolean).join(' ');
	return parts || text(person, 'PersonFullName') || text(person, 'BusinessPartnerFullName');
}

function workAddress(dialect: ODataDialect, relationship: ODataRow): ODataRow | undefined {
	const addresses = dialect.related(relationship, 'to_ContactAddress') ?? [];
	return addresses.find((row) => isSet(row, 'IsDefaultAddress')) ?? addresses[0];
}

/**
 * The person's own e-mail and phones at this company: first those of the work address, then the central ones
 * of the relationship. Rows without a person belong to the company, even where they come with the contact.
 */
function reachOf(
	address: ODataRow | undefined,
	work: ODataRow | undefined,
	{ dialect, companyAddress }: ContactContext,
): Communication {
	const person = text(address, 'Person');
	const company = communicationOf(dialect, companyAddress, (row) => text(row, 'Person') === '');
	const own = communicationOf(dialect, address, (row) => {
		const owner = text(row, 'Person');
		return owner === '' ? person === '' : person === '' || owner === person;
	});
	const unlessCompanys = (value: string) =>
		value !== '' && value !== company.email && value !== company.phone && value !== company.mobile
			? value
			: '';
	return {
		email: unlessCompanys(own.email) || text(work, 'EmailAddress'),
		phone: unlessCompanys(own.phone) || phoneText(work),
		mobile: unlessCompanys(own.mobile),
		website: '',
	};
}
