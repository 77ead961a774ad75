import { DateTime } from 'luxon';
import { CoreError } from '../http/errors';
import type { DeltaSource } from '../sync/source';

/** The hour that comes twice in autumn, and half an hour for what became visible late. */
export const LEAST_LOOKBACK_MINUTES = 90;

/**
 * A mark in local time goes back by an hour when summer time ends. Where the zone knows summer time, a shorter lookback
 * would lose what changes in the second of the two equal hours. Days and snapshots have no such hour.
 */
export function assertLookback(
	source: Pick<DeltaSource<unknown>, 'precision' | 'changes'>,
	zone: string,
	lookbackSeconds: number,
	now: number,
): void {
	const isLocalTime = source.precision === 'timestamp' && source.changes !== undefined;
	if (!isLocalTime || lookbackSeconds >= LEAST_LOOKBACK_MINUTES * 60) return;
	if (!hasSummerTime(zone, now)) return;
	throw new CoreError(
		'configuration',
		`"Lookback" is ${lookbackSeconds / 60} minutes, and ${zone} has an hour that comes twice in autumn.`,
		{
			remedy: `Set "Lookback" to ${LEAST_LOOKBACK_MINUTES} minutes at least; seen records cost nothing.`,
		},
	);
}

function hasSummerTime(zone: string, now: number): boolean {
	const { year } = DateTime.fromMillis(now, { zone });
	const offsets = [1, 4, 7, 10].map(
		(month) => DateTime.fromObject({ year, month, day: 15 }, { zone }).offset,
	);
	return new Set(offsets).size > 1;
}
