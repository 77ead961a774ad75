import { openBench, partner, type Bench } from './support.mts';

let bench: Bench;
afterEach(async () => await bench.close());

const many = (count: number, from = 0, change = {}) =>
	Array.from({ length: count }, (_, index) => partner(from + index, { persons: [], ...change }));
const byOutcome = (reports: Array<{ outcome: string }>, outcome: string) =>
	reports.filter((report) => report.outcome === outcome).length;

describe('rule 29: priority of tokens near the line', () => {
	it('updates wait with the hour at which they go on, new customers are still written', async () => {
		bench = await openBench({ dailyTokens: 3_000 });
		const credential = { dailyLimit: 3_000, reservePercent: 20, keepForNewPercent: 20 };
		await bench.run(many(200), { credential });
		const changed = many(200, 0, { organization: { taxNumber: 'DE9' } });
		const mixed = changed.flatMap((record, n) =>
			n % 10 === 0 ? [record, ...many(1, 10_000 + n)] : [record],
		);
		const { reports } = await bench.run(mixed, {
			credential,
			settings: { stopAbovePercent: 0 },
		});
		expect(byOutcome(reports, 'created')).toBe(20);
		const aside = reports.filter(({ outcome }) => outcome === 'setAside');
		expect(aside.length).toBeGreaterThan(50);
		expect(aside.every(({ reasonCode, retryAt }) => reasonCode === 'deferred' && retryAt)).toBe(
			true,
		);
		expect(bench.sandbox.limits.spent).toBeLessThanOrEqual(2_400);
		expect(bench.sandbox.log.totals().refused429).toBe(0);
	});
});

describe('rule 29: a cap of the plan', () => {
	it('stops creates with one alert; updates go on', async () => {
		bench = await openBench();
		await bench.run(many(20));
		bench.sandbox.faults.add({
			kind: 'status',
			status: 403,
			times: 10_000,
			match: { method: 'POST', path: '/organizations$' },
			body: {
				success: false,
				error: 'The limit of organizations of your plan is reached',
				code: 'feature_capping_organizations_limit',
			},
		});
		const before = bench.sandbox.log.entries.filter(({ method }) => method === 'POST').length;
		const changed = many(20, 0, { organization: { taxNumber: 'DE9' } });
		const { reports } = await bench.run([...many(100, 1_000), ...changed]);
		const posts = bench.sandbox.log.entries.filter(({ method }) => method === 'POST').length;
		expect(posts - before).toBeLessThanOrEqual(bench.environment().ledger.concurrency);
		expect(byOutcome(reports, 'updated')).toBe(20);
		const aside = reports.filter(({ outcome }) => outcome === 'setAside');
		expect(aside).toHaveLength(100);
		expect(new Set(aside.map(({ reason }) => reason)).size).toBe(1);
		expect(aside[0].reason).toContain("plan's cap");
	});
});

describe("the gateway's block", () => {
	it('is met once: the open circuit sends nothing for ten minutes, then one request tries', async () => {
		bench = await openBench();
		await bench.run(many(5));
		bench.sandbox.faults.add({ kind: 'html403', times: 10_000 });
		const sent = () => bench.sandbox.log.totals().requests;
		const attempt = async (record: number) =>
			await bench.run(many(1, record)).then(
				() => 'ok',
				({ kind }: { kind: string }) => kind,
			);
		const before = sent();
		expect(await attempt(100)).toBe('blocked');
		expect(sent() - before).toBe(1);
		for (let minute = 0; minute < 9; minute++) {
			bench.clock.advance(60_000);
			expect(await attempt(101)).toBe('blocked');
		}
		expect(sent() - before).toBe(1);
		bench.clock.advance(70_000);
		expect(await attempt(102)).toBe('blocked');
		expect(sent() - before).toBe(2);
		bench.sandbox.faults.clear();
		bench.clock.advance(11 * 60_000);
		expect(await attempt(103)).toBe('ok');
	});
});
