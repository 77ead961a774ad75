/** The rows a query selects, in the order it asks for; kept while nothing changes, for the pages to come. */
import type { Row } from './edm.mts';
import type { QueryOptions } from './query/options.mts';
import type { Table } from './table.mts';

interface Kept {
	version: number;
	query: string;
	rows: readonly Row[];
}

const kept = new WeakMap<Table, Kept>();

/**
 * `query` names the selection: the same words on the same version of the table give the same rows.
 * `most` is how many rows the caller can use; fewer are only given where nobody counts them.
 */
export function select(
	table: Table,
	options: QueryOptions,
	query: URLSearchParams,
	most = Infinity,
): readonly Row[] {
	if (isRange(options)) return selectRange(table, options, options.skip + most);
	const words = `${query.get('$filter') ?? ''}|${query.get('$orderby') ?? ''}`;
	const before = kept.get(table);
	if (before?.version === table.version && before.query === words) return before.rows;
	const rows = selectRows(table, options);
	kept.set(table, { version: table.version, query: words, rows });
	return rows;
}

function selectRows(table: Table, options: QueryOptions): readonly Row[] {
	const source = candidates(table, options);
	const found = options.filter ? source.filter(options.filter) : source;
	return typeof options.order === 'function' ? [...found].sort(options.order) : found;
}

/** `A eq 1 or A eq 2 …`: the few rows with those values instead of all. */
function candidates(table: Table, { filter, order }: QueryOptions): readonly Row[] {
	const { among } = filter ?? {};
	if (!among) return order === undefined ? table.inNoOrder() : table.all();
	const values = [...new Set(among.values)];
	const rows = values.flatMap((value) => table.find([among.name], { [among.name]: value }));
	return order === 'key' ? rows.sort((a, b) => table.compareKeys(a, b)) : rows;
}

/** The form of keyset paging: from a key upwards, in key order. */
function isRange({ filter, order, wantsCount, skipToken }: QueryOptions): boolean {
	return (
		!filter?.among && order === 'key' && filter?.above !== undefined && !wantsCount && !skipToken
	);
}

function selectRange(table: Table, { filter }: QueryOptions, most: number): Row[] {
	const rows: Row[] = [];
	const source = table.all();
	for (let at = table.firstFrom(filter?.above ?? ''); at < source.length; at++) {
		if (rows.length >= most) break;
		if (!filter || filter(source[at])) rows.push(source[at]);
	}
	return rows;
}
