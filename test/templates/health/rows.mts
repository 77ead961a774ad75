/** A row of a Data Table, an empty item, or the error of the node that should have read one. */
export type Row = Record<string, unknown>;

export function isRow(row: Row): boolean {
	return row.id !== undefined && row.id !== null && row.error === undefined;
}

export function textOf(value: unknown): string {
	return value === undefined || value === null ? '' : String(value);
}

export function numberOf(value: unknown): number {
	const number = Number(value);
	return Number.isFinite(number) ? number : 0;
}

/** Epoch milliseconds; null where there is no instant. */
export function instantOf(value: unknown): number | null {
	const instant = Date.parse(textOf(value));
	return Number.isNaN(instant) ? null : instant;
}
