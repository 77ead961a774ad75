import type { Ports } from './ports';

export interface WindowLimits {
	/** Requests allowed in any rolling window. */
	limit: number;
	windowMs: number;
}

/** A place in the window. Call `release` exactly once, when the answer or the error is there. */
export interface Place {
	release(outcome: 'answered' | 'limited' | 'neverSent', pauseMs?: number): void;
}

export interface BurstWindow {
	/** Waits, in order of asking, until one more request cannot exceed the limit. */
	acquire(): Promise<Place>;
	/** How many requests may be in a window at the moment; below the limit after a refusal. */
	readonly pace: number;
	/** A limit that the server announced; only a stricter one counts. */
	tighten(limit: number): void;
}

/** Both clocks tick in whole milliseconds, and timers fire a little early. */
const MARGIN_MS = 25;

/**
 * A burst limiter without guessing: the server counts a request somewhere between its start and its answer,
 * so a place is taken from the start until one window after the answer. Whatever the latency, no rolling
 * window on the server ever sees more than the limit.
 *
 * A refusal all the same (somebody else uses the same token) halves the pace; each window without a
 * refusal gives back a tenth of the limit.
 */
export function createBurstWindow(limits: WindowLimits, ports: Ports): BurstWindow {
	const windowMs = limits.windowMs + MARGIN_MS;
	let limit = Math.max(1, Math.floor(limits.limit));
	let pace = limit;
	let inFlight = 0;
	let pausedUntil = 0;
	let paceChangedAt = -Infinity;
	let timer = false;
	/** End times of the requests that still count, oldest first. */
	const ends: number[] = [];
	const waiting: Array<(place: Place) => void> = [];

	function recover(now: number): void {
		if (pace >= limit || now - paceChangedAt < windowMs) return;
		pace = Math.min(limit, pace + Math.max(1, Math.floor(limit / 10)));
		paceChangedAt = now;
	}

	function forgetOld(now: number): void {
		while (ends.length > 0 && ends[0] + windowMs <= now) ends.shift();
	}

	function waitMs(now: number): number | undefined {
		if (pausedUntil > now) return pausedUntil - now;
		if (inFlight + ends.length < pace) return 0;
		const surplus = inFlight + ends.length - pace;
		return surplus < ends.length ? ends[surplus] + windowMs - now : undefined;
	}

	function pump(): void {
		while (waiting.length > 0) {
			const now = ports.now();
			forgetOld(now);
			recover(now);
			const wait = waitMs(now);
			if (wait === undefined) return;
			if (wait > 0) return wakeIn(wait);
			inFlight++;
			waiting.shift()?.(placeOf());
		}
	}

	function wakeIn(ms: number): void {
		if (timer) return;
		timer = true;
		void ports.sleep(Math.ceil(ms)).then(() => {
			timer = false;
			pump();
		});
	}

	function placeOf(): Place {
		let released = false;
		return {
			release(outcome, pauseMs) {
				if (released) return;
				released = true;
				const now = ports.now();
				inFlight--;
				if (outcome !== 'neverSent') ends.push(now);
				if (outcome === 'limited') slowDown(now, pauseMs ?? windowMs);
				pump();
			},
		};
	}

	function slowDown(now: number, pauseMs: number): void {
		// Answers to requests that left before the last slow-down say nothing new.
		if (now - paceChangedAt >= windowMs || pace === limit) pace = Math.max(1, Math.floor(pace / 2));
		paceChangedAt = now;
		pausedUntil = Math.max(pausedUntil, now + pauseMs);
	}

	return {
		acquire: () =>
			new Promise<Place>((resolve) => {
				waiting.push(resolve);
				pump();
			}),
		get pace() {
			return pace;
		},
		tighten(announced) {
			if (announced >= 1 && announced < limit) {
				limit = Math.floor(announced);
				pace = Math.min(pace, limit);
			}
		},
	};
}
