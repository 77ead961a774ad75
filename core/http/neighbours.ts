/** Others that use the same window without having been counted in: another tool, or one process more. */
export interface Neighbours {
	/** @param foreign requests that the server counted in a window beside our own, as far as one can tell; may be below 0 */
	observe(now: number, foreign: number): void;
	/** Requests of others in a window; `undefined` while there is no sign of others. */
	count(now: number): number | undefined;
}

/** How long a sign of others holds: a neighbour that pauses comes back. */
const SIGN_MS = 60_000;
const LEAST_SIGHTS = 16;
const SIGHT_WINDOWS = 5;

/**
 * One answer proves nothing, because requests do not arrive in the order and at the distance they were sent; the mean
 * of many does.
 *
 * @param threshold mean of foreign requests above which there are others
 */
export function createNeighbours(windowMs: number, threshold: number): Neighbours {
	let signUntil = -Infinity;
	let sights: Array<{ at: number; foreign: number }> = [];

	function meanSince(from: number): number {
		const fresh = sights.filter(({ at }) => at > from);
		return fresh.reduce((sum, { foreign }) => sum + foreign, 0) / Math.max(1, fresh.length);
	}

	return {
		observe(now, foreign) {
			sights = sights.filter(({ at }) => at > now - SIGHT_WINDOWS * windowMs);
			sights.push({ at: now, foreign });
			if (sights.length >= LEAST_SIGHTS && meanSince(0) > threshold) signUntil = now + SIGN_MS;
		},
		count: (now) =>
			now >= signUntil ? undefined : Math.max(0, Math.ceil(meanSince(now - 2 * windowMs))),
	};
}
