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
	readonly digests: RangeDigest[] = [];
	private open: { rows: T[]; count: number; sum: string; lastKey: string; isWhole: boolean };
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
		const startsAtEdge =
			afterKey === undefined || this.oldAt === 0 || old[this.oldAt - 1].upTo === afterKey;
		this.lastKey = afterKey;
		this.open = this.emptyRange(startsAtEdge);
	}

	/** Ranges that this row closed: none or one, or several where whole old ranges vanished. */
	add(key: string, version: string, row: T): Array<FoldedRange<T>> {
		if (this.lastKey !== undefined && key <= this.lastKey) {
			throw new SyncError(
				'protocol',
				`The ERP returned key "${key}" after "${this.lastKey}", so the list is not in ascending key order and rows could be missed.`,
			);
		}
		this.lastKey = key;
		const closed = this.closeBefore(key);
		this.open.rows.push(row);
		this.open.count++;
		this.open.sum = addHash(this.open.sum, hash8(key, version));
		this.open.lastKey = key;
		const boundary = this.old[this.oldAt];
		if (!boundary && this.open.count >= this.size) closed.push(this.close(key));
		else if (boundary && this.open.count >= 2 * this.size) closed.push(this.splitOff(key));
		return closed;
	}

	/** The end of all rows. */
	end(): Array<FoldedRange<T>> {
		const closed: Array<FoldedRange<T>> = [];
		if (this.open.count > 0) closed.push(this.close(this.open.lastKey));
		return closed;
	}

	/** Stops in the middle: the open range is closed where it stands and counts as changed. */
	cut(): Array<FoldedRange<T>> {
		if (this.open.count === 0) return [];
		this.open.isWhole = false;
		return [this.close(this.open.lastKey, this.open.lastKey)];
	}

	/** The last key of the last closed range. */
	get closedUpTo(): string | undefined {
		return this.digests[this.digests.length - 1]?.upTo;
	}

	private closeBefore(key: string): Array<FoldedRange<T>> {
		const closed: Array<FoldedRange<T>> = [];
		while (this.oldAt < this.old.length && key > this.old[this.oldAt].upTo) {
			const { upTo } = this.old[this.oldAt];
			// A range whose rows all vanished leaves no digest.
			if (this.open.count > 0) closed.push(this.close(upTo));
			else this.open = this.emptyRange(true);
			this.oldAt++;
		}
		return closed;
	}

	private close(upTo: string, boundary = upTo): FoldedRange<T> {
		const before = this.old[this.oldAt];
		const { rows, count, sum, isWhole } = this.open;
		const isSame =
			isWhole &&
			before !== undefined &&
			(before.upTo === boundary || this.isLast()) &&
			before.count === count &&
			before.sum === sum;
		this.digests.push({ upTo, count, sum });
		this.open = this.emptyRange(true);
		return { rows, hasChanged: !isSame };
	}

	/** Too many rows between two old boundaries: what there is goes out as a range of its own. */
	private splitOff(key: string): FoldedRange<T> {
		this.open.isWhole = false;
		const closed = this.close(key);
		this.open.isWhole = false;
		return closed;
	}

	private isLast(): boolean {
		return this.oldAt === this.old.length - 1;
	}

	private emptyRange(isWhole: boolean) {
		return { rows: [] as T[], count: 0, sum: EMPTY_SUM, lastKey: '', isWhole };
	}
}
