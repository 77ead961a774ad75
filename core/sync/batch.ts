import { dayOf } from './cursorValue';
import { hash8 } from './digest';
import type { Portion } from './fresh';
import { hashOf, type Seen } from './seen';
import type { Change, DeltaSource, Loaded } from './source';

/** A change that gives more records than a batch takes is delivered in parts, in the order of their keys. Plain JSON. */
export interface PartState {
	/** Hash of the changed row, whatever its version. */
	of: string;
	/** Hash of it as it was when its first part was delivered. */
	version: string;
	/** Key of the last record that was delivered. */
	upTo: string;
}

export interface Unfinished {
	part?: PartState;
	/** Hashes of rows that were delivered in parts: what they change to meanwhile comes with the next window. */
	passed?: string[];
	/** Records that came of each change lately, where they are more than one. */
	perChange?: number;
}

/** Changes are loaded in groups of about this size, so that a poll short of time keeps what it has. */
const LOAD_SIZE = 100;
/** So much more than a batch takes costs less than loading again. */
const TOLERANCE = 0.1;

/** The records of one batch, hardly more than it takes where the changes can be told apart. */
export class Batch<R> {
	private readonly loaded = new Map<string, Loaded<R>>();
	private part?: PartState;
	private readonly passed: Set<string>;
	private perChange: number;

	constructor(
		private readonly source: DeltaSource<R>,
		private readonly seen: Seen,
		private readonly maxRecords: number,
		before: Unfinished = {},
	) {
		this.part = before.part;
		this.passed = new Set(before.passed);
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
			...(this.passed.size > 0 && { passed: [...this.passed] }),
			...(this.perChange > 1 && { perChange: this.perChange }),
		};
	}

	/**
	 * `all`: the records behind these portions are in the batch. `part`: some of them are, which fill it. `none`: they
	 * are too many; `nextLoad` is smaller now. `later`: their change is not done with, and what stands behind it need
	 * not wait for it.
	 */
	async load(portions: readonly Portion[]): Promise<'all' | 'part' | 'none' | 'later'> {
		const changes = portions.flatMap(({ deliver }) => deliver);
		if (changes.every((change) => this.passed.has(rowOf(change)))) return 'later';
		const found = await this.found(portions);
		const room = this.maxRecords - this.loaded.size;
		const isSingle = changes.length === 1;
		if (isSingle && this.part?.of === rowOf(changes[0])) {
			return this.goOn(this.part, changes[0], found);
		}
		const fresh = found.filter(({ record }) => !this.loaded.has(record.key));
		this.perChange = Math.max(1, fresh.length / changes.length);
		if (fresh.length <= room + Math.floor(this.maxRecords * TOLERANCE)) {
			return this.keepAll(found, changes);
		}
		if (isSingle) return this.goOn(firstPass(changes[0]), changes[0], found);
		return portions.filter(isDelivered).length > 1 ? 'none' : this.keepAll(found, changes);
	}

	private goOn(
		part: PartState,
		change: Change,
		found: ReadonlyArray<Found<R>>,
	): 'all' | 'part' | 'later' {
		const rest = found
			.filter(({ record }) => record.key > part.upTo)
			.sort((a, b) => (a.record.key < b.record.key ? -1 : 1));
		let { upTo } = part;
		for (const one of rest) {
			if (this.isFull && !this.loaded.has(one.record.key)) {
				this.part = { ...part, upTo };
				return 'part';
			}
			this.keep(one);
			upTo = one.record.key;
		}
		this.passed.add(part.of);
		this.part = undefined;
		return part.version === hashOf(change) ? 'all' : 'later';
	}

	private keepAll(found: ReadonlyArray<Found<R>>, changes: readonly Change[]): 'all' {
		for (const one of found) this.keep(one);
		if (changes.some((change) => this.part?.of === rowOf(change))) this.part = undefined;
		return 'all';
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

/** Whether anything has to be loaded for it. */
export function isDelivered({ deliver }: Portion): boolean {
	return deliver.length > 0;
}

interface Found<R> {
	record: Loaded<R>;
	provisionalDays: string[];
}

function rowOf({ id }: Change): string {
	return hash8(id);
}

function firstPass(change: Change): PartState {
	return { of: rowOf(change), version: hashOf(change), upTo: '' };
}

function daysOf(changes: readonly Change[]): string[] {
	return [...new Set(changes.map(({ changedAt }) => dayOf(changedAt)))];
}
