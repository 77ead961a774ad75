import type { ODataDialect, ODataRow } from '../../core/odata/dialect';

/** A text property; `''` for null, absent and the initial value alike. */
export function text(row: ODataRow | undefined, name: string): string {
	const value = row?.[name];
	return value === null || value === undefined ? '' : String(value).trim();
}

/** A flag; some of SAP's are `true`, some `'X'`. */
export function isSet(row: ODataRow | undefined, name: string): boolean {
	const value = row?.[name];
	return value === true || value === 'X' || value === 'true';
}

/**
 * A key as SAP stores it: digits alone are padded to ten places. The service shows them without the zeros,
 * which would sort `11` behind `1000123`.
 */
export function storedKey(key: string, length = 10): string {
	const trimmed = key.trim();
	return /^\d+$/.test(trimmed) ? trimmed.padStart(length, '0') : trimmed;
}

/** The key as the service shows it. */
export function shownKey(key: string): string {
	return /^\d+$/.test(key) ? key.replace(/^0+(?=\d)/, '') : key;
}

export interface ChangeTime {
	/** `2026-11-20T10:12:30` in the ERP's local time, `''` when the row has no dates at all. */
	at: string;
	version: string;
}

/**
 * When the row changed last. A partner that was never changed has no LastChangeDate: its creation counts.
 * The property ETag is the user and the second of the last change.
 */
export function changeTimeOf(dialect: ODataDialect, row: ODataRow): ChangeTime {
	const changed = stamp(dialect, row.LastChangeDate, row.LastChangeTime);
	const created = stamp(dialect, row.CreationDate, row.CreationTime);
	const at = changed || created;
	return { at, version: text(row, 'ETag') || at };
}

function stamp(dialect: ODataDialect, date: unknown, time: unknown): string {
	const day = dialect.isoOf(date).slice(0, 10);
	if (day === '') return '';
	return `${day}T${dialect.isoOf(time).slice(0, 8) || '00:00:00'}`;
}

/** Whether a day lies within a row's validity; an empty edge is open. */
export function isValidOn(
	dialect: ODataDialect,
	row: ODataRow,
	day: string,
	start: string,
	end: string,
): boolean {
	const from = dialect.isoOf(row[start]).slice(0, 10);
	const to = dialect.isoOf(row[end]).slice(0, 10);
	return (from === '' || from <= day) && (to === '' || day <= to);
}
