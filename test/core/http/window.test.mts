import fc from 'fast-check';
import { createBurstWindow } from '../../../core/http/window';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { RollingServer, seededRandom, sendAll } from './rollingServer.mts';

const WINDOW_MS = 2000;

/** 60 to 120 ms, counted anywhere on the way. */
function usualLatency(seed: number) {
	const random = seededRandom(seed);
	return () => {
		const whole = 60 + Math.floor(random() * 61);
		const there = Math.floor(random() * (whole + 1));
		return [there, whole - there] as const;
	};
}

describe('the burst window', () => {
	it('is never refused by a rolling window, whatever the latencies and wherever on the way it counts', async () => {
		const latency = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }));
		const traffic = fc.record({
			limit: fc.integer({ min: 1, max: 30 }),
			concurrency: fc.integer({ min: 1, max: 40 }),
			latencies: fc.array(latency, { minLength: 1, maxLength: 60 }),
			isTold: fc.boolean(),
		});
		await fc.assert(
			fc.asyncProperty(traffic, async ({ limit, concurrency, latencies, isTold }) => {
				const clock = new FakeClock();
				const window = createBurstWindow({ limit, windowMs: WINDOW_MS }, clock);
				const server = new RollingServer(limit, WINDOW_MS, clock.now);
				let turn = 0;
				const next = () => latencies[turn++ % latencies.length];
				const requests = 3 * limit + 10;
				await clock.until(
					sendAll(clock, window, server, { requests, concurrency, latency: next, isTold }),
				);
				expect({ served: server.served, refused: server.refused }).toEqual({
					served: requests,
					refused: 0,
				});
			}),
			{ numRuns: 150 },
		);
	});

	it.each([
		[20, 5],
		[40, 8],
		[120, 8],
		[480, 32],
	])(
		'of %i requests, uses at least 95 %% with 60 to 120 ms of latency, %i under way and no refusal',
		async (limit, concurrency) => {
			const clock = new FakeClock();
			const window = createBurstWindow({ limit, windowMs: WINDOW_MS }, clock);
			const server = new RollingServer(limit, WINDOW_MS, clock.now);
			const traffic = { concurrency, latency: usualLatency(limit), isTold: true };
			// The first windows are used faster, which would flatter.
			await clock.until(sendAll(clock, window, server, { ...traffic, requests: 20 * limit }));
			const from = clock.now();
			const requests = 60 * limit;
			await clock.until(sendAll(clock, window, server, { ...traffic, requests }));
			const perWindow = (requests * WINDOW_MS) / (clock.now() - from);
			expect(perWindow / limit).toBeGreaterThanOrEqual(0.95);
			expect(server.refused).toBe(0);
		},
	);

	it('lets the first requests after a pause go at once, as soon as one was answered', async () => {
		const clock = new FakeClock();
		const window = createBurstWindow({ limit: 20, windowMs: WINDOW_MS }, clock);
		const from = clock.now();
		const first = await window.acquire();
		const others = Promise.all(Array.from({ length: 7 }, async () => await window.acquire()));
		first.release('answered');
		await others;
		expect(clock.now()).toBe(from);
	});

	it('goes on when the clock is set back', async () => {
		const clock = new FakeClock();
		let setBack = 0;
		const ports = { ...clock, now: () => clock.now() - setBack, sleep: clock.sleep };
		const window = createBurstWindow({ limit: 2, windowMs: WINDOW_MS }, ports);
		(await window.acquire()).release('answered');
		(await window.acquire()).release('answered');
		setBack = 3_600_000;
		const from = clock.now();
		await clock.until(window.acquire());
		expect(clock.now() - from).toBeLessThan(2 * WINDOW_MS);
	});
});

describe('a refusal all the same', () => {
	it('halves the pace once for a burst of refusals, waits, and recovers', async () => {
		const clock = new FakeClock();
		const window = createBurstWindow({ limit: 20, windowMs: WINDOW_MS }, clock);
		(await window.acquire()).release('answered');
		await clock.advance(50);
		const places = await Promise.all(Array.from({ length: 5 }, () => window.acquire()));
		await clock.advance(50);
		places.forEach((place) => place.release('limited', { pauseMs: 1500 }));
		expect(window.pace).toBe(10);
		let isOpen = false;
		void window.acquire().then((place) => {
			isOpen = true;
			place.release('answered');
		});
		await clock.advance(1400);
		expect(isOpen).toBe(false);
		for (let i = 0; i < 12; i++) {
			await clock.advance(WINDOW_MS);
			(await clock.until(window.acquire())).release('answered');
		}
		expect(isOpen).toBe(true);
		expect(window.pace).toBe(20);
	});

	it('halves it again when the halved pace is refused, too', async () => {
		const clock = new FakeClock();
		const window = createBurstWindow({ limit: 20, windowMs: WINDOW_MS }, clock);
		const paces: number[] = [];
		for (let refusal = 0; refusal < 6; refusal++) {
			const place = await clock.until(window.acquire());
			await clock.advance(50);
			place.release('limited');
			paces.push(window.pace);
		}
		expect(paces[0]).toBe(10);
		expect(paces.at(-1)).toBeLessThanOrEqual(2);
	});
});

describe('several processes at one window', () => {
	/** What two or three windows of the same limit do to one server. */
	async function share(
		limit: number,
		workers: number,
		options: { processes: number; isTold: boolean; requests: number },
	) {
		const clock = new FakeClock();
		const server = new RollingServer(limit, WINDOW_MS, clock.now);
		const from = clock.now();
		const work = Array.from({ length: workers }, async (_, worker) => {
			const { processes, ...traffic } = options;
			const window = createBurstWindow({ limit, windowMs: WINDOW_MS, processes }, clock);
			await clock.sleep(worker * 700);
			const latency = usualLatency(worker + 1);
			await sendAll(clock, window, server, { concurrency: 5, latency, ...traffic });
		});
		await clock.until(Promise.all(work));
		const perWindow = (server.served * WINDOW_MS) / (clock.now() - from);
		return { server, perWindow, share: server.refused / (server.served + server.refused) };
	}

	it.each([true, false])(
		'that know of each other are never refused and use it up (told: %s)',
		async (isTold) => {
			const { server, perWindow } = await share(20, 2, { processes: 2, isTold, requests: 1000 });
			expect(server.refused).toBe(0);
			expect(perWindow / 20).toBeGreaterThanOrEqual(0.94);
		},
	);

	it.each([
		[20, 2, true],
		[20, 2, false],
		[20, 3, true],
		[20, 3, false],
		[120, 2, true],
		[120, 2, false],
	])(
		'of %i, %i that do not know of each other have at most 2 %% refused (told: %s)',
		async (limit, workers, isTold) => {
			const requests = 75 * limit;
			const { server, share: refused } = await share(limit, workers, {
				processes: 1,
				isTold,
				requests,
			});
			expect(server.served).toBe(workers * requests);
			expect(refused).toBeLessThanOrEqual(0.02);
		},
	);

	it('leave each other room where the server tells what it counts', async () => {
		const requests = 4000;
		const told = await share(120, 2, { processes: 1, isTold: true, requests });
		const untold = await share(120, 2, { processes: 1, isTold: false, requests });
		expect(told.share).toBeLessThan(untold.share / 2);
		expect(told.perWindow / 120).toBeGreaterThanOrEqual(0.8);
	});
});
