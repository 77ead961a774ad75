import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import {
	digitsOf,
	shortKey,
	type Expected,
	type ExpectedCompany,
	type ExpectedPerson,
} from '../sandbox/erp.mts';

type Row = ReturnType<PipedriveSandbox['records']>[number];

/**
 * What is wrong in Pipedrive, one sentence each; empty when everything of the ERP is there exactly once
 * and `strangers` (what was there before and belongs to others) are as they were.
 */
export function differences(
	expected: Expected,
	crm: PipedriveSandbox,
	strangers: Strangers = new Map(),
): string[] {
	const organizations = byKey(crm, 'organizations');
	const persons = byKey(crm, 'persons');
	return [
		...touched(crm, strangers),
		...surplus(crm, strangers),
		...duplicates('organization', organizations),
		...duplicates('person', persons),
		...expected.companies.flatMap((company) => {
			const [organization] = organizations.get(company.key) ?? [];
			if (!organization) {
				return expected.doubtful.includes(company.key)
					? []
					: [`Customer ${company.key} (${company.name}) is missing.`];
			}
			return [
				...inOrganization(company, organization),
				...company.persons.flatMap((person) =>
					inPerson(person, organization, persons.get(person.key)?.[0]),
				),
			];
		}),
	];
}

/** Records of others, as they stand now, by kind and id. */
export type Strangers = Map<string, string>;

export function strangersIn(crm: PipedriveSandbox): Strangers {
	return new Map(allRows(crm).map(({ name, row }) => [name, JSON.stringify(row)]));
}

function touched(crm: PipedriveSandbox, strangers: Strangers): string[] {
	return allRows(crm)
		.filter(({ name, row }) => strangers.has(name) && strangers.get(name) !== JSON.stringify(row))
		.map(({ name }) => `${name} belongs to others and was changed.`);
}

function surplus(crm: PipedriveSandbox, strangers: Strangers): string[] {
	return allRows(crm)
		.filter(({ name, row }) => !strangers.has(name) && keysIn(row).length === 0)
		.map(({ name }) => `${name} was created without an external id.`);
}

function allRows(crm: PipedriveSandbox): Array<{ name: string; row: Row }> {
	return (['organizations', 'persons'] as const).flatMap((entity) =>
		crm.records(entity).map((row) => ({ name: `${entity} ${row.id}`, row })),
	);
}

/** Living rows that carry an external id, by the ERP's key in it. */
export function byKey(
	crm: PipedriveSandbox,
	entity: 'organizations' | 'persons',
): Map<string, Row[]> {
	const rows = new Map<string, Row[]>();
	for (const row of crm.records(entity).filter((one) => !one.is_deleted)) {
		for (const key of keysIn(row)) rows.set(key, [...(rows.get(key) ?? []), row]);
	}
	return rows;
}

function keysIn(row: Row): string[] {
	const values = Object.values(row.custom_fields ?? {}).filter(
		(value) => typeof value === 'string',
	);
	return values
		.flatMap((value) => value.split('\n'))
		.filter((value) => EXTERNAL_ID.test(value))
		.map((value) => shortKey(decodeURIComponent(value.split(':')[3] ?? '')));
}

/** `<system>:<scope>:<entity>:<key>` of any ERP. */
const EXTERNAL_ID = /^[a-z0-9]+:[^:]+:[A-Za-z]+:[^:]+$/;

function duplicates(what: string, rows: Map<string, Row[]>): string[] {
	return [...rows]
		.filter(([, same]) => same.length > 1)
		.map(([key, same]) => {
			const ids = same.map((row) => row.id).join(' and ');
			return `${key} of the ERP is there more than once: ${what} ${ids}.`;
		});
}

function inOrganization(company: ExpectedCompany, row: Row): string[] {
	const where = `Organization ${row.id} (customer ${company.key})`;
	const address = String((row.address as { value?: string } | null)?.value ?? '');
	const missing = company.addressParts.filter((part) => !address.includes(part));
	return [
		...(squeezed(row.name) === squeezed(company.name)
			? []
			: [`${where} is named "${String(row.name)}" instead of "${company.name}".`]),
		...(missing.length === 0
			? []
			: [`${where} has the address "${address}" without ${missing.join(', ')}.`]),
	];
}

function inPerson(person: ExpectedPerson, organization: Row, row: Row | undefined): string[] {
	if (!row) return [`Contact person ${person.key} (${person.name}) is missing.`];
	const where = `Person ${row.id} (contact ${person.key})`;
	const phones = valuesOf(row.phones).map(digitsOf);
	const lost = person.phones.filter((phone) => !phones.some((one) => isSamePhone(one, phone)));
	const emails = valuesOf(row.emails);
	return [
		...(row.org_id === organization.id ? [] : [`${where} belongs to another organization.`]),
		...(squeezed(row.name) === squeezed(person.name)
			? []
			: [`${where} is named "${String(row.name)}" instead of "${person.name}".`]),
		...(lost.length === 0 ? [] : [`${where} lacks the phone ${lost.join(', ')}.`]),
		...(person.email === '' || emails.includes(person.email)
			? []
			: [`${where} lacks the e-mail ${person.email}.`]),
	];
}

/** The ERP may keep a number with or without its country code. */
function isSamePhone(a: string, b: string): boolean {
	return a.endsWith(b.slice(-9)) || b.endsWith(a.slice(-9));
}

function valuesOf(list: unknown): string[] {
	return ((list ?? []) as Array<{ value: string }>).map((entry) => entry.value);
}

function squeezed(text: unknown): string {
	return String(text).replace(/\s+/g, ' ').trim();
}
