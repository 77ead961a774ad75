import { dayOf } from './cursorValue';
import { hash8, packed, unpacked } from './digest';
import type { Portion } from './fresh';
import { hashOf, type Seen } from './seen';
import type { Change, DeltaSource, Loaded } from './source';

/** A change that gives more records than a batch takes is delivered in parts. Plain JSON. */
export interface PartState {
	/** Hash of the change. */
	of: string;
	/** Base64 of 8-byte hashes of the records that were delivered. */
	delivered: string;
}

export interface Unfinished {
	part?: PartState;
	/** Records that came of each change lately, where they are more than one. */
	perChange?: number;
}

/** Changes are loaded in groups of about this size, so that a poll short of time keeps what it has. */
const LOAD_SIZE = 100;
/** 53 kB in the checkpoint. What such a change gives beyond is delivered at once. */
const MAX_PART = 5_000;

/** So much more than a batch takes costs less than loading again. */
const TOLERANCE = 0.1;

/** The records of one batch, hardly more than it takes where the changes can be told apart. */
export class Batch<R> {
	private readonly loaded = new Map<string, Loaded<R>>();
	private part?: PartState;
	private perChange: number;

	constructor(
		private readonly source: DeltaSource<R>,
		private readonly seen: Seen,
		private readonly maxRecords: number,
		before: Unfinished = {},
	) {
		this.part = before.part;
		this.perChange = Math.max(1, before.perChange ?? 1);
	}

	get size(): number {
		return this.loaded.size;
	}

	get isFull(): boolean {
		return this.loaded.size >= this.maxRecords;
	}

	/** How many changes to load next. */
	get nextLoad(): number {
		const room = this.maxRecords - this.loaded.size;
		return Math.max(1, Math.min(LOAD_SIZE, Math.floor(room / this.perChange)));
	}

	records(): Array<Loaded<R>> {
		return [...this.loaded.values()];
	}

	/** What the next batch has to know while the read goes on. */
	unfinished(): Unfinished {
		return {
			...(this.part && { part: this.part }),
			...(this.perChange > 1 && { perChange: this.perChange }),
		};
	}

	/**
	 * `all`: the records behind these portions are in the batch. `part`: some of them are, which fill it. `none`: they
	 * are too many; `nextLoad` is smaller now.
	 */
	async load(portions: readonly Portion[]): Promise<'all' | 'part' | 'none'> {
		const changes = portions.flatMap(({ deliver }) => deliver);
		const single = changes.length === 1 ? hashOf(changes[0]) : undefined;
		const delivered = new Set(this.part?.of === single ? unpacked(this.part?.delivered ?? '') : []);
		const found = (await this.found(portions)).filter(({ record }) => !delivered.has(idOf(record)));
		const room = this.maxRecords - this.loaded.size;
		const fresh = found.filter(({ record }) => !this.loaded.has(record.key));
		this.perChange = Math.max(1, fresh.length / changes.length);
		const isLittleMore = fresh.length <= room + Math.floor(this.maxRecords * TOLERANCE);
		const fits = isLittleMore || delivered.size + room > MAX_PART;
		if (!fits && single === undefined && portions.filter(isDelivered).length > 1) {
			return 'none';
		}
		if (fits || single === undefined) {
			for (const one of found) this.keep(one);
			if (this.part?.of === single) this.part = undefined;
			return 'all';
		}
		for (const one of fresh.slice(0, room)) {
			this.keep(one);
			delivered.add(idOf(one.record));
		}
		this.part = { of: single, delivered: packed(delivered) };
		return 'part';
	}

	private keep({ record, provisionalDays }: Found<R>): void {
		this.loaded.set(record.key, record);
		for (const day of provisionalDays) this.seen.addRecord(day, record);
	}

	private async found(portions: readonly Portion[]): Promise<Array<Found<R>>> {
		const changesOf = (isSecondLook: boolean) =>
			portions
				.filter((portion) => (portion.isSecondLook ?? false) === isSecondLook)
				.flatMap(({ deliver }) => deliver);
		const [first, second] = [changesOf(false), changesOf(true)];
		const provisionalDays = daysOf(first.filter(({ isProvisional }) => isProvisional));
		const days = daysOf(second);
		const known = first.length > 0 ? await this.source.load(first) : [];
		const again = second.length > 0 ? await this.source.load(second) : [];
		const changed = again.filter((record) => !days.some((day) => this.seen.hasRecord(day, record)));
		return [
			...known.map((record) => ({ record, provisionalDays })),
			...changed.map((record) => ({ record, provisionalDays: [] })),
		];
	}
}

interface Found<R> {
	record: Loaded<R>;
	provisionalDays: string[];
}

const isDelivered = ({ deliver }: Portion): boolean => deliver.length > 0;

function idOf({ key, version }: Loaded<unknown>): string {
	return hash8(key, version);
}

function daysOf(changes: readonly Change[]): string[] {
	return [...new Set(changes.map(({ changedAt }) => dayOf(changedAt)))];
}
