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

/** `query` names the selection: the same words on the same version of the table give the same rows. */
export function select(
	table: Table,
	options: QueryOptions,
	query: URLSearchParams,
): readonly Row[] {
	const words = `${query.get('$filter') ?? ''}|${query.get('$orderby') ?? ''}`;
	const before = kept.get(table);
	if (before?.version === table.version && before.query === words) return before.rows;
	const rows = selectRows(table, options);
	kept.set(table, { version: table.version, query: words, rows });
	return rows;
}

function selectRows(table: Table, options: QueryOptions): readonly Row[] {
	const source = options.order === undefined ? table.inNoOrder() : table.all();
	const found = options.filter ? source.filter(options.filter) : source;
	return typeof options.order === 'function' ? [...found].sort(options.order) : found;
}
