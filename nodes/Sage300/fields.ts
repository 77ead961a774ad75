import { CoreError } from '../../core/http/errors';

/** One row as the Web API sent it. */
export type Row = Readonly<Record<string, unknown>>;

/** A text without the blanks that fill up its column, `''` for null. */
export function text(row: Row | undefined, property: string): string {
	const value = row?.[property];
	if (value === null || value === undefined) return '';
	return typeof value === 'string' ? value.trim() : String(value);
}

/** `YYYY-MM-DD`, `''` for null. All dates are days: their time is midnight, with or without `Z`. */
export function day(row: Row, property: string): string {
	const value = text(row, property);
	if (value === '') return '';
	const date = /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(value)?.[0];
	if (date !== undefined) return date;
	throw new CoreError('protocol', `${property} is "${value}", which is no date of the Web API.`);
}

/** An amount as text, without zeros that only fill up: `100.5`, whether it came as 100.5 or "100.500". */
export function amount(row: Row, property: string): string {
	const value = text(row, property);
	return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}

/** A whole number; 0 where there is none. */
export function whole(row: Row, property: string): number {
	const value = Number(text(row, property));
	return Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** Yes or No as the Web API writes it; some builds write the number behind it or a Boolean. */
export function isYes(row: Row, property: string): boolean {
	return /^(yes|true|1)$/i.test(text(row, property));
}
