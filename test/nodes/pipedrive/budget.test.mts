import fc from 'fast-check';
import { startLimitedServer } from './limitedServer.mts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const credential = (more: object = {}) => ({ dailyLimit: 3_000, reservePercent: 20, ...more });

describe("the people's reserve", () => {
	it('is never touched, whatever requests cost, people use between runs and is under way', async () => {
		const run = fc.record({
			requests: fc.integer({ min: 1, max: 60 }),
			cost: fc.constantFrom(1, 5, 10, 20, 25, 40),
			elsewhere: fc.integer({ min: 0, max: 900 }),
			pauseMinutes: fc.integer({ min: 2, max: 90 }),
		});
		const day = fc.record({
			runs: fc.array(run, { minLength: 1, maxLength: 10 }),
			kept: fc.constantFrom(0, 10, 50),
			dailyHeaders: fc.boolean(),
		});
		await fc.assert(
			fc.asyncProperty(day, async ({ runs, kept, dailyHeaders }) => {
				const server = startLimitedServer({ dailyTokens: 3_000, dailyHeaders });
				const worker = server.worker({ credential: credential({ keepForNewPercent: kept }) });
				for (const { requests, cost, elsewhere, pauseMinutes } of runs) {
					if (dailyHeaders)
						server.spendElsewhere(Math.max(0, Math.min(elsewhere, 2_900 - server.limits.spent)));
					server.leastRemaining = Infinity;
					const before = 3_000 - server.limits.spent;
					await server.clock.until(worker.send(requests, { cost }));
					// What people used since the last answer is unknown until one request, alone, finds out.
					const line = dailyHeaders ? Math.min(600, before - cost) : 600;
					expect(server.leastRemaining).toBeGreaterThanOrEqual(line);
					await server.clock.advance(pauseMinutes * MINUTE);
				}
				expect(server.tokens).toBeLessThanOrEqual(2_400);
				expect(server.answers[429]).toBeUndefined();
			}),
			{ numRuns: 60 },
		);
	});

	it('stays whole for the rest of the day once the line is reached, although the node looks for a new day', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const worker = server.worker({ credential: credential({ keepForNewPercent: 0 }) });
		for (let hour = 0; hour < 15; hour++) {
			await server.clock.until(worker.send(100));
			await server.clock.advance(HOUR);
		}
		expect(server.leastRemaining).toBeGreaterThanOrEqual(600);
		expect(server.tokens).toBeGreaterThan(2_300);
	});

	it('a new day is found out by one request, and then all goes on', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const worker = server.worker({ credential: credential() });
		expect(await server.clock.until(worker.send(600))).toContain('budgetSpent');
		await server.clock.advance(17 * HOUR);
		const ends = await server.clock.until(worker.send(100));
		expect(ends.filter((end) => end === 'ok').length).toBeGreaterThanOrEqual(90);
	});
});

describe('what is kept for new records', () => {
	const high = { method: 'POST', priority: 'high' } as const;

	it('is left by updates and used by new records', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const worker = server.worker({ credential: credential({ keepForNewPercent: 10 }) });
		await server.clock.until(worker.send(600));
		const updates = server.tokens;
		expect(updates).toBeLessThanOrEqual(2_100);
		expect(updates).toBeGreaterThan(1_950);
		expect(worker.ledger.status().kept).toBe(300);
		const ends = await server.clock.until(worker.send(20, high));
		expect(new Set(ends)).toEqual(new Set(['ok']));
		await server.clock.until(worker.send(200, high));
		expect(server.leastRemaining).toBeGreaterThanOrEqual(600);
		expect(server.tokens).toBeGreaterThan(updates + 200);
	});

	it('is open to reads up to its half, so that new records can still be prepared', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const worker = server.worker({ credential: credential({ keepForNewPercent: 10 }) });
		await server.clock.until(worker.send(600));
		const before = server.tokens;
		await server.clock.until(worker.send(50, { method: 'GET', cost: 10 }));
		expect(server.tokens - before).toBeGreaterThanOrEqual(140);
		expect(server.tokens - before).toBeLessThanOrEqual(150);
	});

	it('is named in the refusal of an update', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const worker = server.worker({ credential: credential({ keepForNewPercent: 80 }) });
		const update = { method: 'PATCH', url: 'https://x.example/?cost=5', cost: 5 } as const;
		await expect(server.clock.until(worker.client.send(update))).rejects.toMatchObject({
			kind: 'budgetSpent',
			code: 'keptBack',
			message: expect.stringContaining('kept for new records') as string,
		});
		expect(server.tokens).toBe(0);
	});
});

describe('the day that ends unforeseen', () => {
	it('is met by no more 429s than requests under way, and never by the block', async () => {
		const server = startLimitedServer({ dailyTokens: 500, dailyHeaders: false, plan: 'ultimate' });
		const worker = server.worker({ credential: { dailyLimit: 100_000 } });
		const ends = await server.clock.until(worker.send(500));
		expect(ends).toContain('budgetSpent');
		expect(server.answers[429]).toBeLessThanOrEqual(8);
		expect(server.answers[403]).toBeUndefined();
		const sent = server.answers[429];
		await server.clock.until(worker.send(50));
		expect(server.answers[429]).toBe(sent);
	});
});

describe('requests under way', () => {
	it('are as many as the latency asks for, so that only the window sets the pace', async () => {
		const server = startLimitedServer({ plan: 'ultimate', dailyTokens: 10_000_000 });
		const worker = server.worker({ credential: { dailyLimit: 10_000_000 } });
		await server.clock.until(worker.send(1_200));
		expect(worker.ledger.concurrency).toBeGreaterThanOrEqual(8);
		const from = server.clock.now();
		await server.clock.until(worker.send(7_200));
		const perWindow = (7_200 * 2_000) / (server.clock.now() - from);
		expect(perWindow / 120).toBeGreaterThanOrEqual(0.95);
		expect(server.answers[429]).toBeUndefined();
	});
});
