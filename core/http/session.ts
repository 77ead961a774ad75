/** A login or token that several callers share. */
export interface Opened<T> {
	value: T;
	/** Epoch milliseconds; absent when the server does not say. */
	expiresAt?: number;
}

export interface SessionCache<T> {
	/**
	 * The shared value of this key. However many callers ask at once, it is opened once.
	 * A value about to expire is renewed first. When opening fails all waiting callers get that error
	 * and the next caller tries again.
	 */
	get(key: string, now: number, open: () => Promise<Opened<T>>): Promise<T>;
	/** Forgets this value after the server refused it; a newer one that another caller opened stays. */
	drop(key: string, value: T): void;
}

const RENEW_BEFORE_MS = 60_000;

/** Keeps sessions in the process. The key must name host, account and secret (hashed), so that a changed credential opens anew. */
export function createSessionCache<T>(options: { renewBeforeMs?: number } = {}): SessionCache<T> {
	const renewBeforeMs = options.renewBeforeMs ?? RENEW_BEFORE_MS;
	const opened = new Map<string, Opened<T>>();
	const opening = new Map<string, Promise<Opened<T>>>();

	const isFresh = (session: Opened<T>, now: number) =>
		session.expiresAt === undefined || session.expiresAt - renewBeforeMs > now;

	return {
		async get(key, now, open) {
			const known = opened.get(key);
			if (known && isFresh(known, now)) return known.value;
			const pending = opening.get(key) ?? openOnce(key, open);
			return (await pending).value;
		},
		drop(key, value) {
			if (opened.get(key)?.value === value) opened.delete(key);
		},
	};

	function openOnce(key: string, open: () => Promise<Opened<T>>): Promise<Opened<T>> {
		const pending = open()
			.then((session) => {
				opened.set(key, session);
				return session;
			})
			.finally(() => opening.delete(key));
		opening.set(key, pending);
		return pending;
	}
}
