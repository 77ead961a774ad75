import { CoreError } from '../../core/http/errors';
import type { HttpRequest, HttpResponse, Transport } from '../../core/http/ports';
import type { ErpRecord } from '../../core/record/erpRecord';
import { newCheckpoint, type Checkpoint } from '../../core/sync/checkpoint';
import { drain, type Drained, type DrainLimits } from '../../core/sync/drain';
import type { DeltaSource } from '../../core/sync/source';
import { startSweep, type SweepState } from '../../core/sync/sweep';

/** What a source brings to be held against the contract: a system to read from, and hands to change it. */
export interface ContractSubject {
	/** Where the source reads: loopback HTTP to a sandbox, or whatever it has. */
	transport: Transport;
	/** A source with its client over this transport. Its pages hold `pageSize` rows at most. */
	source(transport: Transport): DeltaSource<unknown>;
	pageSize: number;
	/** Virtual time of the system and of the source's client; `sleep` moves it on. */
	clock: { now(): number; advance(ms: number): void; pauses: number[] };
	/** The cursor value of the system's present, in its own zone. */
	localNow(): string;
	lookbackSeconds: number;
	/** Creates the record or changes it; the change field says now. Keys sort as text in order of `n`. */
	write(n: number): void;
	/** Changes what no change field shows; absent where there is nothing of the kind. */
	writeHidden?(n: number): void;
	/** The record vanishes; absent where the source has no sweep. */
	remove?(n: number): void;
	/** Creates the record, or changes it, so that no field of a name is left; absent where the entity has no name. */
	writeWithoutName?(n: number): void;
	/** Creates a record whose change date is empty; absent where the system always has one. */
	writeWithoutChangeDate?(n: number): void;
	/** The key under which the source delivers record `n`. */
	keyOf(n: number): string;
	/** The server forgets the session or token; absent where there is none. */
	loseSession?(): void;
	/** The next list answer is a page without rows that goes on; absent where the protocol knows no next link. */
	emptyPageNext?(): void;
	/** Sets the system's clock back by so many milliseconds, within the lookback. */
	setClockBack?(ms: number): void;
	/** True for requests that read rows, not for logins. */
	isRead(request: HttpRequest): boolean;
	/**
	 * For sources without a change field: the state of a sweep that found nothing, from which every poll compares.
	 * Absent where the source has `changes`.
	 */
	snapshotOf?: SweepState;
	/** Many records at once, for memory. */
	seed(count: number): void;
	/** How many that are; default 10,000. Another way to read the same system needs fewer. */
	many?: number;
	close(): Promise<void>;
}

const SWEEP = { maxVanishedShare: 0.02, alwaysAllowedVanished: 20, nextAt: 1e15 };

/** Every source passes this, unchanged. */
export function deltaSourceContract(name: string, start: () => Promise<ContractSubject>): void {
	describe(`${name}, like every source`, () => {
		let subject: ContractSubject;
		beforeEach(async () => {
			subject = await start();
		});
		afterEach(async () => {
			await subject.close();
		});

		const limits = (over: Partial<DrainLimits> = {}): DrainLimits => ({
			maxRecords: 100_000,
			hasTime: () => true,
			lookbackSeconds: subject.lookbackSeconds,
			localNow: subject.localNow(),
			now: subject.clock.now(),
			...(subject.snapshotOf && { sweep: SWEEP }),
			...over,
		});
		const begin = (): Checkpoint => ({
			...newCheckpoint('contract', subject.localNow()),
			...(subject.snapshotOf && { sweep: subject.snapshotOf }),
		});
		const read = async (
			from: Checkpoint,
			transport = subject.transport,
			over: Partial<DrainLimits> = {},
		): Promise<Drained<unknown>> => {
			const drained = await drain(subject.source(transport), from, limits(over));
			return { ...drained, next: JSON.parse(JSON.stringify(drained.next)) as Checkpoint };
		};
		const keys = ({ records }: Drained<unknown>) => records.map(({ key }) => key).sort();
		const keysOf = (...numbers: number[]) => numbers.map((n) => subject.keyOf(n)).sort();
		const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

		/** Spoils the nth read; `after` runs once that request has been answered. */
		const spoiling = (
			nth: number,
			how: (request: HttpRequest) => HttpResponse | Error | undefined,
			after?: () => void,
		): Transport => {
			let reads = 0;
			return async (request) => {
				const isHit = subject.isRead(request) && reads++ === nth;
				const spoiled = isHit ? how(request) : undefined;
				if (spoiled instanceof Error) throw spoiled;
				const response = spoiled ?? (await subject.transport(request));
				if (isHit) after?.();
				return response;
			};
		};
		const answer = (status: number, body: string, headers: Record<string, string> = {}) => ({
			status,
			headers: { 'content-type': 'application/json', ...headers },
			body: Buffer.from(body),
		});

		it('delivers what changed, once', async () => {
			const start = begin();
			numbers(3).forEach((n) => subject.write(n));
			const first = await read(start);
			expect(keys(first)).toEqual(keysOf(0, 1, 2));
			expect(keys(await read(first.next))).toEqual([]);
			subject.clock.advance(60_000);
			subject.write(1);
			expect(keys(await read(first.next))).toEqual(keysOf(1));
		});

		it('delivers a record of the same moment as the last one read', async () => {
			const start = begin();
			subject.write(0);
			const first = await read(start);
			subject.write(1);
			expect(keys(await read(first.next))).toEqual(keysOf(1));
		});

		it('delivers a last page that is exactly full, and the page after it when one more comes', async () => {
			const start = begin();
			numbers(subject.pageSize * 2).forEach((n) => subject.write(n));
			const first = await read(start);
			expect(keys(first)).toEqual(keysOf(...numbers(subject.pageSize * 2)));
			subject.write(subject.pageSize * 2);
			expect(keys(await read(first.next))).toEqual(keysOf(subject.pageSize * 2));
		});

		it('goes on behind an empty page in the middle', async () => {
			if (!subject.emptyPageNext) return;
			const start = begin();
			numbers(subject.pageSize * 2).forEach((n) => subject.write(n));
			subject.emptyPageNext();
			expect(keys(await read(start))).toEqual(keysOf(...numbers(subject.pageSize * 2)));
		});

		it('delivers the last state of a record that changes between two pages', async () => {
			const start = begin();
			numbers(subject.pageSize * 2).forEach((n) => subject.write(n));
			const change = spoiling(
				0,
				() => undefined,
				() => {
					subject.clock.advance(60_000);
					subject.write(0);
					subject.write(subject.pageSize * 2 - 1);
				},
			);
			const first = await read(start, change);
			const second = await read(first.next);
			const all = new Set([...keys(first), ...keys(second)]);
			expect([...all].sort()).toEqual(keysOf(...numbers(subject.pageSize * 2)));
			const settled = await read(second.next);
			const latest = new Map([...first.records, ...second.records].map((r) => [r.key, r.version]));
			const whole = await read(start);
			for (const { key, version } of whole.records) expect(latest.get(key)).toBe(version);
			expect(keys(settled)).toEqual([]);
		});

		it('hands a backlog over in batches, each record once', async () => {
			let checkpoint = begin();
			numbers(subject.pageSize * 3).forEach((n) => subject.write(n));
			const delivered: string[] = [];
			for (let more = true; more; ) {
				const drained = await read(checkpoint, subject.transport, { maxRecords: 5 });
				expect(drained.records.length).toBeLessThanOrEqual(5);
				delivered.push(...keys(drained));
				checkpoint = drained.next;
				more = drained.hasMore;
			}
			expect(delivered.sort()).toEqual(keysOf(...numbers(subject.pageSize * 3)));
		});

		it('hands a backlog over in batches, each record once, while connections break now and then', async () => {
			let checkpoint = begin();
			numbers(subject.pageSize * 3).forEach((n) => subject.write(n));
			let reads = 0;
			const flaky: Transport = async (request) => {
				const isBroken = subject.isRead(request) && ++reads % 3 === 0;
				if (isBroken) throw new CoreError('transient', 'The connection was reset.');
				return await subject.transport(request);
			};
			const delivered: string[] = [];
			for (let more = true; more; ) {
				const drained = await read(checkpoint, flaky, { maxRecords: 5 });
				delivered.push(...keys(drained));
				checkpoint = drained.next;
				more = drained.hasMore;
			}
			expect(delivered.sort()).toEqual(keysOf(...numbers(subject.pageSize * 3)));
		});

		it('loses nothing when the clock of the system is set back', async () => {
			if (!subject.setClockBack) return;
			const start = begin();
			subject.write(0);
			const first = await read(start);
			subject.setClockBack(45 * 60_000);
			subject.write(1);
			expect(keys(await read(first.next))).toEqual(keysOf(1));
		});

		it('logs in again in the middle and delivers everything', async () => {
			if (!subject.loseSession) return;
			const start = begin();
			numbers(subject.pageSize * 2).forEach((n) => subject.write(n));
			const lose = spoiling(
				0,
				() => undefined,
				() => subject.loseSession?.(),
			);
			expect(keys(await read(start, lose))).toEqual(keysOf(...numbers(subject.pageSize * 2)));
		});

		it('waits as long as a 429 says, and some time where it says nothing', async () => {
			const start = begin();
			subject.write(0);
			const told = spoiling(0, () => answer(429, '{}', { 'retry-after': '7' }));
			expect(keys(await read(start, told))).toEqual(keysOf(0));
			expect(subject.clock.pauses).toContain(7000);
			subject.clock.pauses.length = 0;
			const untold = spoiling(0, () => answer(429, '{}'));
			expect(keys(await read(start, untold))).toEqual(keysOf(0));
			expect(subject.clock.pauses.length).toBeGreaterThan(0);
		});

		it.each([
			['JSON or XML of another shape', () => answer(200, '{"unexpected":true}')],
			[
				'a web page',
				() => answer(200, '<html><body>Sign in</body></html>', { 'content-type': 'text/html' }),
			],
			['nothing', () => answer(200, '')],
		])(
			'takes %s in place of data for an error, never for an empty list',
			async (_what, spoiled) => {
				const start = begin();
				subject.write(0);
				await expect(read(start, spoiling(0, spoiled))).rejects.toThrow();
				expect(keys(await read(start))).toEqual(keysOf(0));
			},
		);

		it('repeats a read whose connection broke', async () => {
			const start = begin();
			subject.write(0);
			const broken = spoiling(0, () => new CoreError('transient', 'The connection was reset.'));
			expect(keys(await read(start, broken))).toEqual(keysOf(0));
		});

		it('delivers a record whose change date is empty', async () => {
			if (!subject.writeWithoutChangeDate) return;
			const start = begin();
			subject.writeWithoutChangeDate(0);
			expect(keys(await read(start))).toEqual(keysOf(0));
		});

		it('delivers a record without a name as one: its number never takes the place', async () => {
			if (!subject.writeWithoutName) return;
			const start = begin();
			subject.writeWithoutName(0);
			const drained = await read(start);
			const { organization, product } = drained.records[0].record as ErpRecord;
			expect((product ?? organization)?.name).toBe('');
		});

		describe('in a sweep', () => {
			const sweep = SWEEP;
			const sweepAll = async (from: Checkpoint) => {
				const all: Array<Drained<unknown>> = [];
				let next = from;
				for (let more = true; more; ) {
					const drained = await read(next, subject.transport, { sweep });
					all.push(drained);
					next = drained.next;
					more = drained.hasMore;
				}
				return { records: all.flatMap(({ records }) => records), next };
			};
			const loaded = async () => {
				const first = { ...begin(), sweep: startSweep({ nextAt: 1e15 }, false) };
				return await sweepAll(first);
			};
			const due = (checkpoint: Checkpoint): Checkpoint => ({
				...checkpoint,
				sweep: checkpoint.sweep && { ...checkpoint.sweep, nextAt: 0 },
			});

			it('delivers everything on a first load', async () => {
				if (!subject.source(subject.transport).scan) return;
				numbers(subject.pageSize * 2 + 1).forEach((n) => subject.write(n));
				const { records } = await loaded();
				const found = [...new Set(records.map(({ key }) => key))].sort();
				expect(found).toEqual(keysOf(...numbers(subject.pageSize * 2 + 1)));
			});

			it('finds a change that no change field shows', async () => {
				if (!subject.writeHidden) return;
				numbers(5).forEach((n) => subject.write(n));
				const { next } = await loaded();
				subject.writeHidden(3);
				const { records } = await sweepAll(due(next));
				expect(records.map(({ key }) => key)).toContain(subject.keyOf(3));
			});

			it('names a record that vanished', async () => {
				if (!subject.remove) return;
				numbers(5).forEach((n) => subject.write(n));
				const { next } = await loaded();
				subject.remove(2);
				const { records } = await sweepAll(due(next));
				const gone = records.find(({ key }) => key === subject.keyOf(2));
				expect(gone?.record).toMatchObject({ erp: { isDeleted: true } });
			});
		});

		it('reads thousands of records in batches without holding them', async () => {
			const start = begin();
			const { many = 10_000 } = subject;
			subject.seed(many);
			let checkpoint: Checkpoint = start;
			let most = 0;
			let count = 0;
			for (let more = true; more; ) {
				const drained = await read(checkpoint, subject.transport, { maxRecords: 500 });
				most = Math.max(most, drained.records.length);
				count += drained.records.length;
				checkpoint = drained.next;
				more = drained.hasMore;
			}
			expect(count).toBeGreaterThanOrEqual(many);
			expect(most).toBeLessThanOrEqual(600);
			expect(JSON.stringify(checkpoint).length).toBeLessThan(256_000);
		}, 120_000);
	});
}
