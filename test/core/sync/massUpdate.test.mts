/** Many more rows at one moment than can be remembered one by one, as after a mass update in the ERP. */
import fc from 'fast-check';
import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain, type DrainLimits } from '../../../core/sync/drain';
import { FakeErp, type FakeErpOptions } from '../../fakes/fakeErp.mts';

const ROWS = 40_000;
const LIMIT = 256_000;
const HOUR = 3600;

const kinds: Array<[string, FakeErpOptions]> = [
	['a timestamp cursor', { order: 'ascending', precision: 'timestamp' }],
	['a day cursor', { order: 'ascending', precision: 'day' }],
	['a day cursor read in key order', { order: 'unordered', precision: 'day' }],
	[
		'a timestamp cursor whose reads cannot be resumed',
		{ order: 'ascending', precision: 'timestamp', canResume: false },
	],
];

function limitsFor(erp: FakeErp, over: Partial<DrainLimits> = {}): DrainLimits {
	return {
		maxRecords: 4000,
		hasTime: () => true,
		lookbackSeconds: erp.precision === 'day' ? 24 * HOUR : 2 * HOUR,
		localNow: erp.text(),
		now: erp.now * 1000,
		...over,
	};
}

/** Polls until nothing is left, through JSON as n8n stores it. */
async function pollAll(
	erp: FakeErp,
	from: Checkpoint,
	over: () => Partial<DrainLimits> = () => ({}),
) {
	const delivered = new Map<string, number>();
	let checkpoint = from;
	let most = 0;
	for (let polls = 1; ; polls++) {
		const { records, next, hasMore } = await drain(erp, checkpoint, limitsFor(erp, over()));
		for (const { key } of records) delivered.set(key, (delivered.get(key) ?? 0) + 1);
		checkpoint = JSON.parse(JSON.stringify(next)) as Checkpoint;
		most = Math.max(most, JSON.stringify(checkpoint).length);
		if (!hasMore) return { delivered, checkpoint, most, polls };
		if (polls > 200) throw new Error('The polls come to no end.');
	}
}

describe.each(kinds)('40,000 rows changed at one moment, %s', (_name, options) => {
	it('each is delivered once, none again while nothing changes, and one change brings few', async () => {
		const erp = new FakeErp({ ...options, pageSize: 1000 });
		const start = newCheckpoint('s', erp.text());
		erp.now += 60;
		for (let i = 0; i < ROWS; i++) erp.write(`k${String(i).padStart(6, '0')}`);
		erp.now += 60;
		const first = await pollAll(erp, start);
		expect(first.delivered.size).toBe(ROWS);
		expect([...first.delivered.values()].filter((times) => times > 1)).toEqual([]);
		expect(first.most).toBeLessThan(LIMIT);

		const quiet = await pollAll(erp, first.checkpoint);
		expect(quiet.delivered.size).toBe(0);
		expect(quiet.polls).toBe(1);

		erp.now += 60;
		erp.write('k020000');
		erp.write('k999999');
		const { delivered, checkpoint, most } = await pollAll(erp, quiet.checkpoint);
		expect([...delivered.keys()]).toEqual(expect.arrayContaining(['k020000', 'k999999']));
		expect(delivered.size).toBeLessThan(800);
		expect(most).toBeLessThan(LIMIT);
		expect((await pollAll(erp, checkpoint)).delivered.size).toBe(0);
	}, 120_000);

	it('polls that have time for a few pages only come to an end all the same', async () => {
		const erp = new FakeErp({ ...options, pageSize: 1000 });
		const start = newCheckpoint('s', erp.text());
		erp.now += 60;
		for (let i = 0; i < ROWS; i++) erp.write(`k${String(i).padStart(6, '0')}`);
		const short = () => {
			let ticks = 40;
			return { hasTime: () => ticks-- > 0 };
		};
		const { delivered } = await pollAll(erp, start, short);
		expect(delivered.size).toBe(ROWS);
	}, 120_000);
});

it('whatever changes, moves or vanishes among rows that are remembered by group only, every state is delivered', async () => {
	const change = fc.record({
		key: fc.integer({ min: 0, max: 899 }),
		does: fc.constantFrom('write' as const, 'remove' as const, 'create' as const),
		wait: fc.integer({ min: 0, max: 2000 }),
	});
	const rounds = fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 4 });
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...kinds.map(([, options]) => options)),
			rounds,
			fc.integer({ min: 20, max: 300 }),
			async (options, all, maxRecords) => {
				const erp = new FakeErp({ ...options, pageSize: 97 });
				let checkpoint = newCheckpoint('s', erp.text());
				const delivered = new Map<string, number>();
				const settle = async () => {
					for (let more = true; more; ) {
						const limits = limitsFor(erp, { maxRecords, maxSeen: 500 });
						const drained = await drain(erp, checkpoint, limits);
						for (const { key, record } of drained.records) delivered.set(key, record.version);
						expect(drained.records.length).toBeLessThanOrEqual(maxRecords);
						checkpoint = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
						more = drained.hasMore;
					}
					for (const row of erp.visible()) {
						expect([row.key, delivered.get(row.key)]).toEqual([row.key, row.version]);
					}
				};
				for (let i = 0; i < 900; i++) erp.write(`k${String(i).padStart(3, '0')}`);
				await settle();
				for (const round of all) {
					for (const { key, does, wait } of round) {
						erp.now += wait;
						if (does === 'remove') erp.remove(`k${String(key).padStart(3, '0')}`);
						else if (does === 'create') erp.write(`n${key}`);
						else erp.write(`k${String(key).padStart(3, '0')}`);
					}
					await settle();
				}
			},
		),
		{ numRuns: 25 },
	);
}, 120_000);
