import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { openBench, partner, type Bench } from './support.mts';

let bench: Bench;
afterEach(async () => await bench.close());

const many = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => partner(from + index));

async function spentBy<T>(work: () => Promise<T>) {
	const before = bench.sandbox.log.totals();
	const result = await work();
	const after = bench.sandbox.log.totals();
	return {
		result,
		tokens: after.tokens - before.tokens,
		searches: (after.byKind.search?.requests ?? 0) - (before.byKind.search?.requests ?? 0),
		refused: after.refused429 - before.refused429,
	};
}

describe('tokens', () => {
	it('1,000 new partners into 10,000 organizations cost at most 5.3 per record cold, 5.1 warm, 0.1 when nothing changed', async () => {
		bench = await openBench();
		bench.sandbox.seed({ organizations: 10_000, persons: 10_000 });

		const cold = await spentBy(() => bench.run(many(1_000)));
		const written = 2_000;
		expect(cold.result.reports.filter(({ outcome }) => outcome === 'created')).toHaveLength(1_000);
		expect(cold.tokens / written).toBeLessThanOrEqual(5.3);

		const warm = await spentBy(() => bench.run(many(1_000, 1_000)));
		expect(warm.result.reports.every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(warm.tokens / written).toBeLessThanOrEqual(5.1);

		const again = await spentBy(() => bench.run(many(1_000)));
		expect(again.result.reports.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
		expect(again.tokens / written).toBeLessThanOrEqual(0.1);

		for (const run of [cold, warm, again]) {
			expect(run.searches).toBe(0);
			expect(run.refused).toBe(0);
		}
		const perRecord = [cold, warm, again].map(({ tokens }) => (tokens / written).toFixed(3));
		console.info(
			`tokens per record: cold ${perRecord[0]}, warm ${perRecord[1]}, unchanged ${perRecord[2]}`,
		);
	}, 120_000);

	it('reads a few known records one by one after a restart instead of the whole list', async () => {
		bench = await openBench();
		bench.sandbox.seed({ organizations: 3_000 });
		const { reports } = await bench.run(many(3));
		const knownIds = reports
			.flatMap(({ idRows }) => idRows)
			.map((row) => ({ ...row, digests: JSON.parse(row.digests) }));
		bench.clock.advance(25 * 3_600_000);
		const restarted = await spentBy(() =>
			bench.run(many(3), { memory: createProcessMemory(), settings: { knownIds } }),
		);
		expect(restarted.result.reports.map(({ outcome }) => outcome)).toEqual(
			Array(3).fill('unchanged'),
		);
		// Two field lists (20), three organizations and three persons (6).
		expect(restarted.tokens).toBe(26);
	});
});
