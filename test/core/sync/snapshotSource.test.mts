import fc from 'fast-check';
import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { coalesced, MAX_KEPT_ROWS, RANGE_SIZE, RangeFold } from '../../../core/sync/snapshot';
import type { DeltaSource, ScanPage } from '../../../core/sync/source';
import { startSweep } from '../../../core/sync/sweep';

/** An ERP table without any change field. */
class Table implements DeltaSource<string> {
	readonly order = 'unordered';
	readonly precision = 'day';
	readonly rows = new Map<string, number>();

	write(n: number): void {
		const key = keyOf(n);
		this.rows.set(key, (this.rows.get(key) ?? 0) + 1);
	}

	load = async () => [];

	async *scan(afterKey = ''): AsyncGenerator<ScanPage<string>> {
		const all = [...this.rows]
			.filter(([key]) => key > afterKey)
			.sort(([a], [b]) => (a < b ? -1 : 1));
		for (let at = 0; at < all.length; at += 40) {
			const page = all.slice(at, at + 40);
			yield { rows: page.map(([key, v]) => ({ key, version: String(v), record: `${key}:${v}` })) };
		}
	}
}

const keyOf = (n: number) => `k${String(n).padStart(6, '0')}`;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

async function pollAll(table: Table, from: Checkpoint, maxRecords = 100_000) {
	const sweep = { maxVanishedShare: 1, alwaysAllowedVanished: 0, nextAt: 1e15 };
	const records: string[] = [];
	let [next, most] = [from, 0];
	for (let more = true; more; ) {
		const drained = await drain(table, next, {
			maxRecords,
			hasTime: () => true,
			lookbackSeconds: 0,
			localNow: '2026-11-20T08:00:00',
			now: 0,
			sweep,
		});
		records.push(...drained.records.map(({ record }) => record));
		most = Math.max(most, drained.records.length);
		next = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
		more = drained.hasMore;
	}
	return { records, next, most };
}

const loaded = async (table: Table, maxRecords?: number) => {
	const first = newCheckpoint('s', '2026-11-20T08:00:00');
	return await pollAll(table, { ...first, sweep: startSweep({ nextAt: 0 }, false) }, maxRecords);
};

describe('a source without a change field', () => {
	it('delivers the rows that changed and no others', async () => {
		const table = new Table();
		numbers(1000).forEach((n) => table.write(n));
		const first = await loaded(table);
		expect(first.records).toHaveLength(1000);
		expect((await pollAll(table, first.next)).records).toEqual([]);
		[3, 500, 999].forEach((n) => table.write(n));
		table.rows.delete(keyOf(4));
		table.write(5000);
		const second = await pollAll(table, first.next);
		expect(second.records).toEqual(
			[keyOf(3), keyOf(500), keyOf(999)].map((key) => `${key}:2`).concat(`${keyOf(5000)}:1`),
		);
		expect((await pollAll(table, second.next)).records).toEqual([]);
	});

	it('delivers nothing at first when the sync starts now, then what changes', async () => {
		const table = new Table();
		numbers(600).forEach((n) => table.write(n));
		const first = await pollAll(table, newCheckpoint('s', '2026-11-20T08:00:00'));
		expect(first.records).toEqual([]);
		table.write(77);
		expect((await pollAll(table, first.next)).records).toEqual([`${keyOf(77)}:2`]);
	});

	it('never hands over more than a run may hold, and every row once', async () => {
		const table = new Table();
		numbers(1000).forEach((n) => table.write(n));
		const { records, most, next } = await loaded(table, 7);
		expect(most).toBe(7);
		expect(records).toHaveLength(1000);
		expect(next.sweep?.ranges?.length).toBeLessThan(10);
		expect((await pollAll(table, next, 7)).records).toEqual([]);
	});

	it('misses no change, whatever is inserted, changed or deleted in between', async () => {
		const step = fc.record({
			write: fc.array(fc.nat(1500), { maxLength: 30 }),
			insert: fc.nat(400),
			at: fc.nat(1500),
			remove: fc.array(fc.nat(1500), { maxLength: 20 }),
			maxRecords: fc.constantFrom(5, 300, 100_000),
		});
		await fc.assert(
			fc.asyncProperty(fc.nat(900), fc.array(step, { maxLength: 4 }), async (count, steps) => {
				const table = new Table();
				numbers(count).forEach((n) => table.write(n));
				let { next } = await loaded(table);
				for (const { write, insert, at, remove, maxRecords } of steps) {
					const before = new Map(table.rows);
					write.forEach((n) => table.write(n));
					numbers(insert).forEach((n) => table.write(at * 2 + n));
					remove.forEach((n) => table.rows.delete(keyOf(n)));
					const changed = [...table.rows].filter(([key, v]) => before.get(key) !== v);
					const polled = await pollAll(table, next, maxRecords);
					next = polled.next;
					expect(polled.records.sort()).toEqual(changed.map(([key, v]) => `${key}:${v}`).sort());
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('delivers whole ranges where rows are too many to be remembered each, within 256 kB', async () => {
		const table = new Table();
		numbers(MAX_KEPT_ROWS + 5000).forEach((n) => table.write(n));
		const first = await loaded(table);
		table.write(1);
		table.write(MAX_KEPT_ROWS + 2000);
		const { records, next } = await pollAll(table, first.next);
		expect(records).toContain(`${keyOf(1)}:2`);
		expect(records).toContain(`${keyOf(MAX_KEPT_ROWS + 2000)}:2`);
		expect(records.length).toBeLessThanOrEqual(1 + 2 * RANGE_SIZE);
		const running = {
			...next,
			sweep: {
				...next.sweep,
				running: { isSilent: false, ranges: next.sweep?.ranges, keys: next.sweep?.keys },
			},
		};
		expect(JSON.stringify(running).length).toBeLessThan(256_000);
	});
});

describe('joining ranges', () => {
	it('keeps what they say about every row', () => {
		const fold = (keys: number[], old = [] as ReturnType<typeof coalesced>) => {
			const folding = new RangeFold<number>(old, undefined, { rowsToKeep: 1000 });
			const closed = keys.flatMap((n) => folding.add(keyOf(n), 'v', n));
			return [...closed, ...folding.end()];
		};
		const parts = [fold([1, 2]), fold([3]), fold([4, 5])].flat().map(({ digest }) => digest);
		const joined = coalesced(parts, 3);
		expect(joined.map(({ upTo, count }) => [upTo, count])).toEqual([
			[keyOf(3), 3],
			[keyOf(5), 2],
		]);
		expect(fold([1, 2, 3, 4, 5], joined).flatMap(({ changed }) => changed)).toEqual([]);
		expect(fold([1, 2, 3, 4, 6], joined).flatMap(({ changed }) => changed)).toEqual([6]);
	});
});
