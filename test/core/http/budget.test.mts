import fc from 'fast-check';
import { createDailyBudget } from '../../../core/http/budget';
import { createSessionCache } from '../../../core/http/session';
import { createBurstWindow } from '../../../core/http/window';
import { FakeClock } from '../../fakes/fakeClock.mts';

/** A server that counts requests at the moment they arrive, in a rolling window. */
function arrivalsPerWindow(arrivals: number[], windowMs: number): number {
	const sorted = [...arrivals].sort((a, b) => a - b);
	let most = 0;
	for (let end = 0, start = 0; end < sorted.length; end++) {
		while (sorted[end] - sorted[start] >= windowMs) start++;
		most = Math.max(most, end - start + 1);
	}
	return most;
}

describe('the burst window', () => {
	it('never lets a rolling window on the server see more than the limit, whatever the latencies', async () => {
		const latency = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }));
		await fc.assert(
			fc.asyncProperty(fc.array(latency, { minLength: 30, maxLength: 80 }), async (latencies) => {
				const clock = new FakeClock();
				const window = createBurstWindow({ limit: 10, windowMs: 2000 }, clock);
				const arrivals: number[] = [];
				const all = latencies.map(async ([there, back]) => {
					const place = await window.acquire();
					await clock.sleep(there);
					arrivals.push(clock.now());
					await clock.sleep(back);
					place.release('answered');
				});
				await clock.until(Promise.all(all));
				expect(arrivals).toHaveLength(latencies.length);
				expect(arrivalsPerWindow(arrivals, 2000)).toBeLessThanOrEqual(10);
			}),
			{ numRuns: 40 },
		);
	});

	it('uses at least 95 % of the window when answers are quick', async () => {
		const clock = new FakeClock();
		const window = createBurstWindow({ limit: 20, windowMs: 2000 }, clock);
		const start = clock.now();
		await clock.until(
			Promise.all(
				Array.from({ length: 400 }, async () => {
					const place = await window.acquire();
					await clock.sleep(20);
					place.release('answered');
				}),
			),
		);
		const perWindow = 400 / ((clock.now() - start + 2000) / 2000);
		expect(perWindow / 20).toBeGreaterThanOrEqual(0.95);
	});

	it('halves the pace once for a burst of refusals, waits, and recovers', async () => {
		const clock = new FakeClock();
		const window = createBurstWindow({ limit: 20, windowMs: 2000 }, clock);
		const places = await Promise.all(Array.from({ length: 5 }, () => window.acquire()));
		places.forEach((place) => place.release('limited', 1500));
		expect(window.pace).toBe(10);
		let isOpen = false;
		void window.acquire().then((place) => {
			isOpen = true;
			place.release('answered');
		});
		await clock.advance(1400);
		expect(isOpen).toBe(false);
		for (let i = 0; i < 10; i++) {
			await clock.advance(2000);
			(await clock.until(window.acquire())).release('answered');
		}
		expect(isOpen).toBe(true);
		expect(window.pace).toBe(20);
	});
});

describe('the daily budget', () => {
	const HOUR = 3_600_000;
	const setUp = (perDay = 1000, reserveShare = 0.2) => {
		const clock = new FakeClock();
		return { clock, budget: createDailyBudget({ perDay, reserveShare }, clock.now) };
	};

	it('leaves the reserve to people and says what is left', () => {
		const { budget } = setUp();
		budget.spend(795);
		expect(budget.status().left).toBe(5);
		expect(() => budget.spend(6)).toThrow(
			'this call costs 6 tokens, 5 of 1000 are left before the 200 reserved for people',
		);
		budget.spend(5);
	});

	it('is never overspent in any 24 hours, whichever hour the day of the server begins', () => {
		const spendings = fc.array(
			fc.record({
				cost: fc.integer({ min: 1, max: 120 }),
				waitMinutes: fc.integer({ min: 0, max: 300 }),
			}),
			{ maxLength: 80 },
		);
		fc.assert(
			fc.property(spendings, (list) => {
				const { clock, budget } = setUp();
				const spent: Array<[number, number]> = [];
				for (const { cost, waitMinutes } of list) {
					void clock.advance(waitMinutes * 60_000);
					const before = budget.status().left;
					try {
						budget.spend(cost);
						spent.push([clock.now(), cost]);
					} catch {
						expect(cost).toBeGreaterThan(before);
					}
				}
				for (const [from] of spent) {
					const sum = spent
						.filter(([at]) => at >= from && at < from + 24 * HOUR)
						.reduce((all, [, cost]) => all + cost, 0);
					expect(sum).toBeLessThanOrEqual(800);
				}
			}),
		);
	});

	it('counts what others used and what the server says remains, the stricter of both', () => {
		const { budget } = setUp();
		budget.setUsedElsewhere(300);
		expect(budget.status().left).toBe(500);
		budget.observe({ remaining: 260 });
		expect(budget.status().left).toBe(60);
		budget.observe({ remaining: 900 });
	});

	it('starts a new day when what remains jumps up', () => {
		const { budget } = setUp();
		budget.observe({ remaining: 800 });
		budget.spend(600);
		budget.observe({ remaining: 200 });
		expect(budget.status().left).toBe(0);
		budget.observe({ remaining: 1000 });
		expect(budget.status().left).toBe(800);
	});

	it('stops until the reset that the server named, then goes on', async () => {
		const { clock, budget } = setUp();
		budget.observe({ exhaustedUntil: clock.now() + HOUR });
		expect(budget.status()).toMatchObject({ left: 0, resetsAt: '2026-11-20T09:00:00.000Z' });
		expect(() => budget.spend(1)).toThrow(
			expect.objectContaining({ kind: 'budgetSpent', resetsAt: '2026-11-20T09:00:00.000Z' }),
		);
		await clock.advance(HOUR);
		budget.spend(1);
	});
});

describe('a shared session', () => {
	it('is opened once for callers that come at the same time', async () => {
		const cache = createSessionCache<string>();
		let opened = 0;
		const open = async () => ({ value: `s${++opened}` });
		expect(await Promise.all([cache.get('k', 0, open), cache.get('k', 0, open)])).toEqual([
			's1',
			's1',
		]);
	});

	it('is renewed before it expires', async () => {
		const cache = createSessionCache<string>({ renewBeforeMs: 60_000 });
		let opened = 0;
		const open = async () => ({ value: `s${++opened}`, expiresAt: 3_600_000 });
		expect(await cache.get('k', 0, open)).toBe('s1');
		expect(await cache.get('k', 3_539_000, open)).toBe('s1');
		expect(await cache.get('k', 3_541_000, open)).toBe('s2');
	});

	it('is not thrown away by a caller that still holds the old one', async () => {
		const cache = createSessionCache<string>();
		let opened = 0;
		const open = async () => ({ value: `s${++opened}` });
		const old = await cache.get('k', 0, open);
		cache.drop('k', old);
		const fresh = await cache.get('k', 0, open);
		cache.drop('k', old);
		expect(await cache.get('k', 0, open)).toBe(fresh);
	});

	it('is tried again after a login that failed', async () => {
		const cache = createSessionCache<string>();
		await expect(
			cache.get('k', 0, async () => await Promise.reject(new Error('no'))),
		).rejects.toThrow('no');
		expect(await cache.get('k', 0, async () => ({ value: 'yes' }))).toBe('yes');
	});
});
