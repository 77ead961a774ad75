/** What clocks, renames and hands do to a trigger's stored position. */
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { pollSource } from '../../../core/n8n/poll';
import { ProcessMemory } from '../../../core/n8n/runs';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { FakeEngine } from '../../fakes/fakeEngine.mts';
import { FakeErp, type FakeRow } from '../../fakes/fakeErp.mts';

const HOUR = 60;
const YEARS = 5 * 365 * 24 * HOUR;

function setUp(kind: 'legacy' | 'durable', options: Record<string, unknown> = {}) {
	const clock = new FakeClock();
	const erp = new FakeErp({ order: 'unordered', precision: 'day', pageSize: 50, tellsTime: false });
	let ahead = 0;
	const ports = { ...clock, now: () => clock.now() + ahead };
	const pollIn = (process: ProcessMemory) => async (context: IPollFunctions) =>
		await pollSource<FakeRow>(
			context,
			{
				source: erp,
				scope: 'all',
				zone: 'UTC',
				toItem: ({ key, version }) => ({ key, version }) as IDataObject,
			},
			{ ports, process },
		);
	const engine = new FakeEngine(kind, clock, pollIn(new ProcessMemory()));
	engine.parameters = { startFrom: 'now', pollOptions: { sweepEveryHours: 0, ...options } };
	const tick = async (afterMinutes = 5) => {
		await clock.advance(afterMinutes * 60_000);
		erp.now = clock.now() / 1000;
		await engine.tick();
	};
	const setStored = (change: (stored: IDataObject) => IDataObject) => {
		engine.stored = change(structuredClone(engine.stored));
		(engine as unknown as { memory: IDataObject }).memory = structuredClone(engine.stored);
		engine.publish();
	};
	return {
		erp,
		engine,
		tick,
		setStored,
		setClock: (minutesAhead: number) => (ahead = minutesAhead * 60_000),
		keys: () => engine.emissions.map(({ items }) => items.map(({ key }) => key)),
		restart: () => engine.restart(pollIn(new ProcessMemory())),
	};
}

describe.each(['legacy', 'durable'] as const)('in the %s engine', (kind) => {
	describe('a clock that was years ahead for a while', () => {
		it('silences no trigger whose run failed then', async () => {
			const { erp, engine, tick, keys, setClock } = setUp(kind);
			await tick();
			erp.write('a');
			setClock(YEARS);
			await tick();
			await engine.last.fail();
			await tick();
			setClock(0);
			await tick();
			await tick();
			expect(keys().at(-1)).toEqual(['a']);
			expect(keys().length).toBeGreaterThan(1);
		});

		it('silences no trigger whose process was killed then', async () => {
			const { erp, tick, keys, setClock, restart } = setUp(kind);
			await tick();
			erp.write('a');
			setClock(YEARS);
			await tick();
			setClock(0);
			restart();
			await tick();
			await tick();
			expect(keys()).toEqual([['a'], ['a']]);
		});

		it('moves no mark past what comes later', async () => {
			const { erp, engine, tick, keys, setClock } = setUp(kind);
			await tick();
			setClock(YEARS);
			await tick();
			setClock(0);
			erp.write('a');
			await tick();
			expect(keys()).toEqual([['a']]);
			await engine.last.succeed();
		});

		it('does not put sweeps off for years', async () => {
			const { erp, tick, keys, setClock, engine } = setUp(kind, { sweepEveryHours: 24 });
			erp.write('a', 0, '2026-01-01T00:00:00');
			setClock(YEARS);
			await tick();
			await tick();
			setClock(0);
			await tick();
			erp.writeHidden('a');
			for (let day = 0; day < 3; day++) await tick(24 * HOUR);
			expect(keys().flat()).toContain('a');
			await engine.last.succeed();
		});
	});

	it('a clock that was behind for a while delivers what changed meanwhile', async () => {
		const { erp, engine, tick, keys, setClock } = setUp(kind);
		await tick();
		setClock(-3 * 24 * HOUR);
		erp.write('a');
		await tick();
		await engine.last.succeed();
		setClock(0);
		erp.write('b');
		await tick();
		expect(new Set(keys().flat())).toEqual(new Set(['a', 'b']));
	});

	it('a trigger that is renamed goes on where it was', async () => {
		const { erp, engine, tick, keys, setStored } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		await engine.last.succeed();
		await tick();
		erp.write('b');
		// n8n keeps the state under the node's name.
		setStored(() => ({}));
		await tick();
		expect(keys()).toEqual([['a'], ['b']]);
	});

	describe('a checkpoint that somebody damaged', () => {
		const damages: Array<[string, (checkpoint: IDataObject) => unknown]> = [
			['no date as mark', (checkpoint) => ({ ...checkpoint, mark: 'yesterday' })],
			['nothing seen', ({ seen: _, ...checkpoint }) => checkpoint],
			['a number for what was seen', (checkpoint) => ({ ...checkpoint, seen: { days: { a: 7 } } })],
			['a window without dates', (checkpoint) => ({ ...checkpoint, reading: {} })],
			['text for open documents', (checkpoint) => ({ ...checkpoint, open: 'SO1' })],
			['a sweep without times', (checkpoint) => ({ ...checkpoint, sweep: {} })],
		];

		describe.each(damages)('%s', (_, damage) => {
			it('is told with the way out, and reads again from there', async () => {
				const { erp, engine, tick, keys, setStored } = setUp(kind);
				await tick();
				erp.write('a');
				setStored((stored) => ({
					...stored,
					checkpoint: damage(stored.checkpoint as IDataObject) as IDataObject,
				}));
				const told = await tick().then(
					() => JSON.stringify(engine.errors),
					(error: Error & { description?: string }) => `${error.message} ${error.description}`,
				);
				expect(told).toContain('The stored checkpoint is damaged');
				expect(told).toContain('Rewind To');
				expect(keys()).toEqual([]);
				engine.parameters = {
					startFrom: 'now',
					pollOptions: { sweepEveryHours: 0, rewindTo: '2026-11-19' },
				};
				await tick();
				expect(keys()).toEqual([['a']]);
				await engine.last.succeed();
				await tick();
				await tick();
				expect(keys()).toEqual([['a']]);
			});
		});

		it.each([
			['in flight', { inFlight: 'x' }],
			['of failures', { failures: { nextTryAt: 'soon', count: 'x' } }],
			['of the first poll', { firstPoll: 7 }],
		])('odd notes %s stop nothing', async (_, notes) => {
			const { erp, tick, keys, setStored } = setUp(kind);
			await tick();
			setStored((stored) => ({ ...stored, ...notes }));
			erp.write('a');
			await tick();
			await tick();
			expect(keys()[0]).toEqual(['a']);
		});
	});

	it('a checkpoint of an older version of the package is read on', async () => {
		const { erp, engine, tick, keys, setStored } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		await engine.last.succeed();
		await tick();
		const range = { upTo: 'z', count: 1, sum: '0'.repeat(16) };
		setStored((stored) => {
			const checkpoint = stored.checkpoint as IDataObject;
			const seen = { days: {}, heavyDays: { '2026-11-20': [range] } };
			const reading = {
				fromInclusive: '2026-11-19',
				startedAt: '2026-11-20T08:00:00',
				highest: '2026-11-20',
				heavy: { '2026-11-20': { afterId: 'z', ranges: [range] } },
			};
			return { ...stored, checkpoint: { ...checkpoint, seen, reading } };
		});
		erp.write('b');
		await tick();
		expect(new Set(keys().flat())).toEqual(new Set(['a', 'b']));
	});
});
