/** Records that somebody built by hand: what is wrong with one is told for that one, in words. */
import type { ErpRecord } from '../../../core/record/erpRecord';
import { item, order } from './orders.mts';
import { contact, openBench, partner, type Bench, type RunOptions } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const run = async (records: ErpRecord[], options: RunOptions = {}) =>
	await bench.run(records, {
		entities: ['organization', 'person', 'product', 'deal'],
		...options,
	});
const deals = () => bench.sandbox.records('deals');

describe('a date that is none', () => {
	const cases: Array<[string, string, Parameters<typeof order>[2]]> = [
		['Expected close date', '31.02.2026', { dueDate: '31.02.2026' }],
		['Expected close date', '2026-02-31', { dueDate: '2026-02-31' }],
		['Expected close date', 'abc', { dueDate: 'abc' }],
		['Won time', '2026-02-31', { state: 'completed', lastInvoiceDate: '2026-02-31' }],
		['Won time', '2026-11-19 late', { state: 'completed', lastInvoiceDate: '2026-11-19 late' }],
	];
	it.each(cases)('of %s, %s: that order alone is set aside', async (field, value, change) => {
		const { reports } = await run([customer, order(1, customerId, change), order(2, customerId)]);
		expect(reports[1]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[1].reason).toContain(`"${field}"`);
		expect(reports[1].reason).toContain(`"${value}"`);
		expect(reports[2].outcome).toBe('created');
	});

	it.each(cases)('of %s, %s: is left out where that is chosen', async (field, value, change) => {
		const { reports } = await run([customer, order(1, customerId, change)], {
			settings: { misfitsHoldBack: false },
		});
		expect(reports[1].outcome).toBe('created');
		expect(reports[1].warnings.join()).toContain(`"${value}"`);
		expect(deals()[0].expected_close_date).not.toBe(value);
	});
});

describe('truth values as text', () => {
	const flags = (change: object) => change as never;

	it.each(['false', 'FALSE', '0', 0, '', null])('%j is false', async (no) => {
		const erp = flags({ isDeleted: no, isBlocked: no });
		const { reports } = await run([
			partner(1, { erp, persons: [contact(1, flags({ isActive: 'true', isStandard: 'true' }))] }),
			order(1, customerId, {}, erp),
			item(1, {}, erp),
		]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
		expect(reports[0].persons).toMatchObject([{ outcome: 'created' }]);
	});

	it.each(['true', '1', 1])('%j is true', async (yes) => {
		const { reports } = await run([
			partner(1, { erp: flags({ isDeleted: yes }), persons: [] }),
			partner(2, { erp: flags({ isBlocked: yes }), persons: [] }),
		]);
		expect(reports.map(({ reasonCode }) => reasonCode)).toEqual(['notCreated', 'notCreated']);
	});

	it('a person who is not active as text is not created', async () => {
		const persons = [contact(1, flags({ isActive: 'false' }))];
		const { reports } = await run([partner(1, { persons })]);
		expect(reports[0].persons).toMatchObject([{ outcome: 'unchanged' }]);
	});

	it('what is neither costs that record only, with its name and value', async () => {
		const { reports } = await run([
			customer,
			order(1, customerId, {}, flags({ isDeleted: 'maybe' })),
			order(2, customerId),
		]);
		expect(reports[1]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[1].reason).toContain('"isDeleted" must be true or false, not "maybe"');
		expect(reports[2].outcome).toBe('created');
	});
});
