/** Others that use the same window without having been counted in: another tool, or one process more. */
export interface Neighbours {
	/**
	 * @param likely requests that the server counted in a window beside our own, if all take the same time to arrive
	 * @param least as many of them cannot have been ours
	 */
	observe(now: number, likely: number, least: number): void;
	/** Requests of others in a window, as a rule; `undefined` while there is no sign of others. */
	usual(now: number): number | undefined;
	/** Requests of others that are certain to have been there within one window. */
	certain(now: number): number;
}

/** How long a sign of others holds: a neighbour that pauses comes back. */
const SIGN_MS = 60_000;
const LEAST_SIGHTS = 16;
const SIGHT_WINDOWS = 5;

/**
 * One answer proves little, because requests do not arrive in the order and at the distance they were sent; the mean
 * of many tells.
 *
 * @param threshold mean of foreign requests above which there are others
 */
export function createNeighbours(windowMs: number, threshold: number): Neighbours {
	let signUntil = -Infinity;
	let sum = 0;
	const sights: Array<{ at: number; likely: number }> = [];
	/** Each has more than those after it. */
	const certain: Array<{ at: number; least: number }> = [];

	function meanSince(from: number): number {
		let recent = 0;
		let count = 0;
		for (let at = sights.length - 1; at >= 0 && sights[at].at > from; at--) {
			recent += sights[at].likely;
			count++;
		}
		return recent / Math.max(1, count);
	}

	return {
		observe(now, likely, least) {
			while (sights.length > 0 && sights[0].at <= now - SIGHT_WINDOWS * windowMs) {
				sum -= sights.shift()!.likely;
			}
			sights.push({ at: now, likely });
			sum += likely;
			const isSign = sights.length >= LEAST_SIGHTS && sum / sights.length > threshold;
			if (isSign || least > threshold) signUntil = now + SIGN_MS;
			while (certain.length > 0 && certain.at(-1)!.least <= least) certain.pop();
			if (least > 0) certain.push({ at: now, least });
		},
		usual(now) {
			if (now >= signUntil) return undefined;
			const last = sights.at(-1);
			const latest = last && last.at > now - windowMs ? last.likely : 0;
			return Math.max(0, Math.ceil(meanSince(now - 2 * windowMs)), latest);
		},
		certain(now) {
			while (certain.length > 0 && certain[0].at <= now - windowMs) certain.shift();
			return certain[0]?.least ?? 0;
		},
	};
}
