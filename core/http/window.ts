import { createNeighbours } from './neighbours';
import type { Ports } from './ports';
import { neverBackwards } from './steadyClock';

export interface WindowLimits {
	/** Requests the server allows in any rolling window. */
	limit: number;
	windowMs: number;
	/** Processes that share the window by agreement, each with its part; default 1. */
	processes?: number;
}

/** A place in the window. Call `release` exactly once, when the answer or the error is there. */
export interface Place {
	release(outcome: 'answered' | 'limited' | 'neverSent', told?: Told): void;
}

/** What the server said in its answer. */
export interface Told {
	/** Requests it allows in a window. */
	limit?: number;
	/** Requests it had counted in the window that ended with this one, whoever sent them. */
	used?: number;
	/** How long to send nothing after a refusal; default one window. */
	pauseMs?: number;
}

export interface BurstWindow {
	/** Waits, in order of asking, until one more request cannot exceed the limit. */
	acquire(): Promise<Place>;
	/** How many requests may be in a window at the moment; below the own part after a refusal. */
	readonly pace: number;
}

/** Clocks on both sides tick in whole milliseconds. */
const MARGIN_MS = 5;
/** Windows to wait before the pace that was refused is tried again: doubled by every refusal. */
const PATIENCE = 4;
const MOST_PATIENCE = 32;
const LEAST_AT_ONCE = 8;
const FORGET_MS = 10 * 60 * 1000;

interface Flight {
	startedAt: number;
	/** Absent while it is under way. */
	endedAt?: number;
}

/**
 * A burst limiter without guessing: the server counts a request somewhere between its start and its answer,
 * so a place is taken from the start until one window after the answer. Whatever the latency, no rolling
 * window on the server ever sees more than the limit, and no limiter that knows as little can be faster:
 * the last request may have been counted at its very end, and the next one at its very start.
 *
 * A server that tells how many requests it counted shows whether others use the same window; then they are
 * left what they use. A refusal all the same halves the pace. It grows back by a tenth of the limit per
 * window to where it was refused, and beyond that the more slowly the more often that failed.
 */
export function createBurstWindow(limits: WindowLimits, ports: Ports): BurstWindow {
	const clock = neverBackwards(() => ports.now());
	const windowMs = limits.windowMs + MARGIN_MS;
	const processes = Math.max(1, limits.processes ?? 1);
	const neighbours = createNeighbours(windowMs, 0.5 + limits.limit / 100);
	let limit = Math.max(1, Math.floor(limits.limit));
	let share = partOf(limit);
	let pace = share;
	let refusedPace = Infinity;
	let patience = PATIENCE;
	let pausedUntil = 0;
	let paceChangedAt = -Infinity;
	let slowedAt = -Infinity;
	let isDoubtful = false;
	let timer = false;
	let underWay = 0;
	/** By start, oldest first; those that ended so long ago that no answer can concern them are forgotten. */
	let flights: Flight[] = [];
	/** End times of the requests that still count, oldest first. */
	const ends: number[] = [];
	const waiting: Array<(place: Place) => void> = [];

	function partOf(whole: number): number {
		return Math.max(1, Math.floor(whole / processes));
	}

	function stepOf(): number {
		return Math.max(1, Math.floor(share / 10));
	}

	function recover(now: number): void {
		if (pace >= share) return;
		const next = pace + stepOf();
		const isKnownGround = next < refusedPace || next <= (leftByOthers(now) ?? 0);
		if (now - paceChangedAt < (isKnownGround ? 1 : patience) * windowMs) return;
		if (!isKnownGround) patience = Math.max(PATIENCE, Math.floor(patience / 2));
		pace = Math.min(share, next);
		paceChangedAt = now;
	}

	/** The own part, less what others take of it; `undefined` while there is no sign of others. */
	function leftByOthers(now: number): number | undefined {
		const others = neighbours.usual(now);
		if (others === undefined) return undefined;
		// What others will send before the next answer is unknown.
		const spare = Math.ceil(limit / 10);
		return Math.max(Math.ceil(share / 4), share - others - spare);
	}

	/**
	 * A window that was quiet is not used up at once: places that are taken together come free together, and then the
	 * requests under way are the bottleneck. The first request goes alone: its answer tells whether others are there.
	 */
	function spreadOut(now: number): void {
		isDoubtful = true;
		const atOnce = Math.max(LEAST_AT_ONCE, Math.ceil(share / 10));
		for (let place = atOnce; place < share; place++) {
			ends.push(now - windowMs + ((place - atOnce + 1) * windowMs) / share);
		}
	}

	function waitMs(now: number): number | undefined {
		if (pausedUntil > now) return pausedUntil - now;
		// One request alone finds out whether it goes on: refusals in a row bring blocks.
		if (isDoubtful && underWay > 0) return undefined;
		const room = Math.max(1, share - neighbours.certain(now));
		const surplus = underWay + ends.length - Math.min(pace, room, leftByOthers(now) ?? pace);
		if (surplus < 0) return 0;
		return surplus < ends.length ? ends[surplus] + windowMs - now : undefined;
	}

	function pump(): void {
		while (waiting.length > 0) {
			const now = clock();
			while (ends.length > 0 && ends[0] + windowMs <= now) ends.shift();
			recover(now);
			if (underWay + ends.length === 0) spreadOut(now);
			const wait = waitMs(now);
			if (wait === undefined) return;
			if (wait > 0) return wakeIn(wait);
			waiting.shift()?.(placeAt(now));
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

	function placeAt(startedAt: number): Place {
		const flight: Flight = { startedAt };
		flights.push(flight);
		underWay++;
		return {
			release(outcome, told = {}) {
				if (flight.endedAt !== undefined) return;
				const now = clock();
				flight.endedAt = now;
				underWay--;
				// What was refused or never sent is not counted by the server, but a refusal may count elsewhere.
				if (outcome === 'neverSent') flights = flights.filter((one) => one !== flight);
				else ends.push(now);
				if (outcome !== 'limited' && flight.startedAt > slowedAt) isDoubtful = false;
				if (outcome === 'limited') slowDown(flight, now, told.pauseMs ?? windowMs);
				if (outcome !== 'neverSent') listen(flight, told, now);
				pump();
			},
		};
	}

	function listen(flight: Flight, { limit: announced, used }: Told, now: number): void {
		if (announced !== undefined && announced >= 1 && announced < limit) {
			limit = Math.floor(announced);
			share = partOf(limit);
			pace = Math.min(pace, share);
		}
		if (used !== undefined) {
			const from = flight.startedAt - limits.windowMs;
			const most = flights.filter((one) => (one.endedAt ?? now) > from).length;
			const likely = flights.filter(
				(one) => one.startedAt > from && one.startedAt <= flight.startedAt,
			).length;
			const agreed = limit - share;
			neighbours.observe(now, used - likely - agreed, used - most - agreed);
		}
		const oldest = flights.find((one) => one.endedAt === undefined)?.startedAt ?? now;
		flights = flights.filter((one) => (one.endedAt ?? now) > oldest - windowMs);
	}

	function slowDown(flight: Flight, now: number, pauseMs: number): void {
		// Answers to requests that left before the last slow-down say nothing new.
		if (flight.startedAt > slowedAt) {
			patience = now - slowedAt > FORGET_MS ? PATIENCE : Math.min(MOST_PATIENCE, patience * 2);
			refusedPace = pace;
			pace = Math.max(1, Math.floor(pace / 2));
			slowedAt = now;
		}
		isDoubtful = true;
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
	};
}
