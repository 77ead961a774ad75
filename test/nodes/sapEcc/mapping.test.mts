import type { ErpRecord } from '../../../core/record/erpRecord';
import type { EccRecord } from '../../../nodes/SapEcc/mapping';
import { seedEcc } from '../../sandbox/ecc/seed.mts';
import type { CustomerInput } from '../../sandbox/ecc/store.mts';
import { errorOf, recordsSince, scanAll, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const ALL = ['addresses', 'communication', 'companyCodes', 'contacts', 'salesAreas', 'shipTo'];
const mapped = async (input: CustomerInput, parameters: Record<string, unknown> = {}) => {
	const key = system.sandbox.store.createCustomer(input);
	const records = (await scanAll(system.source(parameters))) as EccRecord[];
	const record = records.find(({ erp }) => erp.key === key);
	if (!record) throw new Error('not delivered');
	return record;
};
const again = async (key: string, parameters: Record<string, unknown> = {}) =>
	(await scanAll(system.source(parameters))).find(({ erp }) => erp.key === key) as EccRecord;

describe('a customer becomes an organization', () => {
	it('with address, e-mail, phone, tax number and terms', async () => {
		const record = await mapped({
			...{ key: '1', name: 'Schweißtechnik', name2: 'Groß KG', street: 'Hauptstraße' },
			...{ houseNumber: '5a', postalCode: '35390', city: 'Gießen', region: 'HE', country: 'DE' },
			...{ email: 'info@example.test', phone: '+49 641 1', vat: 'DE812', mobile: '+49 171 2' },
			companies: { '1000': 'ZB01' },
		});
		expect(record.organization).toEqual({
			name: 'Schweißtechnik Groß KG',
			type: ['Customer'],
			email: 'info@example.test',
			phone: '+49 641 1',
			taxNumber: 'DE812',
			paymentTerms: 'ZB01',
			billingAddress: {
				...{ street: 'Hauptstraße', houseNumber: '5a', postalCode: '35390', city: 'Gießen' },
				...{ region: 'HE', country: 'DE' },
			},
		});
		expect(record.warnings).toBeUndefined();
	});

	it('with the longer name and street of its address, not the cut copies', async () => {
		const name = 'Internationale Handelsgesellschaft mbH'.padEnd(40, 'x');
		const record = await mapped({ name, street: 's'.repeat(50) });
		expect(record.organization?.name).toBe(name);
		expect(record.organization?.billingAddress?.street).toBe('s'.repeat(50));
	});

	it('with the copies in the master record where addresses are not read', async () => {
		const record = await mapped({ name: 'X', street: 'Weg', houseNumber: '1' }, { parts: [] });
		expect(record.organization?.billingAddress).toMatchObject({ street: 'Weg 1', houseNumber: '' });
		expect(record.organization).not.toHaveProperty('email');
		expect(record).not.toHaveProperty('persons');
	});

	it('without the international version of its address', async () => {
		const record = await mapped({ key: '1', name: 'Tokyo KK', city: 'Tokyo' });
		const { ADRNR } = system.sandbox.store.customer('1');
		system.sandbox.store.put('ADRC', {
			ADDRNUMBER: ADRNR,
			DATE_FROM: '00010101',
			NATION: 'K',
			CITY1: '東京',
		});
		expect((await again(record.erp.key)).organization?.billingAddress?.city).toBe('Tokyo');
	});

	it('empty where SAP has it empty, so that a value deleted in SAP is deleted', async () => {
		const record = await mapped({ name: 'X' });
		expect(record.organization).toMatchObject({ email: '', phone: '', taxNumber: '' });
		expect(record.organization).not.toHaveProperty('paymentTerms');
	});

	it('of both types where it is a supplier too', async () => {
		const record = await mapped({ name: 'X', fields: { LIFNR: '0000300001' } });
		expect(record.organization?.type).toEqual(['Customer', 'Supplier']);
	});

	it.each([
		[{ LOEVM: 'X' }, true],
		[{ SPERR: 'X' }, true],
		[{ AUFSD: '01' }, true],
		[{ LIFSD: '01' }, false],
		[{ NODEL: 'X' }, false],
	])('blocked with %o: %s', async (fields, isBlocked) => {
		expect((await mapped({ name: 'X', fields })).erp.isBlocked).toBe(isBlocked);
	});

	it('with the default e-mail, not with that of a person at the same address', async () => {
		const record = await mapped({ key: '1', name: 'X', email: 'first@example.test' });
		const { store } = system.sandbox;
		const key = { ADDRNUMBER: store.customer('1').ADRNR, DATE_FROM: '00010101' };
		store.put('ADR6', { ...key, CONSNUMBER: '001', SMTP_ADDR: 'first@example.test' });
		store.put('ADR6', {
			...key,
			CONSNUMBER: '002',
			SMTP_ADDR: 'default@example.test',
			FLGDEFAULT: 'X',
		});
		store.addContact('1', { last: 'P', email: 'person@example.test' });
		expect((await again(record.erp.key)).organization?.email).toBe('default@example.test');
	});

	it('with chosen extension fields', async () => {
		const values = { extensions: 'zzsegment, SORTL' };
		const record = await mapped({ name: 'X', fields: { ZZSEGMENT: 'Gold' } }, { values });
		expect(record.organization?.extensions).toEqual({ ZZSEGMENT: 'Gold', SORTL: '' });
	});
});

describe('values that depend on an organizational unit', () => {
	const input = {
		name: 'X',
		companies: { '1000': 'ZB01', '2000': 'ZB02' },
		salesAreas: { '1000/10/00': 'EUR', '2000/10/00': 'USD' },
	};

	it('are not written where units differ and none is chosen, and that is said', async () => {
		const record = await mapped(input, { parts: ALL });
		expect(record.organization).not.toHaveProperty('paymentTerms');
		expect(record.organization).not.toHaveProperty('currency');
		expect(record.organization?.segment).toBe('01');
		expect(record.warnings).toEqual([
			'The payment terms differ between company codes (ZB01, ZB02) and were not written: choose a "Company Code".',
			'The currencies differ between sales areas (EUR, USD) and were not written: choose a "Sales Organization".',
		]);
	});

	it('are those of the chosen unit', async () => {
		const values = { companyCode: '2000', salesOrganization: '1000' };
		const record = await mapped(input, { parts: ALL, values });
		expect(record.organization).toMatchObject({ paymentTerms: 'ZB02', currency: 'EUR' });
		expect(record.warnings).toBeUndefined();
	});

	it('ignore units that are flagged for deletion', async () => {
		const record = await mapped({ ...input, key: '1' });
		system.sandbox.store.changeCompany('1', '2000', { LOEVM: 'X' });
		expect((await again(record.erp.key)).organization?.paymentTerms).toBe('ZB01');
	});

	it('ship to the party of the sales area, or to the customer itself', async () => {
		const { store } = system.sandbox;
		store.createCustomer({ key: '50', name: 'Depot', city: 'Malmö', accountGroup: '0002' });
		const record = await mapped({ key: '1', name: 'X', city: 'Köln' }, { parts: ALL });
		expect(record.organization).not.toHaveProperty('shippingAddress');
		const area = { KUNNR: '0000000001', VKORG: '1000', VTWEG: '10', SPART: '00' };
		store.put('KNVP', { ...area, PARVW: 'AG', PARZA: '000', KUNN2: '0000000050' });
		store.put('KNVP', { ...area, PARVW: 'WE', PARZA: '000', KUNN2: '0000000001' });
		const own = await again(record.erp.key, { parts: ALL });
		expect(own.organization?.shippingAddress?.city).toBe('Köln');
		store.put('KNVP', { ...area, PARVW: 'WE', PARZA: '000', KUNN2: '0000000050' });
		store.put('KNVP', { ...area, PARVW: 'WE', PARZA: '001', KUNN2: '0000000001' });
		const other = await again(record.erp.key, { parts: ALL });
		expect(other.organization?.shippingAddress?.city).toBe('Malmö');
		expect(other.warnings).toEqual([
			'There are 2 ship-to parties; the first one (0000000050) was taken.',
		]);
	});
});

describe('contact persons', () => {
	it('come in the order of their numbers with phone, mobile, e-mail, function and department', async () => {
		const record = await mapped({ key: '1', name: 'X', email: 'info@example.test' });
		const { store } = system.sandbox;
		store.addContact('1', {
			first: 'Zoë',
			last: 'Weiß',
			email: 'zoe@example.test',
			phone: '1',
			mobile: '2',
			function: '01',
			department: '0002',
		});
		store.addContact('1', { last: 'Nur-Name', hasOwnAddress: true, email: 'own@example.test' });
		const { persons } = await again(record.erp.key);
		expect(persons).toMatchObject([
			{
				...{ key: '0000000500', externalId: 'ecc:100:contactPerson:0000000500' },
				...{ name: 'Zoë Weiß', email: 'zoe@example.test', phone: '1', mobile: '2' },
				...{ function: '01', department: '0002', isActive: true, isStandard: true },
			},
			{ key: '0000000501', name: 'Nur-Name', email: 'own@example.test', phone: '', mobile: '' },
		]);
	});
});

describe('the version of a record', () => {
	it('changes with what is mapped, and with nothing else', async () => {
		const record = await mapped({ key: '1', name: 'X' });
		system.sandbox.store.changeCustomer('1', { SORTL: 'SORT', UPDAT: '20261119' });
		system.clock.at += 60_000;
		const same = await again(record.erp.key);
		expect(same.erp.version).toBe(record.erp.version);
		expect(same.erp.readAt).not.toBe(record.erp.readAt);
		system.sandbox.store.changeAddress('1', { CITY1: 'Bonn' });
		expect((await again(record.erp.key)).erp.version).not.toBe(record.erp.version);
	});

	it('is the same by every road, and by every page size', async () => {
		seedEcc(system.sandbox.store);
		const versions = async (setup: object) =>
			(await scanAll(system.source({ parts: ALL }, setup))).map(({ erp }) => [
				erp.key,
				erp.version,
			]);
		const first = await versions({});
		expect(first).toHaveLength(41);
		expect(await versions({ credential: { access: 'json' } })).toEqual(first);
		expect(await versions({ pageSize: 7, keysPerRequest: 3 })).toEqual(first);
	});
});

describe('raw output', () => {
	it('holds the rows under the names of their tables', async () => {
		const record = await mapped(
			{ key: '1', name: 'X', companies: { '1000': 'A' } },
			{ output: 'raw' },
		);
		expect(Object.keys(record.raw ?? {})).toEqual(['KNA1', 'ADRC', 'KNB1', 'KNVK', 'ADR6', 'ADR2']);
		expect(record.raw).toMatchObject({ KNA1: { KUNNR: '0000000001' }, KNB1: [{ ZTERM: 'A' }] });
	});
});

describe('a Gateway service of the system', () => {
	const byKey = async (over = {}) =>
		new Map(
			(await scanAll(system.gateway(over))).map((record: ErpRecord) => [record.erp.key, record]),
		);

	beforeEach(() => {
		const { store } = system.sandbox;
		store.createCustomer({
			key: '1',
			name: 'Müller',
			city: 'Köln',
			email: 'a@example.test',
			fields: { ZZSEGMENT: 'A' },
		});
		store.createCustomer({ key: '2', name: 'Depot', accountGroup: '0002' });
	});

	it('gives customers under the ids that function calls give', async () => {
		const found = await byKey({ fields: ['Zzsegment'] });
		expect([...found.keys()]).toEqual(['0000000001']);
		const record = found.get('0000000001');
		expect(record?.erp.externalId).toBe('ecc:100:customer:0000000001');
		expect(record?.organization).toMatchObject({
			name: 'Müller',
			email: 'a@example.test',
			billingAddress: { city: 'Köln', houseNumber: '' },
			extensions: { Zzsegment: 'A' },
		});
	});

	it('gives anything else as it is', async () => {
		const found = await byKey({ maps: 'nothing', fields: ['Name1'] });
		expect(found.get('0000000001')).toMatchObject({
			erp: { entity: 'CustomerSet', changedAt: '2026-11-20' },
			raw: { Kunnr: '0000000001', Name1: 'Müller' },
		});
	});

	it('is told what it lacks, with what there is', async () => {
		const error = await errorOf(scanAll(system.gateway({ names: { email: 'Mail' } })));
		expect(error.message).toBe('CustomerSet of this service has no property Mail.');
		expect(error.remedy).toMatch(/^Correct "Field Names"; there are Aufsd, Erdat, Ktokd, Kunnr/);
		const noSet = await errorOf(scanAll(system.gateway({ entitySet: 'Customers' })));
		expect(noSet.remedy).toContain('there is CustomerSet');
	});

	it('tells the time of a change, and finds rows that were never changed by their creation', async () => {
		system.sandbox.store.changeCustomer('1', { STCEG: 'DE1' });
		const records = await recordsSince(system.gateway(), '2026-11-20T00:00:00');
		expect(records.map(({ erp }) => erp.changedAt)).toEqual(['2026-11-20T09:10:00']);
		const withAddresses = await recordsSince(
			system.gateway({
				filter: { exclude: [], oneTimeGroups: [], addressOnlyGroups: [], accountGroups: [] },
			}),
			'2026-11-20T00:00:00',
		);
		expect(withAddresses.map(({ erp }) => erp.changedAt)).toEqual([
			'2026-11-20T09:10:00',
			'2026-11-20',
		]);
	});
});
