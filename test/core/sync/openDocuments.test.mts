import fc from 'fast-check';
import { newCheckpoint, rewound, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { MAX_OPEN, OpenDocuments } from '../../../core/sync/openDocuments';
import type { Change, ChangePage, DeltaSource, Window } from '../../../core/sync/source';

interface Order {
	date: string;
	version: number;
	isOpen: boolean;
}

/** Orders with an entry date only; the open ones and those remembered are read whatever their date is. */
class Orders implements DeltaSource<string> {
	readonly order = 'unordered';
	readonly precision = 'day';
	readonly all = new Map<string, Order>();
	asked: readonly string[] = [];

	async *changes({ fromInclusive, openDocuments = [] }: Window): AsyncGenerator<ChangePage> {
		this.asked = openDocuments;
		const keys = new Set([...this.all.keys(), ...openDocuments]);
		const changes = [...keys].sort().flatMap((key): Change[] => {
			const order = this.all.get(key);
			if (!order)
				return [
					{ id: key, version: 'gone', changedAt: fromInclusive, document: { key, isOpen: false } },
				];
			const isRead = order.isOpen || order.date >= fromInclusive || openDocuments.includes(key);
			const { version, isOpen, date } = order;
			return isRead
				? [{ id: key, version: `${version}${isOpen}`, changedAt: date, document: { key, isOpen } }]
				: [];
		});
		yield { changes, serverNow: '2026-11-20T08:00:00' };
	}

	load = async (changes: readonly Change[]) =>
		changes.map(({ id, version }) => ({ key: id, version, record: `${id}:${version}` }));
}

const start = newCheckpoint('s', '2026-11-20T08:00:00');
async function poll(orders: Orders, from: Checkpoint, maxRecords = 500) {
	const drained = await drain(orders, from, {
		maxRecords,
		hasTime: () => true,
		lookbackSeconds: 7 * 86_400,
		localNow: '2026-11-20T08:00:00',
		now: 0,
	});
	const next = JSON.parse(JSON.stringify(drained.next)) as Checkpoint;
	return { keys: drained.records.map(({ key }) => key), next, hasMore: drained.hasMore };
}

describe('a document that stays open', () => {
	it('is delivered whenever it changes, until its end was delivered, however old it is', async () => {
		const orders = new Orders();
		const old: Order = { date: '2026-03-01', version: 1, isOpen: true };
		orders.all.set('A', old);
		const first = await poll(orders, start);
		expect(first.keys).toEqual(['A']);
		const second = await poll(orders, first.next);
		expect(second.keys).toEqual([]);
		expect(orders.asked).toEqual(['A']);
		old.version = 2;
		const third = await poll(orders, second.next);
		expect(third.keys).toEqual(['A']);
		old.isOpen = false;
		const fourth = await poll(orders, third.next);
		expect(fourth.keys).toEqual(['A']);
		const fifth = await poll(orders, fourth.next);
		expect(fifth.keys).toEqual([]);
		expect(orders.asked).toEqual([]);
	});

	it('is not delivered again by its window once it was closed, and goes on when it is opened again', async () => {
		const orders = new Orders();
		const order: Order = { date: '2026-11-19', version: 1, isOpen: true };
		orders.all.set('A', order);
		const first = await poll(orders, start);
		order.isOpen = false;
		const second = await poll(orders, first.next);
		expect(second.keys).toEqual(['A']);
		const third = await poll(orders, second.next);
		expect(third.keys).toEqual([]);
		order.isOpen = true;
		expect((await poll(orders, third.next)).keys).toEqual(['A']);
	});

	it('is reported when it vanished, once', async () => {
		const orders = new Orders();
		orders.all.set('A', { date: '2026-03-01', version: 1, isOpen: true });
		const { next } = await poll(orders, start);
		orders.all.delete('A');
		const gone = await poll(orders, next);
		expect(gone.keys).toEqual(['A']);
		expect((await poll(orders, gone.next)).keys).toEqual([]);
	});

	it('is remembered only once it was handed over', async () => {
		const orders = new Orders();
		['A', 'B', 'C'].forEach((key) =>
			orders.all.set(key, { date: '2026-03-01', version: 1, isOpen: true }),
		);
		const first = await poll(orders, start, 1);
		expect(first.keys).toEqual(['A']);
		const second = await poll(orders, first.next, 1);
		expect(orders.asked).toEqual(['A']);
		expect(second.keys).toEqual(['B']);
	});

	it('is forgotten by a rewind, so that it is delivered again', async () => {
		const orders = new Orders();
		orders.all.set('A', { date: '2026-03-01', version: 1, isOpen: true });
		const { next } = await poll(orders, start);
		expect((await poll(orders, rewound(next, '2026-11-01'))).keys).toEqual(['A']);
	});
});

describe('what is kept of open documents', () => {
	it('comes back as it was, whatever the keys are', () => {
		const key = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 50 }),
			fc.stringMatching(/^0000000\d{8}$/),
		);
		fc.assert(
			fc.property(fc.dictionary(key, fc.string()), (versions) => {
				const documents = new OpenDocuments();
				for (const [one, version] of Object.entries(versions)) documents.remember(one, version);
				const packed = JSON.parse(JSON.stringify(documents.state())) as string[];
				const again = new OpenDocuments(packed);
				expect(again.keys()).toEqual(Object.keys(versions).sort((a, b) => (a < b ? -1 : 1)));
				for (const [one, version] of Object.entries(versions)) {
					expect(again.isKnown(one, version)).toBe(true);
					expect(again.isKnown(one, `${version}x`)).toBe(false);
				}
			}),
		);
	});

	it('fits into the checkpoint with as many as there may be, and refuses more with a way out', () => {
		const documents = new OpenDocuments();
		for (let n = 0; n < MAX_OPEN; n++) documents.remember(String(n * 7).padStart(15, '0'), `v${n}`);
		expect(JSON.stringify(documents.state()).length).toBeLessThan(190_000);
		expect(() => documents.remember('one more', '1')).toThrow(
			`More than ${MAX_OPEN} open documents`,
		);
	});
});
