import type { Checkpoint } from '../sync/checkpoint';
import { newCheckpoint } from '../sync/checkpoint';
import { earlierBy } from '../sync/cursorValue';
import { drain, type DrainLimits } from '../sync/drain';
import type { DeltaSource } from '../sync/source';
import { startSweep } from '../sync/sweep';

export interface FirstPoll {
	scope: string;
	startFrom: 'everything' | 'date' | 'now';
	/** Cursor value. */
	startDate?: string;
	/** When an earlier first poll failed: what changed since then counts as changed "from now". */
	since?: string;
	sweepEveryMs: number;
	limits: DrainLimits;
}

export const LONG_AGO = '1970-01-01T00:00:00';

/**
 * Where a trigger begins that has no checkpoint yet. "Everything" is a sweep that delivers all it reads, so that the
 * digests for later sweeps exist from the start and nothing changed meanwhile is missed.
 */
export async function firstCheckpoint<R>(
	source: DeltaSource<R>,
	first: FirstPoll,
): Promise<Checkpoint> {
	const { startFrom, startDate, scope, limits } = first;
	const isDated = source.changes !== undefined;
	if (startFrom === 'date' && startDate !== undefined && isDated) {
		return newCheckpoint(scope, startDate);
	}
	if (startFrom === 'everything' && !source.scan) return newCheckpoint(scope, LONG_AGO);
	const present =
		first.since === undefined
			? await presentPosition(source, scope, limits)
			: newCheckpoint(scope, first.since);
	if (startFrom === 'now' || (startFrom === 'date' && isDated)) return present;
	const sweep = startSweep({ nextAt: limits.now + first.sweepEveryMs }, false);
	return { ...present, seen: { days: {} }, sweep };
}

/** The present: what changed shortly before is taken as delivered. */
async function presentPosition<R>(
	source: DeltaSource<R>,
	scope: string,
	limits: DrainLimits,
): Promise<Checkpoint> {
	let serverNow: string | undefined;
	const silent: DeltaSource<R> = {
		order: source.order,
		precision: source.precision,
		load: async () => [],
		async *changes(window, resumeAfter) {
			for await (const page of source.changes?.(window, resumeAfter) ?? []) {
				serverNow ??= page.serverNow;
				yield page;
			}
		},
	};
	const unbounded = { ...limits, maxRecords: Infinity, hasTime: () => true, sweep: undefined };
	const mark = earlierBy(limits.localNow, limits.lookbackSeconds);
	const { next } = await drain(silent, newCheckpoint(scope, mark), unbounded);
	if (serverNow === undefined || serverNow >= mark) return next;
	// Our clock is ahead of the ERP's by more than the lookback: its clock counts.
	const theirs = earlierBy(serverNow, limits.lookbackSeconds);
	return (await drain(silent, newCheckpoint(scope, theirs), unbounded)).next;
}
