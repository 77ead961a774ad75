import type { TableRow } from './tableAccess';

export interface Selection {
	/** Columns this version of SYSPRO lacks. */
	leaveOut: ReadonlySet<string>;
	/** Allowed values by column; a column that is absent allows all. */
	allowed: ReadonlyMap<string, ReadonlySet<string>>;
	pageSize: number;
}

export function columnsFor(
	key: string,
	columns: readonly string[],
	{ leaveOut, allowed }: Selection,
): string[] {
	const wanted = new Set([key, ...columns, ...allowed.keys()]);
	return [...wanted].filter((column) => column === key || !leaveOut.has(column));
}

export function isAllowed(row: TableRow, { allowed }: Selection): boolean {
	return [...allowed].every(([column, values]) => values.has(row[column] ?? ''));
}
