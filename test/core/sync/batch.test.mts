import fc from 'fast-check';
import {
	newCheckpoint,
	parseCheckpoint,
	rewound,
	type Checkpoint,
} from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { FakeErp, type FakeErpOptions } from '../../fakes/fakeErp.mts';

const kinds: Array<[string, FakeErpOptions]> = [
	['a list that can be resumed', { order: 'unordered', precision: 'day' }],
	[
		'a list in time order that cannot be resumed',
		{ order: 'ascending', precision: 'timestamp', canResume: false },
	],
];

describe.each(kinds)('a change that gives many records, in %s', (_name, options) => {
	function setUp(gives: number, pageSize = 3) {
		const erp = new FakeErp({ ...options, gives, pageSize });
		let checkpoint: Checkpoint = newCheckpoint('s', erp.text());
		const poll = async (maxRecords: number, fails = false) => {
			const drained = await drain(erp, checkpoint, {
				maxRecords,
				hasTime: () => true,
				lookbackSeconds: 86_400,
				localNow: erp.text(),
				now: erp.now * 1000,
			});
			if (!fails) checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
			return { keys: drained.records.map(({ key }) => key), hasMore: drained.hasMore };
		};
		const rewind = () => {
			checkpoint = rewound(checkpoint, '2026-11-01T00:00:00');
		};
		return { erp, poll, rewind, size: () => JSON.stringify(checkpoint).length };
	}

	it('is delivered in parts of the batch size, each record once', async () => {
		const { erp, poll } = setUp(25);
		erp.write('invoice');
		const batches = [await poll(10), await poll(10), await poll(10), await poll(10)];
		expect(batches.map(({ keys }) => keys.length)).toEqual([10, 10, 5, 0]);
		expect(batches.map(({ hasMore }) => hasMore)).toEqual([true, true, false, false]);
		const all = batches.flatMap(({ keys }) => keys);
		expect(new Set(all).size).toBe(25);
	});

	it('comes with the same part again after a run that failed', async () => {
		const { erp, poll } = setUp(25);
		erp.write('invoice');
		await poll(10);
		const { keys } = await poll(10, true);
		expect((await poll(10)).keys).toEqual(keys);
	});

	it('goes on with smaller parts where the batch is cut down to find a record that fails', async () => {
		const { erp, poll } = setUp(8);
		erp.write('invoice');
		const parts = [await poll(5), await poll(2), await poll(1)];
		expect(parts.map(({ keys }) => keys.length)).toEqual([5, 2, 1]);
		expect((await poll(1)).hasMore).toBe(false);
	});

	it('comes whole once more where it changes between two parts', async () => {
		const { erp, poll } = setUp(25);
		erp.write('invoice');
		await poll(10);
		erp.now += 1;
		erp.write('invoice');
		const rest = [...(await poll(10)).keys, ...(await poll(10)).keys];
		expect(rest.length).toBe(15);
		// With the next window.
		const again = [await poll(10), await poll(10), await poll(10)];
		expect(new Set(again.flatMap(({ keys }) => keys)).size).toBe(25);
		expect(again[2].hasMore).toBe(false);
	});

	it('comes whole again after "Rewind To", although a part was delivered', async () => {
		const { erp, poll, rewind } = setUp(25);
		erp.write('invoice');
		await poll(20);
		rewind();
		expect((await poll(30)).keys.length).toBe(25);
	});

	it('comes again after "Rewind To" when it had come whole and what stands behind it had not', async () => {
		const { erp, poll, rewind } = setUp(6);
		erp.write('big');
		erp.write('small');
		await poll(4);
		await poll(3);
		rewind();
		const keys = [await poll(4), await poll(4), await poll(4)].flatMap((part) => part.keys);
		expect(new Set(keys).size).toBe(12);
	});

	it('waits its turn: many of them are loaded by few, not all for each batch', async () => {
		const { erp, poll } = setUp(5, 50);
		for (let at = 0; at < 40; at++) erp.write(`k${String(at).padStart(2, '0')}`);
		const keys: string[] = [];
		for (let more = true; more; ) {
			const batch = await poll(20);
			expect(batch.keys.length).toBeLessThanOrEqual(22);
			keys.push(...batch.keys);
			more = batch.hasMore;
		}
		expect(keys.length).toBe(200);
		expect(new Set(keys).size).toBe(200);
		// Only the first load is too large.
		expect(erp.loadedChanges).toBeLessThanOrEqual(40 + 20);
		expect(erp.loads).toBeLessThanOrEqual(40 / 4 + 1);
	});

	it('does not make the others come one by one', async () => {
		const { erp, poll } = setUp(5, 50);
		for (let at = 0; at < 12; at++) erp.write(`k${String(at).padStart(2, '0')}`);
		await poll(20);
		erp.gives = 1;
		for (let at = 12; at < 70; at++) erp.write(`k${String(at).padStart(2, '0')}`);
		const before = erp.loads;
		for (let more = true; more; ) more = (await poll(20)).hasMore;
		expect(erp.loads - before).toBeLessThanOrEqual(8);
	});

	it('is kept in mind in few words, however many records it gives', async () => {
		const { erp, poll, size } = setUp(12_000);
		erp.write('invoice');
		for (let part = 0; part < 3; part++) {
			expect((await poll(4_000)).keys.length).toBe(4_000);
			expect(size()).toBeLessThan(1_000);
		}
	});

	it.each([1, 2, 3])(
		'holds nothing back that stands behind it, though it changes at every %s. poll',
		async (every) => {
			const { erp, poll } = setUp(30);
			const met = new Set<string>();
			erp.write('big');
			erp.write('small');
			for (let polls = 1; polls <= 60; polls++) {
				for (const key of (await poll(10)).keys) met.add(key);
				erp.now += 1;
				if (polls % every === 0) erp.write('big');
			}
			expect(met.size).toBe(60);
		},
	);

	it('comes to its end, though something new stands before it at every poll', async () => {
		const { erp, poll } = setUp(30);
		const met = new Set<string>();
		erp.write('m');
		await poll(10);
		for (let polls = 1; polls <= 20; polls++) {
			erp.gives = 1;
			erp.write(`a${String(polls).padStart(2, '0')}`);
			erp.gives = 30;
			for (const key of (await poll(40)).keys) met.add(key);
		}
		expect([...met].filter((key) => key.startsWith('m')).length).toBe(20);
	});

	it('loses nothing, whatever batches are asked for and whichever runs fail', async () => {
		const step = fc.oneof(
			fc.record({ write: fc.integer({ min: 0, max: 5 }) }),
			fc.record({ max: fc.integer({ min: 1, max: 12 }), fails: fc.boolean() }),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
				const { erp, poll } = setUp(7);
				const written = new Set<string>();
				const delivered = new Set<string>();
				const take = async (max: number, fails: boolean) => {
					const { keys, hasMore } = await poll(max, fails);
					expect(keys.length).toBeLessThanOrEqual(max * 1.1);
					if (!fails) for (const key of keys) delivered.add(key);
					return hasMore;
				};
				for (const one of steps) {
					if ('write' in one) {
						erp.now += 1;
						erp.write(`k${one.write}`);
						for (let at = 0; at < 7; at++) {
							written.add(`k${one.write}/${at}`);
							delivered.delete(`k${one.write}/${at}`);
						}
					} else await take(one.max, one.fails);
				}
				// A read under way may have passed what was written last: the next one brings it.
				for (let reads = 0, polls = 0; reads < 2 && polls < 200; polls++) {
					if (!(await take(3, false))) reads++;
				}
				expect([...written].filter((key) => !delivered.has(key))).toEqual([]);
			}),
		);
	});
});

it.each([{}, { of: 'a', version: 'b' }, { of: 1, version: 'b', upTo: '' }, 'x'])(
	'a checkpoint whose part is damaged (%j) is refused, not guessed at',
	(part) => {
		const stored = { ...newCheckpoint('s', '2026-11-01T00:00:00'), unfinished: { part } };
		expect(() => parseCheckpoint(stored, 's')).toThrow('what was delivered of one change');
	},
);
