import type { HeavyProgress } from './checkpoint';
import { dayOf } from './cursorValue';
import type { OpenDocuments } from './openDocuments';
import type { Seen } from './seen';
import { RangeFold, type FoldedRange } from './snapshot';
import type { Change } from './source';

/** Rows that are delivered together or, where `deliver` is empty, need not be delivered at all. */
export interface Portion {
	deliver: Change[];
	/** All rows that are done with once `deliver` is delivered. */
	rows: Change[];
	/** Remembers them. */
	settle(): void;
}

/**
 * Tells rows that have to be delivered from those delivered before. Portions come out in reading order and must be
 * settled in that order: what is remembered then always covers a prefix of the window.
 */
export class FreshRows {
	private readonly folds = new Map<string, RangeFold<Change>>();

	constructor(
		private readonly seen: Seen,
		/** How far heavy days were read in this window; grows as portions are settled. */
		private readonly heavy: Record<string, HeavyProgress>,
		private readonly open: OpenDocuments,
	) {}

	offer(change: Change): Portion[] {
		const { document } = change;
		if (document && (document.isOpen || this.open.has(document.key))) {
			return [this.followed(change, document)];
		}
		if (!this.seen.isHeavy(change)) return [this.single(change)];
		const day = dayOf(change.changedAt);
		const done = this.heavy[day]?.afterId;
		if (done !== undefined && change.id <= done) return [nothingToDo(change)];
		return this.portions(day, this.foldOf(day).add(change.id, change.version, change));
	}

	/** The window is read to its end. */
	end(): Portion[] {
		return [...this.folds].flatMap(([day, fold]) => this.portions(day, fold.end()));
	}

	/** Call after `end` and after all portions are settled. */
	complete(): void {
		for (const day of this.seen.heavyDays())
			this.seen.setRanges(day, this.heavy[day]?.ranges ?? []);
	}

	/** Told from what was delivered by its version alone: its date may be outside every window. */
	private followed(change: Change, { key, isOpen }: { key: string; isOpen: boolean }): Portion {
		const settle = () => {
			if (isOpen) return this.open.remember(key, change.version);
			this.open.forget(key);
			this.seen.add(change);
		};
		const deliver = this.open.isKnown(key, change.version) ? [] : [change];
		return { deliver, rows: [change], settle };
	}

	private single(change: Change): Portion {
		if (this.seen.has(change)) return nothingToDo(change);
		return { deliver: [change], rows: [change], settle: () => this.seen.add(change) };
	}

	private portions(day: string, ranges: Array<FoldedRange<Change>>): Portion[] {
		return ranges.map((range) => ({
			deliver: range.hasChanged ? range.rows : [],
			rows: range.rows,
			settle: () => {
				const before = this.heavy[day]?.ranges ?? [];
				this.heavy[day] = { afterId: range.digest.upTo, ranges: [...before, range.digest] };
			},
		}));
	}

	private foldOf(day: string): RangeFold<Change> {
		const known = this.folds.get(day);
		if (known) return known;
		const fold = new RangeFold<Change>(this.seen.rangesOf(day), this.heavy[day]?.afterId);
		this.folds.set(day, fold);
		return fold;
	}
}

function nothingToDo(change: Change): Portion {
	return { deliver: [], rows: [change], settle: () => undefined };
}
