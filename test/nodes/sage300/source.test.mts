import { newCheckpoint, type Checkpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import type { DeltaSource } from '../../../core/sync/source';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { DateLiteral } from '../../sandbox/sage300/filter.mts';
import { seedCustomers } from '../../sandbox/sage300/seed.mts';
import type { Sage300Options } from '../../sandbox/sage300/server.mts';
import {
	changesSince,
	DAY,
	errorOf,
	NOW,
	recordsSince,
	scanAll,
	startSystem,
	type TestSystem,
} from './system.mts';

let system: TestSystem;
const start = async (options: Sage300Options = {}) => {
	system = await startSystem(options);
	return system.sandbox;
};
afterEach(async () => await system.close());

const LOOKBACK = 35 * 86_400;
/** One poll, as the trigger does it. */
async function poll(source: DeltaSource<ErpRecord>, from?: Checkpoint) {
	const localNow = new Date(system.clock.at).toISOString().slice(0, 19);
	const { records, next } = await drain(source, from ?? newCheckpoint('test', localNow), {
		maxRecords: 1000,
		hasTime: () => true,
		lookbackSeconds: LOOKBACK,
		localNow,
		now: system.clock.at,
	});
	return { keys: records.map(({ key }) => key.replace(/ +/g, '')), next, records };
}

describe('the date in a filter', () => {
	const FORMS: Array<[what: string, options: Sage300Options, expected: RegExp]> = [
		['plain with Z', { dateLiterals: ['z'] }, /ge 2026-11-20T00:00:00Z/],
		['without ge', { dateLiterals: ['z'], knowsGe: false }, /gt 2026-11-19T00:00:00Z/],
		['datetime', { dateLiterals: ['datetime'] }, /ge datetime'2026-11-20T00:00'/],
		['quoted', { dateLiterals: ['quoted'] }, /ge '2026-11-20'/],
		['quoted without ge', { dateLiterals: ['quoted'], knowsGe: false }, /gt '2026-11-19'/],
		[
			'others fail with HTTP 500',
			{ dateLiterals: ['quoted'], onOtherLiteral: 'fail' },
			/ge '2026-11-20'/,
		],
		[
			'others are taken and find nothing',
			{ dateLiterals: ['quoted'], onOtherLiteral: 'empty' },
			/ge '2026-11-20'/,
		],
	];

	it.each(FORMS)('%s: found, used and remembered', async (_what, options, expected) => {
		const { store, log } = await start(options);
		store.putCustomer('1200');
		const source = system.customers({ parts: [] });
		expect(await changesSince(source, '2026-11-20')).toHaveLength(1);
		expect(log.urls().at(-2)).toMatch(expected);
		log.clear();
		expect(await changesSince(source, '2026-11-20')).toHaveLength(1);
		// The page, and the one that tells there is no more.
		expect(log.count()).toBe(2);
	});

	it('none works: an error, not silence', async () => {
		const { store } = await start({ dateLiterals: [], onOtherLiteral: 'empty' });
		store.putCustomer('1200');
		const error = await errorOf(changesSince(system.customers(), '2026-11-20'));
		expect(error.message).toContain('finds nothing by DateLastMaintained');
	});

	it('an empty company is no reason to doubt, and nothing is remembered', async () => {
		const { store, log } = await start();
		expect(await changesSince(system.customers({ parts: [] }), '2026-11-20')).toEqual([]);
		expect(log.count()).toBeLessThanOrEqual(3);
		expect(system.memory.forms.size).toBe(0);
		store.putCustomer('1200');
		expect(await changesSince(system.customers(), '2026-11-20')).toHaveLength(1);
	});

	it('a server that was updated to another form is asked anew', async () => {
		const { store, rules } = await start({ dateLiterals: ['datetime'] });
		store.putCustomer('1200');
		await changesSince(system.customers(), '2026-11-20');
		rules.dateLiterals = ['z'] as DateLiteral[];
		await errorOf(changesSince(system.customers(), '2026-11-20'));
		expect(await changesSince(system.customers(), '2026-11-20')).toHaveLength(1);
	});

	it('a server that is down is no reason to try another form', async () => {
		const { store, faults } = await start();
		store.putCustomer('1200');
		faults.down();
		const error = await errorOf(changesSince(system.customers(), '2026-11-20'));
		expect(error.kind).toBe('transient');
		faults.up();
		expect(await changesSince(system.customers(), '2026-11-20')).toHaveLength(1);
	});
});

describe('customers', () => {
	it('rule 8: a change that is dated back at month end is found for 35 days, and delivered once', async () => {
		const { store } = await start();
		store.putCustomer('1200', { City: 'Köln' });
		const first = await poll(system.customers());
		expect(first.keys).toEqual(['1200']);
		store.putCustomer('1200', { City: 'Bonn' }, '2026-10-31');
		const second = await poll(system.customers(), first.next);
		expect(second.keys).toEqual(['1200']);
		expect((await poll(system.customers(), second.next)).keys).toEqual([]);
	});

	it('two edits of one day are two changes', async () => {
		const { store } = await start();
		store.putCustomer('1200', { City: 'Köln' });
		const first = await poll(system.customers());
		store.putCustomer('1200', { City: 'Bonn' });
		const second = await poll(system.customers(), first.next);
		expect(second.records[0].record.organization?.billingAddress?.city).toBe('Bonn');
	});

	it('rule 8: a row dated in the future is delivered and does not move the mark', async () => {
		const { store } = await start();
		store.putCustomer('1200', {}, '2026-12-24');
		const first = await poll(system.customers());
		expect(first.keys).toEqual(['1200']);
		expect(first.next.mark.slice(0, 10)).toBe('2026-11-20');
	});

	it('rule 15: a changed ship-to location brings its customer', async () => {
		const { store } = await start();
		store.putCustomer('1200', { CustomerName: 'Kunde' }, '2020-01-01');
		const first = await poll(system.customers());
		expect(first.keys).toEqual([]);
		store.putShipTo('1200', 'WAREHS', { City: 'Ulm', PrimaryShipToIndicator: 'Yes' });
		const second = await poll(system.customers(), first.next);
		expect(second.records[0].record.organization).toMatchObject({
			name: 'Kunde',
			shippingAddress: { city: 'Ulm' },
		});
		expect((await poll(system.customers(), second.next)).keys).toEqual([]);
	});

	it('rule 16: a balance moves without the date; the sweep sees it, and "Follow Activity" at once', async () => {
		const { store } = await start();
		store.putCustomer('1200', {}, '2020-01-01');
		const follow = { reading: { followActivity: true } };
		const first = await poll(system.customers(follow));
		const moved = { BalanceDueInCustomerCurrency: 5, DateOfLastActivity: '2026-11-20' };
		store.touchCustomer('1200', moved);
		expect((await poll(system.customers(), first.next)).keys).toEqual([]);
		const second = await poll(system.customers(follow), first.next);
		expect(second.records[0].record.organization?.balance).toBe('5');
		expect((await poll(system.customers(follow), second.next)).keys).toEqual([]);
	});

	it('only the chosen groups; one that left them is not reported as deleted', async () => {
		const { store } = await start();
		store.putCustomer('1200', { GroupCode: 'WHL' });
		store.putCustomer('1201', { GroupCode: 'RTL' });
		const source = system.customers({ filters: { groups: 'WHL' } });
		expect((await poll(source)).keys).toEqual(['1200']);
		expect((await scanAll(source)).map(({ erp }) => erp.key)).toEqual(['1200']);
		expect(await source.confirmMissing(['1199', '1201'])).toMatchObject([
			{ key: '1199', fate: 'gone', record: { erp: { isDeleted: true } } },
			{ key: '1201', fate: 'leftFilter' },
		]);
	});

	it('a whole company: every customer once, with descriptions and shipping addresses', async () => {
		const { store, log } = await start({ pageSize: 20 });
		const { customers, special } = seedCustomers(store, { count: 70 });
		const records = await scanAll(system.customers());
		expect(records.map(({ erp }) => erp.key)).toEqual(customers);
		const shipTos = records.filter(({ organization }) => organization?.shippingAddress?.city);
		expect(shipTos).toHaveLength(store.rows('ARShipToLocations').length);
		const byKey = new Map(records.map((record) => [record.erp.key, record]));
		expect(byKey.get(special.onHold)?.organization?.creditStatus).toBe('On hold');
		expect(byKey.get(special.inactive)?.erp.isBlocked).toBe(true);
		expect(records[0].organization?.paymentTerms).toMatch(/^\w+ - .+/);
		expect(records[0].organization?.segment).toMatch(/^\w+ - .+/);
		// Not one request per customer.
		expect(log.count()).toBeLessThan(30);
		expect((await scanAll(system.customers(), customers[60])).length).toBe(9);
	});

	it('terms whose key is called as in older builds', async () => {
		const { store } = await start({ termsKey: 'TermsCodeKey' });
		seedCustomers(store, { count: 1 });
		const [record] = await scanAll(system.customers());
		expect(record.organization?.paymentTerms).toContain(' - ');
	});

	it.each([
		['ARShipToLocations', 'Ship-To Locations'],
		['ARCustomerGroups', 'Descriptions'],
	])('no right for %s: the part to switch off is named', async (resource, part) => {
		const { store, forbidden } = await start();
		store.putCustomer('1200');
		forbidden.add(resource);
		const error = await errorOf(recordsSince(system.customers(), '2026-11-20'));
		expect(error.kind).toBe('forbidden');
		expect(error.remedy).toContain(`take "${part}" out of "Parts to Read"`);
	});

	it('a list that is not in key order ends a sweep with an error, and "Sort by Key" is sent', async () => {
		const { store, log, rules } = await start();
		store.putCustomer('1200');
		const sorted = system.customers({ reading: { sortByKey: true } });
		await scanAll(sorted);
		expect(log.urls('ARCustomers').every((url) => url.includes('$orderby=CustomerNumber'))).toBe(
			true,
		);
		rules.knowsOrderBy = false;
		expect((await errorOf(scanAll(sorted))).kind).toBe('invalid');
		expect(await scanAll(system.customers())).toHaveLength(1);
	});
});

describe('a row that is pushed to the next page by one created meanwhile', () => {
	const put = {
		customer: (n: number) => system.sandbox.store.putCustomer(String(n)),
		shipTo: (n: number) => system.sandbox.store.putShipTo(String(n), 'A'),
		invoice: (n: number) =>
			system.sandbox.store.postInvoice({ customer: String(n), number: 'I', amount: 1 }),
	};

	it.each(['customer', 'shipTo', 'invoice'] as const)('%s: comes once, in order', async (what) => {
		await start({ pageSize: 2 });
		[5, 6, 7, 8].forEach(put[what]);
		const source = what === 'invoice' ? system.posted('invoice') : system.customers();
		const ids: string[] = [];
		for await (const page of source.changes({ fromInclusive: '2026-11-20' })) {
			ids.push(...page.changes.map(({ id }) => id));
			if (ids.length === 2) put[what](1);
		}
		expect(ids).toHaveLength(4);
		expect(ids).toEqual([...new Set(ids)].sort());
	});
});

describe('rule 10: posted documents by number', () => {
	const post = (n: number, day?: string) =>
		system.sandbox.store.postInvoice({ customer: '1200', number: `IN${n}`, amount: 100, day });

	it('a document dated back further than the lookback is found by its number, once', async () => {
		await start();
		post(1);
		const first = await poll(system.posted('invoice'));
		expect(first.keys).toEqual(['1200/IN1']);
		post(2, '2026-01-15');
		const second = await poll(system.posted('invoice'), first.next);
		expect(second.keys).toEqual(['1200/IN2']);
		const third = await poll(system.posted('invoice'), second.next);
		expect(third.keys).toEqual([]);
		// Once the window has moved on, the old ones still count as delivered.
		system.clock.at += 40 * DAY;
		post(3);
		const fourth = await poll(system.posted('invoice'), third.next);
		expect(fourth.keys).toEqual(['1200/IN3']);
		expect((await poll(system.posted('invoice'), fourth.next)).keys).toEqual([]);
	});

	it('a document without any date is found by its number, once', async () => {
		const { store } = await start();
		post(1);
		const first = await poll(system.posted('invoice'));
		const fields = { PostingDate: null, LastActivityDate: null };
		store.postInvoice({ customer: '1200', number: 'IN2', amount: 1, fields });
		const second = await poll(system.posted('invoice'), first.next);
		expect(second.keys).toEqual(['1200/IN2']);
		expect((await poll(system.posted('invoice'), second.next)).keys).toEqual([]);
	});

	it('a payment on an old document is found by its last activity', async () => {
		await start();
		post(1, '2026-02-01');
		post(2);
		const first = await poll(system.posted('invoice'));
		system.sandbox.store.applyPayment('1200', 'IN1', 100);
		const second = await poll(system.posted('invoice'), first.next);
		expect(second.records[0].record.document).toMatchObject({ number: 'IN1', open: '0' });
	});

	it('the last 500 numbers are read again, or as many as chosen', async () => {
		const { log } = await start();
		for (let n = 1; n <= 600; n++) post(n);
		const first = await poll(system.posted('invoice'));
		log.clear();
		await poll(system.posted('invoice'), first.next);
		expect(log.urls()[0]).toContain('PostingSequenceNumber gt 100');
		log.clear();
		await poll(system.posted('invoice', { reading: { rereadNumbers: 20 } }), first.next);
		expect(log.urls()[0]).toContain('PostingSequenceNumber gt 580');
	});

	it('"From Now" in a company whose last posting is old delivers nothing old', async () => {
		await start();
		for (let n = 1; n <= 5; n++) post(n, '2024-05-05');
		const first = await poll(system.posted('invoice'));
		expect(first.keys).toEqual([]);
		post(6);
		const second = await poll(system.posted('invoice'), first.next);
		expect(second.keys).toEqual(['1200/IN6']);
	});

	it('a read that was interrupted goes on behind the rows handed over', async () => {
		const { log } = await start({ pageSize: 5 });
		for (let n = 10; n < 30; n++) post(n);
		const localNow = new Date(NOW).toISOString().slice(0, 19);
		const limits = { hasTime: () => true, lookbackSeconds: LOOKBACK, localNow, now: NOW };
		const source = system.posted('invoice');
		const first = await drain(source, newCheckpoint('t', localNow), { ...limits, maxRecords: 10 });
		log.clear();
		const second = await drain(source, first.next, { ...limits, maxRecords: 100 });
		expect(log.urls()[0]).toContain('$skip=10');
		const keys = [...first.records, ...second.records].map(({ key }) => key);
		expect(new Set(keys).size).toBe(20);
		expect(keys).toHaveLength(20);
		expect(second.next.deltaToken).toBe('20');
	});

	it('a sweep goes on behind customer and number, whatever letters are in the key', async () => {
		const { store } = await start({ pageSize: 2 });
		for (const customer of ['12', '12-1', '12A', "O'N"]) {
			for (const number of ['A 1', 'B']) store.postInvoice({ customer, number, amount: 1 });
		}
		const records = await scanAll(system.posted('invoice'));
		expect(records.map(({ erp }) => erp.key)).toEqual([
			'12/A 1',
			'12/B',
			'12-1/A 1',
			'12-1/B',
			'12A/A 1',
			'12A/B',
			"O'N/A 1",
			"O'N/B",
		]);
	});
});
