import fc from 'fast-check';
import { createDailyBudget, type BudgetNews, type DailyBudget } from '../../../core/http/budget';
import { createSessionCache } from '../../../core/http/session';
import { FakeClock } from '../../fakes/fakeClock.mts';

/** An answer that cost nothing. */
const hear = (budget: DailyBudget, news: BudgetNews) => budget.spend(0).settle(news);

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
		hear(budget, { remaining: 270 });
		expect(budget.status().left).toBe(60);
	});

	it('starts a new day when what remains jumps up', () => {
		const { budget } = setUp();
		hear(budget, { remaining: 800 });
		budget.spend(590).settle({ remaining: 210 });
		expect(budget.status().left).toBe(0);
		hear(budget, { remaining: 1000 });
		expect(budget.status().left).toBe(790);
	});

	it('what the server said remains is forgotten a day later, also where no probe could be paid', async () => {
		const { clock, budget } = setUp();
		hear(budget, { remaining: 203 });
		expect(() => budget.spend(10)).toThrow(expect.objectContaining({ kind: 'budgetSpent' }));
		await clock.advance(24 * HOUR);
		expect(() => budget.spend(200)).toThrow(expect.objectContaining({ kind: 'budgetSpent' }));
		await clock.advance(2 * HOUR);
		budget.spend(200);
	});

	it('stops until the reset that the server named, then goes on', async () => {
		const { clock, budget } = setUp();
		hear(budget, { exhaustedUntil: clock.now() + HOUR });
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
