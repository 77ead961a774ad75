import type { ErpRecord } from '../../../core/record/erpRecord';
import type { Change, Window } from '../../../core/sync/source';
import { v2 } from '../../../core/odata/v2';
import { v4 } from '../../../core/odata/v4';
import { EntitySetSource, type EntitySetSettings } from '../../../nodes/SapS4Hana/entitySetSource';
import { SALES_ORDER_PATH, SALES_ORDER_V4_PATH } from '../../sandbox/s4hana/server.mts';
import { errorOf, startSystem, type TestSystem } from './system.mts';

const VERSIONS = [
	{ dialect: v2, servicePath: SALES_ORDER_PATH, entitySet: 'A_SalesOrder' },
	{ dialect: v4, servicePath: SALES_ORDER_V4_PATH, entitySet: 'SalesOrder' },
];

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem({ pageSize: 3 });
});
afterEach(async () => await system.close());

describe.each(VERSIONS)('any entity set by OData $dialect.version', (version) => {
	const { dialect, servicePath, entitySet } = version;
	const service = () => system.service({ dialect, servicePath, zone: 'UTC' });
	const source = (more: Partial<EntitySetSettings> = {}) =>
		new EntitySetSource(service(), {
			entitySet,
			keyFields: ['SalesOrder'],
			changeField: 'LastChangeDateTime',
			changeFieldType: 'dateTimeOffset',
			fields: ['SoldToParty', 'TransactionCurrency'],
			useDeltaLinks: true,
			pageSize: 500,
			scope: '100',
			...more,
		});
	const read = async (from: EntitySetSource, window: Window) => {
		const changes: Change[] = [];
		let deltaToken: string | undefined;
		for await (const page of from.changes(window)) {
			changes.push(...page.changes);
			deltaToken = page.deltaToken ?? deltaToken;
		}
		const records: ErpRecord[] = (await from.load(changes)).map(({ record }) => record);
		return { changes, records, deltaToken };
	};
	const window = { fromInclusive: '2026-11-20T08:00:00' };
	const keysOf = (records: ErpRecord[]) => records.map(({ erp }) => erp.key.replace(/^0+/, ''));

	beforeEach(() => {
		for (let i = 1; i <= 8; i++) {
			system.sandbox.orders.put(String(i), { SoldToParty: '100', TransactionCurrency: 'EUR' });
			system.clock.at += 60_000;
		}
	});

	it('rows leave as they are, with an identity', async () => {
		const { records } = await read(source(), window);
		expect(records).toHaveLength(8);
		expect(records[0]).toMatchObject({
			erp: {
				system: 's4hana',
				entity: entitySet,
				key: '0000000001',
				externalId: `s4hana:100:${entitySet}:0000000001`,
				isDeleted: false,
			},
			raw: { SalesOrder: '1', SoldToParty: '100', TransactionCurrency: 'EUR' },
		});
		expect(Object.keys(records[0].raw ?? {})).not.toContain('__metadata');
		expect(records[0].erp.changedAt).toMatch(/^2026-11-20T08:10:00(\.000)?$/);
	});

	it('only what changed since, the lower edge included', async () => {
		const { records } = await read(source(), { fromInclusive: '2026-11-20T08:14:00' });
		expect(keysOf(records)).toEqual(['5', '6', '7', '8']);
	});

	it('a delta link brings what changed, and deletions', async () => {
		const { deltaToken } = await read(source(), window);
		expect(deltaToken).toBeDefined();
		system.sandbox.orders.put('3', { SoldToParty: '200' });
		system.sandbox.orders.remove('5');
		const second = await read(source(), { ...window, deltaToken });
		expect(keysOf(second.records).sort()).toEqual(['3', '5']);
		const deleted = second.records.find(({ erp }) => erp.isDeleted);
		expect(deleted?.erp.externalId).toBe(`s4hana:100:${entitySet}:0000000005`);
		expect(second.deltaToken).not.toBe(deltaToken);
		expect((await read(source(), { ...window, ...second })).records).toEqual([]);
	});

	it('a delta link that expired falls back to the change field and gets a new one', async () => {
		const { deltaToken } = await read(source(), window);
		system.sandbox.orders.expireDeltaLinks();
		const again = await read(source(), { ...window, deltaToken });
		expect(again.records).toHaveLength(8);
		expect(again.deltaToken).toBeDefined();
		expect(again.deltaToken).not.toBe(deltaToken);
	});

	it('reads in the order of the change field; what came by a delta link has no order', async () => {
		const from = source();
		const { deltaToken, changes } = await read(from, window);
		expect(from.order).toBe('ascending');
		const times = changes.map(({ changedAt }) => changedAt);
		expect(times).toEqual([...times].sort());
		await read(from, { ...window, deltaToken });
		expect(from.order).toBe('unordered');
	});

	it('without delta links: pages by the change field, ties included, every row once', async () => {
		for (let i = 20; i < 27; i++) system.sandbox.orders.put(String(i), { SoldToParty: '1' });
		for (const pageSize of [2, 3, 5, 100]) {
			system.sandbox.paging.pageSize = 4;
			const from = source({ useDeltaLinks: false, pageSize });
			const { changes, deltaToken } = await read(from, window);
			expect(deltaToken).toBeUndefined();
			expect(changes).toHaveLength(15);
			expect(new Set(changes.map(({ id }) => id)).size).toBe(15);
		}
	});

	it('without delta links: a read that is broken off after each page goes on there, also within one instant', async () => {
		for (let i = 20; i < 27; i++) system.sandbox.orders.put(String(i), { SoldToParty: '1' });
		const ids: string[] = [];
		let resumeAfter: string | undefined;
		for (let pages = 0; pages < 20; pages++) {
			const from = source({ useDeltaLinks: false, pageSize: 2 });
			const pagesFrom = from.changes(window, resumeAfter);
			const { value: page, done } = await pagesFrom.next();
			await pagesFrom.return(undefined);
			if (done || page.changes.length === 0) break;
			ids.push(...page.changes.map(({ id }) => id));
			resumeAfter = page.resumeAfter;
		}
		expect(ids).toHaveLength(15);
		expect(new Set(ids).size).toBe(15);
	});

	it('an unknown entity set is named', async () => {
		const error = await errorOf(read(source({ entitySet: 'A_Nothing' }), window));
		expect(error.message).toBe("This system's service has no A_Nothing (HTTP 404).");
	});

	it('an unknown field is named', async () => {
		const error = await errorOf(read(source({ fields: ['Nonsense'] }), window));
		expect(`${error.message} ${error.remedy}`).toContain('no property Nonsense');
	});

	it.each(['keyFields', 'fields', 'changeField', 'entitySet'])(
		'%s cannot carry anything but names',
		(name) => {
			const bad = "X eq 'a' or 1 eq 1";
			const value = name.endsWith('Fields') || name === 'fields' ? [bad] : bad;
			expect(() => source({ [name]: value })).toThrow('is not a valid name');
		},
	);
});
