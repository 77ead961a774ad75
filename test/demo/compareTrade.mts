import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import {
	cents,
	type ExpectedDeal,
	type ExpectedDocument,
	type ExpectedProduct,
} from '../sandbox/trade/expected.mts';

type Row = ReturnType<PipedriveSandbox['records']>[number];
type Entity = Parameters<PipedriveSandbox['records']>[0];

/** Most that a summary note shows. */
const MOST_DOCUMENTS = 20;

/** An ERP as external ids begin; other ERPs may share the Pipedrive. */
type System = string;

/** What is wrong with Pipedrive's products, one sentence each. */
export function productDifferences(
	system: System,
	expected: readonly ExpectedProduct[],
	crm: PipedriveSandbox,
): string[] {
	const rows = living(crm, 'products')
		.filter(({ code }) => code !== PLACEHOLDER)
		.filter((row) => isOf(system, custom(crm, 'product', row, 'ERP ID')));
	return compared('Product', expected, rows, {
		keyOf: ({ code }) => code,
		keyIn: (row) => String(row.code),
		want: ({ name, isActive, prices, stock }) => ({ name, isActive, prices, stock }),
		have: (row) => ({
			name: row.name,
			isActive: row.is_linkable,
			// Pipedrive gives every product a price of zero in its own currency.
			prices: ((row.prices ?? []) as Array<{ currency: string; price: number }>)
				.filter(({ price }) => price !== 0)
				.map(({ currency, price }) => `${currency} ${price}`)
				.sort(),
			stock: custom(crm, 'product', row, 'ERP Stock').split('\n').filter(Boolean),
		}),
	});
}

const PLACEHOLDER = 'ERP-LINE';

/** What is wrong with Pipedrive's deals and their lines, one sentence each. */
export function dealDifferences(
	system: System,
	expected: readonly ExpectedDeal[],
	crm: PipedriveSandbox,
): string[] {
	const organizations = byExternalId(crm, 'organizations');
	const codes = new Map(living(crm, 'products').map(({ id, code }) => [id, String(code)]));
	const lines = living(crm, 'dealProducts');
	const deals = living(crm, 'deals').filter((row) =>
		isOf(system, custom(crm, 'deal', row, 'ERP ID')),
	);
	const lineText = (line: Row) => {
		const code = codes.get(Number(line.product_id)) ?? '';
		const told = code === PLACEHOLDER ? String(line.comments).split(' - ')[0] : code;
		return `${told} ${Number(line.quantity)} x ${cents(Number(line.item_price))}`;
	};
	return compared('Deal', expected, deals, {
		keyOf: ({ number }) => number,
		keyIn: (row) => custom(crm, 'deal', row, 'ERP Order Number'),
		want: ({ status, customer, total, lines: wanted }) => ({
			status,
			organization: organizations.get(customer)?.id,
			total,
			lines: wanted,
		}),
		have: (row) => ({
			status: row.status,
			organization: row.org_id,
			total: Number((customValue(crm, 'deal', row, 'ERP Total') as { value: number }).value),
			lines: lines
				.filter(({ deal_id: deal }) => deal === row.id)
				.map(lineText)
				.sort(),
		}),
	});
}

/** What is wrong with the summary notes of Pipedrive's organizations, one sentence each. */
export function noteDifferences(
	system: System,
	expected: readonly ExpectedDocument[],
	crm: PipedriveSandbox,
): string[] {
	const organizations = byExternalId(crm, 'organizations');
	const customers = grouped(expected, ({ customer }) => customer);
	const wanted = [...customers].map(([customer, documents]) => ({
		customer,
		// The newest; of one day the one with the higher number of its kind, which the ERP gave later.
		lines: [...documents]
			.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0))
			.slice(0, MOST_DOCUMENTS)
			.map(documentText)
			.sort(),
	}));
	const ids = new Map([...organizations].map(([externalId, { id }]) => [id, externalId]));
	const hostOf = (row: Row) => ids.get(Number(row.org_id)) ?? '';
	const notes = living(crm, 'notes').filter((row) => isOf(system, hostOf(row)));
	return compared('Note', wanted, notes, {
		keyOf: ({ customer }) => customer,
		keyIn: hostOf,
		want: ({ lines }) => lines,
		have: ({ content }) => [...String(content).matchAll(/<li>(.*?)<\/li>/g)].map(lineIn).sort(),
	});
}

function documentText({ title, date, total, open, state }: ExpectedDocument): string {
	return [date, title, total, `open ${open}`, state].join(' ');
}

function lineIn([, line]: RegExpMatchArray): string {
	const [date, kind, number, total, , open, , state] = line.split(' | ');
	return [
		date,
		`${kind} ${number}`,
		Number(total),
		`open ${Number(open.replace(/[^\d.-]/g, ''))}`,
		state,
	].join(' ');
}

interface Comparison<E> {
	keyOf(expected: E): string;
	keyIn(row: Row): string;
	want(expected: E): unknown;
	have(row: Row): unknown;
}

function compared<E>(
	what: string,
	expected: readonly E[],
	rows: readonly Row[],
	{ keyOf, keyIn, want, have }: Comparison<E>,
): string[] {
	const present = grouped(rows, keyIn);
	const wanted = new Set(expected.map(keyOf));
	return [
		...[...present]
			.filter(([, same]) => same.length > 1)
			.map(([key, same]) => `${what} ${key} is there ${same.length} times.`),
		...[...present.keys()]
			.filter((key) => !wanted.has(key))
			.map((key) => `${what} ${key} is of no use to anybody.`),
		...expected.flatMap((one) => {
			const [row] = present.get(keyOf(one)) ?? [];
			if (!row) return [`${what} ${keyOf(one)} is missing.`];
			const [a, b] = [JSON.stringify(want(one)), JSON.stringify(have(row))];
			return a === b ? [] : [`${what} ${keyOf(one)} is ${b} instead of ${a}.`];
		}),
	];
}

/** What carries no external id belongs to nobody, and is told whoever asks. */
function isOf(system: System, externalId: string): boolean {
	return externalId === '' || externalId.startsWith(`${system}:`);
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
	return groups;
}

function living(crm: PipedriveSandbox, entity: Entity): Row[] {
	return crm.records(entity).filter((row) => !row.is_deleted);
}

function byExternalId(crm: PipedriveSandbox, entity: 'organizations'): Map<string, Row> {
	return new Map(
		living(crm, entity).map((row) => [custom(crm, 'organization', row, 'ERP ID'), row]),
	);
}

type FieldEntity = Parameters<PipedriveSandbox['store']['customFieldsOf']>[0];

function customValue(crm: PipedriveSandbox, entity: FieldEntity, row: Row, name: string): unknown {
	const field = crm.store.customFieldsOf(entity).find((one) => one.name === name);
	return field && row.custom_fields?.[field.code];
}

function custom(crm: PipedriveSandbox, entity: FieldEntity, row: Row, name: string): string {
	return String(customValue(crm, entity, row, name) ?? '');
}
