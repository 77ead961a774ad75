import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { decimalText } from '../../../nodes/SapBusinessOne/rows';
import { rebased } from '../../../nodes/SapBusinessOne/serviceLayer';
import type { B1Source } from '../../../nodes/SapBusinessOne/source';
import {
	changesSince,
	DAY,
	errorOf,
	keysOf,
	loopback,
	MINUTE,
	recordsSince,
	scanAll,
	startSystem,
	type TestSystem,
} from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const at = (time: string, day = '2026-11-20') => ({ UpdateDate: day, UpdateTime: time });
const since = async (from: string, setup = {}) =>
	keysOf(await recordsSince(system.source('businessPartner', {}, setup), from));

describe('the compound cursor', () => {
	it.each(['minutes', 'seconds'] as const)(
		'delivers the edge and everything behind it where times compare by %s',
		async (timePrecision) => {
			system.sandbox.rules.timePrecision = timePrecision;
			const { store } = system.sandbox;
			store.partner('C1', at('23:59:59', '2026-11-18'));
			store.partner('C2', at('00:00:01', '2026-11-20'));
			store.partner('C3', at('10:12:05'));
			store.partner('C4', at('10:12:45'));
			store.partner('C5', at('10:11:59'));
			expect(await since('2026-11-20T10:12:30')).toEqual(['C3', 'C4']);
			expect(await since('2026-11-19T10:12:30')).toEqual(['C2', 'C3', 'C4', 'C5']);
		},
	);

	it.each(['minutes', 'seconds'] as const)(
		'loses no row of a minute that is cut by a page, compared by %s',
		async (timePrecision) => {
			system.sandbox.rules.timePrecision = timePrecision;
			const codes = ['Z9', 'a-1', 'A2', 'M5', 'b-3', 'B4', 'Q1', 'c1'];
			codes.forEach((code, n) =>
				system.sandbox.store.partner(code, at(`10:12:${String(59 - n * 7).padStart(2, '0')}`)),
			);
			system.sandbox.store.partner('X1', at('10:13:00'));
			const keys = await since('2026-11-20T10:00:00', { pageSize: 3 });
			expect(keys).toEqual([...codes, 'X1'].sort());
		},
	);

	it('goes on at the token of an interrupted read', async () => {
		for (let n = 0; n < 9; n++) system.sandbox.store.partner(`C${n}`, at(`10:1${n}:00`));
		const source = system.source('businessPartner', {}, { pageSize: 3 });
		const tokens: Array<[string | undefined, string[]]> = [];
		for await (const page of source.changes?.({ fromInclusive: '2026-11-20T10:00:00' }) ?? []) {
			tokens.push([page.resumeAfter, page.changes.map(({ payload }) => payload as string)]);
		}
		const all = tokens.flatMap(([, keys]) => keys);
		let seen = 0;
		for (const [token, keys] of tokens) {
			seen += keys.length;
			if (token === undefined) continue;
			const rest = await changesSince(source, '2026-11-20T10:00:00', token);
			expect(rest.map(({ payload }) => payload)).toEqual(all.slice(seen));
		}
		expect(all).toHaveLength(9);
	});

	it('hands ids over in ascending order whatever the database sorts by', async () => {
		const codes = ['C-2', 'C1', 'c3', 'Ä1', 'D-1', "O'1", 'B9'];
		codes.forEach((code) => system.sandbox.store.partner(code, at('10:12:00')));
		for (const pageSize of [2, 500]) {
			const source = system.source('businessPartner', {}, { pageSize });
			const ids = (await changesSince(source, '2026-11-20T10:00:00')).map(({ id }) => id);
			expect(ids).toEqual([...ids].sort());
			expect(ids).toHaveLength(codes.length);
		}
	});

	it('finds a new record without change date by its creation date, on every version', async () => {
		system.sandbox.store.partner('C1', { UpdateDate: null, UpdateTime: null });
		system.sandbox.store.item('A1', { UpdateDate: null, UpdateTime: null });
		system.sandbox.store.document('Invoices', { UpdateDate: null, UpdateTime: null });
		for (const version of ['v1', 'v2']) {
			const setup = { credential: { version } };
			expect(await since('2026-11-20T08:00:00', setup)).toEqual(['C1']);
			for (const entity of ['item', 'invoice'] as const) {
				const source = system.source(entity, {}, setup);
				expect(await recordsSince(source, '2026-11-20T08:00:00')).toHaveLength(1);
			}
		}
	});

	it('finds a record whose change has a date and no time', async () => {
		for (let n = 0; n < 7; n++) {
			system.sandbox.store.partner(`C${n}`, { UpdateDate: '2026-11-20', UpdateTime: null });
		}
		expect(await since('2026-11-20T00:00:00', { pageSize: 2 })).toHaveLength(7);
	});

	it('sees two changes within the same minute, though the stamp stays the same', async () => {
		const { store } = system.sandbox;
		store.stampSeconds = false;
		const entry = store.document('Invoices', { CardCode: 'C1', DocTotal: 10 }).DocEntry as number;
		const source = system.source('invoice');
		const [before] = await changesSince(source, '2026-11-20T08:00:00');
		store.document('Invoices', { DocTotal: 20 }, entry);
		const [after] = await changesSince(source, '2026-11-20T08:00:00');
		expect(after.changedAt).toBe(before.changedAt);
		expect(after.version).not.toBe(before.version);
	});

	it('reads a server that has no change time by the day', async () => {
		system.sandbox.rules.absent.add('BusinessPartners/UpdateTime');
		system.sandbox.store.partner('C1');
		expect(await since('2026-11-20T09:00:00')).toEqual(['C1']);
		expect(await since('2026-11-21T00:00:00')).toEqual([]);
	});
});

describe('the hour that comes twice in autumn', () => {
	const read = async (source: B1Source, from: Checkpoint, localNow: string, now: number) =>
		await drain(source, from, {
			maxRecords: 100,
			hasTime: () => true,
			lookbackSeconds: 120 * 60,
			localNow,
			now,
		});

	it('loses no change of its second pass', async () => {
		await system.close();
		system = await startSystem({ zone: 'Europe/Berlin' });
		const { clock, sandbox } = system;
		// 02:50 in summer time, ten minutes before the clocks go back.
		clock.at = Date.parse('2026-10-25T00:50:00Z');
		sandbox.store.partner('C1');
		const source = system.source('businessPartner');
		const start = newCheckpoint('x', '2026-10-25T00:00:00');
		const first = await read(source, start, '2026-10-25T02:50:00', clock.at);
		expect(first.records.map(({ key }) => key)).toEqual(['C1']);
		expect(first.next.mark).toBe('2026-10-25T02:50:00');
		// Fifteen minutes later it is 02:05 again.
		clock.at += 15 * MINUTE;
		sandbox.store.partner('C2');
		const second = await read(source, first.next, '2026-10-25T02:05:00', clock.at);
		expect(second.records.map(({ key }) => key)).toEqual(['C2']);
		expect(second.next.mark).toBe('2026-10-25T02:50:00');
	});
});

describe('the mark', () => {
	it('does not pass the present of the server: a record dated tomorrow is delivered all the same', async () => {
		system.sandbox.store.partner('C1', at('08:00:00', '2026-11-21'));
		const drained = await drain(
			system.source('businessPartner'),
			newCheckpoint('x', '2026-11-20T08:00:00'),
			{
				maxRecords: 10,
				hasTime: () => true,
				lookbackSeconds: 7200,
				localNow: '2026-11-20T08:10:00',
				now: system.clock.at,
			},
		);
		expect(drained.records).toHaveLength(1);
		expect(drained.next.mark <= '2026-11-20T08:10:00').toBe(true);
	});
});

describe('incoming payments', () => {
	it('are found by their date of posting, a cancelled one again', async () => {
		const { store } = system.sandbox;
		const entry = store.payment({ CardCode: 'C1', CashSum: 10 }).DocEntry as number;
		store.payment({ CardCode: 'C1', CashSum: 20, DocDate: '2026-10-01' });
		const source = system.source('incomingPayment');
		const [before] = await changesSince(source, '2026-11-01');
		expect(before).toMatchObject({ changedAt: '2026-11-20', payload: String(entry) });
		store.put('IncomingPayments', entry, { Cancelled: 'tYES' });
		const [after] = await changesSince(source, '2026-11-01');
		expect(after.version).not.toBe(before.version);
	});
});

describe('the sweep', () => {
	const codes = ['C-2', 'C1', 'c3', 'Ä1', 'D-1', "O'1", 'B9', 'C2'];

	it.each(['businessPartner', 'creditStatus'] as const)(
		'of %s goes in our own order of keys and can go on behind any of them',
		async (entity) => {
			codes.forEach((code) => system.sandbox.store.partner(code));
			const all = [...codes].sort();
			const setup = { pageSize: 3, keysPerRequest: 2 };
			expect(keysOf(await scanAll(system.source(entity, {}, setup)))).toEqual(all);
			for (let n = 0; n < all.length; n++) {
				const rest = await scanAll(system.source(entity, {}, setup), all[n]);
				expect(keysOf(rest)).toEqual(all.slice(n + 1));
			}
		},
	);

	it('of documents goes by number, not by text', async () => {
		for (const entry of [2, 10, 9, 100]) {
			system.sandbox.store.document('Invoices', { CardCode: 'C1' }, entry);
		}
		const source = system.source('invoice', {}, { keysPerRequest: 2 });
		expect(keysOf(await scanAll(source))).toEqual(['2', '9', '10', '100']);
	});

	it('tells what is gone from what left the filter', async () => {
		system.sandbox.store.partner('C1', { CardType: 'cLid' });
		const missing = await system.source('businessPartner').confirmMissing(['C1', 'C2']);
		expect(missing.map(({ key, fate }) => [key, fate])).toEqual([
			['C1', 'leftFilter'],
			['C2', 'gone'],
		]);
		expect(missing[1].record?.erp).toMatchObject({
			isDeleted: true,
			externalId: 'b1:SBODEMODE:businessPartner:C2',
		});
	});

	it('sees stock and prices, which touch no date', async () => {
		const { store } = system.sandbox;
		store.item('A1', { ItemWarehouseInfoCollection: [{ WarehouseCode: '01', InStock: 1 }] });
		const [before] = await scanAll(system.source('item'));
		const changed = { ItemWarehouseInfoCollection: [{ WarehouseCode: '01', InStock: 2 }] };
		system.clock.at += DAY;
		store.item('A1', changed, { bump: false });
		const [after] = await scanAll(system.source('item'));
		expect(after.erp.changedAt).toBe(before.erp.changedAt);
		expect(after.erp.version).not.toBe(before.erp.version);
	});

	it.each(['profitCenter', 'priceList', 'creditStatus'] as const)(
		'is all there is for %s: every poll compares everything',
		(entity) => {
			expect(system.source(entity).changes).toBeUndefined();
		},
	);
});

describe('paging', () => {
	it.each(['rooted', 'relative', 'absoluteInner'] as const)(
		'follows a %s next link',
		async (form) => {
			system.sandbox.rules.linkForms = [form];
			for (let n = 0; n < 7; n++) system.sandbox.store.partner(`C${n}`);
			const service = system.service();
			const rows: unknown[] = [];
			for await (const page of service.pages('BusinessPartners', {
				select: ['CardCode'],
				orderBy: ['CardCode'],
				pageSize: 3,
			})) {
				rows.push(...page.rows.map(({ CardCode }) => CardCode));
			}
			expect(rows).toEqual(['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6']);
			const sizes = system.sandbox.log.requests.filter(({ kind }) => kind === 'entity');
			expect(new Set(sizes.map(({ prefer }) => prefer))).toEqual(new Set(['odata.maxpagesize=3']));
		},
	);

	it('follows no link to another host', async () => {
		system.sandbox.rules.linkForms = ['foreign'];
		for (let n = 0; n < 7; n++) system.sandbox.store.partner(`C${n}`);
		const pages = system.service().pages('BusinessPartners', { pageSize: 3 });
		await pages.next().catch(() => undefined);
		const error = await errorOf(
			(async () => {
				for await (const page of system.service().pages('BusinessPartners', { pageSize: 3 }))
					void page;
			})(),
		);
		expect(error.message).toContain('linked to another place');
	});

	it.each([
		['/b1s/v2/Orders?$skip=20', '/b1s/v2/Orders?$skip=20'],
		['Orders?$skip=20', '/b1s/v2/Orders?$skip=20'],
		["SQLQueries('x')/List?$skip=5", "/b1s/v2/SQLQueries('x')/List?$skip=5"],
		[
			"Orders?$filter=NumAtCard eq '/b1s/v2/x'&$skip=20",
			"/b1s/v2/Orders?$filter=NumAtCard eq '/b1s/v2/x'&$skip=20",
		],
		['https://inner:50001/b1s/v2/Orders?$skip=20', '/b1s/v2/Orders?$skip=20'],
	])('%s goes to the configured host', (link, path) => {
		const connection = system.connection({ baseUrl: 'https://sap.example:50000' });
		expect(rebased(link, connection)).toBe(`https://sap.example:50000${path}`);
	});
});

describe('a server that ignores conditions', () => {
	/** Without the condition whose words these are. */
	const without = (condition: RegExp) => {
		const asked = { count: 0 };
		const transport: typeof loopback = async (request) => {
			if (++asked.count > 50) throw new Error('The read has no end.');
			const url = decodeURIComponent(request.url.replace(/\+/g, '%20')).replace(condition, '');
			return await loopback({ ...request, url: encodeURI(url) });
		};
		return { transport, asked };
	};
	const behind = /( and |\$filter=)\w+ gt ('[^']*'|\d+)/;

	it.each(['businessPartner', 'creditStatus', 'invoice'] as const)(
		'ends a sweep of %s with an error that names the place',
		async (entity) => {
			for (let n = 0; n < 7; n++) {
				system.sandbox.store.partner(`C${n}`);
				system.sandbox.store.document('Invoices');
			}
			const setup = { pageSize: 3, keysPerRequest: 3, transport: without(behind).transport };
			const parameters = { kinds: [] };
			const error = await errorOf(scanAll(system.source(entity, parameters, setup)));
			expect(error.message).toMatch(
				/returned (BusinessPartners with CardCode "C2"|Invoices with DocEntry "1") although only those after "\w+"/,
			);
		},
	);

	it('ends a read of changes', async () => {
		for (let n = 0; n < 7; n++) system.sandbox.store.partner(`C${n}`, at(`10:1${n}:00`));
		const { transport } = without(/( and |\$filter=)\(UpdateDate gt .*?\)\)/);
		const source = system.source('businessPartner', {}, { pageSize: 3, transport });
		const error = await errorOf(changesSince(source, '2026-11-20T10:10:00'));
		expect(error.message).toContain('UpdateDate 2026-11-20T10:10 although only those after');
	});

	it('ends the list of a crowded minute', async () => {
		for (let n = 0; n < 7; n++) system.sandbox.store.partner(`C${n}`, at('10:12:00'));
		const setup = { pageSize: 3, transport: without(/ and CardCode gt '[^']*'/).transport };
		const source = system.source('businessPartner', {}, setup);
		const error = await errorOf(changesSince(source, '2026-11-20T10:00:00'));
		expect(error.message).toContain('CardCode "C2" although only those after "C2"');
	});

	it('ends the list of what follows orders', async () => {
		for (let n = 0; n < 7; n++) system.sandbox.store.document('Returns');
		const setup = { pageSize: 3, transport: without(behind).transport };
		const error = await errorOf(
			changesSince(system.source('order', {}, setup), '2026-11-20T07:00:00'),
		);
		expect(error.message).toContain('returned Returns with DocEntry "1"');
	});
});

describe('records by their keys', () => {
	it('come once though the server sends them twice', async () => {
		const entry = system.sandbox.store.document('Invoices').DocEntry as number;
		const transport: typeof loopback = async (request) => {
			const answer = await loopback(request);
			if (!request.url.includes('/Invoices?')) return answer;
			const { value } = JSON.parse(Buffer.from(answer.body).toString()) as { value: unknown[] };
			return { ...answer, body: Buffer.from(JSON.stringify({ value: [...value, ...value] })) };
		};
		const source = system.source('invoice', {}, { transport });
		expect(keysOf(await source.byKeys([String(entry)]))).toEqual([String(entry)]);
	});

	it('a key that can be none is not found, and those beside it are', async () => {
		const entry = system.sandbox.store.document('Invoices').DocEntry as number;
		const wrong = ['1 or DocEntry gt 0', '', 'abc', '1e3', '9999999999', '12345678901'];
		const records = await system.source('invoice').byKeys([...wrong, `00${entry}`]);
		expect(keysOf(records)).toEqual([String(entry)]);
	});
});

it('a huge amount is written without an exponent', () => {
	expect(decimalText(1e30)).toBe('1000000000000000019884624838656');
	expect(decimalText(-1e21)).toBe('-1000000000000000000000');
	expect(decimalText(100)).toBe('100');
});
