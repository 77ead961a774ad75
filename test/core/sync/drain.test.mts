import fc from 'fast-check';
import {
	newCheckpoint,
	parseCheckpoint,
	rewound,
	type Checkpoint,
} from '../../../core/sync/checkpoint';
import { drain, type DrainLimits } from '../../../core/sync/drain';
import { startSweep } from '../../../core/sync/sweep';
import type { DeltaSource } from '../../../core/sync/source';
import { FakeErp, type FakeErpOptions, type FakeRow } from '../../fakes/fakeErp.mts';

const DAY = 86_400;

function limitsFor(erp: FakeErp, over: Partial<DrainLimits> = {}): DrainLimits {
	return {
		maxRecords: 500,
		hasTime: () => true,
		lookbackSeconds: erp.precision === 'day' ? DAY : 5400,
		localNow: erp.text(),
		now: erp.now * 1000,
		...over,
	};
}

const kinds: Array<[string, FakeErpOptions]> = [
	['a day cursor read in key order', { order: 'unordered', precision: 'day', pageSize: 3 }],
	[
		'a timestamp cursor read in time order',
		{ order: 'ascending', precision: 'timestamp', pageSize: 3 },
	],
	[
		'a timestamp cursor read in key order',
		{ order: 'unordered', precision: 'timestamp', pageSize: 3 },
	],
	[
		'a cursor whose reads cannot be resumed',
		{ order: 'ascending', precision: 'timestamp', pageSize: 3, canResume: false },
	],
];

describe.each(kinds)('draining %s', (_name, options) => {
	it('delivers a change made in the same second as the last one read', async () => {
		const erp = new FakeErp(options);
		let checkpoint = newCheckpoint('s', erp.text());
		erp.write('a');
		({ next: checkpoint } = await drain(erp, checkpoint, limitsFor(erp)));
		erp.write('b');
		const { records } = await drain(erp, checkpoint, limitsFor(erp));
		expect(records.map(({ key }) => key)).toEqual(['b']);
	});

	it('delivers a record whose date is earlier the same day than the last one read', async () => {
		const erp = new FakeErp(options);
		let checkpoint = newCheckpoint('s', erp.text());
		erp.write('a');
		({ next: checkpoint } = await drain(erp, checkpoint, limitsFor(erp)));
		erp.write('b', 0, erp.text(erp.now - 1800));
		const { records } = await drain(erp, checkpoint, limitsFor(erp));
		expect(records.map(({ key }) => key)).toEqual(['b']);
	});

	it('delivers nothing twice when nothing changed', async () => {
		const erp = new FakeErp(options);
		for (let i = 0; i < 10; i++) erp.write(`k${i}`);
		const first = await drain(erp, newCheckpoint('s', erp.text()), limitsFor(erp));
		expect(first.records).toHaveLength(10);
		const second = await drain(erp, first.next, limitsFor(erp));
		expect(second.records).toHaveLength(0);
		expect(second.rowsSeen).toBe(10);
	});

	it('hands a backlog over in batches of the chosen size, each record once', async () => {
		const erp = new FakeErp(options);
		for (let i = 0; i < 25; i++) erp.write(`k${String(i).padStart(2, '0')}`);
		let checkpoint = newCheckpoint('s', erp.text());
		const keys: string[] = [];
		for (let more = true; more; ) {
			const drained = await drain(erp, checkpoint, limitsFor(erp, { maxRecords: 7 }));
			expect(drained.records.length).toBeLessThanOrEqual(7);
			keys.push(...drained.records.map(({ key }) => key));
			checkpoint = drained.next;
			more = drained.hasMore;
		}
		expect(keys.sort()).toEqual(erp.visible().map(({ key }) => key));
	});

	it('delivers a record dated in the future and does not move the mark there', async () => {
		const erp = new FakeErp(options);
		const start = erp.text();
		erp.write('future', 0, erp.text(erp.now + 10 * DAY));
		const { records, next } = await drain(erp, newCheckpoint('s', start), limitsFor(erp));
		expect(records).toHaveLength(1);
		expect(next.mark <= erp.text()).toBe(true);
		erp.now += 60;
		erp.write('present');
		const later = await drain(erp, next, limitsFor(erp));
		expect(later.records.map(({ key }) => key)).toEqual(['present']);
	});

	it('loses nothing and never moves the mark back, whatever the mix of writes, late commits, torn pages and failed runs', async () => {
		const step = fc.oneof(
			fc.record({
				do: fc.constant('write' as const),
				key: fc.integer({ min: 0, max: 12 }),
				delay: fc.integer({ min: 0, max: 3600 }),
			}),
			fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40_000 }) }),
			fc.record({
				do: fc.constant('poll' as const),
				tear: fc.integer({ min: 0, max: 6 }),
				fails: fc.boolean(),
				max: fc.integer({ min: 1, max: 9 }),
				time: fc.integer({ min: 1, max: 30 }),
			}),
		);
		// Rarely more rows than can be remembered each: with 4 it happens all the time.
		const maxSeen = fc.constantFrom(undefined, 4);
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 40 }), maxSeen, async (steps, most) => {
				const erp = new FakeErp(options);
				const delivered = new Map<string, number>();
				let checkpoint: Checkpoint = newCheckpoint('s', erp.text());
				const poll = async (max: number, fails: boolean, time: number) => {
					let ticks = time;
					const hasTime = () => ticks-- > 0;
					const limits = limitsFor(erp, { maxRecords: max, hasTime, maxSeen: most });
					const { records, next, hasMore } = await drain(erp, checkpoint, limits);
					if (fails) return true;
					for (const { key, record } of records) delivered.set(key, record.version);
					expect(next.mark >= checkpoint.mark).toBe(true);
					checkpoint = JSON.parse(JSON.stringify(next)) as Checkpoint;
					return hasMore;
				};
				for (const s of steps) {
					if (s.do === 'write') erp.write(`k${String(s.key).padStart(2, '0')}`, s.delay);
					else if (s.do === 'wait') erp.now += s.seconds;
					else {
						erp.tearAfterPages = s.tear < 4 ? s.tear : Infinity;
						await poll(s.max, s.fails, s.time).catch((error: Error) =>
							expect(error.message).toContain('reset'),
						);
						erp.tearAfterPages = Infinity;
					}
				}
				erp.now += 3600;
				for (let i = 0; i < 60 && (await poll(9, false, 1000)); i++);
				await poll(500, false, 1000);
				for (const row of erp.visible())
					expect([row.key, delivered.get(row.key)]).toEqual([row.key, row.version]);
			}),
			{ numRuns: 150 },
		);
	});
});

it('would lose a late commit without lookback (control: the property above can fail)', async () => {
	const erp = new FakeErp({ order: 'ascending', precision: 'timestamp' });
	erp.write('late', 600);
	erp.now += 60;
	erp.write('early');
	const lookbackSeconds = 0;
	const first = await drain(
		erp,
		newCheckpoint('s', erp.text(erp.now - 60)),
		limitsFor(erp, { lookbackSeconds }),
	);
	erp.now += 600;
	const second = await drain(erp, first.next, limitsFor(erp, { lookbackSeconds }));
	expect(second.records).toHaveLength(0);
});

it('delivers both records of the autumn hour that comes twice', async () => {
	const erp = new FakeErp({ order: 'ascending', precision: 'timestamp', tellsTime: false });
	erp.write('before', 0, '2026-10-25T02:50:00');
	const localNow = '2026-10-25T02:55:00';
	const first = await drain(
		erp,
		newCheckpoint('s', '2026-10-25T02:00:00'),
		limitsFor(erp, { localNow }),
	);
	erp.write('after', 0, '2026-10-25T02:05:00');
	const second = await drain(erp, first.next, limitsFor(erp, { localNow: '2026-10-25T02:06:00' }));
	expect(second.records.map(({ key }) => key)).toEqual(['after']);
});

it('believes the clock of the ERP, not ours, when ours is days ahead', async () => {
	const erp = new FakeErp({ order: 'unordered', precision: 'day' });
	const ahead = { localNow: erp.text(erp.now + 5 * DAY) };
	const start = newCheckpoint('s', erp.text());
	erp.write('a', 0, erp.text(erp.now + 4 * DAY));
	const first = await drain(erp, start, limitsFor(erp, ahead));
	expect(first.next.mark <= erp.text()).toBe(true);
	erp.write('b');
	const second = await drain(erp, first.next, limitsFor(erp, ahead));
	expect(second.records.map(({ key }) => key)).toEqual(['b']);
});

it('refuses a row whose change date has an unknown form, naming row and value', async () => {
	const erp = new FakeErp({ order: 'ascending', precision: 'timestamp' });
	erp.write('odd', 0, '9.11.2026');
	await expect(drain(erp, newCheckpoint('s', '2026-01-01'), limitsFor(erp))).rejects.toThrow(
		'The changed row "odd" has the change date "9.11.2026"',
	);
});

describe('a day with more changes than can be remembered one by one', () => {
	const rowsOf = (count: number) => {
		const erp = new FakeErp({ order: 'unordered', precision: 'day', pageSize: 1000 });
		for (let i = 0; i < count; i++) erp.write(`k${String(i).padStart(6, '0')}`);
		return erp;
	};
	const readAll = async (erp: FakeErp, from: Checkpoint) => {
		let checkpoint = from;
		const keys: string[] = [];
		for (let more = true; more; ) {
			const drained = await drain(erp, checkpoint, limitsFor(erp, { maxRecords: 2000 }));
			keys.push(...drained.records.map(({ key }) => key));
			checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
			more = drained.hasMore;
		}
		return { keys, checkpoint };
	};

	it('stays below 256 kB and delivers only the range of rows around a change', async () => {
		const erp = rowsOf(40_000);
		const first = await readAll(erp, newCheckpoint('s', erp.text()));
		expect(new Set(first.keys).size).toBe(40_000);
		const settled = await readAll(erp, first.checkpoint);
		expect(JSON.stringify(settled.checkpoint).length).toBeLessThan(256_000);
		const quiet = await readAll(erp, settled.checkpoint);
		expect(quiet.keys).toHaveLength(0);
		erp.write('k020000');
		const changed = await readAll(erp, quiet.checkpoint);
		expect(changed.keys).toContain('k020000');
		expect(changed.keys.length).toBeLessThanOrEqual(500);
	}, 60_000);

	it('keeps a full day of single changes below 256 kB', async () => {
		const erp = rowsOf(16_000);
		const { checkpoint } = await readAll(erp, newCheckpoint('s', erp.text()));
		const text = JSON.stringify(checkpoint);
		expect(Object.keys(checkpoint.seen.days)).toHaveLength(1);
		expect(text.length).toBeLessThan(256_000);
	}, 60_000);
});

describe('the sweep', () => {
	const swept = { maxVanishedShare: 0.02, alwaysAllowedVanished: 20, nextAt: 1e15 };
	const erpWith = (count: number) => {
		const erp = new FakeErp({ order: 'unordered', precision: 'day', pageSize: 100 });
		for (let i = 0; i < count; i++) erp.write(`k${String(i).padStart(5, '0')}`);
		erp.now += 3 * DAY;
		return erp;
	};
	const sweepAll = async (erp: FakeErp, from: Checkpoint, max = 500) => {
		let checkpoint: Checkpoint = {
			...from,
			sweep: { ...from.sweep, nextAt: from.sweep?.nextAt ?? 0 },
		};
		const keys: string[] = [];
		const versions = new Map<string, number>();
		let complaint: string | undefined;
		for (let more = true; more; ) {
			const drained = await drain(
				erp,
				checkpoint,
				limitsFor(erp, { maxRecords: max, sweep: swept }),
			);
			for (const { key, record } of drained.records) {
				keys.push(key);
				versions.set(key, record.version);
			}
			checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
			complaint ??= drained.complaint?.message;
			more = drained.hasMore;
		}
		return { keys, versions, checkpoint, complaint };
	};
	const again = (checkpoint: Checkpoint): Checkpoint => ({
		...checkpoint,
		sweep: checkpoint.sweep && { ...checkpoint.sweep, nextAt: 0 },
	});
	const loadEverything = async (erp: FakeErp) =>
		await sweepAll(erp, {
			...newCheckpoint('s', erp.text()),
			sweep: startSweep({ nextAt: 1e15 }, false),
		});

	it('delivers everything once on the first load, in batches', async () => {
		const erp = erpWith(1234);
		const { keys, checkpoint } = await loadEverything(erp);
		expect(keys.sort()).toEqual(erp.visible().map(({ key }) => key));
		expect(JSON.stringify(checkpoint).length).toBeLessThan(64_000);
	});

	it('delivers nothing where nothing changed, and a change without a change date the next time', async () => {
		const erp = erpWith(1000);
		const { checkpoint } = await loadEverything(erp);
		const quiet = await sweepAll(erp, again(checkpoint));
		expect(quiet.keys).toHaveLength(0);
		erp.writeHidden('k00777');
		const found = await sweepAll(erp, again(quiet.checkpoint));
		expect(found.keys).toContain('k00777');
		expect(found.keys.length).toBeLessThanOrEqual(500);
	});

	it('takes a silent baseline when the sync started from now', async () => {
		const erp = erpWith(300);
		const first = await sweepAll(erp, newCheckpoint('s', erp.text()));
		expect(first.keys).toHaveLength(0);
		erp.writeHidden('k00100');
		const second = await sweepAll(erp, again(first.checkpoint));
		expect(second.keys).toContain('k00100');
	});

	it('is what every poll does where the ERP has no change field', async () => {
		const erp = erpWith(300);
		const snapshot: DeltaSource<FakeRow> = {
			order: 'unordered',
			precision: 'day',
			load: async () => [],
			scan: (afterKey) => erp.scan(afterKey),
		};
		const once = async (from: Checkpoint) => {
			const { records, next } = await drain(snapshot, from, limitsFor(erp, { sweep: swept }));
			return { keys: records.map(({ key }) => key), next };
		};
		const start = startSweep({ nextAt: 1e15 }, false);
		const first = await once({ ...newCheckpoint('s', erp.text()), sweep: start });
		expect(first.keys).toHaveLength(300);
		const quiet = await once(first.next);
		expect(quiet.keys).toHaveLength(0);
		erp.writeHidden('k00100');
		expect((await once(quiet.next)).keys).toContain('k00100');
	});

	it('names the records that vanished', async () => {
		const erp = erpWith(1000);
		const { checkpoint } = await loadEverything(erp);
		erp.remove('k00005');
		erp.remove('k00999');
		for (let i = 0; i < 30; i++) erp.write(`n${i}`);
		const { versions, complaint } = await sweepAll(erp, again(checkpoint));
		expect(
			[...versions]
				.filter(([, version]) => version === -1)
				.map(([key]) => key)
				.sort(),
		).toEqual(['k00005', 'k00999']);
		expect(complaint).toBeUndefined();
	});

	it('names a record that came after one sweep and vanished before the next', async () => {
		const erp = erpWith(300);
		let { checkpoint } = await loadEverything(erp);
		erp.write('new');
		erp.write('stays');
		({ next: checkpoint } = await drain(erp, checkpoint, limitsFor(erp, { sweep: swept })));
		erp.remove('new');
		const { versions } = await sweepAll(erp, again(checkpoint), 50);
		expect([...versions].filter(([, version]) => version === -1)).toEqual([['new', -1]]);
	});

	it('names a record that came and vanished before the first sweep reached it', async () => {
		const erp = erpWith(300);
		const sweep = startSweep({ nextAt: 1e15 }, false);
		let checkpoint: Checkpoint = { ...newCheckpoint('s', erp.text()), sweep };
		const limits = limitsFor(erp, { maxRecords: 50, sweep: swept });
		({ next: checkpoint } = await drain(erp, checkpoint, limits));
		erp.write('new');
		const { next, records } = await drain(erp, checkpoint, { ...limits, maxRecords: 1 });
		expect(records.map(({ key }) => key)).toContain('new');
		erp.remove('new');
		const { versions } = await sweepAll(erp, next, 50);
		expect([...versions].filter(([, version]) => version === -1)).toEqual([['new', -1]]);
	});

	it('stops with an error instead of reporting a mass deletion, and finds it again once a person agreed', async () => {
		const erp = erpWith(1000);
		const { checkpoint } = await loadEverything(erp);
		for (let i = 0; i < 100; i++) erp.remove(`k${String(i * 7).padStart(5, '0')}`);
		const stopped = await sweepAll(erp, again(checkpoint));
		expect(stopped.complaint).toContain('100 of 1000 records are missing');
		expect([...stopped.versions.values()]).not.toContain(-1);
		const { records } = await drain(
			erp,
			again(stopped.checkpoint),
			limitsFor(erp, { maxRecords: 5000, sweep: { ...swept, maxVanishedShare: 0.2 } }),
		);
		expect(records.filter(({ record }) => record.version === -1)).toHaveLength(100);
	});

	it('goes on where it stopped when the ERP breaks off', async () => {
		const erp = erpWith(900);
		let checkpoint: Checkpoint = {
			...newCheckpoint('s', erp.text()),
			sweep: startSweep({ nextAt: 1e15 }, false),
		};
		const keys = new Set<string>();
		for (let i = 0; i < 20; i++) {
			erp.tearAfterPages = i % 2 === 0 ? 2 : Infinity;
			try {
				const drained = await drain(
					erp,
					checkpoint,
					limitsFor(erp, { maxRecords: 250, sweep: swept }),
				);
				drained.records.forEach(({ key }) => keys.add(key));
				checkpoint = drained.next;
				if (!drained.hasMore) break;
			} catch (error) {
				expect(String(error)).toContain('reset');
			}
		}
		expect(keys.size).toBe(900);
	});
});

describe('the checkpoint', () => {
	it('starts anew for another filter or company', () => {
		expect(parseCheckpoint(newCheckpoint('a', '2026-01-01'), 'b')).toBeUndefined();
		expect(parseCheckpoint(newCheckpoint('a', '2026-01-01'), 'a')).toBeDefined();
	});

	it('refuses a position of a newer version instead of guessing', () => {
		expect(() => parseCheckpoint({ v: 2, scope: 'a' }, 'a')).toThrow('has the version "2"');
	});

	it('rewinds once for each date', () => {
		const checkpoint = newCheckpoint('a', '2026-11-20');
		const back = rewound(checkpoint, '2026-11-01');
		expect(back.mark).toBe('2026-11-01');
		expect(rewound({ ...back, mark: '2026-11-21' }, '2026-11-01').mark).toBe('2026-11-21');
		expect(rewound({ ...back, mark: '2026-11-21' }, '2026-11-02').mark).toBe('2026-11-02');
	});
});
