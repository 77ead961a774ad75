import { SyncError } from './errors';

/**
 * Cursor values are dates or date-times in the ERP's own local time, without a zone. They are compared as
 * text and moved as if they were UTC: whichever the zone is, it is the same on both sides.
 */
const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?$/;

export function isCursorValue(value: unknown): value is string {
	return typeof value === 'string' && FORM.test(value);
}

export function assertCursorValue(value: string, what: string): string {
	if (FORM.test(value)) return value;
	throw new SyncError(
		'protocol',
		`${what} has the change date "${value}", which is neither YYYY-MM-DD nor YYYY-MM-DDTHH:mm:ss.`,
		'Check the change field of the source.',
	);
}

export function dayOf(value: string): string {
	return value.slice(0, 10);
}

/** The same form, so many seconds earlier. A date stays a date: it goes back by whole days, rounded up. */
export function earlierBy(value: string, seconds: number): string {
	const isDate = value.length === 10;
	const at = Date.parse(isDate ? `${value}T00:00:00Z` : `${value}Z`);
	const back = isDate ? Math.ceil(seconds / 86_400) * 86_400 : seconds;
	const text = new Date(at - back * 1000).toISOString().replace('Z', '');
	return isDate ? text.slice(0, 10) : text.slice(0, Math.max(19, value.length));
}

/** Never undefined-safe by accident: an absent value is the smallest. */
export function later(a: string | undefined, b: string | undefined): string {
	return (a ?? '') >= (b ?? '') ? (a ?? '') : (b ?? '');
}

/**
 * The earlier of two values of perhaps different precision: a date is earlier than any time of its day,
 * so a mark that is a day is not held back by a present that is a time of the same day.
 */
export function capped(value: string, ceiling: string): string {
	return value <= ceiling ? value : ceiling.slice(0, value.length);
}
