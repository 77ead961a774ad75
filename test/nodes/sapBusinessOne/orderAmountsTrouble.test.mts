/** What was delivered and invoiced where rights are missing, servers are old or answers are not what was asked for. */
import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { ordersBehind } from '../../../nodes/SapBusinessOne/linkedChanges';
import { LINKED_SETS } from '../../../nodes/SapBusinessOne/linkedRow';
import { B1Store } from '../../sandbox/b1/store.mts';
import type { Row } from '../../sandbox/b1/filter.mts';
import { changesSince, DAY, loopback, scanAll, startSystem, type TestSystem } from './system.mts';

const [DELIVERY, ORDER] = [15, 17];

let system: TestSystem;
let store: B1Store;
beforeEach(async () => {
	system = await startSystem();
	({ store } = system.sandbox);
});
afterEach(async () => await system.close());

const line = (LineTotal: number, base: [number, number] | [] = []) => {
	const [BaseType = -1, BaseEntry = null] = base;
	return { LineTotal, BaseType, BaseEntry, BaseLine: 0 };
};
const put = (set: string, lines: Row[], fields: Row = {}) => {
	const DocumentLines = lines.map((one, LineNum) => ({ LineNum, ...one }));
	return store.document(set, { CardCode: 'C1', DocumentLines, ...fields }).DocEntry as number;
};
const order = (total: number, fields: Row = {}) => put('Orders', [line(total)], fields);

const altered =
	(where: (url: string, body: string) => boolean, alter: (rows: Row[]) => unknown) =>
	async (request: Parameters<typeof loopback>[0]) => {
		const answer = await loopback(request);
		if (!where(decodeURIComponent(request.url), String(request.body ?? ''))) return answer;
		const { value } = JSON.parse(Buffer.from(answer.body).toString()) as { value: Row[] };
		return { ...answer, body: Buffer.from(JSON.stringify({ value: alter(value) })) };
	};
const joinsOfInvoices = (url: string, body: string) =>
	url.includes('QueryService') && body.includes('crossjoin(Invoices');
const queries = () => system.sandbox.log.urls().filter((url) => url.includes('QueryService'));

async function told(entry: number, transport = loopback, values: Row = {}) {
	const source = system.source('order', { values }, { transport });
	const [{ deal, warnings }] = await source.byKeys([String(entry)]);
	return { invoiced: deal?.invoicedAmount, warnings };
}

const limits = () => ({
	maxRecords: 500,
	hasTime: () => true,
	lookbackSeconds: 7200,
	localNow: '2026-11-20T08:20:00',
	now: system.clock.at,
});

describe('orders go on', () => {
	let entry: number;
	beforeEach(() => {
		entry = order(100);
		const delivery = put('DeliveryNotes', [line(100, [ORDER, entry])]);
		put('Invoices', [line(100, [DELIVERY, delivery])]);
	});
	const drained = async (values = {}) =>
		await drain(
			system.source('order', { values }),
			newCheckpoint('x', '2026-11-20T08:00:00'),
			limits(),
		);

	it.each(Object.keys(LINKED_SETS))('without the right to read %s, and say so', async (set) => {
		system.sandbox.rules.forbidden.add(set);
		const { records } = await drained();
		expect(records.map(({ key }) => Number(key))).toEqual([entry]);
		expect(records[0].record.warnings).toEqual([expect.stringContaining('does not permit')]);
	});

	it.each(['rows', 'customer'])('on a server without CancelStatus, read by %s', async (way) => {
		for (const set of ['Orders', ...Object.keys(LINKED_SETS)]) {
			system.sandbox.rules.absent.add(`${set}/CancelStatus`);
		}
		const { records } = await drained({ orderAmounts: way });
		expect(records.map(({ record }) => [record.deal?.invoicedAmount, record.warnings])).toEqual([
			['100', undefined],
		]);
	});
});

describe('an answer of another form', () => {
	let entry: number;
	beforeEach(() => {
		entry = order(100);
		put('Invoices', [line(40, [ORDER, entry])]);
	});
	const lineOf = (row: Row) => row['Invoices/DocumentLines'] as Row;
	const changed = (change: Row) => (rows: Row[]) =>
		rows.map((row) => ({ ...row, 'Invoices/DocumentLines': { ...lineOf(row), ...change } }));

	it.each<[string, (rows: Row[]) => unknown]>([
		[
			'with lines named shortly',
			(rows) => rows.map((row) => ({ Invoices: row.Invoices, DocumentLines: lineOf(row) })),
		],
		['flat', (rows) => rows.map((row) => ({ ...(row.Invoices as Row), ...lineOf(row) }))],
	])('that says all the same is read: %s', async (_, alter) => {
		const transport = altered(joinsOfInvoices, alter);
		expect(await told(entry, transport)).toEqual({ invoiced: '40', warnings: undefined });
		expect(system.sandbox.log.urls().some((url) => url.includes('/Invoices?'))).toBe(false);
	});

	it.each<[string, (rows: Row[]) => unknown]>([
		['members by other names', (rows) => rows.map((row) => ({ head: row.Invoices, line: row }))],
		[
			'flat with more than was asked for',
			(rows) => rows.map((row) => ({ ...(row.Invoices as Row), ...lineOf(row), Price: 1 })),
		],
		['a base by name', changed({ BaseType: 'oOrders' })],
		['another base', changed({ BaseEntry: 4711 })],
		['lines without number', changed({ LineNum: null })],
		['no row', () => [null]],
		['no list', () => ({})],
	])('is not believed: %s', async (_, alter) => {
		const transport = altered(joinsOfInvoices, alter);
		expect(await told(entry, transport)).toEqual({ invoiced: '40', warnings: undefined });
		expect(system.sandbox.log.urls().some((url) => url.includes('/Invoices?'))).toBe(true);
	});

	it.each([
		['no amount', { LineTotal: null }],
		['an amount as text for people', { LineTotal: '1,234.50' }],
	])('%s leaves the amounts of this order out', async (_, change) => {
		const other = order(10);
		put('Invoices', [line(10, [ORDER, other])]);
		const isFirst = (row: Row) => lineOf(row).BaseEntry === entry;
		const transport = altered(joinsOfInvoices, (rows) =>
			rows.map((row) => (isFirst(row) ? changed(change)([row])[0] : row)),
		);
		const source = system.source('order', {}, { transport });
		const [first, second] = await source.byKeys([String(entry), String(other)]);
		expect(first.deal).not.toHaveProperty('invoicedAmount');
		expect(first.warnings).toEqual([expect.stringMatching(/line 0: LineTotal is ".*", not a num/)]);
		expect([second.deal?.invoicedAmount, second.warnings]).toEqual(['10', undefined]);
	});

	it('by customer is not believed either', async () => {
		const isList = (url: string) => url.includes('/Invoices?');
		const named = (rows: Row[]) =>
			rows.map((row) => ({
				...row,
				DocumentLines: (row.DocumentLines as Row[]).map((one) => ({ ...one, BaseType: 'oOrders' })),
			}));
		const values = { orderAmounts: 'customer' };
		const { invoiced, warnings } = await told(entry, altered(isList, named), values);
		expect([invoiced, warnings]).toEqual([undefined, [expect.stringContaining('oOrders')]]);
	});

	it.each(['rows', 'customer'])('a row that comes twice counts once, read by %s', async (way) => {
		const twice = (rows: Row[]) => [...rows, ...rows];
		const where = (url: string) => /QueryService|\/Invoices\?/.test(url);
		const { invoiced } = await told(entry, altered(where, twice), { orderAmounts: way });
		expect(invoiced).toBe('40');
	});

	it('a document that was not asked for leads to no order', async () => {
		const invoice = put('Invoices', [line(1, [ORDER, order(1)])]);
		const unasked = put('Invoices', [line(1, [ORDER, entry])]);
		const values = { filter: `DocEntry eq ${invoice}` };
		const widened = async (request: Parameters<typeof loopback>[0]) =>
			await loopback({
				...request,
				url: request.url.replace(
					encodeURIComponent(values.filter),
					encodeURIComponent(`(DocEntry eq ${invoice} or DocEntry eq ${unasked})`),
				),
			});
		const service = system.service({ transport: widened });
		const documents = [{ set: 'Invoices' as const, entry: String(invoice) }];
		expect(await ordersBehind(service, 'customer', documents)).toEqual(new Set([`${invoice - 1}`]));
	});
});

describe('what one refusal costs', () => {
	const refusing = (status: number, code = '-1') => {
		const asked = { count: 0 };
		const transport = async (request: Parameters<typeof loopback>[0]) => {
			if (!request.url.includes('QueryService')) return await loopback(request);
			asked.count++;
			const body = Buffer.from(JSON.stringify({ error: { code, message: 'no' } }));
			return { status, headers: {}, body };
		};
		return { transport, asked };
	};

	it('a key that can be none fails alone, and asks nothing wrong', async () => {
		const entry = order(1);
		const invoice = put('Invoices', [line(1, [ORDER, entry])]);
		const entries = ['1 or 1 eq 1', '', 'x', `000${invoice}`];
		const documents = entries.map((one) => ({ set: 'Invoices' as const, entry: one }));
		const leads: string[] = [];
		const found = await ordersBehind(system.service(), 'rows', documents, (_, from) =>
			leads.push(from.entry),
		);
		expect([[...found], leads]).toEqual([[String(entry)], [`000${invoice}`]]);
		expect(queries()).toHaveLength(1);
		const { query } = system.sandbox.log.requests.find((one) => one.query !== undefined)!;
		expect(query).toContain(` and (Invoices/DocEntry eq ${invoice})`);
	});

	it('a missing right is asked for once in a poll, not at every page', async () => {
		for (let n = 0; n < 30; n++) order(1);
		const { transport, asked } = refusing(401);
		await scanAll(system.source('order', {}, { transport, keysPerRequest: 5 }));
		expect(asked.count).toBe(2);
	});

	it.each([
		['of a company', 400, { companyDb: 'OTHER' }],
		['for a moment', 500, {}],
	])('a refusal %s is no refusal for others', async (_, status, credential) => {
		const entry = order(100);
		put('Invoices', [line(40, [ORDER, entry])]);
		const { transport } = refusing(status);
		if ('companyDb' in credential) {
			const elsewhere = { ...system.connection(), companyDb: 'OTHER' };
			const service = { ...system.service({ transport }), connection: elsewhere };
			await ordersBehind(service, 'rows', [{ set: 'Invoices', entry: '1' }]);
		} else expect((await told(entry, transport)).invoiced).toBe('40');
		system.sandbox.log.clear();
		expect((await told(entry)).invoiced).toBe('40');
		expect(queries()).toHaveLength(3);
	});

	it('a server that was seen to join lines is asked again at the next poll', async () => {
		const entry = order(100);
		put('Invoices', [line(40, [ORDER, entry])]);
		await told(entry);
		expect((await told(entry, refusing(400).transport)).invoiced).toBe('40');
		system.sandbox.log.clear();
		await told(entry);
		expect(queries().length).toBeGreaterThan(0);
	});
});

describe('by customer', () => {
	const values = { orderAmounts: 'customer' };

	it('a customer with very many invoices costs few requests, and the others keep their amounts', async () => {
		const [big, small] = [order(1), order(100, { CardCode: 'C2' })];
		put('Invoices', [line(1, [ORDER, big])]);
		for (let n = 0; n < 1000; n++) put('Invoices', [line(1)]);
		put('Invoices', [line(40, [ORDER, small])], { CardCode: 'C2' });
		system.sandbox.log.clear();
		const source = system.source('order', { values });
		const [first, second] = await source.byKeys([String(big), String(small)]);
		expect(first.deal).not.toHaveProperty('invoicedAmount');
		expect(first.warnings).toEqual([expect.stringContaining('"C1" has more than 200 Invoices')]);
		expect([second.deal?.invoicedAmount, second.warnings]).toEqual(['40', undefined]);
		expect(system.sandbox.log.urls().length).toBeLessThan(12);
	});

	it('a sweep reads the documents of a customer once', async () => {
		for (let n = 0; n < 60; n++) put('Invoices', [line(1, [ORDER, order(1)])]);
		system.sandbox.log.clear();
		const records = await scanAll(system.source('order', { values }, { keysPerRequest: 10 }));
		expect(new Set(records.map(({ deal }) => deal?.invoicedAmount))).toEqual(new Set(['1']));
		const ofInvoices = system.sandbox.log.urls().filter((url) => url.includes('/Invoices?'));
		expect(ofInvoices).toHaveLength(2);
	});

	it('an order without any date has no amounts, and the lower edge stays for the others', async () => {
		const undated = order(1, { CreationDate: null, DocDate: null });
		const entry = order(100);
		put('Invoices', [line(40, [ORDER, entry])]);
		system.sandbox.log.clear();
		const source = system.source('order', { values });
		const [first, second] = await source.byKeys([String(undated), String(entry)]);
		expect(first.deal).not.toHaveProperty('invoicedAmount');
		expect(first.warnings).toEqual([expect.stringContaining('the order has no date')]);
		expect(second.deal?.invoicedAmount).toBe('40');
		const urls = system.sandbox.log.urls().filter((url) => url.includes('/Invoices?'));
		expect(urls.every((url) => url.includes('CreationDate'))).toBe(true);
	});

	it('an invoice without a date of creation counts', async () => {
		const entry = order(100);
		put('Invoices', [line(50, [ORDER, entry])], { CreationDate: null });
		expect((await told(entry, loopback, values)).invoiced).toBe('50');
	});
});

it('a sweep that fails keeps what changed, and fails at the next poll', async () => {
	order(1);
	const old = order(1, { UpdateDate: '2020-01-01', CreationDate: '2020-01-01' });
	const transport = async (request: Parameters<typeof loopback>[0]) =>
		new RegExp(`BaseEntry eq ${old}\\b`).test(String(request.body ?? ''))
			? { status: 503, headers: {}, body: Buffer.from('') }
			: await loopback(request);
	const sweep = { maxVanishedShare: 1, alwaysAllowedVanished: 9, nextAt: system.clock.at + DAY };
	const from = { ...newCheckpoint('x', '2026-11-20T08:00:00'), sweep: { nextAt: 0 } };
	const read = async (checkpoint: typeof from) =>
		await drain(system.source('order', {}, { transport }), checkpoint, { ...limits(), sweep });
	const { records, next, hasMore } = await read(from);
	expect([records.length, hasMore]).toEqual([1, true]);
	await expect(read(next as typeof from)).rejects.toThrow('503');
	expect(await changesSince(system.source('order'), '2026-11-20T07:00:00')).toHaveLength(1);
});
