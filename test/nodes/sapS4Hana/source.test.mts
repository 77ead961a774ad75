import type { Transport } from '../../../core/http/ports';
import { newCheckpoint } from '../../../core/sync/checkpoint';
import { drain } from '../../../core/sync/drain';
import {
	changesSince,
	DAY,
	errorOf,
	loopback,
	nameOf,
	NOW,
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

const TODAY = '2026-11-20';
const customer = (name: string, more = {}) => ({
	name,
	customer: {},
	createdAt: NOW - 30 * DAY,
	...more,
});

describe('what counts as changed', () => {
	it('a partner that was created and never changed, although its LastChangeDate is empty', async () => {
		const { sandbox, source } = system;
		sandbox.store.createPartner({ name: 'Neu GmbH', customer: {} });
		expect((await recordsSince(source(), TODAY)).map(nameOf)).toEqual(['Neu GmbH']);
	});

	it('not a partner that was changed before the day', async () => {
		const { sandbox, source } = system;
		sandbox.store.createPartner(customer('Alt AG', { changedAt: NOW - 2 * DAY }));
		expect(await recordsSince(source(), TODAY)).toEqual([]);
		expect(await recordsSince(source(), '2026-11-18')).toHaveLength(1);
	});

	it('two changes on the same day are two versions of one change', async () => {
		const { sandbox, source, clock } = system;
		const key = sandbox.store.createPartner(customer('Zwei AG'));
		sandbox.store.changePartner(key, { SearchTerm1: 'A' });
		const [first] = await changesSince(source(), TODAY);
		clock.at += 1000;
		sandbox.store.changePartner(key, { SearchTerm1: 'B' });
		const [second] = await changesSince(source(), TODAY);
		expect(second.id).toBe(first.id);
		expect(second.version).not.toBe(first.version);
		expect(first.changedAt).toBe('2026-11-20T08:10:00');
	});

	it('a change of the same day but before the mark arrives, because the day is read from midnight', async () => {
		const { sandbox, source } = system;
		sandbox.store.createPartner(customer('Früh KG', { changedAt: NOW - 3 * 3_600_000 }));
		const changes = await changesSince(source(), '2026-11-20T08:00:00');
		expect(changes.map(({ changedAt }) => changedAt)).toEqual(['2026-11-20T05:10:00']);
	});

	it('the server says what time it is, in the zone of the ERP', async () => {
		const pages = system
			.source({}, { credential: { zone: 'Europe/Berlin' } })
			.changes({ fromInclusive: TODAY });
		const { value } = await pages.next();
		expect(value.serverNow).toBe('2026-11-20T09:10:00');
	});
});

describe('rule 6: contacts change on their own row', () => {
	it('a renamed person brings the company, not the person', async () => {
		const { sandbox, source } = system;
		const company = sandbox.store.createPartner(customer('Firma AG'));
		const { person } = sandbox.store.addContact(company, {
			firstName: 'Eva',
			lastName: 'Alt',
			createdAt: NOW - 10 * DAY,
		});
		expect(await recordsSince(source(), TODAY)).toEqual([]);
		sandbox.store.changePartner(person, { LastName: 'Neu', PersonFullName: 'Eva Neu' });
		const [record, ...others] = await recordsSince(source(), TODAY);
		expect(others).toEqual([]);
		expect(nameOf(record)).toBe('Firma AG');
		expect(record.persons?.map(({ name }) => name)).toEqual(['Eva Neu']);
	});

	it('a new and an ended relationship bring the company', async () => {
		const { sandbox, source, clock } = system;
		const company = sandbox.store.createPartner(customer('Firma AG'));
		const { relationship } = sandbox.store.addContact(company, { lastName: 'Ende' });
		const [added] = await recordsSince(source(), TODAY);
		expect(added.persons).toMatchObject([{ lastName: 'Ende', isActive: true }]);
		clock.at += 2 * DAY;
		sandbox.store.endRelationship(relationship);
		const [ended] = await recordsSince(source(), '2026-11-22');
		expect(ended.persons).toMatchObject([{ lastName: 'Ende', isActive: false }]);
		expect(ended.erp.version).not.toBe(added.erp.version);
	});

	it('a relationship that is no contact any more brings both its partners', async () => {
		const { sandbox, source } = system;
		const company = sandbox.store.createPartner(customer('Firma AG'));
		sandbox.store.addContact(company, { lastName: 'Weg' });
		const contacts = sandbox.store.table('A_BusinessPartnerContact');
		for (const row of [...contacts.all()]) contacts.remove(row);
		const [record] = await recordsSince(source(), TODAY);
		expect(nameOf(record)).toBe('Firma AG');
		expect(record.persons).toEqual([]);
	});

	it('a person at two companies brings both', async () => {
		const { sandbox, source } = system;
		const old = { createdAt: NOW - 10 * DAY };
		const first = sandbox.store.createPartner(customer('Eins AG'));
		const second = sandbox.store.createPartner(customer('Zwei AG'));
		const { person } = sandbox.store.addContact(first, {
			lastName: 'Doppelt',
			isStandard: true,
			...old,
		});
		sandbox.store.addContact(second, { person, ...old });
		sandbox.store.changePartner(person, { FirstName: 'Dora' });
		const records = await recordsSince(source(), TODAY);
		expect(records.map(nameOf)).toEqual(['Eins AG', 'Zwei AG']);
		const [a, b] = records.map((record) => record.persons?.[0]);
		expect(a?.externalId).toBe(b?.externalId);
		expect([a?.isStandard, b?.isStandard]).toEqual([true, false]);
	});

	it('filters apply to the company, after the person was resolved', async () => {
		const { sandbox, source } = system;
		const company = sandbox.store.createPartner(customer('Firma AG', { grouping: 'BP07' }));
		const { person } = sandbox.store.addContact(company, {
			lastName: 'Person',
			createdAt: NOW - 10 * DAY,
		});
		sandbox.store.changePartner(person, { FirstName: 'Neu' });
		expect(await recordsSince(source({ filters: { groupings: 'BP07' } }), TODAY)).toHaveLength(1);
		expect(await recordsSince(source({ filters: { groupings: 'BPAB' } }), TODAY)).toHaveLength(0);
	});

	it('without contact persons no relationship is read', async () => {
		const { sandbox, source } = system;
		const company = sandbox.store.createPartner(customer('Firma AG'));
		sandbox.store.addContact(company, { lastName: 'Person' });
		const [record] = [...(await recordsSince(source({ parts: ['addresses'] }), '2026-01-01'))];
		expect(record.persons).toBeUndefined();
		expect(sandbox.log.count('A_BPRelationship')).toBe(0);
		expect(sandbox.log.count('A_BusinessPartnerContact')).toBe(0);
	});
});

describe('rule 5: default filters', () => {
	const selected = async (parameters = {}) =>
		(await recordsSince(system.source(parameters), '2026-01-01')).map(nameOf).sort();

	beforeEach(() => {
		const { store } = system.sandbox;
		store.createPartner(customer('Kunde'));
		store.createPartner({ name: 'Lieferant', supplier: {} });
		store.createPartner({ name: 'Nur Warenempfänger', customer: { accountGroup: '0002' } });
		store.createPartner({ name: 'Nur Regulierer', customer: { accountGroup: '0003' } });
		store.createPartner({ name: 'Nur Rechnungsempfänger', customer: { accountGroup: '0004' } });
		store.createPartner({ name: 'Laufkunde', customer: { accountGroup: 'CPD' } });
		store.createPartner({ name: 'Interessent' });
		store.createPartner({ firstName: 'Natürliche', lastName: 'Person', customer: {} });
		store.createPartner({ name: 'Mit Angestelltenrolle', customer: {}, roles: ['BUP003'] });
		store.createPartner({
			name: 'Warenempfänger und Lieferant',
			customer: { accountGroup: '0002' },
			supplier: {},
		});
	});

	it('organizations that are customer or supplier', async () => {
		expect(await selected()).toEqual(['Kunde', 'Lieferant', 'Warenempfänger und Lieferant']);
	});

	it('an excluded account group takes away that side only', async () => {
		const records = await recordsSince(system.source(), '2026-01-01');
		const both = records.find((record) => nameOf(record).endsWith('und Lieferant'));
		expect(both?.organization?.type).toEqual(['Supplier']);
	});

	it('a supplier account group of the same name is no ship-to address', async () => {
		const supplier = { accountGroup: '0002' };
		system.sandbox.store.createPartner({ name: 'Lieferant 0002', supplier });
		expect(await selected()).toContain('Lieferant 0002');
	});

	it('each exclusion can be switched off', async () => {
		expect(await selected({ exclude: [] })).toEqual(
			expect.arrayContaining(['Nur Warenempfänger', 'Laufkunde', 'Mit Angestelltenrolle']),
		);
		const people = { exclude: ['employees'], filters: { categories: ['1'] } };
		expect(await selected(people)).toEqual(['Natürliche Person']);
		expect(await selected({ filters: { kinds: ['neither'] } })).toEqual(['Interessent']);
	});

	it('one-time account groups of an own naming are a setting', async () => {
		const filters = { oneTimeGroups: '0001, 0002' };
		expect(await selected({ filters })).toEqual([
			'Laufkunde',
			'Lieferant',
			'Warenempfänger und Lieferant',
		]);
	});

	it('role code and account group choose further', async () => {
		expect(await selected({ filters: { roles: 'FLVN01' } })).toEqual([
			'Lieferant',
			'Warenempfänger und Lieferant',
		]);
		expect(await selected({ filters: { accountGroups: '0001' } })).toEqual(['Kunde']);
	});

	it('the entities Customer and Supplier are the same partners, one side each', async () => {
		const of = async (entity: 'customer' | 'supplier') =>
			await recordsSince(system.source({}, { entity }), '2026-01-01');
		expect((await of('customer')).map(nameOf)).toEqual(['Kunde']);
		const suppliers = await of('supplier');
		expect(suppliers).toHaveLength(2);
		expect(suppliers[0].erp.externalId).toMatch(/^s4hana:100:businessPartner:000/);
	});

	it('a filter on a part that is not read is refused, not ignored', () => {
		const filtered = () => system.source({ parts: ['addresses'], filters: { roles: 'FLCU01' } });
		expect(filtered).toThrow('The filter "Roles" needs "Roles", which is not read.');
	});

	it('a scan selects exactly what the changes select', async () => {
		for (const parameters of [
			{},
			{ exclude: [] },
			{ filters: { kinds: ['customer', 'neither'] } },
		]) {
			const scanned = (await scanAll(system.source(parameters))).map(nameOf).sort();
			expect(scanned).toEqual(await selected(parameters));
		}
	});
});

describe('paging', () => {
	const many = 23;
	beforeEach(() => {
		for (let i = 0; i < many; i++)
			system.sandbox.store.createPartner(customer(`Firma ${i}`, { createdAt: NOW }));
	});

	it.each([
		['server pages smaller than ours', 4, 500],
		['our pages smaller than the server', 100, 5],
		['a server without any paging', 0, 5],
		['both the same', 5, 5],
	])('%s: every partner once', async (_, serverSize, pageSize) => {
		system.sandbox.paging.pageSize = serverSize;
		const changes = await changesSince(system.source({}, { pageSize }), TODAY);
		expect(changes).toHaveLength(many);
		expect(new Set(changes.map(({ id }) => id)).size).toBe(many);
		expect(await scanAll(system.source({}, { keysPerRequest: pageSize }))).toHaveLength(many);
	});

	it('every list is asked for in an order, so that pages fit together', async () => {
		const company = system.sandbox.store.createPartner(customer('Firma', { createdAt: NOW }));
		system.sandbox.store.addContact(company, { lastName: 'Person' });
		await recordsSince(system.source(), TODAY);
		await scanAll(system.source());
		const urls = system.sandbox.log.urls().map(decodeURIComponent);
		const unordered = urls.filter((url) => !url.includes('$orderby='));
		expect(unordered).toEqual([]);
	});

	it('a server that caps its pages and says nothing about it', async () => {
		system.sandbox.paging.pageSize = 4;
		const transport: Transport = async (request) => {
			const answer = await loopback(request);
			const body = JSON.parse(answer.body.toString()) as { d: { __next?: string } };
			delete body.d.__next;
			return { ...answer, body: Buffer.from(JSON.stringify(body)) };
		};
		expect(await changesSince(system.source({}, { transport }), TODAY)).toHaveLength(many);
		expect(await scanAll(system.source({}, { transport }))).toHaveLength(many);
	});

	it('an empty page in the middle is not the end', async () => {
		system.sandbox.paging.pageSize = 4;
		system.sandbox.faults.add({ kind: 'emptyPage', match: 'A_BusinessPartner' });
		expect(await changesSince(system.source(), TODAY)).toHaveLength(many);
	});

	it('goes on behind any resume token without losing or repeating a partner', async () => {
		system.sandbox.paging.pageSize = 4;
		const source = system.source();
		const seen: string[] = [];
		let token: string | undefined;
		for await (const page of source.changes({ fromInclusive: TODAY })) {
			seen.push(...page.changes.map(({ id }) => id));
			token = page.resumeAfter ?? token;
			const rest = (await changesSince(source, TODAY, token)).map(({ id }) => id);
			expect([...seen, ...rest].sort()).toEqual([...new Set([...seen, ...rest])].sort());
			expect(new Set([...seen, ...rest]).size).toBe(many);
		}
		expect(token).toMatch(/^partner:/);
	});

	it('next links of an inner host are followed at the address of the credential', async () => {
		await system.close();
		system = await startSystem({ publicUrl: 'http://sap-internal:8000', pageSize: 4 });
		for (let i = 0; i < many; i++)
			system.sandbox.store.createPartner(customer(`F${i}`, { createdAt: NOW }));
		expect(await changesSince(system.source(), TODAY)).toHaveLength(many);
		expect(system.sandbox.log.urls().every((url) => url.includes('sap-client=100'))).toBe(true);
	});

	it('a next link to a foreign place is refused, the login never goes there', async () => {
		const transport = async () => ({
			status: 200,
			headers: {},
			body: Buffer.from(JSON.stringify({ d: { results: [], __next: 'https://evil.example/x' } })),
		});
		const error = await errorOf(changesSince(system.source({}, { transport }), TODAY));
		expect(error.message).toContain('The service linked to another place');
	});
});

describe('key order', () => {
	it('numbers are sorted as SAP stores them: 977 before 1000001', async () => {
		const { sandbox, source } = system;
		for (const key of ['1000001', '977', 'EXT-ÄÖ/7', '1000002']) {
			sandbox.store.createPartner(customer(key, { key, createdAt: NOW }));
		}
		const one = { pageSize: 1, keysPerRequest: 1 };
		const ids = (await changesSince(source({}, one), TODAY)).map(({ id }) => id);
		expect(ids).toEqual([...ids].sort());
		const keys = (await scanAll(source({}, one))).map(({ erp }) => erp.key);
		expect(keys).toEqual(['0000000977', '0001000001', '0001000002', 'EXT-ÄÖ/7']);
		expect((await scanAll(source({}, one), '0000000977')).map(({ erp }) => erp.key)).toEqual(
			keys.slice(1),
		);
	});
});

describe('rule 7: vanished keys are confirmed by key', () => {
	it('gone, left the filter, or still there', async () => {
		const { sandbox, source } = system;
		const stays = sandbox.store.createPartner(customer('Bleibt'));
		const gone = sandbox.store.createPartner(customer('Weg'));
		const left = sandbox.store.createPartner(customer('Umgruppiert'));
		sandbox.store.remove(gone);
		sandbox.store.changeCustomer(left, { CustomerAccountGroup: '0002' });
		const keys = [stays, gone, left].map((key) => key.padStart(10, '0'));
		const missing = await source().confirmMissing(keys);
		expect(missing.map(({ key, fate }) => [key, fate])).toEqual([
			[keys[1], 'gone'],
			[keys[2], 'leftFilter'],
		]);
		expect(missing[0].record?.erp).toMatchObject({
			isDeleted: true,
			externalId: `s4hana:100:businessPartner:${keys[1]}`,
		});
	});
});

describe('two changes within one second, with a poll between them', () => {
	it('both arrive: what was read in the second of its change is looked at once more', async () => {
		const { store, clock, poll } = polled();
		const key = store.createPartner({ name: 'First GmbH', customer: {} });
		expect(await poll()).toEqual(['First GmbH']);
		store.changePartner(key, { OrganizationBPName1: 'Second GmbH' });
		clock.at += 60_000;
		expect(await poll()).toEqual(['Second GmbH']);
		clock.at += 60_000;
		expect(await poll()).toEqual([]);
	});

	it('and one that did not change again is not delivered again', async () => {
		const { store, clock, poll } = polled();
		store.createPartner({ name: 'First GmbH', customer: {} });
		expect(await poll()).toEqual(['First GmbH']);
		for (let polls = 0; polls < 3; polls++) {
			clock.at += 60_000;
			expect(await poll()).toEqual([]);
		}
	});

	function polled() {
		const { clock, sandbox } = system;
		const source = system.source();
		const present = () => new Date(clock.now()).toISOString().slice(0, 19);
		let checkpoint = newCheckpoint('s', present());
		const poll = async () => {
			const drained = await drain(source, checkpoint, {
				maxRecords: 100,
				hasTime: () => true,
				lookbackSeconds: 86_400,
				localNow: present(),
				now: clock.now(),
			});
			checkpoint = drained.next;
			return drained.records.map(({ record }) => nameOf(record));
		};
		return { store: sandbox.store, clock, poll };
	}
});
