import { CoreError } from '../../core/http/errors';
import type { Condition, TableAccess, TablePage, TableRow } from './tableAccess';

export interface KeyedRead {
	table: string;
	columns: readonly string[];
	where?: readonly Condition[];
	/** Unique column to page by. */
	key: string;
	pageSize: number;
}

/**
 * Keyset paging, because SYSPRO's find knows no offset: the next page is what comes after the last key. Ends with an
 * empty page: a short one proves nothing, servers cap pages as they like.
 */
export async function* keyedPages(
	access: TableAccess,
	read: KeyedRead,
	afterKey?: string,
): AsyncGenerator<TablePage> {
	let after = afterKey;
	for (;;) {
		const behind = after === undefined ? [] : [condition(read.key, 'GT', after)];
		const page = await access.find({
			table: read.table,
			columns: read.columns,
			where: [...(read.where ?? []), ...behind],
			orderBy: [read.key],
			rows: read.pageSize,
		});
		const last = page.rows.at(-1)?.[read.key];
		if (last === undefined) return;
		assertBehind(page.rows, read, after);
		yield page;
		after = last;
	}
}

export interface GroupedRead extends Omit<KeyedRead, 'key'> {
	/** Rows with the same value here belong together. */
	group: string;
	/** Tells the rows of one group apart. */
	within: string;
}

export interface Group {
	key: string;
	rows: TableRow[];
}

/** Pages of whole groups: a group that a page may have cut is read again from its beginning. */
export async function* groupedPages(
	access: TableAccess,
	read: GroupedRead,
	afterKey?: string,
): AsyncGenerator<{ groups: Group[]; serverNow?: string }> {
	const { table, columns, group, within, pageSize: rows } = read;
	const find = async (...edge: Condition[]) =>
		await access.find({
			table,
			columns,
			where: [...(read.where ?? []), ...edge],
			orderBy: [group, within],
			rows,
		});
	let edge = afterKey === undefined ? [] : [condition(group, 'GT', afterKey)];
	for (;;) {
		const page = await find(...edge);
		assertWithin(page.rows, { table, key: group }, edge[0]);
		const groups = groupsOf(page.rows, group);
		const last = groups.at(-1);
		if (!last) return;
		if (groups.length > 1) {
			yield { groups: groups.slice(0, -1), serverNow: page.serverNow };
			edge = [condition(group, 'GE', last.key)];
			continue;
		}
		for (let more = page.rows; more.length > 0; ) {
			const lastRow = more[more.length - 1][within];
			more = (await find(condition(group, 'EQ', last.key), condition(within, 'GT', lastRow))).rows;
			assertBehind(more, { table, key: within }, lastRow);
			last.rows.push(...more);
		}
		yield { groups, serverNow: page.serverNow };
		edge = [condition(group, 'GT', last.key)];
	}
}

export function condition(column: string, is: Condition['is'], value: string): Condition {
	return { column, is, value };
}

/** A page that begins with a group again may; one that stays before it may not. */
function assertWithin(
	rows: readonly TableRow[],
	read: { table: string; key: string },
	edge: Condition | undefined,
): void {
	if (edge?.is === 'GE' && rows[0]?.[read.key] === edge.value) return;
	assertBehind(rows, read, edge?.value);
}

function groupsOf(rows: readonly TableRow[], column: string): Group[] {
	const groups: Group[] = [];
	for (const row of rows) {
		const last = groups.at(-1);
		if (last?.key === row[column]) last.rows.push(row);
		else groups.push({ key: row[column], rows: [row] });
	}
	return groups;
}

/** SYSPRO ignores what it does not understand, also a condition: paging would then never end. */
function assertBehind(
	rows: readonly TableRow[],
	{ table, key }: { table: string; key: string },
	after: string | undefined,
): void {
	const first = rows[0]?.[key];
	if (first === undefined || after === undefined) return;
	const isBehind =
		/^-?[\d.]+$/.test(first) && /^-?[\d.]+$/.test(after) && Number(first) !== Number(after)
			? Number(first) > Number(after) || first > after
			: first > after;
	if (isBehind) return;
	throw new CoreError(
		'protocol',
		`SYSPRO returned ${table} with ${key} "${first}" although only those after "${after}" were asked for.`,
		{
			remedy:
				'The condition was ignored, or the database does not sort byte by byte (Latin1_General_BIN, as SYSPRO requires).',
		},
	);
}
