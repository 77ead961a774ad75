/** Retries come within four minutes; the rest is room for a sender that was cut off. */
const REMEMBERED_MS = 60 * 60 * 1000;
const MOST_REMEMBERED = 20_000;

/** Events that this process took already. Best effort: other processes and a restart know nothing of it. */
export interface Duplicates {
	/** True for the first who brings this key. */
	take(key: string, now: number): boolean;
	/** After a failure: the next attempt counts as the first. */
	forget(key: string): void;
	readonly size: number;
}

export function createDuplicates(most = MOST_REMEMBERED): Duplicates {
	const taken = new Map<string, number>();
	return {
		take(key, now) {
			for (const [oldest, at] of taken) {
				if (now - at < REMEMBERED_MS) break;
				taken.delete(oldest);
			}
			if (taken.has(key)) return false;
			taken.set(key, now);
			if (taken.size > most) taken.delete(taken.keys().next().value as string);
			return true;
		},
		forget(key) {
			taken.delete(key);
		},
		get size() {
			return taken.size;
		},
	};
}
