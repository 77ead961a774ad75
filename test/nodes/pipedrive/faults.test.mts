import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import type { FaultKind } from '../../sandbox/pipedrive/faults.mts';
import { openBench, partner, type Bench } from './support.mts';

let bench: Bench;
afterEach(async () => await bench.close());

const many = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => partner(from + index));
const outcomes = (reports: Array<{ outcome: string }>) => reports.map(({ outcome }) => outcome);
const posts = () => bench.sandbox.log.entries.filter(({ method }) => method === 'POST').length;

describe('an answer that never arrives', () => {
	it.each<FaultKind>(['lostAnswer', 'badJson', 'emptyBody'])(
		'%s to a create: the record exists once and the run knows it',
		async (kind) => {
			bench = await openBench();
			bench.sandbox.faults.add(
				{ kind, match: { method: 'POST', path: '/organizations$' } },
				{ kind, match: { method: 'POST', path: '/persons$' } },
			);
			const { reports } = await bench.run(many(3));
			expect(outcomes(reports)).toEqual(['created', 'created', 'created']);
			expect(bench.sandbox.records('organizations')).toHaveLength(3);
			expect(bench.sandbox.records('persons')).toHaveLength(3);
			expect(reports.every(({ pipedriveId }) => pipedriveId !== null)).toBe(true);
		},
	);

	it('a create that never reached Pipedrive is sent again, once', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({
			kind: 'dropBefore',
			match: { method: 'POST', path: '/organizations$' },
		});
		const { reports } = await bench.run(many(1));
		expect(outcomes(reports)).toEqual(['created']);
		expect(bench.sandbox.records('organizations')).toHaveLength(1);
	});

	it('a gateway error to a create is looked up before it is repeated', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({
			kind: 'status',
			status: 504,
			body: { success: false, error: 'Gateway Timeout' },
			match: { method: 'POST', path: '/organizations$' },
		});
		const { reports } = await bench.run(many(1));
		expect(outcomes(reports)).toEqual(['created']);
		expect(bench.sandbox.records('organizations')).toHaveLength(1);
	});

	it('a list that lags behind the write is looked at twice before a create is repeated', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({
			kind: 'lostAnswer',
			match: { method: 'POST', path: '/organizations$' },
		});
		let lists = 0;
		const { reports } = await bench.run([partner(1, { persons: [] })], {
			disguise: (api) => ({
				...api,
				list: async (entity, query) => {
					const page = await api.list(entity, query);
					// The first list fills the index, the second one is the first look.
					return ++lists === 2 ? { ...page, rows: [] } : page;
				},
			}),
		});
		expect(outcomes(reports)).toEqual(['created']);
		expect(bench.sandbox.records('organizations')).toHaveLength(1);
	});

	it('a cut-off answer to an update is asked for again', async () => {
		bench = await openBench();
		await bench.run(many(1));
		bench.sandbox.faults.add({ kind: 'badJson', match: { method: 'PATCH' } });
		const { reports } = await bench.run([partner(0, { organization: { taxNumber: 'DE9' } })]);
		expect(outcomes(reports)).toEqual(['updated']);
	});

	it('Pipedrive down in the middle: what was written stays, the rest is set aside, the repeat writes it once', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({ kind: 'dropBefore', times: 10_000, after: 30 });
		const { reports } = await bench.run(many(60));
		const aside = reports.filter(({ outcome }) => outcome === 'setAside');
		expect(aside.length).toBeGreaterThan(20);
		expect(aside.every(({ reasonCode, retryAt }) => reasonCode === 'failed' && retryAt)).toBe(true);
		// A few tries for the first ones, then nothing more is sent.
		expect(bench.sandbox.log.entries.length).toBeLessThan(200);
		bench.sandbox.faults.clear();
		const again = await bench.run(many(60), { memory: createProcessMemory() });
		expect(again.reports.every(({ outcome }) => outcome !== 'setAside')).toBe(true);
		expect(bench.sandbox.records('organizations')).toHaveLength(60);
		expect(bench.sandbox.records('persons')).toHaveLength(60);
	});

	it('Pipedrive down at the start fails the run instead of setting everything aside', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({ kind: 'dropBefore', times: 1_000 });
		await expect(bench.run(many(2), { memory: createProcessMemory() })).rejects.toMatchObject({
			kind: 'transient',
		});
	});

	it('an index that was read only in part is not used', async () => {
		bench = await openBench();
		bench.sandbox.seed({ organizations: 1_200 });
		bench.sandbox.faults.add({
			kind: 'status',
			status: 400,
			body: { success: false, error: 'Bad cursor' },
			match: { path: '/organizations$' },
			after: 1,
		});
		await expect(bench.run(many(1))).rejects.toMatchObject({ kind: 'invalid' });
		expect(bench.sandbox.records('organizations')).toHaveLength(1_200);
	});
});

describe('two executions at the same time', () => {
	it('create a new customer once', async () => {
		bench = await openBench();
		const [first, second] = await Promise.all([bench.run(many(20)), bench.run(many(20))]);
		expect(bench.sandbox.records('organizations')).toHaveLength(20);
		expect(bench.sandbox.records('persons')).toHaveLength(20);
		const ids = (run: typeof first) => run.reports.map(({ pipedriveId }) => pipedriveId);
		expect(ids(first)).toEqual(ids(second));
	});

	it('create it twice without the lock that they share (control)', async () => {
		bench = await openBench();
		await Promise.all([
			bench.run(many(5), { memory: createProcessMemory() }),
			bench.run(many(5), { memory: createProcessMemory() }),
		]);
		expect(bench.sandbox.records('organizations').length).toBeGreaterThan(5);
	});
});

describe('the budget', () => {
	it("a daily 429 defers the rest with Pipedrive's own reset time and sends nothing more", async () => {
		bench = await openBench({ dailyTokens: 300, dailyHeaders: false });
		const before = bench.sandbox.log.totals().requests;
		const { reports } = await bench.run(many(50));
		const deferred = reports.filter(({ outcome }) => outcome === 'setAside');
		expect(deferred.length).toBeGreaterThan(0);
		expect(deferred.every(({ reasonCode }) => reasonCode === 'deferred')).toBe(true);
		const retryAt = Date.parse(deferred[0].retryAt ?? '');
		expect(retryAt).toBeGreaterThan(bench.clock.now());
		expect(retryAt).toBeLessThanOrEqual(bench.clock.now() + 24 * 3_600_000 + 5_000);
		const refused = bench.sandbox.log.totals().refused429;
		expect(refused).toBeLessThanOrEqual(8);
		const sent = bench.sandbox.log.totals().requests - before;
		await bench.run(many(50));
		expect(bench.sandbox.log.totals().requests - before).toBe(sent);
		bench.clock.advance(retryAt - bench.clock.now() + 1_000);
	});

	it('leaves the reserve to people and goes on after the reset', async () => {
		bench = await openBench({ dailyTokens: 1_000 });
		const credential = { dailyLimit: 1_000, reservePercent: 50 };
		const { reports } = await bench.run(many(100), { credential });
		expect(bench.sandbox.limits.spent).toBeLessThanOrEqual(500);
		expect(bench.sandbox.records('organizations').length).toBeGreaterThan(50);
		expect(reports.some(({ reasonCode }) => reasonCode === 'deferred')).toBe(true);
		expect(bench.sandbox.log.totals().refused429).toBe(0);
		bench.clock.advance(25 * 3_600_000);
		const next = await bench.run(many(20), { credential });
		expect(outcomes(next.reports)).not.toContain('setAside');
	});

	it('is divided between the processes that share the company', async () => {
		bench = await openBench();
		const { ledger } = bench.environment({
			credential: { dailyLimit: 1_000, processesSharing: 2 },
		});
		expect(ledger.status()).toMatchObject({ perDay: 500 });
	});
});

describe('the pace', () => {
	it('hundreds of writes on the smallest plan never meet a 429', async () => {
		bench = await openBench({ plan: 'lite' });
		const { reports } = await bench.run(many(150));
		expect(reports.every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(bench.sandbox.log.totals().refused429).toBe(0);
	});

	it('a burst 429 caused by others slows down, loses nothing and is not the daily one', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({
			kind: 'status',
			status: 429,
			headers: { 'x-ratelimit-reset': '2' },
			body: { success: false, error: 'rate limit exceeded', errorCode: 429 },
			match: { method: 'POST' },
			times: 5,
		});
		const { reports } = await bench.run(many(40));
		expect(reports.every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(bench.sandbox.records('organizations')).toHaveLength(40);
	});
});

describe("the gateway's HTML 403", () => {
	it('at the start is one clear error', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({ kind: 'html403', times: 100 });
		await expect(bench.run(many(5), { memory: createProcessMemory() })).rejects.toMatchObject({
			kind: 'blocked',
		});
	});

	it('in the middle ends the sending at once', async () => {
		bench = await openBench();
		bench.sandbox.faults.add({
			kind: 'html403',
			times: 10_000,
			match: { method: 'POST' },
			after: 5,
		});
		const before = posts();
		const { reports } = await bench.run(many(200));
		const aside = reports.filter(({ outcome }) => outcome === 'setAside');
		expect(aside.every(({ reasonCode }) => reasonCode === 'deferred')).toBe(true);
		const companies = aside.filter(({ pipedriveId }) => pipedriveId === null);
		expect(new Set(companies.map(({ reason }) => reason)).size).toBeLessThanOrEqual(2);
		expect(posts() - before).toBeLessThanOrEqual(5 + bench.environment().ledger.concurrency);
		const sent = bench.sandbox.log.totals().requests;
		await expect(bench.run(many(1))).rejects.toMatchObject({ kind: 'blocked' });
		expect(bench.sandbox.log.totals().requests).toBe(sent);
	});
});

it('a contact that Pipedrive refuses is set aside with its company and arrives when that is repeated', async () => {
	bench = await openBench();
	bench.sandbox.faults.add({ kind: 'successFalse', match: { method: 'POST', path: '/persons$' } });
	const { reports } = await bench.run(many(1));
	expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
	expect(reports[0].payload).toBeDefined();
	await bench.run(many(1));
	expect(bench.sandbox.records('persons')).toHaveLength(1);
});
