import { pollSource } from '../../../core/n8n/poll';
import { ProcessMemory } from '../../../core/n8n/runs';
import { CoreError } from '../../../core/http/errors';
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { FakeClock } from '../../fakes/fakeClock.mts';
import { FakeEngine } from '../../fakes/fakeEngine.mts';
import { FakeErp, type FakeErpOptions, type FakeRow } from '../../fakes/fakeErp.mts';

function setUp(
	kind: 'legacy' | 'durable',
	parameters: Record<string, unknown> = {},
	erpOptions: Partial<FakeErpOptions> = {},
) {
	const clock = new FakeClock();
	const erp = new FakeErp({ order: 'unordered', precision: 'day', pageSize: 50, ...erpOptions });
	const pollIn = (process: ProcessMemory) => async (context: IPollFunctions) =>
		await pollSource<FakeRow>(
			context,
			async () => {
				erp.now = clock.now() / 1000;
				return {
					source: erp,
					scope: 'all',
					zone: 'UTC',
					toItem: (row) => ({ key: row.key, version: row.version }) as IDataObject,
				};
			},
			{ ports: clock, process },
		);
	const engine = new FakeEngine(kind, clock, pollIn(new ProcessMemory()));
	engine.parameters = { startFrom: 'now', pollOptions: { sweepEveryHours: 0 }, ...parameters };
	const minutes = async (count: number) => await clock.advance(count * 60_000);
	const tick = async (afterMinutes = 5) => {
		await minutes(afterMinutes);
		erp.now = clock.now() / 1000;
		await engine.tick();
	};
	const keys = () => engine.emissions.map(({ items }) => items.map(({ key }) => key));
	return {
		clock,
		erp,
		engine,
		tick,
		minutes,
		keys,
		restart: () => engine.restart(pollIn(new ProcessMemory())),
	};
}

describe.each(['legacy', 'durable'] as const)('polling in the %s engine', (kind) => {
	it('delivers what changes after publishing, not what was there', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		erp.write('old');
		await tick();
		expect(engine.emissions).toHaveLength(0);
		erp.write('new');
		await tick();
		expect(keys()).toEqual([['new']]);
	});

	it('delivers no batch again when it is published anew after a tick that found its run done', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		await tick();
		erp.write('first');
		await tick();
		await engine.last.succeed();
		await tick();
		engine.publish();
		erp.write('second');
		await tick();
		expect(keys()).toEqual([['first'], ['second']]);
	});

	it('asks again within the hour, however long a server asks to wait', async () => {
		const { erp, tick, keys } = setUp(kind);
		await tick();
		const changes = erp.changes.bind(erp);
		const retryAfterMs = 315_360_000_000;
		erp.changes = () => {
			throw new CoreError('transient', 'HTTP 503', { retryAfterMs });
		};
		await tick();
		erp.changes = changes;
		erp.write('a');
		await tick(30);
		expect(keys()).toEqual([]);
		await tick(31);
		expect(keys()).toEqual([['a']]);
	});

	it('moves the mark only after the run succeeded', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		await engine.last.succeed();
		await tick();
		await tick();
		expect(keys()).toEqual([['a']]);
	});

	it('repeats the batch of a failed run, with growing pauses, and together with what changed meanwhile', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		await engine.last.fail('boom 1');
		erp.write('b');
		await tick(2);
		await engine.last.fail('boom 2');
		await tick(1);
		expect(keys()).toEqual([['a'], ['a', 'b']]);
		await tick(2);
		expect(keys()).toEqual([['a'], ['a', 'b'], ['a', 'b']]);
	});

	it('delivers nothing while a batch is in flight, and all at once when it is over', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		erp.write('b');
		await tick();
		await tick();
		expect(keys()).toEqual([['a']]);
		await engine.last.succeed();
		await tick();
		expect(keys()).toEqual([['a'], ['b']]);
	});

	it('delivers a batch again whose run never ends, after Max Run Time', async () => {
		const { erp, tick, keys } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		await tick(29);
		expect(keys()).toEqual([['a']]);
		await tick(2);
		expect(keys()).toEqual([['a'], ['a']]);
	});

	it('reads the batch again at once when the process was killed while its run was going on', async () => {
		const { erp, tick, keys, restart } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		restart();
		await tick(1);
		expect(keys()).toEqual([['a'], ['a']]);
	});

	it('leaves the young batch of another living process alone', async () => {
		const { clock, erp, engine, tick, keys, restart } = setUp(kind);
		await tick();
		erp.write('a');
		await tick();
		const inFlight = { ...(engine.stored.inFlight as IDataObject) };
		restart();
		engine.stored = { ...engine.stored, inFlight: null };
		await tick(1);
		await engine.last.succeed();
		engine.stored = {
			...engine.stored,
			inFlight: { ...inFlight, startedAt: clock.now(), processId: 'other' },
		};
		(engine as unknown as { memory: IDataObject }).memory = structuredClone(engine.stored);
		const before = keys().length;
		erp.write('b');
		await tick();
		expect(keys().length).toBe(before);
	});

	it('goes on with the next batch as soon as the last one succeeded', async () => {
		const { erp, engine, tick, clock, keys } = setUp(kind, {
			pollOptions: { maxRecords: 2, sweepEveryHours: 0 },
		});
		await tick();
		for (const key of ['a', 'b', 'c', 'd', 'e']) erp.write(key);
		const polling = tick();
		for (let i = 0; i < 3; i++) {
			for (let turn = 0; engine.emissions.length <= i && turn < 100; turn++) {
				await clock.advance(500);
			}
			await engine.last.succeed();
		}
		await polling;
		expect(keys()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
	});

	it('halves the batch after three equal failures until the record that fails is alone, and names it', async () => {
		const { erp, engine, tick, keys } = setUp(kind, { pollOptions: { sweepEveryHours: 0 } });
		await tick();
		for (const key of ['a', 'b', 'bad', 'c']) erp.write(key);
		for (let i = 0; i < 40; i++) {
			const before = engine.emissions.length;
			await tick(61);
			if (engine.emissions.length === before) continue;
			if (engine.last.items.some(({ key }) => key === 'bad')) await engine.last.fail('bad record');
			else await engine.last.succeed();
		}
		expect(keys().slice(0, 3)).toEqual([
			['a', 'b', 'bad', 'c'],
			['a', 'b', 'bad', 'c'],
			['a', 'b', 'bad', 'c'],
		]);
		expect(keys()).toContainEqual(['bad']);
		expect(engine.errors.map(({ message }) => message)).toContain(
			'Record bad makes the run fail: bad record',
		);
	});

	it('finds the record that fails among the many of one change, too', async () => {
		const parameters = { pollOptions: { sweepEveryHours: 0 } };
		const { erp, engine, tick, keys } = setUp(kind, parameters, { gives: 9 });
		await tick();
		erp.write('invoice');
		for (let i = 0; i < 60; i++) {
			const before = engine.emissions.length;
			await tick(61);
			if (engine.emissions.length === before) continue;
			const isBad = engine.last.items.some(({ key }) => key === 'invoice/5');
			if (isBad) await engine.last.fail('bad record');
			else await engine.last.succeed();
		}
		expect(keys()).toContainEqual(['invoice/5']);
		expect(engine.errors.map(({ message }) => message)).toContain(
			'Record invoice/5 makes the run fail: bad record',
		);
	});

	it.each(['is killed', 'fails'])(
		'tells that a record is gone which was delivered once in a run that %s, and was not there when it came again',
		async (fate) => {
			const { erp, engine, tick, keys, restart } = setUp(kind, {
				startFrom: 'everything',
				pollOptions: { sweepEveryHours: 1 },
			});
			erp.write('a');
			erp.write('b');
			await tick();
			expect(keys()).toEqual([['a', 'b']]);
			if (fate === 'fails') await engine.last.fail();
			else restart();
			erp.remove('b');
			for (let polls = 0; polls < 40; polls++) {
				const before = keys().length;
				await tick(5);
				if (keys().length > before) await engine.last.succeed();
			}
			expect(engine.emissions.flatMap(({ items }) => items)).toContainEqual({
				key: 'b',
				version: -1,
			});
		},
	);

	it('reports an ERP that is down once and delivers at the next tick after it came back, also after a restart', async () => {
		const { erp, engine, tick, keys, restart } = setUp(kind);
		await tick();
		erp.write('a');
		erp.isDown = new CoreError('transient', 'erp.example does not accept connections.');
		restart();
		await tick(1);
		await tick(1);
		await tick(1);
		expect(engine.errors.map(({ message }) => message)).toEqual([
			'erp.example does not accept connections.',
			'erp.example does not accept connections.',
		]);
		erp.isDown = undefined;
		await tick(1);
		expect(keys()).toEqual([['a']]);
	});

	it('delivers what changed since publishing although the ERP was down then', async () => {
		const { erp, tick, keys, restart } = setUp(kind);
		erp.isDown = new CoreError('transient', 'erp.example does not accept connections.');
		await tick();
		erp.write('a');
		restart();
		erp.isDown = undefined;
		await tick();
		expect(keys()).toEqual([['a']]);
	});

	it.each(kind === 'legacy' ? (['activate', 'update'] as const) : (['activate'] as const))(
		'tries at once when a person publishes again, however long the pause',
		async (mode) => {
			const { erp, engine, tick, keys } = setUp(kind);
			await tick();
			erp.write('a');
			for (let failed = 0; failed < 6; failed++) {
				const before = keys().length;
				while (keys().length === before) await tick(1);
				await engine.last.fail();
			}
			const before = keys().length;
			await tick(2);
			expect(keys().length).toBe(before);
			engine.publish(mode);
			await tick(1);
			expect(keys().slice(before)).toEqual([['a']]);
			await engine.last.fail();
			await tick(2);
			await tick(2);
			expect(keys().length).toBe(before + 1);
		},
	);

	it('tells the person who publishes that the login is wrong', async () => {
		const { tick, erp } = setUp(kind);
		erp.isDown = new CoreError('auth', 'The ERP refused user POLL.', {
			remedy: 'Check the password in the credential.',
		});
		await expect(tick()).rejects.toMatchObject({
			message: 'The ERP refused user POLL.',
			description: 'Check the password in the credential.',
		});
	});

	it('asks less and less often with a login that is refused, so that the account is not locked', async () => {
		const { tick, engine, erp } = setUp(kind);
		await tick();
		let asked = 0;
		const refused = new CoreError('auth', 'The ERP refused user POLL.');
		Object.defineProperty(erp, 'isDown', { get: () => (asked++, refused), set: () => undefined });
		engine.activation = 'init';
		for (let i = 0; i < 60; i++) await tick(1).catch(() => undefined);
		expect(asked / 2).toBeLessThanOrEqual(7);
	});

	it('asks at once when a person publishes again after a login was refused', async () => {
		const { tick, engine, erp, keys } = setUp(kind);
		await tick();
		engine.activation = 'init';
		erp.isDown = new CoreError('auth', 'The ERP refused user POLL.');
		for (let i = 0; i < 30; i++) await tick(1).catch(() => undefined);
		erp.isDown = undefined;
		erp.write('a');
		engine.publish('activate');
		await tick(1);
		expect(keys()).toEqual([['a']]);
	});

	it('writes no state in a manual test and shows a few records from the beginning', async () => {
		const { erp, engine, clock } = setUp(kind);
		for (let i = 0; i < 30; i++) erp.write(`k${i}`);
		engine.mode = 'manual';
		const process = new ProcessMemory();
		const context = (engine as unknown as { registration: never }).registration;
		const items = await clock.until(
			pollSource<FakeRow>(
				context,
				{ source: erp, scope: 'all', zone: 'UTC', toItem: (row) => ({ ...row }) as never },
				{ ports: clock, process },
			),
		);
		expect(items?.[0]).toHaveLength(10);
		expect(engine.stored).toEqual({});
	});

	it('delivers everything on the first load, and each record once, although publishing again and restarting interrupts it', async () => {
		const { erp, engine, tick, keys, restart } = setUp(kind, {
			startFrom: 'everything',
			pollOptions: { maxRecords: 100 },
		});
		for (let i = 0; i < 730; i++)
			erp.write(`k${String(i).padStart(3, '0')}`, 0, '2020-01-01T00:00:00');
		for (let i = 0; i < 30; i++) {
			const before = engine.emissions.length;
			await tick();
			if (engine.emissions.length > before) await engine.last.succeed();
			if (i === 2) engine.publish();
			if (i === 4) restart();
		}
		expect([...new Set(keys().flat())].sort()).toEqual(erp.visible().map(({ key }) => key));
		expect(keys().flat().length).toBeLessThan(730 + 2 * 350);
	});

	it('rewinds once to a date that the user entered', async () => {
		const { erp, engine, tick, keys } = setUp(kind);
		erp.write('old', 0, '2026-11-01T00:00:00');
		await tick();
		engine.parameters = {
			startFrom: 'now',
			pollOptions: { sweepEveryHours: 0, rewindTo: '2026-11-01' },
		};
		await tick();
		await engine.last.succeed();
		await tick();
		await tick();
		expect(keys()).toEqual([['old']]);
	});

	it('moves the mark at once where the user wants no repeats', async () => {
		const { erp, engine, tick, keys } = setUp(kind, {
			pollOptions: { moveMark: 'whenHandedOver', sweepEveryHours: 0 },
		});
		await tick();
		erp.write('a');
		await tick();
		expect(engine.last.deferred).toBeUndefined();
		await tick();
		expect(keys()).toEqual([['a']]);
	});
});
