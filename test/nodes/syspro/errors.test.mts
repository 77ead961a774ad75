import { errorOf, startSystem, type Mode, type TestSystem } from './system.mts';
import { connectionFrom } from '../../../nodes/Syspro/connection';

let system: TestSystem;
const start = async (mode: Mode, options = {}) => {
	system = await startSystem(mode, options);
	for (let n = 1; n <= 9; n++) {
		system.sandbox.store.put('ArCustomer', { Customer: `000${n}`, Name: `Firma ${n}` });
	}
};
afterEach(async () => await system.close());

const query = {
	table: 'ArCustomer',
	columns: ['Customer', 'Name'],
	where: [],
	orderBy: ['Customer'],
	rows: 5,
};
const read = async (credential: Record<string, unknown> = {}, more = {}) =>
	await errorOf(system.access({ credential }).find({ ...query, ...more }));

describe('each way to fail by e.net is one sentence with the setting to look at', () => {
	beforeEach(async () => await start('enet'));

	it.each([
		[
			{ operatorPassword: 'x' },
			'auth',
			'SYSPRO answered: Invalid operator password.',
			'"Operator Password"',
		],
		[{ operator: 'NOBODY' }, 'auth', "SYSPRO answered: Operator 'NOBODY' not found.", '"Operator"'],
		[{ companyId: 'Z' }, 'auth', "SYSPRO answered: Company 'Z' not found.", '"Company ID"'],
		[
			{ companyPassword: 'x' },
			'auth',
			'SYSPRO answered: Invalid company password.',
			'"Company Password"',
		],
	])('%j', async (credential, kind, message, setting) => {
		const error = await read(credential);
		expect(error).toMatchObject({ kind, message });
		expect(error.remedy).toContain(setting);
	});

	it('the wrong path', async () => {
		const error = await read({ baseUrl: `${system.sandbox.url}/elsewhere` });
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('/SYSPROWCFService/Rest');
	});

	it('a right that is missing', async () => {
		const error = await read({ operator: 'READER', operatorPassword: 'r' });
		expect(error.kind).toBe('forbidden');
		expect(error.message).toContain(
			'SYSPRO refused the table ArCustomer: Operator READER is not allowed',
		);
	});

	it('no licence left', async () => {
		await system.close();
		await start('enet', { licences: 0 });
		const error = await read();
		expect(error.kind).toBe('transient');
		expect(error.remedy).toContain('licences are in use');
	});

	it('an e.net service that is not set up', async () => {
		const text = 'ERROR: Unable to read the SYSPRO base directory registry string BaseDir8';
		system.sandbox.faults.add({ kind: 'text', match: 'Logon', text });
		expect(await read()).toMatchObject({ kind: 'configuration' });
	});

	it('a column that this version lacks', async () => {
		const error = await read({}, { columns: ['Customer', 'Nonsense'] });
		expect(error.message).toContain("Column 'Nonsense' not found");
		expect(error.remedy).toContain('"Columns to Leave Out"');
	});

	it('an answer that is cut but still arrives', async () => {
		system.sandbox.faults.add({ kind: 'truncated', match: 'COMFND' });
		expect((await read()).kind).toBe('protocol');
	});

	it('fewer rows than SYSPRO counts', async () => {
		const body =
			'<ArCustomer><HeaderDetails/><Row><Customer>1</Customer><Name/></Row><RowsReturned>   2</RowsReturned></ArCustomer>';
		system.sandbox.faults.add({ kind: 'text', match: 'COMFND', text: body });
		expect((await read()).message).toBe(
			'SYSPRO says it returned 2 rows of ArCustomer, but 1 came.',
		);
	});

	it('a condition that SYSPRO ignored, so that paging would never end', async () => {
		system.sandbox.faults.add({ kind: 'ignoreWhere', match: 'ArCustomer', after: 1, times: 99 });
		const source = system.source('customer', {}, { pageSize: 3 });
		const scanning = async () => {
			for await (const page of source.scan?.() ?? []) expect(page.rows.length).toBeLessThan(9);
		};
		const error = await errorOf(scanning());
		expect(error.message).toBe(
			'SYSPRO returned ArCustomer with Customer "0001" although only those after "0003" were asked for.',
		);
	});

	it('an address longer than the service takes', async () => {
		const columns = Array.from({ length: 400 }, (_, n) => `UserDefinedColumn${n}`);
		expect((await read({}, { columns })).message).toContain('SYSPRO e.net takes 15000');
	});
});

describe('each way to fail by OData is one sentence with the setting to look at', () => {
	beforeEach(async () => await start('odata'));

	it('wrong password', async () => {
		const error = await read({ password: 'x' });
		expect(error.kind).toBe('auth');
		expect(error.remedy).toBe('Check "User" and "Password" in the credential.');
	});

	it('wrong path', async () => {
		const error = await read({ baseUrl: `${system.sandbox.url}/elsewhere` });
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('"Base URL"');
	});

	it('a table that is not published, or not to this operator', async () => {
		expect((await read({}, { table: 'Nonsense' })).message).toContain('no entity set Nonsense');
		system.sandbox.odata.forbidden.push('ArCustomer');
		expect((await read()).kind).toBe('forbidden');
	});

	it('a column that this version lacks is left out by itself', async () => {
		system.sandbox.odata.missing.push('ArCustomer.Name');
		const { rows } = await system.access().find(query);
		expect(rows[0]).toEqual({ Customer: '0001' });
	});

	it.each(['Edm.Date', 'Edm.DateTimeOffset'] as const)(
		'dates of type %s are compared as such',
		async (dateType) => {
			system.sandbox.odata.dateType = dateType;
			const { store } = system.sandbox;
			store.put('ArInvoice', {
				Customer: '1',
				Invoice: '1',
				DocumentType: 'I',
				InvoiceDate: '2026-11-01',
			});
			store.put('ArInvoice', {
				Customer: '1',
				Invoice: '2',
				DocumentType: 'I',
				InvoiceDate: '2026-11-19',
			});
			const source = system.source('invoice');
			const ids: string[] = [];
			for await (const page of source.changes?.({ fromInclusive: '2026-11-13' }) ?? []) {
				ids.push(
					...page.changes.map(({ changedAt, id }) => `${id.split('\u0000')[0]} ${changedAt}`),
				);
			}
			expect(ids).toEqual(['2 2026-11-19']);
		},
	);
});

describe('a credential', () => {
	const good = { baseUrl: 'https://h/x', companyId: 'A', operator: 'O', user: 'U' };
	beforeEach(async () => await start('odata'));

	it.each([
		['Base URL', { baseUrl: 'my-host' }],
		['Base URL', { baseUrl: 'https://user:secret@host/x' }],
		['Base URL', { baseUrl: 'https://host/x?UserId=secret' }],
		['Company ID', { companyId: ' ' }],
		['ERP Time Zone', { zone: 'South Africa' }],
		['Company Currency', { companyCurrency: 'Rand' }],
		['Operator', { operator: '' }],
	])('with a wrong %s (%j) names it', (setting, wrong) => {
		expect(() => connectionFrom({ ...good, ...wrong }, 'enet')).toThrow(`"${setting}"`);
		expect(() => connectionFrom({ ...good, ...wrong }, 'enet')).not.toThrow('secret');
	});
});

describe('a setting of the panel', () => {
	beforeEach(async () => await start('odata'));

	it.each([
		['Columns to Leave Out', { reading: { leaveOut: 'A; DROP' } }],
		['Additional Columns', { values: { extensions: 'User Field' } }],
		['Custom Form Fields', { values: { customFields: '</Column>' } }],
		['Currency Codes', { values: { currencies: 'R: ZAR' } }],
	])('%s of a wrong form is named', (setting, parameters) => {
		let remedy = '';
		try {
			system.source('customer', parameters);
		} catch (error) {
			remedy = (error as { remedy: string }).remedy;
		}
		expect(remedy).toContain(`"${setting}"`);
	});
});
