import { addHash, EMPTY_SUM, hash8 } from './digest';
import { SyncError } from './errors';

/** One digest for all rows with keys after the range before it, up to and including `upTo`. */
export interface RangeDigest {
	upTo: string;
	count: number;
	sum: string;
	/** base64 of a 6-byte hash per row, where there was room for that: then the rows that changed are known. */
	rows?: string;
}

export interface FoldedRange<T> {
	rows: T[];
	/** Those of `rows` that differ from last time; all of a changed range whose rows were not remembered each. */
	changed: T[];
	digest: RangeDigest;
	/** The rows as a whole differ from what the old digest was made of, or there is no old digest. */
	hasChanged: boolean;
}

/** About so many rows a range: 50,000 rows make 200 ranges, some 8 kB. */
export const RANGE_SIZE = 250;

/**
 * So many rows of a snapshot are remembered each: 80 kB, twice while a sweep goes on. Beyond that a change delivers
 * its whole range.
 */
export const MAX_KEPT_ROWS = 10_000;

export interface FoldOptions {
	size?: number;
	/** How many rows may still be remembered each; default none. */
	rowsToKeep?: number;
}

/**
 * Folds rows, handed over in ascending key order, into one digest per key range and compares each range with
 * the digest of last time. Old boundaries are kept as long as a range stays below twice its size; a range that
 * grew is split. Memory holds one range of rows.
 */
export class RangeFold<T> {
	private open: OpenRange<T>;
	private oldAt = 0;
	private lastKey: string | undefined;
	private readonly size: number;
	private rowsToKeep: number;
	private remembered: { at: number; hashes: Set<string> | undefined } | undefined;

	/**
	 * @param old digests of last time, all of them
	 * @param afterKey the fold goes on behind this key; a range that it cuts through counts as changed
	 */
	constructor(
		private readonly old: readonly RangeDigest[],
		afterKey?: string,
		{ size = RANGE_SIZE, rowsToKeep = 0 }: FoldOptions = {},
	) {
		this.size = size;
		this.rowsToKeep = rowsToKeep;
		if (afterKey !== undefined) {
			while (this.oldAt < old.length && old[this.oldAt].upTo <= afterKey) this.oldAt++;
		}
		const startsAtEdge = afterKey === undefined || old[this.oldAt - 1]?.upTo === afterKey;
		this.lastKey = afterKey;
		this.open = emptyRange(startsAtEdge);
	}

	/** Rows of the open range that will certainly be delivered. */
	get pending(): number {
		return this.open.changed.length;
	}

	/** Ranges that this row closed. */
	add(key: string, version: string, row: T): Array<FoldedRange<T>> {
		if (this.lastKey !== undefined && key <= this.lastKey) {
			throw new SyncError(
				'protocol',
				`The ERP returned key "${key}" after "${this.lastKey}", so the list is not in ascending key order and rows could be missed.`,
			);
		}
		const closed = this.closeBefore(key);
		this.lastKey = key;
		const hash = hash8(key, version);
		this.open.rows.push(row);
		if (this.isCertainlyChanged(hash)) this.open.changed.push(row);
		this.open.hashes.push(shortened(hash));
		this.open.sum = addHash(this.open.sum, hash);
		if (this.isFull(key)) closed.push(this.closeFull(key));
		return closed;
	}

	/** The end of all rows. */
	end(): Array<FoldedRange<T>> {
		return this.open.rows.length === 0 ? [] : [this.close(this.lastKey ?? '')];
	}

	/** Stops in the middle: the open range is closed where it stands and counts as changed. */
	cut(): Array<FoldedRange<T>> {
		this.open.isWhole = false;
		return this.end();
	}

	private isCertainlyChanged(hash: string): boolean {
		if (this.old.length === 0) return true;
		// Rows that were pushed out of the last range by new ones before them are still among its hashes.
		const at = Math.min(this.oldAt, this.old.length - 1);
		if (this.remembered?.at !== at) {
			this.remembered = { at, hashes: hashesIn(this.old[at].rows) };
		}
		const { hashes } = this.remembered;
		return hashes ? !hashes.has(shortened(hash)) : this.oldAt >= this.old.length;
	}

	/** Where the open range has to end. The last old range stays open until it is full: new keys mostly come at the end. */
	private boundary(): string | undefined {
		const range = this.old[this.oldAt];
		const isLast = this.oldAt === this.old.length - 1;
		return range === undefined || (isLast && range.count < this.size) ? undefined : range.upTo;
	}

	private isFull(key: string): boolean {
		const count = this.open.rows.length;
		const upTo = this.boundary();
		if (upTo === undefined) return count >= this.size;
		return count >= 2 * this.size && key !== upTo;
	}

	private closeBefore(key: string): Array<FoldedRange<T>> {
		const closed: Array<FoldedRange<T>> = [];
		for (let upTo = this.boundary(); upTo !== undefined && key > upTo; upTo = this.boundary()) {
			// A range whose rows all vanished leaves no digest.
			if (this.open.rows.length > 0) closed.push(this.close(upTo));
			this.oldAt++;
			this.open = emptyRange(true);
		}
		return closed;
	}

	private closeFull(key: string): FoldedRange<T> {
		const isSplit = this.boundary() !== undefined;
		if (isSplit) this.open.isWhole = false;
		const closed = this.close(key);
		if (isSplit) this.open.isWhole = false;
		else this.oldAt++;
		return closed;
	}

	private close(upTo: string): FoldedRange<T> {
		const before = this.old[this.oldAt];
		const { rows, changed, hashes, sum, isWhole } = this.open;
		const count = rows.length;
		const isSame = isWhole && before !== undefined && before.count === count && before.sum === sum;
		this.open = emptyRange(true);
		const digest: RangeDigest = { upTo, count, sum };
		if (count <= this.rowsToKeep) {
			this.rowsToKeep -= count;
			digest.rows = Buffer.from(hashes.join(''), 'hex').toString('base64');
		}
		const isNamed = before === undefined || before.rows !== undefined;
		return { rows, changed: isSame ? [] : isNamed ? changed : rows, digest, hasChanged: !isSame };
	}
}

/** Neighbours that fit into one range become one: cut ranges would add up over the years. */
export function coalesced(ranges: readonly RangeDigest[], size = RANGE_SIZE): RangeDigest[] {
	const joined: RangeDigest[] = [];
	for (const range of ranges) {
		const last = joined.at(-1);
		if (last && last.count + range.count <= size)
			joined[joined.length - 1] = joinedRange(last, range);
		else joined.push(range);
	}
	return joined;
}

function joinedRange(a: RangeDigest, b: RangeDigest): RangeDigest {
	const joined: RangeDigest = {
		upTo: b.upTo,
		count: a.count + b.count,
		sum: addHash(a.sum, b.sum),
	};
	if (a.rows === undefined || b.rows === undefined) return joined;
	const bytes = [a.rows, b.rows].map((rows) => Buffer.from(rows, 'base64'));
	return { ...joined, rows: Buffer.concat(bytes).toString('base64') };
}

interface OpenRange<T> {
	rows: T[];
	changed: T[];
	hashes: string[];
	sum: string;
	isWhole: boolean;
}

function emptyRange<T>(isWhole: boolean): OpenRange<T> {
	return { rows: [], changed: [], hashes: [], sum: EMPTY_SUM, isWhole };
}

const SHORT_HASH = 12;

/** 6 of the 8 bytes: a row is compared with the few hundred of its range only. */
function shortened(hash: string): string {
	return hash.slice(0, SHORT_HASH);
}

function hashesIn(packed: string | undefined): Set<string> | undefined {
	if (packed === undefined) return undefined;
	const hex = Buffer.from(packed, 'base64').toString('hex');
	const hashes = new Set<string>();
	for (let at = 0; at < hex.length; at += SHORT_HASH) hashes.add(hex.slice(at, at + SHORT_HASH));
	return hashes;
}
