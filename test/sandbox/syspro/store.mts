/** One company's data. Texts are texts, decimals and dates too: `1500.00`, `2026-11-20`; an absent date is ''. */
import { tableNamed, type Table } from './tables.mts';

export type Row = Record<string, string>;

const BLANK = { s: '', n: '0', d: '' } as const;

export class SysproStore {
	private readonly tables = new Map<string, Map<string, Row>>();
	private readonly sorted = new Map<string, Row[]>();

	/** Adds a row or replaces it. Columns left out are blank. An unknown column is a mistake of the test. */
	put(tableName: string, row: Row): void {
		const table = named(tableName);
		const unknown = Object.keys(row).find((column) => !(column in table.columns));
		if (unknown) throw new Error(`${tableName} has no column ${unknown}`);
		const blank = Object.entries(table.columns).map(([column, type]) => [column, BLANK[type]]);
		const rows = this.rowsOf(tableName);
		rows.set(keyOf(table, row), { ...Object.fromEntries(blank), ...row } as Row);
		this.sorted.delete(tableName);
	}

	/** Changes a row by its key values in order. */
	patch(tableName: string, key: string[], changes: Row): void {
		const row = this.get(tableName, key);
		if (!row) throw new Error(`${tableName} has no row ${key.join('/')}`);
		this.put(tableName, { ...row, ...changes });
	}

	get(tableName: string, key: string[]): Row | undefined {
		return this.rowsOf(tableName).get(key.join('\u0000'));
	}

	remove(tableName: string, key: string[]): void {
		this.rowsOf(tableName).delete(key.join('\u0000'));
		this.sorted.delete(tableName);
	}

	/** In key order, as a clustered index gives them; text is compared byte by byte (Latin1_General_BIN). */
	rows(tableName: string): readonly Row[] {
		const known = this.sorted.get(tableName);
		if (known) return known;
		const table = named(tableName);
		const rows = [...this.rowsOf(tableName).values()].sort((a, b) =>
			compareBy(table, table.key, a, b),
		);
		this.sorted.set(tableName, rows);
		return rows;
	}

	/** The first `most` rows (0: all) that match, in the order asked for. */
	select(
		tableName: string,
		matches: (row: Row) => boolean,
		orderBy: readonly string[],
		most: number,
	): Row[] {
		const table = named(tableName);
		const limit = most > 0 ? most : Infinity;
		// An index gives rows in its order, so the rest need not be looked at.
		const isIndexed = orderBy.every((column, at) => table.key[at] === column);
		const found: Row[] = [];
		for (const row of this.rows(tableName)) {
			if (isIndexed && found.length >= limit) break;
			if (matches(row)) found.push(row);
		}
		if (!isIndexed) found.sort((a, b) => compareBy(table, orderBy, a, b));
		return found.slice(0, limit);
	}

	private rowsOf(tableName: string): Map<string, Row> {
		const known = this.tables.get(tableName);
		if (known) return known;
		const rows = new Map<string, Row>();
		this.tables.set(tableName, rows);
		return rows;
	}
}

export function compareBy(table: Table, columns: readonly string[], a: Row, b: Row): number {
	for (const column of columns) {
		const order = compareValues(table.columns[column], a[column], b[column]);
		if (order !== 0) return order;
	}
	return 0;
}

export function compareValues(type: string, a: string, b: string): number {
	if (type === 'n') return Number(a) - Number(b);
	return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(table: Table, row: Row): string {
	return table.key.map((column) => row[column] ?? '').join('\u0000');
}

function named(name: string): Table {
	const table = tableNamed(name);
	if (!table) throw new Error(`There is no table ${name}`);
	return table;
}
