import { addHash, EMPTY_SUM, hash8 } from './digest';
import { SyncError } from './errors';

/** One digest for all rows with keys after the range before it, up to and including `upTo`. */
export interface RangeDigest {
	upTo: string;
	count: number;
	sum: string;
}

export interface FoldedRange<T> {
	rows: T[];
	digest: RangeDigest;
	/** The rows as a whole differ from what the old digest was made of, or there is no old digest. */
	hasChanged: boolean;
}

/** About so many rows a range: 50,000 rows make 200 ranges, some 8 kB. */
export const RANGE_SIZE = 250;

/**
 * Folds rows, handed over in ascending key order, into one digest per key range and compares each range with
 * the digest of last time. Old boundaries are kept as long as a range stays below twice its size; a range that
 * grew is split. Memory holds one range of rows.
 */
export class RangeFold<T> {
	private open: { rows: T[]; count: number; sum: string; isWhole: boolean };
	private oldAt = 0;
	private lastKey: string | undefined;

	/**
	 * @param old digests of last time, all of them
	 * @param afterKey the fold goes on behind this key; a range that it cuts through counts as changed
	 */
	constructor(
		private readonly old: readonly RangeDigest[],
		afterKey?: string,
		private readonly size = RANGE_SIZE,
	) {
		if (afterKey !== undefined) {
			while (this.oldAt < old.length && old[this.oldAt].upTo <= afterKey) this.oldAt++;
		}
		const startsAtEdge = afterKey === undefined || old[this.oldAt - 1]?.upTo === afterKey;
		this.lastKey = afterKey;
		this.open = emptyRange(startsAtEdge);
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
		this.open.rows.push(row);
		this.open.count++;
		this.open.sum = addHash(this.open.sum, hash8(key, version));
		if (this.isFull(key)) closed.push(this.closeFull(key));
		return closed;
	}

	/** The end of all rows. */
	end(): Array<FoldedRange<T>> {
		return this.open.count === 0 ? [] : [this.close(this.lastKey ?? '')];
	}

	/** Stops in the middle: the open range is closed where it stands and counts as changed. */
	cut(): Array<FoldedRange<T>> {
		this.open.isWhole = false;
		return this.end();
	}

	/** Where the open range has to end. The last old range stays open until it is full: new keys mostly come at the end. */
	private boundary(): string | undefined {
		const range = this.old[this.oldAt];
		const isLast = this.oldAt === this.old.length - 1;
		return range === undefined || (isLast && range.count < this.size) ? undefined : range.upTo;
	}

	private isFull(key: string): boolean {
		const upTo = this.boundary();
		if (upTo === undefined) return this.open.count >= this.size;
		return this.open.count >= 2 * this.size && key !== upTo;
	}

	private closeBefore(key: string): Array<FoldedRange<T>> {
		const closed: Array<FoldedRange<T>> = [];
		for (let upTo = this.boundary(); upTo !== undefined && key > upTo; upTo = this.boundary()) {
			// A range whose rows all vanished leaves no digest.
			if (this.open.count > 0) closed.push(this.close(upTo));
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
		const { rows, count, sum, isWhole } = this.open;
		const isSame = isWhole && before !== undefined && before.count === count && before.sum === sum;
		this.open = emptyRange(true);
		return { rows, digest: { upTo, count, sum }, hasChanged: !isSame };
	}
}

function emptyRange(isWhole: boolean) {
	return { rows: [] as never[], count: 0, sum: EMPTY_SUM, isWhole };
}
