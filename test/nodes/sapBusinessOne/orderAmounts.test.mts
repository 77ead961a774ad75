/** What was delivered and invoiced of a sales order, by every way that documents follow each other. */
import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import { B1Store } from '../../sandbox/b1/store.mts';
import type { Row } from '../../sandbox/b1/filter.mts';
import {
	changesSince,
	DAY,
	recordsSince,
	scanAll,
	startSystem,
	type TestSystem,
} from './system.mts';

const [INVOICE, DELIVERY, ORDER] = [13, 15, 17];

let system: TestSystem;
let store: B1Store;
beforeEach(async () => {
	system = await startSystem();
	({ store } = system.sandbox);
});
afterEach(async () => await system.close());

const line = (LineTotal: number, base: [number, number, number?] | [] = [], more: Row = {}) => {
	const [BaseType = -1, BaseEntry = null, BaseLine = 0] = base;
	return { LineTotal, BaseType, BaseEntry, BaseLine, ...more };
};
const put = (set: string, lines: Row[], fields: Row = {}) => {
	const DocumentLines = lines.map((one, LineNum) => ({ LineNum, ...one }));
	return store.document(set, { CardCode: 'C1', DocumentLines, ...fields }).DocEntry as number;
};
const order = (...totals: number[]) =>
	put(
		'Orders',
		totals.map((total) => line(total)),
	);

const dealOf = async (entry: number, values = {}) => {
	const [record] = await system.source('order', { values }).byKeys([String(entry)]);
	return record.deal!;
};
const amounts = async (entry: number, values = {}) => {
	const { deliveredAmount, invoicedAmount } = await dealOf(entry, values);
	return [deliveredAmount, invoicedAmount];
};

describe.each(['rows', 'customer'])('amounts of an order, read by %s', (orderAmounts) => {
	const values = { orderAmounts };

	it('are 0 as long as nothing follows it', async () => {
		expect(await dealOf(order(100), values)).toMatchObject({
			deliveredAmount: '0',
			invoicedAmount: '0',
			lastInvoiceDate: '',
		});
	});

	it('an order that is invoiced in part, directly', async () => {
		const entry = order(100, 50);
		put('Invoices', [line(40, [ORDER, entry]), line(7)], { DocDate: '2026-11-18' });
		put('Invoices', [line(20.1, [ORDER, entry, 1])], { DocDate: '2026-11-19' });
		expect(await amounts(entry, values)).toEqual(['60.1', '60.1']);
		expect((await dealOf(entry, values)).lastInvoiceDate).toBe('2026-11-19');
	});

	it('an order that is invoiced through its delivery; the rest of the invoice counts elsewhere', async () => {
		const [entry, other] = [order(100, 50), order(10)];
		const delivery = put('DeliveryNotes', [
			line(10, [ORDER, other]),
			line(100, [ORDER, entry]),
			line(25, [ORDER, entry, 1]),
		]);
		expect(await amounts(entry, values)).toEqual(['125', '0']);
		put('Invoices', [line(10, [DELIVERY, delivery, 0]), line(100, [DELIVERY, delivery, 1])]);
		expect(await amounts(entry, values)).toEqual(['125', '100']);
		expect(await amounts(other, values)).toEqual(['10', '10']);
	});

	it('a cancelled invoice, and the document that cancels it, count nothing', async () => {
		const entry = order(100);
		const invoice = put('Invoices', [line(100, [ORDER, entry])], {
			Cancelled: 'tYES',
			CancelStatus: 'csYes',
		});
		const cancels = { CancelStatus: 'csCancellation' };
		put('Invoices', [line(100, [INVOICE, invoice])], cancels);
		put('Invoices', [line(100, [ORDER, entry])], cancels);
		expect(await amounts(entry, values)).toEqual(['0', '0']);
		expect((await dealOf(entry, values)).lastInvoiceDate).toBe('');
	});

	it('a credit note takes back what it credits, and goods only where it moves them', async () => {
		const entry = order(100, 50);
		const invoice = put('Invoices', [line(100, [ORDER, entry]), line(50, [ORDER, entry, 1])]);
		put('CreditNotes', [line(30, [INVOICE, invoice])]);
		expect(await amounts(entry, values)).toEqual(['120', '120']);
		const WithoutInventoryMovement = 'tYES';
		put('CreditNotes', [line(5, [INVOICE, invoice, 1], { WithoutInventoryMovement })]);
		expect(await amounts(entry, values)).toEqual(['120', '115']);
	});

	it('returned goods are delivered no more', async () => {
		const entry = order(100);
		const delivery = put('DeliveryNotes', [line(100, [ORDER, entry])]);
		put('Returns', [line(40, [DELIVERY, delivery])]);
		expect(await amounts(entry, values)).toEqual(['60', '0']);
	});

	it('a reserve invoice comes before its delivery', async () => {
		const entry = order(100);
		const reserve = { ReserveInvoice: 'tYES' };
		const invoice = put('Invoices', [line(100, [ORDER, entry])], reserve);
		expect(await amounts(entry, values)).toEqual(['0', '100']);
		put('DeliveryNotes', [line(70, [INVOICE, invoice])]);
		expect(await amounts(entry, values)).toEqual(['70', '100']);
		put('CreditNotes', [line(30, [INVOICE, invoice])]);
		expect(await amounts(entry, values)).toEqual(['70', '70']);
	});

	it('a discount of the invoice counts, and a foreign order is told in its own currency', async () => {
		const foreign = { DocCurrency: 'USD', DocTotal: 100, DocTotalFc: 120 };
		const entry = put('Orders', [line(100, [], { RowTotalFC: 120 })], foreign);
		const lines = [line(50, [ORDER, entry], { RowTotalFC: 60 })];
		put('Invoices', lines, { ...foreign, DiscountPercent: 10 });
		expect(await amounts(entry, values)).toEqual(['54', '54']);
	});

	it('a service order has amounts, and lines that are worth something', async () => {
		const service = { DocType: 'dDocument_Service' };
		const text = { ItemDescription: 'Assembly', Quantity: 0, Price: 0, RemainingOpenQuantity: 0 };
		const entry = put('Orders', [line(300, [], text)], service);
		put('Invoices', [line(120, [ORDER, entry], text)], service);
		const deal = await dealOf(entry, values);
		expect(deal).toMatchObject({ deliveredAmount: '120', invoicedAmount: '120' });
		expect(deal.lines).toEqual([
			expect.objectContaining({ description: 'Assembly', quantity: '1', unitPrice: '300' }),
		]);
		expect(deal.lines[0]).not.toHaveProperty('shippedQuantity');
	});

	it('forty orders of a page are read together', async () => {
		const entries = Array.from({ length: 40 }, () => order(10));
		for (const entry of entries) {
			const delivery = put('DeliveryNotes', [line(10, [ORDER, entry])]);
			put('Invoices', [line(10, [DELIVERY, delivery])]);
		}
		system.sandbox.log.clear();
		const records = await scanAll(system.source('order', { values }, { keysPerRequest: 100 }));
		expect(new Set(records.map(({ deal }) => deal?.invoicedAmount))).toEqual(new Set(['10']));
		expect(system.sandbox.log.count('Orders')).toBe(1);
		// Deliveries, invoices, returns and credit notes; whole documents come 40 at a time.
		expect(system.sandbox.log.urls()).toHaveLength(5);
	});
});

describe('a server that does not join lines', () => {
	it.each([
		['refuses it', () => void (system.sandbox.rules.joins = false)],
		[
			'cuts the answer into pages',
			() => {
				Object.assign(system.sandbox.rules, { joins: 'paged', pageSize: 1 });
			},
		],
	])('%s: it is asked by customer, and not again at every page', async (_, prepare) => {
		const entry = order(100);
		put('Invoices', [line(40, [ORDER, entry]), line(5, [ORDER, entry])]);
		prepare();
		expect(await amounts(entry)).toEqual(['45', '45']);
		const asked = () =>
			system.sandbox.log.urls().filter((url) => url.includes('QueryService')).length;
		const before = asked();
		expect(await amounts(entry)).toEqual(['45', '45']);
		expect(asked()).toBe(before);
		system.clock.at += DAY;
		await amounts(entry);
		expect(asked()).toBeGreaterThan(before);
	});
});

it('without the right to read invoices an order comes without amounts, and says so', async () => {
	const entry = order(100);
	system.sandbox.rules.forbidden.add('Invoices');
	const [record] = await system.source('order').byKeys([String(entry)]);
	expect(record.deal).not.toHaveProperty('invoicedAmount');
	expect(record.warnings).toEqual([
		expect.stringMatching(/amounts are left out: .*does not permit/),
	]);
});

it('an outage while amounts are read fails the read: an order never looks as if nothing was invoiced', async () => {
	const entry = order(100);
	system.sandbox.faults.add({ kind: 'status', status: 503, times: 99, match: 'QueryService' });
	await expect(amounts(entry)).rejects.toThrow('503');
});

it('switched off, nothing but orders is read', async () => {
	const entry = order(100);
	system.sandbox.log.clear();
	expect(await amounts(entry, { orderAmounts: 'off' })).toEqual([undefined, undefined]);
	expect(system.sandbox.log.urls()).toHaveLength(1);
	await recordsSince(system.source('order', { values: { orderAmounts: 'off' } }), '2026-11-20');
	expect(system.sandbox.log.urls().every((url) => url.includes('/Orders'))).toBe(true);
});

describe('an order whose follow-up changes', () => {
	const later = async () => {
		const changes = await changesSince(system.source('order'), '2026-11-25T10:00:00');
		const loaded = await system.source('order').load(changes);
		return loaded.map(({ record }) => [record.erp.key, record.deal?.invoicedAmount]);
	};
	let entry: number;
	let delivery: number;
	beforeEach(() => {
		entry = order(100);
		delivery = put('DeliveryNotes', [line(100, [ORDER, entry])]);
		order(1);
		system.clock.at += 5 * DAY + 4 * 3_600_000;
	});

	it('comes again when its delivery is invoiced, credited and the invoice cancelled, though its own date stays', async () => {
		expect(await later()).toEqual([]);
		const invoice = put('Invoices', [line(100, [DELIVERY, delivery])]);
		expect(await later()).toEqual([[String(entry), '100']]);
		system.clock.at += DAY;
		put('CreditNotes', [line(60, [INVOICE, invoice])]);
		expect(await later()).toEqual([[String(entry), '40']]);
		store.document('Invoices', { Cancelled: 'tYES', CancelStatus: 'csYes' }, invoice);
		expect(await later()).toEqual([[String(entry), '0']]);
	});

	it('comes again when goods come back', async () => {
		put('Returns', [line(10, [DELIVERY, delivery])]);
		expect(await later()).toEqual([[String(entry), '0']]);
	});

	it('comes with the others of one collective invoice, as many at a time as a run takes', async () => {
		const orders = Array.from({ length: 12 }, () => order(10));
		system.clock.at += 5 * DAY;
		put(
			'Invoices',
			orders.map((one) => line(10, [ORDER, one])),
		);
		const localNow = '2026-11-30T14:00:00';
		let checkpoint = newCheckpoint('x', '2026-11-29T10:00:00');
		const batches: string[][] = [];
		for (let more = true; more; ) {
			const drained = await drain(system.source('order'), checkpoint, {
				maxRecords: 5,
				hasTime: () => true,
				lookbackSeconds: 7200,
				localNow,
				now: system.clock.at,
			});
			batches.push(drained.records.map(({ key }) => key));
			checkpoint = drained.next;
			more = drained.hasMore;
		}
		expect(batches.map(({ length }) => length)).toEqual([5, 5, 2]);
		expect(
			batches
				.flat()
				.map(Number)
				.sort((a, b) => a - b),
		).toEqual(orders);
	});

	it('goes on where a read was interrupted', async () => {
		put('Invoices', [line(100, [DELIVERY, delivery])]);
		const source = system.source('order', {}, { pageSize: 1 });
		const pages = [];
		for await (const page of source.changes!({ fromInclusive: '2026-11-25T10:00:00' })) {
			pages.push(page);
		}
		const ids = pages.flatMap(({ changes }) => changes.map(({ id }) => id));
		expect(ids).toEqual([...ids].sort());
		for (const [at, { resumeAfter }] of pages.entries()) {
			if (resumeAfter === undefined) continue;
			const rest = await changesSince(source, '2026-11-25T10:00:00', resumeAfter);
			const expected = pages.slice(at + 1).flatMap(({ changes }) => changes);
			expect(rest.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
		}
	});

	it('that is older than "Documents From" stays out', async () => {
		put('Invoices', [line(100, [DELIVERY, delivery])]);
		const source = system.source('order', { documentsFrom: '2026-11-21' });
		const changes = await changesSince(source, '2026-11-25T10:00:00');
		expect(await source.load(changes)).toEqual([]);
	});

	it('is found though the user may read no credit notes', async () => {
		system.sandbox.rules.forbidden.add('CreditNotes');
		put('Invoices', [line(100, [DELIVERY, delivery])]);
		expect(await later()).toEqual([[String(entry), undefined]]);
	});
});

it('a quiet poll reads light lists only: two of orders, one of each kind that follows', async () => {
	const entry = order(100);
	put('Invoices', [line(40, [ORDER, entry])]);
	system.sandbox.log.clear();
	const changes = await changesSince(system.source('order'), '2026-11-20T07:00:00');
	expect(changes.map(({ id }) => id)).toEqual([
		expect.stringMatching(/^changed:/),
		expect.stringMatching(/^linked:Invoices/),
	]);
	const urls = system.sandbox.log.urls();
	expect(urls).toHaveLength(6);
	expect(urls.filter((url) => /DocumentLines|QueryService/.test(url))).toEqual([]);
});
