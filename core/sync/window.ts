import type { Checkpoint } from './checkpoint';
import { dayOf, earlierBy } from './cursorValue';
import type { DeltaSource, Window } from './source';

/**
 * The read bounds for this checkpoint. Lookback is subtracted here, when reading, and never stored.
 * A window that was interrupted is read on with the bounds it began with.
 */
export function windowFor(
	checkpoint: Checkpoint,
	precision: DeltaSource<unknown>['precision'],
	lookbackSeconds: number,
): Window {
	const { reading, mark, deltaToken } = checkpoint;
	const window: Window = {
		fromInclusive: reading?.fromInclusive ?? lowerEdge(mark, precision, lookbackSeconds),
	};
	if (deltaToken !== undefined) window.deltaToken = deltaToken;
	return window;
}

/** Where a read for this mark begins. */
export function lowerEdge(
	mark: string,
	precision: DeltaSource<unknown>['precision'],
	lookbackSeconds: number,
): string {
	return precision === 'day'
		? earlierBy(dayOf(mark), lookbackSeconds)
		: earlierBy(mark, lookbackSeconds);
}
