import { dayOf } from './cursorValue';
import { hash8 } from './digest';
import type { RangeDigest } from './snapshot';
import type { Change } from './source';

/** What was delivered inside the lookback, so that reading it again emits nothing. Plain JSON. */
export interface SeenState {
	/** Day -> base64 of 8-byte hashes of (row, version). */
	days: Record<string, string>;
	/** Days with too many changes to remember each: digests per range of rows instead. */
	heavyDays?: Record<string, RangeDigest[]>;
}

/** 16,000 x 8 bytes, base64: 171 kB, which leaves room below 256 kB for the rest of the checkpoint. */
export const MAX_SEEN = 16_000;

export class Seen {
	private readonly days = new Map<string, Set<string>>();
	private readonly heavy: Map<string, RangeDigest[]>;
	private count = 0;

	constructor(
		state: SeenState,
		/** Whether a day that overflows may become heavy: only where rows come in ascending order of their id. */
		private readonly mayBeHeavy: boolean,
		private readonly limit: number = MAX_SEEN,
	) {
		this.heavy = new Map(Object.entries(state.heavyDays ?? {}));
		for (const [day, packed] of Object.entries(state.days)) {
			const hashes = unpack(packed);
			this.days.set(day, hashes);
			this.count += hashes.size;
		}
	}

	has(change: Change): boolean {
		return this.days.get(dayOf(change.changedAt))?.has(hashOf(change)) ?? false;
	}

	isHeavy(change: Change): boolean {
		return this.heavy.has(dayOf(change.changedAt));
	}

	heavyDays(): string[] {
		return [...this.heavy.keys()];
	}

	rangesOf(day: string): RangeDigest[] {
		return this.heavy.get(day) ?? [];
	}

	setRanges(day: string, ranges: RangeDigest[]): void {
		this.heavy.set(day, ranges);
	}

	add(change: Change): void {
		const day = dayOf(change.changedAt);
		if (this.heavy.has(day)) return;
		const hashes = this.days.get(day) ?? new Set<string>();
		this.days.set(day, hashes);
		const before = hashes.size;
		hashes.add(hashOf(change));
		this.count += hashes.size - before;
		if (this.count > this.limit) this.relieve();
	}

	/** Forgets days that no later window can reach. */
	prune(fromInclusive: string): void {
		const from = dayOf(fromInclusive);
		for (const [day, hashes] of this.days) {
			if (day >= from) continue;
			this.count -= hashes.size;
			this.days.delete(day);
		}
		for (const day of this.heavy.keys()) if (day < from) this.heavy.delete(day);
	}

	state(): SeenState {
		const days: Record<string, string> = {};
		for (const [day, hashes] of this.days) if (hashes.size > 0) days[day] = pack(hashes);
		return this.heavy.size === 0 ? { days } : { days, heavyDays: Object.fromEntries(this.heavy) };
	}

	/**
	 * Too many to remember. The fullest day becomes heavy: it is delivered once more as a whole while its
	 * digests are made, then only ranges that changed. Where rows come in no stable order the oldest day is
	 * forgotten instead: it is delivered again, which costs a read and loses nothing.
	 */
	private relieve(): void {
		const byName = [...this.days].sort(([a], [b]) => (a < b ? -1 : 1));
		const fullest = [...byName].sort(([, a], [, b]) => b.size - a.size)[0];
		const victim = this.mayBeHeavy ? fullest : byName[0];
		if (!victim) return;
		const [day, hashes] = victim;
		this.count -= hashes.size;
		this.days.delete(day);
		if (this.mayBeHeavy) this.heavy.set(day, []);
	}
}

function hashOf(change: Change): string {
	return hash8(change.id, change.version);
}

function pack(hashes: Set<string>): string {
	return Buffer.from([...hashes].join(''), 'hex').toString('base64');
}

function unpack(packed: string): Set<string> {
	const hex = Buffer.from(packed, 'base64').toString('hex');
	const hashes = new Set<string>();
	for (let at = 0; at < hex.length; at += 16) hashes.add(hex.slice(at, at + 16));
	return hashes;
}
