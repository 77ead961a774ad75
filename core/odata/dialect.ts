import type { ODataErrorBody } from './errorBody';

/** One row as the service sent it, expanded navigations included. */
export type ODataRow = Record<string, unknown>;

/** One page of a collection. */
export interface ODataCollection {
	rows: ODataRow[];
	/** Link to the next page, to be followed as the server wrote it. */
	nextLink?: string;
	/** Link that later answers with what changed since; only on the last page, only where the service offers it. */
	deltaLink?: string;
	/** Rows that were deleted since the delta link was given out. */
	removed: ODataTombstone[];
	/** Total number of rows, where it was asked for. */
	count?: number;
}

export interface ODataTombstone {
	/** The id as the service wrote it: `…/A_Product('M1')` or `A_Product('M1')`. */
	id: string;
	/** Key values by field name; a single unnamed key stands under `''`. */
	keys: Record<string, string>;
}

/** Which properties to read, and the same for each navigation. */
export interface ODataShape {
	select: readonly string[];
	expand?: Readonly<Record<string, ODataShape>>;
}

/** Values as they are written into `$filter` and keys. A value that does not fit is a `CoreError` of kind `invalid`. */
export interface ODataLiterals {
	string(value: string): string;
	/** `2026-11-20`; a time part is cut off. */
	date(value: string): string;
	/** `2026-11-20` or `2026-11-20T10:12:30`, the service's local time. */
	dateTime(value: string): string;
	/** ISO instant; without an offset it is taken as UTC. */
	dateTimeOffset(value: string): string;
	/** `10:12:30`. */
	time(value: string): string;
	guid(value: string): string;
	/** Digits with an optional fraction, as text. */
	number(value: string): string;
}

/** What differs between OData V2 and V4. Everything else is common. */
export interface ODataDialect {
	readonly version: 'V2' | 'V4';
	/** Sent with every read. */
	readonly headers: Readonly<Record<string, string>>;
	/** Asks for the total number of rows. */
	readonly countOption: readonly [name: string, value: string];
	readonly literal: ODataLiterals;
	/** `$select` and `$expand` of a shape. */
	projection(shape: ODataShape): { select: string; expand: string };
	/** Reads a page. An unexpected body is a `protocol` error, never an empty page. */
	collection(body: unknown, what: string): ODataCollection;
	/** Reads a single entity, with the same strictness. */
	entity(body: unknown, what: string): ODataRow;
	/** Rows behind an expanded navigation; to-one gives none or one. `undefined` when the row does not have it. */
	related(row: ODataRow, navigation: string): ODataRow[] | undefined;
	/** The row's entity tag, `''` when it has none. */
	etag(row: ODataRow): string;
	/** The row without the protocol's own members. */
	plain(row: ODataRow): ODataRow;
	/**
	 * A date, date-time, instant or time as ISO text: `2026-11-20T00:00:00`, `2026-11-20T10:12:30.000Z`, `10:12:30`;
	 * `''` for null. A value of another form is a `protocol` error.
	 */
	isoOf(value: unknown): string;
	errorBody(body: unknown): ODataErrorBody | undefined;
}
