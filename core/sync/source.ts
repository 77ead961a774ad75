/**
 * What the author of a new ERP writes. State, dedupe, resume, retry and n8n are none of its business.
 *
 * `R` is the record that leaves the trigger (an ErpRecord, or the vendor's row).
 */
export interface DeltaSource<R> {
	/** `ascending`: changes come in cursor order, so an interrupted read may move the mark. `unordered`: they do not. */
	readonly order: 'ascending' | 'unordered';
	/** `day` cursors are floored to the day before reading; `timestamp` cursors are used as they are. */
	readonly precision: 'day' | 'timestamp';

	/**
	 * Light rows of everything that changed inside the window, in the source's own stable order, lower edge included.
	 * `resumeAfter` is a token of an earlier page of the same window: go on behind it.
	 * Absent where the ERP has no change field at all: then every poll is a sweep (a snapshot), and `scan` is needed.
	 */
	changes?(window: Window, resumeAfter?: string): AsyncIterable<ChangePage>;

	/** The whole records behind these changes. One change may give none (filtered out), one or several records. */
	load(changes: readonly Change[]): Promise<Array<Loaded<R>>>;

	/** Every record in ascending key order, for the sweep and for the first load of everything. */
	scan?(afterKey?: string): AsyncIterable<ScanPage<R>>;

	/** Which of these keys are gone, and which still exist but left the filter. Asked only for keys that a sweep missed. */
	confirmMissing?(keys: readonly string[]): Promise<MissingKey<R>[]>;
}

/** Cursor values are the ERP's own local date (`2026-11-20`) or date-time (`2026-11-20T10:12:30`), without a zone, compared as text. */
export interface Window {
	fromInclusive: string;
	/** The delta link of the last complete read, where the service gave one. A source whose link expired reads the window. */
	deltaToken?: string;
	/** Keys of documents that were open when last delivered, ascending: to be read again whatever their date is. */
	openDocuments?: readonly string[];
}

export interface Change {
	/**
	 * Names the changed row, not necessarily the record: `partner:1000123`, `relationship:17`.
	 * An `unordered` source hands its ids over in ascending text order.
	 */
	id: string;
	/** Differs whenever the row changed. */
	version: string;
	/** Cursor value of the row; a row without one must be given one by the source or be an error. */
	changedAt: string;
	/** A tombstone of a service that reports deletions. */
	isDeleted?: boolean;
	/**
	 * The version is no finer than a moment that is not over: the row may change again and keep it. Such a row is
	 * delivered, looked at once more when the moment is over, and delivered again where its record is another then.
	 */
	isProvisional?: boolean;
	/**
	 * A document that goes on changing after its date, such as an order. While it is open its key is remembered and
	 * comes back in `Window.openDocuments`; a change that says it is closed (or gone) is the last one.
	 */
	document?: { key: string; isOpen: boolean };
	/** Whatever `load` wants to find again. Kept only in memory. */
	payload?: unknown;
}

export interface ChangePage {
	changes: Change[];
	/** Opaque: everything up to here has been handed over. Absent: a read that stops here starts the window again. */
	resumeAfter?: string;
	/** The server's present (its `Date` header) as a cursor value, where known. */
	serverNow?: string;
	/** On the last page, where the service offers delta links: read from here next time. */
	deltaToken?: string;
}

export interface Loaded<R> {
	/** The record's key in the ERP: two changes of one record are delivered once. */
	key: string;
	version: string;
	record: R;
}

export interface ScanPage<R> {
	rows: Array<Loaded<R>>;
	serverNow?: string;
}

export interface MissingKey<R> {
	key: string;
	/** `gone`: the ERP does not know it any more. `leftFilter`: it exists but is no longer selected. */
	fate: 'gone' | 'leftFilter';
	/** What to emit for it, flagged `isDeleted` for `gone`. */
	record?: R;
}
