import type { Checkpoint } from './checkpoint';
import type { SyncError } from './errors';
import type { DeltaSource, Loaded } from './source';
import { startSweep, sweepStep, withDelivered, type SweepLimits } from './sweep';
import { WindowRead, type WindowReadLimits } from './windowRead';

export interface DrainLimits extends WindowReadLimits {
	/** Epoch milliseconds. */
	now: number;
	/** Absent: no sweeps at all. */
	sweep?: Omit<SweepLimits, 'room' | 'hasTime'>;
}

export interface Drained<R> {
	/** At most about `maxRecords`; the last key range of a sweep may exceed it. */
	records: Array<Loaded<R>>;
	/** To be stored once these records are delivered. */
	next: Checkpoint;
	/** There is more to read at once. */
	hasMore: boolean;
	/** To be raised after the records are delivered. */
	complaint?: SyncError;
	/** Light rows read, and how many of them had been delivered before. */
	rowsRead: number;
	rowsSeen: number;
}

/**
 * Reads what changed since the checkpoint, then goes on with a sweep that is due. Writes nothing: the caller
 * stores `next` when the records were delivered.
 */
export async function drain<R>(
	source: DeltaSource<R>,
	from: Checkpoint,
	limits: DrainLimits,
): Promise<Drained<R>> {
	const window = new WindowRead(source, from, limits);
	await window.read();
	const drained: Drained<R> = {
		records: window.records(),
		next: window.next(),
		hasMore: !window.isComplete,
		rowsRead: window.rowsRead,
		rowsSeen: window.rowsSeen,
	};
	return limits.sweep && source.scan
		? await withSweep(source, drained, limits, limits.sweep)
		: drained;
}

async function withSweep<R>(
	source: DeltaSource<R>,
	drained: Drained<R>,
	limits: DrainLimits,
	sweepLimits: Omit<SweepLimits, 'room' | 'hasTime'>,
): Promise<Drained<R>> {
	let sweep = drained.next.sweep ?? { nextAt: limits.now };
	if (source.confirmMissing) {
		sweep = withDelivered(
			sweep,
			drained.records.map(({ key }) => key),
		);
	}
	// A start further ahead than sweeps are apart comes from a clock that was wrong, or from an earlier setting.
	const longestWait = 1.25 * (sweepLimits.nextAt - limits.now);
	const isDue =
		sweep.nextAt <= limits.now || sweep.nextAt - limits.now > longestWait || !source.changes;
	if (!sweep.running && isDue) sweep = startSweep(sweep, true);
	const room = limits.maxRecords - drained.records.length;
	if (!sweep.running || drained.hasMore || room <= 0 || !limits.hasTime()) {
		const hasMore = drained.hasMore || sweep.running !== undefined;
		return { ...drained, next: { ...drained.next, sweep }, hasMore };
	}
	const { hasTime } = limits;
	const stepping = sweepStep(source, sweep, { ...sweepLimits, room, hasTime });
	const step =
		drained.records.length === 0 ? await stepping : await stepping.catch(() => undefined);
	// What changed must not wait until a sweep works again. The next poll meets its error, with nothing else in hand.
	if (!step) return { ...drained, next: { ...drained.next, sweep }, hasMore: true };
	const records = new Map(drained.records.map((record) => [record.key, record]));
	for (const record of step.records) records.set(record.key, record);
	return {
		...drained,
		records: [...records.values()],
		next: { ...drained.next, sweep: step.next },
		hasMore: step.next.running !== undefined,
		complaint: step.complaint,
	};
}
