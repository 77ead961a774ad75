import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { IdIndex } from '../../../nodes/Pipedrive/idIndex';
import { RecordStore, type IndexShape } from '../../../nodes/Pipedrive/recordStore';
import { openBench, type Bench } from './support.mts';

let bench: Bench | undefined;
afterEach(async () => {
	await bench?.close();
	bench = undefined;
});

const shape = (customKeys: string[]): IndexShape => ({
	entity: 'organization',
	externalIdKey: customKeys[0],
	builtInKeys: ['address'],
	customKeys,
});
const ports = () => bench!.clock;

describe('the index', () => {
	it.each([
		[15, 'with the list of keys'],
		[16, 'without it'],
		[31, 'without it'],
	])('of %i mapped fields is read in one pass, %s', async (count) => {
		bench = await openBench({ withoutFields: true, record: true, customFieldQuota: 100 });
		const { api } = bench.environment();
		const keys: string[] = [];
		for (let n = 0; n < count; n++) {
			keys.push(
				(await api.addField('organization', { name: `F${n}`, type: 'varchar' })).field_code,
			);
		}
		bench.sandbox.seed({
			organizations: 1_100,
			organizationFields: (n) => Object.fromEntries(keys.map((key, k) => [key, `v${n}-${k}`])),
		});
		const before = bench.sandbox.log.totals().tokens;
		const index = new IdIndex(shape(keys));
		await index.refresh(api, ports(), 100_000);
		expect(bench.sandbox.log.totals().tokens - before).toBe(30);
		expect(index.size).toBe(1_100);
		const last = index.byExternalId('v1099-0');
		expect(last).toHaveLength(1);
		expect(index.row(last[0])?.custom_fields?.[keys[count - 1]]).toBe(`v1099-${count - 1}`);
		const lists = bench.sandbox.log.exchanges.filter(({ path }) => path.endsWith('/organizations'));
		expect(lists.every(({ query }) => query.includes('custom_fields=') === count <= 15)).toBe(true);
	});

	it('is kept current with one page, and reads everything again after a day', async () => {
		bench = await openBench();
		const { api } = bench.environment();
		bench.sandbox.seed({ organizations: 1_100 });
		const index = new IdIndex(shape([bench.keys.organization['ERP ID']]));
		const cost = async () => {
			const before = bench!.sandbox.log.totals().tokens;
			await index.refresh(api, ports(), 100_000);
			return bench!.sandbox.log.totals().tokens - before;
		};
		expect(await cost()).toBe(30);
		const id = bench.sandbox.records('organizations')[5].id;
		bench.sandbox.edit('organizations', id, { name: 'Renamed' });
		expect(await cost()).toBe(10);
		expect(index.row(id)?.name).toBe('Renamed');
		expect(index.byMatchKey('n:renamed')).toEqual([id]);
		bench.clock.advance(25 * 3_600_000);
		expect(await cost()).toBe(30);
	});

	it('callers at the same time share one read, later ones get a newer one', async () => {
		bench = await openBench();
		const { api } = bench.environment();
		const index = new IdIndex(shape([bench.keys.organization['ERP ID']]));
		const before = bench.sandbox.log.totals().requests;
		await Promise.all([1, 2, 3, 4].map(async () => await index.refresh(api, ports(), 100)));
		expect(bench.sandbox.log.totals().requests - before).toBe(2);
	});

	it('a change in the second of the last read is not missed', async () => {
		bench = await openBench();
		const { api } = bench.environment();
		const key = bench.keys.organization['ERP ID'];
		const index = new IdIndex(shape([key]));
		const made = await api.create('organization', { name: 'A' });
		await index.refresh(api, ports(), 100);
		bench.sandbox.edit('organizations', made.id, { custom_fields: { [key]: 'X:1' } });
		await index.refresh(api, ports(), 100);
		expect(index.byExternalId('X:1')).toEqual([made.id]);
	});

	it('asks for whole seconds only', async () => {
		bench = await openBench({ record: true });
		const { api } = bench.environment();
		await api.list('organization', { updatedSince: '2026-01-01T00:00:00.123Z' });
		const { query } = bench.sandbox.log.exchanges[bench.sandbox.log.exchanges.length - 1];
		expect(decodeURIComponent(query)).toContain('updated_since=2026-01-01T00:00:00Z');
	});
});

describe('the record store', () => {
	it('gives back what went in, several external ids, and forgets removed and deleted rows', () => {
		const store = new RecordStore(shape(['k', 'money']));
		const row = {
			id: 7,
			name: 'Müller & Söhne',
			update_time: '2026-01-01T00:00:00Z',
			address: { value: 'Kai 1', locality: 'Hamburg', country: null },
			custom_fields: { k: 'A\nB', money: { value: 5, currency: 'EUR' }, other: 'dropped' },
		};
		store.put(row);
		expect(store.row(7)).toMatchObject({
			name: row.name,
			custom_fields: { k: 'A\nB', money: row.custom_fields.money },
		});
		expect(store.byExternalId('B')).toEqual([7]);
		store.put({ ...row, id: 8, custom_fields: { k: 'B' } });
		expect(store.byExternalId('B')).toEqual([7, 8]);
		store.put({ ...row, custom_fields: { k: 'A' } });
		expect(store.byExternalId('B')).toEqual([8]);
		store.put({ ...row, is_deleted: true });
		expect([store.row(7), store.byExternalId('A')]).toEqual([undefined, []]);
		store.remove(8);
		expect(store.byMatchKey('n:mueller soehne')).toEqual([]);
	});

	it('holds 100,000 organizations in less than 100 MB', () => {
		setFlagsFromString('--expose_gc');
		const collect = runInNewContext('gc') as () => void;
		// What other test files left behind takes several rounds to go.
		const used = () => {
			for (let round = 0; round < 6; round++) collect();
			return process.memoryUsage().heapUsed;
		};
		used();
		let store: RecordStore | undefined = new RecordStore(shape(['k']));
		for (let id = 1; id <= 100_000; id++) {
			store.put({
				id,
				name: `Company number ${id} GmbH`,
				address: { value: `Hauptstr. ${id}, 10115 Berlin, Germany` },
				custom_fields: { k: `s4hana:100:businessPartner:${id}` },
			});
		}
		const full = used();
		expect(store.size).toBe(100_000);
		// What other tests left behind is collected in between: only what the store itself held may count.
		store = undefined;
		const megabytes = (full - used()) / 1_048_576;
		expect(megabytes).toBeGreaterThan(10);
		expect(megabytes).toBeLessThan(100);
	});
});
