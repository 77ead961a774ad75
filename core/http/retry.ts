import type { CoreError } from './errors';

export interface RetrySituation {
	error: CoreError;
	/** 1 for the first attempt that failed. */
	attempt: number;
	maxAttempts: number;
	/** Until the whole request must be finished. */
	timeLeftMs: number;
	/** Repeating the request does no harm even if the first one arrived. */
	repeatable: boolean;
	/** In [0, 1). */
	random: number;
}

export type RetryDecision = { waitMs: number } | { stop: string };

const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * Whether to send a failed request again, as a ladder of guards; the first that applies decides.
 * The server's timing wins and is not jittered; else backoff with full jitter:
 * `random(0, min(30 s, 0.5 s x 2^attempt))`.
 */
export function decideRetry(situation: RetrySituation): RetryDecision {
	const { error, attempt } = situation;
	if (error.kind !== 'transient' && error.kind !== 'rateLimited') {
		return { stop: `a ${error.kind} error does not go away by itself` };
	}
	if (attempt >= situation.maxAttempts) return { stop: `${attempt} attempts failed` };
	const refused = error.kind === 'rateLimited' || error.neverSent;
	if (!situation.repeatable && !refused) {
		return { stop: 'the answer is lost and the write may have arrived' };
	}
	const waitMs = error.retryAfterMs ?? backoffMs(attempt, situation.random);
	if (waitMs >= situation.timeLeftMs) {
		return { stop: `the wait of ${Math.ceil(waitMs / 1000)} s is longer than the time left` };
	}
	return { waitMs };
}

/** Full jitter over an exponentially growing ceiling. */
function backoffMs(attempt: number, random: number): number {
	return Math.round(random * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
}
