import { dayOf } from './cursorValue';
import { hash8 } from './digest';
import type { Change, Loaded } from './source';

/** What was delivered inside the lookback, so that reading it again emits nothing. Plain JSON. */
export interface SeenState {
	/** Day -> base64 of 8-byte hashes of (row, version), oldest first. */
	days: Record<string, string>;
	/** Day -> base64 of the 8-byte sums of groups of neighbouring rows, see `fresh.ts`. */
	groups?: Record<string, string>;
	/** Days of which some rows are remembered by their group only. */
	thinned?: string[];
}

/** 16,000 x 8 bytes, base64: 171 kB, which leaves room below 256 kB for the rest of the checkpoint. */
export const MAX_SEEN = 16_000;

/** Rows are remembered each; of days with too many, the oldest ones only by the sum of their group. */
export class Seen {
	private readonly days: Map<string, Set<string>>;
	private readonly groups: Map<string, Set<string>>;
	private readonly thinned: Set<string>;
	private count = 0;

	constructor(
		state: SeenState,
		private readonly limit: number = MAX_SEEN,
	) {
		this.days = unpackedDays(state.days);
		this.groups = unpackedDays(state.groups ?? {});
		this.thinned = new Set(state.thinned);
		for (const hashes of [...this.days.values(), ...this.groups.values()]) {
			this.count += hashes.size;
		}
	}

	has(change: Change): boolean {
		return this.days.get(dayOf(change.changedAt))?.has(hashOf(change)) ?? false;
	}

	/** Some rows of this day are not remembered each: whether one was seen is known with its group only. */
	isThinned(day: string): boolean {
		return this.thinned.has(day);
	}

	add(change: Change): void {
		this.addTo(this.days, dayOf(change.changedAt), hashOf(change));
	}

	/** A record that was delivered for a provisional change of this day, as it was then. */
	hasRecord(day: string, { key, version }: Loaded<unknown>): boolean {
		return this.days.get(day)?.has(hash8('record', key, version)) ?? false;
	}

	addRecord(day: string, { key, version }: Loaded<unknown>): void {
		this.addTo(this.days, day, hash8('record', key, version));
	}

	hasGroup(day: string, sum: string): boolean {
		return this.groups.get(day)?.has(sum) ?? false;
	}

	addGroup(day: string, sum: string): void {
		this.addTo(this.groups, day, sum);
	}

	/** Forgets the groups that a complete read did not meet any more. */
	keepGroups(met: ReadonlyMap<string, ReadonlySet<string>>): void {
		for (const [day, sums] of this.groups) {
			for (const sum of [...sums]) if (!met.get(day)?.has(sum)) this.forget(sums, sum);
		}
	}

	/** Forgets days that no later window can reach. */
	prune(fromInclusive: string): void {
		const from = dayOf(fromInclusive);
		for (const entries of [this.days, this.groups]) {
			for (const [day, hashes] of entries) if (day < from) this.drop(entries, day, hashes);
		}
		for (const day of this.thinned) if (day < from) this.thinned.delete(day);
	}

	state(): SeenState {
		const groups = packedDays(this.groups);
		return {
			days: packedDays(this.days),
			...(Object.keys(groups).length > 0 && { groups }),
			...(this.thinned.size > 0 && { thinned: [...this.thinned] }),
		};
	}

	private addTo(entries: Map<string, Set<string>>, day: string, hash: string): void {
		const hashes = entries.get(day) ?? new Set<string>();
		entries.set(day, hashes);
		const before = hashes.size;
		hashes.add(hash);
		this.count += hashes.size - before;
		while (this.count > this.limit) this.relieve();
	}

	/**
	 * Too many to remember. The fullest day forgets its oldest rows, which their groups still tell. Where there are
	 * groups only, the oldest day is forgotten: it is delivered again, which costs a read and loses nothing.
	 */
	private relieve(): void {
		const [day, hashes] = fullest(this.days);
		let surplus = Math.ceil(hashes.size / 16);
		for (const hash of hashes) {
			if (surplus-- === 0) break;
			this.forget(hashes, hash);
		}
		if (day !== '') {
			this.thinned.add(day);
			return;
		}
		const first = [...this.groups.keys()].sort()[0];
		this.drop(this.groups, first, this.groups.get(first)!);
	}

	private forget(hashes: Set<string>, hash: string): void {
		hashes.delete(hash);
		this.count--;
	}

	private drop(entries: Map<string, Set<string>>, day: string, hashes: Set<string>): void {
		this.count -= hashes.size;
		entries.delete(day);
	}
}

export function hashOf(change: Change): string {
	const provisional = change.isProvisional ? ['provisional'] : [];
	return hash8(change.id, change.version, ...provisional);
}

function fullest(days: ReadonlyMap<string, Set<string>>): [string, Set<string>] {
	let most: [string, Set<string>] = ['', new Set()];
	for (const entry of days) if (entry[1].size > most[1].size) most = entry;
	return most;
}

function packedDays(days: ReadonlyMap<string, Set<string>>): Record<string, string> {
	const texts: Record<string, string> = {};
	for (const [day, hashes] of days) {
		if (hashes.size > 0) texts[day] = packed(hashes);
	}
	return texts;
}

function unpackedDays(texts: Record<string, string>): Map<string, Set<string>> {
	return new Map(Object.entries(texts).map(([day, text]) => [day, unpacked(text)]));
}

/** 8-byte hashes as base64, 11 characters each. */
function packed(hashes: Iterable<string>): string {
	return Buffer.from([...hashes].join(''), 'hex').toString('base64');
}

function unpacked(text: string): Set<string> {
	const hex = Buffer.from(text, 'base64').toString('hex');
	const hashes = new Set<string>();
	// Of a text that was cut off the last hash is none.
	for (let at = 0; at + 16 <= hex.length; at += 16) hashes.add(hex.slice(at, at + 16));
	return hashes;
}
