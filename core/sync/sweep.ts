import { SyncError } from './errors';
import { KeyTable, type KeyTableState } from './keyTable';
import {
	coalesced,
	MAX_KEPT_ROWS,
	RangeFold,
	type FoldedRange,
	type RangeDigest,
} from './snapshot';
import type { DeltaSource, Loaded } from './source';

/** Reads everything from time to time and finds what no change field shows. Plain JSON. */
export interface SweepState {
	/** Epoch milliseconds of the next start. */
	nextAt: number;
	/** Digests and keys of the last complete sweep; absent before the first one. */
	ranges?: RangeDigest[];
	keys?: KeyTableState;
	/** Keys that the cursor delivered and no sweep has met since: the key table does not know them yet. */
	delivered?: string[];
	running?: RunningSweep;
}

export interface RunningSweep {
	/** The first load of everything delivers all; a first sweep after "From Now" only takes the digests. */
	isSilent: boolean;
	afterKey?: string;
	ranges: RangeDigest[];
	keys: KeyTableState;
}

export interface SweepLimits {
	/** Records that still fit into this batch. */
	room: number;
	hasTime(): boolean;
	/** Share (0 to 1) of records that may vanish in one sweep before a person has to agree. */
	maxVanishedShare: number;
	/** Up to this many always may. */
	alwaysAllowedVanished: number;
	/** When the sweep after this one begins, in epoch milliseconds. */
	nextAt: number;
}

export interface SweepStep<R> {
	records: Array<Loaded<R>>;
	next: SweepState;
	/** Delivered with the batch, raised after it: what a person has to look at. */
	complaint?: SyncError;
}

/** At 20 bytes a key some 11 kB. Of more new records than this between two sweeps the oldest wait for the next one. */
export const MAX_DELIVERED = 500;

/** Takes note of what the cursor delivered. */
export function withDelivered(state: SweepState, keys: readonly string[]): SweepState {
	if (keys.length === 0) return state;
	const delivered = [...new Set([...(state.delivered ?? []), ...keys])];
	return { ...state, delivered: delivered.slice(-MAX_DELIVERED) };
}

export function startSweep(state: SweepState, isSilent: boolean): SweepState {
	return {
		...state,
		running: {
			isSilent: isSilent && state.ranges === undefined,
			ranges: [],
			keys: new KeyTable().state(),
		},
	};
}

/** Goes on with the running sweep until it ends, the batch is full or the time is over. */
export async function sweepStep<R>(
	source: DeltaSource<R>,
	state: SweepState,
	limits: SweepLimits,
): Promise<SweepStep<R>> {
	const running = state.running;
	if (!running || !source.scan) return { records: [], next: state };
	const records: Array<Loaded<R>> = [];
	const keys = new KeyTable(running.keys);
	const unmet = new Set(state.delivered);
	// Beside a window's seen rows there is no room in the checkpoint for more than the digests.
	const rowsToKeep = source.changes ? 0 : MAX_KEPT_ROWS - keptRows(running.ranges);
	const fold = new RangeFold<Loaded<R>>(state.ranges ?? [], running.afterKey, { rowsToKeep });
	let lastKey = running.afterKey;
	let isInterrupted = false;

	const ranges = [...running.ranges];
	const take = (folded: Array<FoldedRange<Loaded<R>>>) => {
		for (const range of folded) {
			ranges.push(range.digest);
			if (range.hasChanged && !running.isSilent) records.push(...range.changed);
		}
	};
	const isFull = () => records.length + (running.isSilent ? 0 : fold.pending) >= limits.room;

	for await (const page of source.scan(running.afterKey)) {
		for (const row of page.rows) {
			if (lastKey !== running.afterKey && isFull()) break;
			take(fold.add(row.key, row.version, row));
			keys.add(row.key);
			unmet.delete(row.key);
			lastKey = row.key;
		}
		if (lastKey !== running.afterKey && (isFull() || !limits.hasTime())) {
			isInterrupted = true;
			break;
		}
	}
	take(isInterrupted ? fold.cut() : fold.end());
	const progress = { ranges: coalesced(ranges), keys: keys.state() };
	if (isInterrupted) {
		const next = { ...state, running: { ...running, ...progress, afterKey: lastKey } };
		return { records, next: withUnmet(next, unmet) };
	}
	return await finish(source, state, { ...progress, unmet }, records, limits);
}

function withUnmet(state: SweepState, unmet: ReadonlySet<string>): SweepState {
	const next = { ...state };
	delete next.delivered;
	if (unmet.size > 0) next.delivered = [...unmet];
	return next;
}

function keptRows(ranges: readonly RangeDigest[]): number {
	return ranges.reduce((sum, { rows, count }) => sum + (rows === undefined ? 0 : count), 0);
}

async function finish<R>(
	source: DeltaSource<R>,
	before: SweepState,
	{ unmet, ...found }: { ranges: RangeDigest[]; keys: KeyTableState; unmet: Set<string> },
	records: Array<Loaded<R>>,
	limits: SweepLimits,
): Promise<SweepStep<R>> {
	const next: SweepState = { nextAt: limits.nextAt, ...found };
	const missing = before.keys ? missingKeys(before.keys, found.keys, limits) : [];
	if (missing instanceof SyncError) {
		// The old keys stay, so that the next sweep finds the same records missing once a person agreed.
		const kept = withUnmet({ ...next, keys: before.keys }, unmet);
		return { records, next: kept, complaint: missing };
	}
	const suspects = new Set([...missing, ...unmet]);
	const asked = suspects.size <= mostVanished(before.keys, limits) ? [...suspects] : missing;
	if (asked.length > 0 && source.confirmMissing) {
		for (const { key, record } of await source.confirmMissing(asked)) {
			unmet.delete(key);
			if (record !== undefined) records.push({ key, version: 'missing', record });
		}
	}
	return { records, next: withUnmet(next, unmet) };
}

function mostVanished(before: KeyTableState | undefined, limits: SweepLimits): number {
	return Math.max(limits.alwaysAllowedVanished, (before?.total ?? 0) * limits.maxVanishedShare);
}

function missingKeys(
	before: KeyTableState,
	now: KeyTableState,
	limits: SweepLimits,
): string[] | SyncError {
	const named = new KeyTable(before).differenceTo(new KeyTable(now));
	const allowed = mostVanished(before, limits);
	const missing = named?.onlyHere.length ?? Math.max(0, before.total - now.total);
	if (missing > allowed) {
		return new SyncError(
			'confirmation',
			`${missing} of ${before.total} records are missing in this sweep, more than the ${Math.floor(allowed)} that are taken for deletions.`,
			'A lost authorization or a changed filter looks the same. Check that the ERP user still sees all records; if they are really gone, raise "Accept Missing Records Up To" for one sweep.',
		);
	}
	// Too many differences to name, yet no shortage: new records. Their baseline is the one of this sweep.
	return named?.onlyHere ?? [];
}
