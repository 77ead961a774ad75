import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import type { ErpRecord } from '../../../core/record/erpRecord';
import { addressNumbers } from '../../../nodes/SapEcc/source';
import { classesOf } from '../../../nodes/SapEcc/changeDocuments';
import { CUSTOMER, SUPPLIER } from '../../../nodes/SapEcc/sides';
import {
	changesSince,
	errorOf,
	recordsSince,
	scanAll,
	startSystem,
	type TestSystem,
} from './system.mts';

const TODAY = '2026-11-20T00:00:00';
let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const MINUTE = 60_000;
const names = (records: ErpRecord[]) => records.map(({ organization }) => organization?.name);
/** The local moment from which only what happens next is seen. */
const later = () => {
	system.clock.at += 10 * MINUTE;
	return new Date(system.clock.at + 60 * MINUTE).toISOString().slice(0, 19);
};

describe('a customer is delivered', () => {
	const create = () =>
		system.sandbox.store.createCustomer({ key: '1234', name: 'Müller', email: 'a@example.test' });

	it('under its number as SAP stores it', async () => {
		create();
		system.sandbox.store.createCustomer({ key: 'ALPHA', name: 'Letters' });
		const records = await recordsSince(system.source(), TODAY);
		expect(records.map(({ erp }) => erp.externalId)).toEqual([
			'ecc:100:customer:0000001234',
			'ecc:100:customer:ALPHA',
		]);
	});

	it.each<[string, (key: string) => void]>([
		['its master record', (key) => system.sandbox.store.changeCustomer(key, { STCEG: 'DE1' })],
		['its terms', (key) => system.sandbox.store.changeCompany(key, '1000', { ZTERM: 'ZB01' })],
		['its address', (key) => system.sandbox.store.changeAddress(key, { CITY1: 'Köln' })],
		['its e-mail', (key) => system.sandbox.store.changeEmail(key, 'b@example.test')],
		['a new contact person', (key) => void system.sandbox.store.addContact(key, { last: 'X' })],
	])('when %s changes', async (_what, change) => {
		const key = create();
		const since = later();
		expect(await recordsSince(system.source(), since)).toEqual([]);
		change(key);
		expect((await recordsSince(system.source(), since)).map(({ erp }) => erp.key)).toEqual([key]);
	});

	it.each([
		['at the company', false],
		['at an address of its own', true],
	])('when the e-mail of a contact person %s changes', async (_where, hasOwnAddress) => {
		const key = create();
		const contact = system.sandbox.store.addContact(key, {
			...{ first: 'Zoë', last: 'Weiß', email: 'old@example.test', hasOwnAddress },
		});
		const since = later();
		system.sandbox.store.changeContactEmail(contact, 'new@example.test');
		const [record] = await recordsSince(system.source(), since);
		expect(record.erp.key).toBe(key);
		expect(record.persons?.[0]).toMatchObject({ name: 'Zoë Weiß', email: 'new@example.test' });
	});

	it('when it came without a change document, by its creation date, and once only', async () => {
		system.sandbox.store.createCustomer({ key: '5', name: 'Loaded', isUnlogged: true });
		create();
		const changes = await changesSince(system.source(), TODAY);
		expect(changes.map(({ id }) => id.split(':')[0])).toEqual(['changeDocument', 'created']);
	});

	it('not when addresses change that belong to nobody we know', async () => {
		create();
		const since = later();
		system.sandbox.store.log('ADRESSE', 'CA010000099999');
		expect(await changesSince(system.source(), since)).toHaveLength(1);
		expect(await recordsSince(system.source(), since)).toEqual([]);
	});

	it('never by KNA1-UPDAT, which only says that a change was confirmed', async () => {
		const key = create();
		const since = later();
		system.sandbox.store.updateUnlogged('KNA1', { KUNNR: key }, { UPDAT: '20991231' });
		expect(await changesSince(system.source(), since)).toEqual([]);
		const read = system.sandbox.log.requests.flatMap(({ fields = [] }) => fields);
		expect(read).not.toContain('UPDAT');
		expect(read).not.toContain('GBDAT');
	});
});

describe('the change log is in local time', () => {
	it('so what changed in the second of two equal hours is still found', async () => {
		const { clock, sandbox } = system;
		// 25 October 2026: at 3:00 summer time the clock in Berlin goes back to 2:00.
		clock.at = Date.parse('2026-10-25T00:50:00Z');
		const key = sandbox.store.createCustomer({ name: 'Autumn' });
		const limits = {
			...{ maxRecords: 500, hasTime: () => true, lookbackSeconds: 90 * 60, now: clock.at },
			localNow: '2026-10-25T02:50:00',
		};
		const source = system.source();
		const first = await drain(source, newCheckpoint('s', '2026-10-25T02:40:00'), limits);
		expect(first.records).toHaveLength(1);
		expect(first.next.mark).toBe('2026-10-25T02:50:00');
		clock.at = Date.parse('2026-10-25T01:05:00Z');
		sandbox.store.changeCustomer(key, { STCEG: 'DE2' });
		const localNow = '2026-10-25T02:05:00';
		const second = await drain(source, first.next, { ...limits, localNow, now: clock.at });
		expect(second.records.map((record) => record.key)).toEqual([key]);
		const without = { ...limits, localNow, lookbackSeconds: 30 * 60 };
		expect((await drain(source, first.next, without)).records).toEqual([]);
	});

	it('and a document that becomes visible late is newer than what was read before it', async () => {
		const { clock, sandbox } = system;
		const key = sandbox.store.createCustomer({ name: 'Late' });
		const [before] = await recordsSince(system.source(), TODAY);
		clock.at -= 5 * MINUTE;
		sandbox.store.changeCustomer(key, { STCEG: 'DE3' });
		clock.at += 6 * MINUTE;
		const [after] = await recordsSince(system.source(), TODAY);
		expect(after.erp.version).not.toBe(before.erp.version);
		expect(after.erp.changedAt > before.erp.changedAt).toBe(true);
	});
});

describe('object ids of addresses', () => {
	it.each([
		['CA010000012345', ['0000012345']],
		['BP  00000123450000067890', ['0000012345', '0000067890']],
		['0000012345', ['0000012345']],
		['BP  ', []],
	])('%s', (objectId, numbers) => {
		expect(addressNumbers(objectId)).toEqual(numbers);
	});

	it('are looked for in the classes of companies and of persons', () => {
		expect(classesOf({ side: CUSTOMER, withPersons: true })).toEqual([
			...['DEBI', 'ADRESSE', 'ADRESSE2', 'ADRESSE3'],
		]);
		expect(classesOf({ side: SUPPLIER, withPersons: false })).toEqual(['KRED', 'ADRESSE']);
	});
});

describe('what is selected', () => {
	beforeEach(() => {
		const { store } = system.sandbox;
		store.createCustomer({ key: '1', name: 'Good' });
		store.createCustomer({ key: '2', name: 'One-time', fields: { XCPDK: 'X' } });
		store.createCustomer({ key: '3', name: 'Counter', accountGroup: 'CPDA' });
		store.createCustomer({ key: '4', name: 'Warehouse', accountGroup: '0002' });
		store.createCustomer({
			key: '5',
			name: 'Blocked',
			fields: { LOEVM: 'X' },
			accountGroup: 'ZKEY',
		});
	});

	it('leaves out one-time accounts and mere addresses, and keeps blocked customers, flagged', async () => {
		const records = await scanAll(system.source());
		expect(names(records)).toEqual(['Good', 'Blocked']);
		expect(records.map(({ erp }) => erp.isBlocked)).toEqual([false, true]);
	});

	it('is all of them where nothing is excluded', async () => {
		expect(await scanAll(system.source({ exclude: [] }))).toHaveLength(5);
	});

	it('is narrowed by account group in SAP already', async () => {
		const records = await scanAll(system.source({ filters: { accountGroups: 'ZKEY' } }));
		expect(names(records)).toEqual(['Blocked']);
		const options = system.sandbox.log.reads('KNA1')[0].options?.join(' ');
		expect(options).toContain("KTOKD = 'ZKEY'");
	});

	it('tells a customer that is gone from one that left the filter', async () => {
		const source = system.source();
		system.sandbox.store.remove('1');
		const fates = await source.confirmMissing(['0000000001', '0000000002', '0000000005']);
		expect(fates).toMatchObject([
			{ key: '0000000001', fate: 'gone', record: { erp: { isDeleted: true } } },
			{ key: '0000000002', fate: 'leftFilter' },
		]);
		expect(fates).toHaveLength(2);
	});
});

describe('contact persons as an entity', () => {
	it('come with the identity of their company alone, so that nothing else of it is written', async () => {
		const { store } = system.sandbox;
		const key = store.createCustomer({
			key: '9',
			name: 'Firma',
			phone: '1',
			companies: { '1000': 'ZB01' },
		});
		store.createCustomer({ key: '10', name: 'Nobody there' });
		store.addContact(key, { first: 'Jürgen', last: 'Groß', mobile: '0171' });
		const source = system.source({}, { entity: 'contactPerson' });
		const [record, ...more] = await recordsSince(source, TODAY);
		expect(more).toEqual([]);
		expect(record.organization).toEqual({ name: 'Firma', type: ['Customer'] });
		expect(record.erp.externalId).toBe('ecc:100:customer:0000000009');
		expect(record.persons).toMatchObject([
			{ firstName: 'Jürgen', lastName: 'Groß', mobile: '0171', isActive: true },
		]);
		expect(await scanAll(source)).toHaveLength(1);
	});
});

describe('suppliers', () => {
	it('come by their own change documents', async () => {
		const { store } = system.sandbox;
		store.createCustomer({ key: '1', name: 'Customer' });
		const key = store.createSupplier({
			key: '7',
			name: 'Lieferant',
			companies: { '1000': 'NT30' },
		});
		const source = system.source({}, { entity: 'supplier' });
		const [record, ...more] = await recordsSince(source, TODAY);
		expect(more).toEqual([]);
		expect(record.erp.externalId).toBe(`ecc:100:supplier:${key}`);
		expect(record.organization).toMatchObject({ type: ['Supplier'], paymentTerms: 'NT30' });
		const since = later();
		store.changeSupplier(key, { SPERM: 'X' });
		const [blocked] = await recordsSince(source, since);
		expect(blocked.erp.isBlocked).toBe(true);
	});
});

describe('a setting that cannot be', () => {
	it.each(['GBDAT', 'BANKN', "X' OR"])('the extension field %s', (extensions) => {
		expect(() => system.source({ values: { extensions } })).toThrow(extensions.slice(0, 2));
	});

	it('an extension field that this system lacks', async () => {
		system.sandbox.store.createCustomer({ name: 'X' });
		const error = await errorOf(scanAll(system.source({ values: { extensions: 'ZZNONE' } })));
		expect(error.message).toBe('The table KNA1 of this system has no field ZZNONE.');
	});
});
