import { CoreError } from '../http/errors';

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(\.\d{1,7})?)?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})?$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Quotes a text; a quote inside is doubled. */
export function quoted(value: string): string {
	return `'${value.replace(/'/g, "''")}'`;
}

export function dateIn(value: string): string {
	return matched(DATE, value, 'date')[1];
}

/** `2026-11-20T10:12:30`, at midnight when only a date is given. */
export function localDateTimeIn(value: string): string {
	const [, date, time, fraction] = matched(DATE, value, 'date and time');
	return `${date}T${time ?? '00:00:00'}${fraction ?? ''}`;
}

/** An instant that ends in `Z` or an offset. */
export function instantIn(value: string): string {
	const text = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00` : value;
	return matched(INSTANT, text, 'instant')[2] ? text : `${text}Z`;
}

export function timeIn(value: string): [hours: string, minutes: string, seconds: string] {
	const [, hours, minutes, seconds] = matched(TIME, value, 'time');
	return [hours, minutes, seconds];
}

export function guidIn(value: string): string {
	return matched(GUID, value, 'GUID')[0];
}

export function numberIn(value: string): string {
	return matched(NUMBER, value, 'number')[0];
}

function matched(pattern: RegExp, value: string, what: string): RegExpExecArray {
	const match = pattern.exec(value);
	if (match) return match;
	throw new CoreError('invalid', `"${value}" is not a ${what} that can be written into a filter.`);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A property, navigation or entity set name that a person typed; anything else could change the query's meaning. */
export function checkedName(name: string, setting: string): string {
	const trimmed = name.trim();
	if (NAME.test(trimmed)) return trimmed;
	throw new CoreError('configuration', `"${name}" is not a valid name in an OData service.`, {
		remedy: `Correct "${setting}": names consist of letters, digits and underscores.`,
	});
}
