/** Retries come within four minutes; the rest is room for a sender that was cut off. */
const REMEMBERED_MS = 60 * 60 * 1000;
/** An attempt that nobody ended by then will not be ended. */
const LONGEST_ATTEMPT_MS = 5 * 60 * 1000;
const MOST_REMEMBERED = 20_000;

/**
 * Events that this process took. One that was taken is under way until it is `done` or, after a failure, forgotten. Best
 * effort: other processes and a restart know nothing of it.
 */
export interface Duplicates {
	/** True for the first who brings this key; it is under way from now on. */
	take(key: string, now: number): boolean;
	/** Somebody took it and neither ended nor failed: it cannot be told yet whether another attempt is needed. */
	isUnderWay(key: string, now: number): boolean;
	/** Every further attempt is a duplicate. */
	done(key: string): void;
	/** After a failure: the next attempt counts as the first. */
	forget(key: string): void;
	readonly size: number;
}

export function createDuplicates(most = MOST_REMEMBERED): Duplicates {
	const taken = new Map<string, { at: number; isDone: boolean }>();
	return {
		take(key, now) {
			for (const [oldest, { at }] of taken) {
				if (now - at < REMEMBERED_MS) break;
				taken.delete(oldest);
			}
			if (taken.has(key)) return false;
			taken.set(key, { at: now, isDone: false });
			if (taken.size > most) taken.delete(taken.keys().next().value as string);
			return true;
		},
		isUnderWay(key, now) {
			const known = taken.get(key);
			if (!known || known.isDone) return false;
			const isLost = now - known.at >= LONGEST_ATTEMPT_MS;
			if (isLost) taken.delete(key);
			return !isLost;
		},
		done(key) {
			const known = taken.get(key);
			if (known) known.isDone = true;
		},
		forget(key) {
			taken.delete(key);
		},
		get size() {
			return taken.size;
		},
	};
}
