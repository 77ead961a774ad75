/** What is remembered of runs that failed one after the other. Plain JSON. */
export interface RunFailures {
	count: number;
	/** How many of the last ones had the same message. */
	equal: number;
	message: string;
	/** Epoch milliseconds. */
	nextTryAt: number;
	/** The batch is cut down to this size to find the record that makes runs fail. */
	batchSize?: number;
}

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MINUTES = 60;
/** Milliseconds. */
export const LONGEST_PAUSE_MS = LONGEST_PAUSE_MINUTES * MINUTE_MS;
const EQUAL_BEFORE_HALVING = 3;

/** 1, 2, 4, ... 60 minutes. */
export function pauseMs(count: number): number {
	return Math.min(LONGEST_PAUSE_MINUTES, 2 ** Math.max(0, count - 1)) * MINUTE_MS;
}

/** Whether it is still to be waited until then. A moment further ahead than any pause comes from a clock that was wrong. */
export function isPausing(until: number | undefined, now: number): boolean {
	return until !== undefined && until > now && until - now <= LONGEST_PAUSE_MS;
}

/** The state after one more failure. Three equal ones in a row halve the batch, and each further one again. */
export function afterFailure(
	before: RunFailures | undefined,
	failure: { message: string; at: number; batchSize: number },
): RunFailures {
	const count = (before?.count ?? 0) + 1;
	const equal = before?.message === failure.message ? before.equal + 1 : 1;
	const next: RunFailures = {
		count,
		equal,
		message: failure.message,
		nextTryAt: failure.at + pauseMs(count),
	};
	if (equal >= EQUAL_BEFORE_HALVING)
		next.batchSize = Math.max(1, Math.floor(failure.batchSize / 2));
	else if (before?.batchSize !== undefined) next.batchSize = before.batchSize;
	return next;
}

/** The state after a success: a batch that was cut down grows again step by step, so that the bad record stays among few. */
export function afterSuccess(
	before: RunFailures | undefined,
	maxRecords: number,
): RunFailures | undefined {
	const grown = (before?.batchSize ?? maxRecords) * 2;
	if (!before || grown >= maxRecords) return undefined;
	return {
		count: 0,
		equal: EQUAL_BEFORE_HALVING - 1,
		message: before.message,
		nextTryAt: 0,
		batchSize: grown,
	};
}
