import { Batch, isDelivered } from './batch';
import type { Checkpoint, Reading } from './checkpoint';
import { assertCursorValue, capped, later } from './cursorValue';
import { FreshRows, type OpenGroup, type Portion } from './fresh';
import { OpenDocuments } from './openDocuments';
import { MAX_SEEN, Seen } from './seen';
import type { Change, ChangePage, DeltaSource, Loaded } from './source';
import { lowerEdge, windowFor } from './window';

export interface WindowReadLimits {
	maxRecords: number;
	/** False when fetching has to stop. */
	hasTime(): boolean;
	lookbackSeconds: number;
	/**
	 * How many changes are remembered each; default `MAX_SEEN`, fewer beside many open documents. Below the size of a
	 * group (some 400) reads that cannot be resumed come to no end.
	 */
	maxSeen?: number;
	/** The present as a cursor value in the ERP's zone, used where the server does not tell its own. */
	localNow: string;
}

/** Beside many open documents fewer changes can be remembered; fewer than this never. */
const LEAST_SEEN = 4_000;

interface PageInHand {
	resumeAfter?: string;
	unsettled: number;
	/** Groups of rows that reach across the end of the page. */
	groups?: Record<string, OpenGroup>;
}

/** One window on its way from the source into a batch. */
export class WindowRead<R> {
	rowsRead = 0;
	rowsSeen = 0;
	isComplete = false;
	private readonly batch: Batch<R>;
	private readonly seen: Seen;
	private readonly open: OpenDocuments;
	private readonly reading: Reading;
	private readonly fresh: FreshRows;
	private readonly pages: PageInHand[] = [];
	private readonly pageOf = new Map<Change, PageInHand>();
	private queue: Portion[] = [];
	private deltaToken: string | undefined;
	private lastSettled: string | undefined;

	constructor(
		private readonly source: DeltaSource<R>,
		private readonly from: Checkpoint,
		private readonly limits: WindowReadLimits,
	) {
		this.open = new OpenDocuments(from.open);
		const mostSeen = limits.maxSeen ?? Math.max(LEAST_SEEN, MAX_SEEN - this.open.size);
		this.seen = new Seen(from.seen, mostSeen);
		this.batch = new Batch(source, this.seen, limits.maxRecords, from.unfinished);
		const { fromInclusive } = windowFor(from, source.precision, limits.lookbackSeconds);
		this.reading = from.reading
			? { ...from.reading }
			: { fromInclusive, startedAt: '', highest: from.mark };
		this.fresh = new FreshRows(this.seen, this.open, this.reading.groups);
	}

	async read(): Promise<void> {
		const { source, from, limits } = this;
		const window = windowFor(from, source.precision, limits.lookbackSeconds);
		if (this.open.size > 0) window.openDocuments = this.open.keys();
		for await (const page of source.changes?.(window, from.reading?.resumeAfter) ?? []) {
			this.take(page);
			await this.deliverQueue();
			if (this.mustStop() && this.hasProgress()) return;
		}
		this.queue.push(...this.fresh.end());
		await this.deliverQueue();
		if (this.queue.length > 0) return;
		if (from.reading === undefined && window.deltaToken === undefined) this.fresh.complete();
		this.isComplete = true;
	}

	records(): Array<Loaded<R>> {
		return this.batch.records();
	}

	/** The checkpoint that is true once the records are delivered. */
	next(): Checkpoint {
		const next: Checkpoint = { ...this.from };
		delete next.reading;
		if (this.isComplete) {
			next.mark = later(this.from.mark, this.reading.highest);
			if (this.deltaToken !== undefined) next.deltaToken = this.deltaToken;
		} else if (this.reading.resumeAfter === undefined && this.source.order === 'ascending') {
			next.mark = this.settledMark();
		} else {
			next.reading = this.reading;
		}
		if (next.reading === undefined) this.forgetBefore(next.mark);
		next.seen = this.seen.state();
		delete next.unfinished;
		if (!this.isComplete) next.unfinished = this.batch.unfinished();
		delete next.open;
		if (this.open.size > 0) next.open = this.open.state();
		return next;
	}

	private take(page: ChangePage): void {
		if (this.reading.startedAt === '') {
			this.reading.startedAt = earliest(page.serverNow, this.limits.localNow);
		}
		if (page.deltaToken !== undefined) this.deltaToken = page.deltaToken;
		const inHand: PageInHand = { resumeAfter: page.resumeAfter, unsettled: page.changes.length };
		this.pages.push(inHand);
		for (const change of page.changes) {
			this.rowsRead++;
			assertCursorValue(change.changedAt, `The changed row "${change.id}"`);
			const present = this.present(change.changedAt);
			if (present === change.changedAt) {
				this.reading.highest = later(this.reading.highest, present);
			}
			this.pageOf.set(change, inHand);
			this.queue.push(...this.fresh.offer(change));
		}
		inHand.groups = this.fresh.openGroups();
		this.commitPages();
	}

	/** Loads and settles from the front, until the batch is full, the time is over or the queue is empty. */
	private async deliverQueue(): Promise<void> {
		while (this.queue.length > 0) {
			const portions = this.nextPortions();
			let isLater = false;
			if (portions.some(isDelivered)) {
				if (this.batch.size > 0 && this.mustStop()) return;
				const loaded = await this.batch.load(portions);
				if (loaded === 'part') return;
				if (loaded === 'none') continue;
				isLater = loaded === 'later';
			}
			this.queue = this.queue.slice(portions.length);
			for (const portion of portions) this.settle(portion, isLater && isDelivered(portion));
			this.commitPages();
		}
	}

	private nextPortions(): Portion[] {
		let count = 0;
		let taken = 0;
		for (const portion of this.queue) {
			if (count > 0 && count + portion.deliver.length > this.batch.nextLoad) break;
			count += portion.deliver.length;
			taken++;
		}
		return this.queue.slice(0, taken);
	}

	/** @param isLater it is done with in this window, but not delivered: it must be found again */
	private settle(portion: Portion, isLater: boolean): void {
		if (!isLater) portion.settle();
		if (portion.deliver.length === 0) this.rowsSeen += portion.rows.length;
		for (const row of portion.rows) {
			const page = this.pageOf.get(row);
			if (page) page.unsettled--;
			this.pageOf.delete(row);
			this.lastSettled = row.changedAt;
		}
	}

	/** A page whose rows are all settled, and all before it, need not be read again. */
	private commitPages(): void {
		while (this.pages[0]?.unsettled === 0) {
			const page = this.pages.shift();
			if (page?.resumeAfter === undefined) continue;
			this.reading.resumeAfter = page.resumeAfter;
			this.reading.groups = page.groups;
			this.forgetBefore(later(this.from.mark, this.reading.highest));
		}
	}

	private forgetBefore(mark: string): void {
		this.seen.prune(lowerEdge(mark, this.source.precision, this.limits.lookbackSeconds));
	}

	/** Without it the next poll would do the same again: such a read goes on, however long it takes. */
	private hasProgress(): boolean {
		if (this.batch.size > 0) return true;
		if (this.reading.resumeAfter !== this.from.reading?.resumeAfter) return true;
		return this.source.order === 'ascending' && this.settledMark() > this.from.mark;
	}

	/** How far the mark may move where changes come in cursor order. */
	private settledMark(): string {
		const settled = this.present(this.lastSettled ?? this.from.mark);
		const held = this.fresh.oldestHeld();
		return later(this.from.mark, held !== undefined && held < settled ? held : settled);
	}

	private mustStop(): boolean {
		return this.batch.isFull || !this.limits.hasTime();
	}

	/** A row dated later than the present is delivered, but it does not move the mark there. */
	private present(value: string): string {
		return capped(value, this.reading.startedAt || this.limits.localNow);
	}
}

/**
 * Either clock may be ahead, and a mark that is ahead would hide every change until then. A mark that is behind costs
 * a read.
 */
function earliest(serverNow: string | undefined, localNow: string): string {
	return serverNow !== undefined && serverNow < localNow ? serverNow : localNow;
}
