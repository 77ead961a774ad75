import fc from 'fast-check';
import { figuresOf } from '../../templates/health/figures.mts';
import { ago, aside, NOW, readings, run } from './readings.mts';

const counts = (created: number, updated: number, unchanged: number, setAside: number) =>
	`${created} created, ${updated} updated, ${unchanged} unchanged, ${setAside} set aside`;

describe('records by day', () => {
	it('are those of the run rows, on the day of the workflow’s own zone', () => {
		const runs = [
			run(1, { reason: counts(1, 2, 3, 4) }),
			run(2, {
				reason: `${counts(10, 20, 30, 40)}, 5 not created; persons: ${counts(9, 9, 9, 9)}`,
			}),
			// 23:30 UTC is half past midnight in Berlin.
			run(0, { readAt: '2026-11-20T23:30:00.000Z', reason: counts(100, 0, 0, 0) }),
			run(0, { readAt: '2026-11-20T22:30:00.000Z', reason: counts(0, 7, 0, 0) }),
		];
		const [source] = figuresOf(readings({ runs })).sources;
		expect(source?.days).toHaveLength(14);
		expect(source?.days[0]).toMatchObject({
			date: '2026-11-21',
			...{ created: 111, updated: 22, unchanged: 38, setAside: 44, runs: 3 },
		});
		expect(source?.days[1]).toMatchObject({ date: '2026-11-20', created: 0, updated: 7, runs: 1 });
		expect(source?.days[13]?.date).toBe('2026-11-08');
	});

	it('lose no run and count none twice, in whichever zone and whenever it was', () => {
		const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Auckland'];
		const minutes = fc.array(fc.integer({ min: 0, max: 12 * 24 * 60 }), { maxLength: 30 });
		fc.assert(
			fc.property(minutes, fc.constantFrom(...zones), (starts, zone) => {
				const runs = starts.map((minute) =>
					run(minute / 60, { reason: counts(1, 0, 0, 0), tokens: 5 }),
				);
				const figures = figuresOf(readings({ runs, newestRuns: runs.slice(0, 1), zone }));
				const days = figures.sources.flatMap((source) => source.days);
				expect(days.reduce((sum, day) => sum + day.created, 0)).toBe(starts.length);
				const inHours = starts.filter((minute) => NOW - minute * 60_000 >= figures.hours[0]!.start);
				expect(figures.spent).toBe(5 * inHours.length);
			}),
		);
	});

	it('do not count what a dry run would have done, but its tokens', () => {
		const runs = [run(1, { reason: `Dry run: ${counts(45, 0, 0, 0)}`, tokens: 12 })];
		const { sources, spent } = figuresOf(readings({ runs }));
		expect(sources[0]?.days[0]).toMatchObject({ created: 0, runs: 1, dryRuns: 1 });
		expect(spent).toBe(12);
	});

	it('say how many runs lost their counts to the retention', () => {
		const [source] = figuresOf(readings({ runs: [run(1, { reason: '' })] })).sources;
		expect(source?.days[0]).toMatchObject({ runs: 1, uncounted: 1 });
	});

	it('say since when runs are counted where there were too many to read', () => {
		const runs = [run(1), run(2)];
		expect(figuresOf(readings({ runs, mostRuns: 2 })).countedSince).toBe(Date.parse(ago(2)));
		expect(figuresOf(readings({ runs, mostRuns: 3 })).countedSince).toBeNull();
	});
});

describe('tokens by hour', () => {
	it('begin with the hour of the clock, also where it begins at half past of UTC', () => {
		const runs = [run(0, { tokens: 3 }), run(1, { tokens: 4 }), run(30, { tokens: 99 })];
		const { hours, spent } = figuresOf(readings({ runs, zone: 'Asia/Kolkata' }));
		expect(hours).toHaveLength(24);
		expect(new Date(hours[23]!.start).toISOString()).toBe('2026-11-21T12:30:00.000Z');
		expect(hours.slice(-2).map(({ tokens }) => tokens)).toEqual([4, 3]);
		expect(spent).toBe(7);
	});

	it('are those of all workflows together', () => {
		const runs = [run(1, { tokens: 3 }), run(1, { tokens: 4, workflowId: 'stock' })];
		expect(figuresOf(readings({ runs })).spent).toBe(7);
	});
});

describe('a source', () => {
	it('that has been silent for longer than the days shown is still there, with its last run', () => {
		const silent = run(24 * 40, { workflowId: 'stock', system: 'syspro' });
		const { sources } = figuresOf(readings({ runs: [run(1)], newestRuns: [silent, silent] }));
		expect(sources.map(({ workflowId }) => workflowId)).toEqual(['partners', 'stock']);
		expect(sources[1]?.lastRun.at).toBe(Date.parse(ago(24 * 40)));
		expect(sources[1]?.days.every((day) => day.runs === 0)).toBe(true);
	});

	it('has the lag of its newest write, from reading to writing', () => {
		const newestWrites = [
			{ id: 1, workflowId: 'partners', readAt: ago(2), writtenAt: ago(1), entity: 'item' },
		];
		const [source] = figuresOf(readings({ runs: [run(1)], newestWrites })).sources;
		expect(source).toMatchObject({ lagMs: 3_600_000, entity: 'item' });
		expect(figuresOf(readings({ runs: [run(1)] })).sources[0]?.lagMs).toBeNull();
	});

	it('and the execution of a set-aside record are those of its run', () => {
		const failed = run(3, { executionId: '77' });
		const setAside = [aside(3, { runId: failed.runId }), aside(2)];
		const { setAside: shown } = figuresOf(readings({ runs: [run(1), failed], setAside }));
		expect(shown.map(({ executionId }) => executionId)).toEqual(['77', '']);
	});
});

it('empty tables, empty items and failed reads are told, not counted', () => {
	const failed = { error: 'The table is locked.' };
	const figures = figuresOf(
		readings({ runs: [{}], newestRuns: [failed], setAside: [{}], budget: [failed] }),
	);
	expect(figures).toMatchObject({ sources: [], setAside: [], budget: null, spent: 0 });
	expect(figures.problems).toEqual(['The table is locked.']);
});
