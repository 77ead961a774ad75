import { startLimitedServer, type LimitedServer } from './limitedServer.mts';

/** Two n8n processes, each with its own memory, at one company. */
async function share(
	server: LimitedServer,
	processes: number,
	requests: number,
	lane: 'default' | 'search' = 'default',
	workers = 2,
): Promise<number> {
	const credential = { processesSharing: processes, dailyLimit: 1_000_000 };
	const from = server.clock.now();
	const work = Array.from({ length: workers }, async (_, index) => {
		await server.clock.sleep(index * 700);
		const outcomes = await server.worker({ credential, seed: index + 1 }).send(requests, { lane });
		expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([]);
	});
	await server.clock.until(Promise.all(work));
	return (workers * requests * 2000) / (server.clock.now() - from);
}

const start = (plan: 'lite' | 'ultimate', dailyHeaders = true) =>
	startLimitedServer({ plan, dailyTokens: 1_000_000, dailyHeaders });

function refusedShare({ answers }: LimitedServer): number {
	return (answers[429] ?? 0) / ((answers[200] ?? 0) + (answers[429] ?? 0));
}

describe('two processes that share a company', () => {
	it.each([
		['lite', 20],
		['ultimate', 120],
	] as const)(
		'as the credential says get no 429 and use the window up (%s)',
		async (plan, limit) => {
			const server = start(plan);
			const perWindow = await share(server, 2, 40 * limit);
			expect(server.answers).toEqual({ 200: 80 * limit });
			expect(perWindow / limit).toBeGreaterThanOrEqual(0.94);
		},
	);

	it('as the credential says get no 429 to searches either', async () => {
		const server = start('lite');
		const perWindow = await share(server, 2, 150, 'search');
		expect(server.answers).toEqual({ 200: 300 });
		expect(perWindow / 10).toBeGreaterThanOrEqual(0.9);
	});

	it.each([
		['lite', 2, 20],
		['lite', 3, 20],
		['ultimate', 2, 120],
	] as const)(
		'unknown to the credential converge: at most 2 %% 429s, never the block (%s, %i processes)',
		async (plan, workers, limit) => {
			const server = start(plan);
			await share(server, 1, 75 * limit, 'default', workers);
			expect(server.answers[403]).toBeUndefined();
			expect(server.answers[429]).toBeGreaterThan(0);
			expect(refusedShare(server)).toBeLessThanOrEqual(0.02);
		},
	);

	it('unknown to the credential converge when they search, too', async () => {
		const server = start('lite');
		await share(server, 1, 600, 'search');
		expect(server.answers[403]).toBeUndefined();
		expect(refusedShare(server)).toBeLessThanOrEqual(0.02);
	});

	it('spend no more than the budget without the reserve, together', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		const credential = { processesSharing: 2, dailyLimit: 3_000 };
		const workers = [1, 2].map((seed) => server.worker({ credential, seed }));
		const all = await server.clock.until(Promise.all(workers.map((worker) => worker.send(400))));
		expect(server.answers[429]).toBeUndefined();
		expect(all.flat()).toContain('budgetSpent');
		expect(server.leastRemaining).toBeGreaterThanOrEqual(600);
		expect(server.tokens).toBeGreaterThan(1_900);
	});

	it('leave the reserve when people have used most of the day', async () => {
		const server = startLimitedServer({ dailyTokens: 3_000 });
		server.spendElsewhere(1_800);
		const credential = { processesSharing: 2, dailyLimit: 3_000 };
		const workers = [1, 2].map((seed) => server.worker({ credential, seed }));
		await server.clock.until(Promise.all(workers.map((worker) => worker.send(200))));
		expect(server.leastRemaining).toBeGreaterThanOrEqual(600);
		expect(server.tokens).toBeGreaterThan(0);
	});
});
