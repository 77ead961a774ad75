/** A row of the Service Layer, v1 or v2. */
export type Row = Record<string, unknown>;

export function text(row: Row | undefined, name: string): string {
	const value = row?.[name];
	if (typeof value === 'string') return value.trim();
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A decimal number as text without exponent; '' when the ERP has none. */
export function amount(row: Row | undefined, name: string): string {
	const value = numberOf(row, name);
	return value === undefined ? '' : decimalText(value);
}

export function numberOf(row: Row | undefined, name: string): number | undefined {
	const value = row?.[name];
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Six places, which is the most the ERP keeps; binary dust of sums is rounded away. */
export function decimalText(value: number): string {
	// From 1e21 on JavaScript writes an exponent; such a number has no places.
	if (Math.abs(value) >= 1e21) return BigInt(value).toString();
	const fixed = value.toFixed(6).replace(/\.?0+$/, '');
	return fixed === '-0' ? '0' : fixed;
}

/** `tYES`, or the database's `Y`. */
export function isYes(row: Row | undefined, name: string): boolean {
	return ['tYES', 'Y'].includes(text(row, name));
}

/** An enumeration member by name or by database value. */
export function isMember(
	row: Row | undefined,
	name: string,
	member: string,
	value: string,
): boolean {
	return [member, value].includes(text(row, name));
}

/** Rows of a sub-collection. */
export function rowsIn(row: Row | undefined, name: string): Row[] {
	const value = row?.[name];
	return Array.isArray(value)
		? (value as Row[]).filter((item) => item && typeof item === 'object')
		: [];
}

/** The day of a date: v2 writes midnight with a `Z` that does not mean UTC. '' when empty. */
export function day(row: Row | undefined, name: string): string {
	return /^\d{4}-\d{2}-\d{2}/.exec(text(row, name))?.[0] ?? '';
}

/** `HH:mm:ss`; '' when empty. */
export function time(row: Row | undefined, name: string): string {
	const match = /^(\d{2}):(\d{2})(?::(\d{2}))?/.exec(text(row, name));
	return match ? `${match[1]}:${match[2]}:${match[3] ?? '00'}` : '';
}

/** Local date-time of a stamp; a missing time is midnight, a missing date ''. */
export function stampOf(row: Row, date: string, timeField?: string): string {
	const onDay = day(row, date);
	if (onDay === '') return '';
	const at = timeField === undefined ? '' : time(row, timeField);
	return `${onDay}T${at || '00:00:00'}`;
}
