import type { HttpRequest, Transport } from '../../../core/http/ports';
import { checkedMessages } from '../../../nodes/SapEcc/bapi';
import { builtIn, permissionsFrom, permittedTable } from '../../../nodes/SapEcc/permissions';
import type { EccOptions } from '../../sandbox/ecc/server.mts';
import { errorOf, loopback, startSystem, type Setup, type TestSystem } from './system.mts';

let system: TestSystem | undefined;
const start = async (options: EccOptions = {}) => (system = await startSystem(options));
afterEach(async () => {
	await system?.close();
	system = undefined;
});

const detail = { CUSTOMERNO: '0000000042', COMPANYCODE: '1000', RETURN: {} };
const answering =
	(status: number, body: string, headers: Record<string, string> = {}): Transport =>
	async () => ({ status, headers, body: Buffer.from(body) });

describe.each(['soap', 'json'])('a function called by %s', (access) => {
	const credential = { access };

	it('gives back structures, and tables that were asked for', async () => {
		const { sandbox, caller } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'Müller & Co', companies: { '1000': 'ZB01' } });
		const { values } = await caller({ credential }).call('bapi_customer_getdetail2', detail);
		expect(values.CUSTOMERADDRESS).toMatchObject({ CUSTOMER: '0000000042', NAME: 'Müller & Co' });
		expect(values.CUSTOMERCOMPANYDETAIL).toMatchObject({ PMNTTRMS: 'ZB01' });
		const list = await caller({ credential }).call('BAPI_CUSTOMER_GETLIST', {
			IDRANGE: [{ SIGN: 'I', OPTION: 'BT', LOW: '0000000001', HIGH: '0000000099' }],
			ADDRESSDATA: [],
		});
		expect(list.values.ADDRESSDATA).toEqual([
			{ CUSTOMER: '0000000042', NAME: 'Müller & Co', CITY: '' },
		]);
	});

	it('sends user, client and language, and never the password in the address', async () => {
		const { caller } = await start();
		const seen: HttpRequest[] = [];
		const transport: Transport = (request) => (seen.push(request), loopback(request));
		await caller({
			credential: { ...credential, language: 'de', sapClient: '100' },
			transport,
		}).call('STFC_CONNECTION', { REQUTEXT: 'x' });
		expect(seen[0].url).toContain('sap-client=100');
		expect(seen[0].url).toContain('sap-language=DE');
		expect(seen[0].url).not.toContain('sandbox-Pa55word');
	});

	it.each([
		['a wrong password', { password: 'wrong' }, {}, 'auth', '"Password"'],
		['a wrong client', { sapClient: '999' }, {}, 'auth', '"SAP Client"'],
		['a missing right for the table', {}, { forbiddenTables: ['KNA1'] }, 'forbidden', 'S_TABU_NAM'],
		[
			'a missing right for the function',
			{},
			{ forbiddenFunctions: ['RFC_READ_TABLE'] },
			'forbidden',
			access === 'soap' ? 'S_RFC' : 'S_RFC',
		],
		['a wrong address', { baseUrl: 'no-host' }, {}, 'configuration', '"Base URL"'],
	] as Array<[string, Record<string, unknown>, EccOptions, string, string]>)(
		'names %s',
		async (_what, over, options, kind, word) => {
			const { tables } = await start(options);
			const read = { table: 'KNA1', fields: ['KUNNR'], key: ['KUNNR'] };
			const error = await errorOf(
				(async () => await tables({ credential: { ...credential, ...over } }).rows(read))(),
			);
			expect(error.kind).toBe(kind);
			expect(error.remedy).toContain(word);
			expect(`${error.message} ${error.remedy}`).not.toContain('sandbox-Pa55word');
		},
	);

	it('tells a login page of a proxy from data', async () => {
		const { sandbox, caller } = await start();
		sandbox.faults.add({ kind: 'html' });
		const error = await errorOf(caller({ credential }).call('RFC_PING', {}));
		expect(error.kind).toBe('configuration');
		expect(error.message).toContain('A web page came back instead of data from SAP ECC (HTTP 200)');
	});

	it('is repeated when the answer was lost and it only reads', async () => {
		const { sandbox, caller } = await start();
		sandbox.faults.add({ kind: 'drop' });
		await caller({ credential }).call('RFC_PING', {});
		expect(sandbox.log.requests).toHaveLength(2);
	});

	it('is not repeated when the credential added it: it may have changed data', async () => {
		const { sandbox, caller } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'X' });
		sandbox.faults.add({ kind: 'drop' });
		const setup: Setup = { credential: { ...credential, additionalFunctions: 'Z_SET_SORT_TERM' } };
		const call = caller(setup).call('Z_SET_SORT_TERM', { KUNNR: '42', SORTL: 'A' });
		expect((await errorOf(call)).kind).toBe('transient');
		expect(sandbox.log.requests).toHaveLength(1);
	});
});

describe('the SOAP endpoint', () => {
	it.each(['error', 'exception', 'faultstring'] as const)(
		'tells the exception in the form "%s"',
		async (faultForm) => {
			const { tables } = await start({ faultForm, faultStatus: faultForm === 'error' ? 200 : 500 });
			const read = { table: 'KNA1', fields: ['KUNNR'], key: [], where: ['NOFIELD', '=', "'1'"] };
			const error = await errorOf(tables().rows(read));
			expect(error.kind).toBe('invalid');
			expect(error.message).toContain('OPTION_NOT_VALID');
			expect(error.remedy).toContain('conditions');
		},
	);

	it('that is switched off is named as such', async () => {
		const { caller } = await start({ isSoapInactive: true });
		const error = await errorOf(caller().call('RFC_PING', {}));
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('/sap/bc/soap/rfc, and that it is active in SICF');
	});

	it('cannot call functions that are not remote; the bridge can', async () => {
		const { sandbox, caller } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'X' });
		const parameters = { OBJECTCLASS: 'DEBI', I_CDHDR: [] };
		const error = await errorOf(caller().call('CHANGEDOCUMENT_READ_HEADERS', parameters));
		expect(error.remedy).toContain('JSON bridge');
		const json = caller({ credential: { access: 'json' } });
		const { values } = await json.call('CHANGEDOCUMENT_READ_HEADERS', parameters);
		expect(values.I_CDHDR).toMatchObject([{ OBJECTID: '0000000042' }]);
	});

	it('writes names with a namespace as SAP wants them', async () => {
		const { caller } = await start();
		const seen: string[] = [];
		const transport: Transport = async (request) => {
			seen.push(request.body ?? '');
			const tag = 'n:_-BODS_-RFC_READ_TABLE2.Response';
			const body = `<E><Body><${tag}><X>1</X></${tag}></Body></E>`;
			return { status: 200, headers: {}, body: Buffer.from(body) };
		};
		const credential = { tableFunction: '/bods/rfc_read_table2' };
		const { values } = await caller({ transport, credential }).call('/BODS/RFC_READ_TABLE2', {
			QUERY_TABLE: 'KNA1',
		});
		expect(seen[0]).toContain('<urn:_-BODS_-RFC_READ_TABLE2 ');
		expect(values).toEqual({ X: '1' });
	});

	it('without an answer of the function is an error, not an empty result', async () => {
		const { caller } = await start();
		const transport = answering(200, '<E><Body><Other.Response/></Body></E>');
		const error = await errorOf(caller({ transport }).call('RFC_PING', {}));
		expect(error.message).toContain('no SOAP answer of this function');
	});
});

describe('the lists of what may be called and read', () => {
	const permissions = permissionsFrom({
		functions: 'Z_ONE, z_two',
		tables: 'T052U USR02 PA0008',
		tableFunction: 'RFC_READ_TABLE',
	});

	it('hold reading functions, and nothing of users or personnel', () => {
		expect(builtIn.functions.filter((name) => !/GET|READ|PING|CONNECTION|INFO/.test(name))).toEqual(
			[],
		);
		expect(permittedTable('t052u', permissions)).toBe('T052U');
	});

	it.each(['USR02', 'PA0008', 'PCL2', 'USH02', 'RFCDES', 'RSECTAB', 'HRP1001', 'PB4000'])(
		'keep %s closed, even if the credential names it',
		(table) => {
			const naming = permissionsFrom({ functions: '', tables: table, tableFunction: 'X' });
			expect(() => permittedTable(table, naming)).toThrow('is never read by this node');
		},
	);

	it.each([
		['a function that is not listed', 'BAPI_CUSTOMER_CREATE', {}, '"Additional Functions"'],
		[
			'a table that is not listed, by way of the reader',
			'RFC_READ_TABLE',
			{ query_table: 'VBAK' },
			'"Additional Tables"',
		],
		[
			'a closed table, by way of an added function',
			'Z_ONE',
			{ SOME: [{ NAME: 'usr02' }] },
			'users, passwords or payroll',
		],
		['a function that runs programs', 'RFC_ABAP_INSTALL_AND_RUN', {}, 'use another function'],
		['a name that is none', "X' OR 1", {}, 'letters, digits'],
	])('refuse %s before anything is sent', async (_what, name, parameters, remedy) => {
		const { sandbox, caller } = await start();
		const credential = { additionalFunctions: 'Z_ONE, RFC_ABAP_INSTALL_AND_RUN' };
		const error = await errorOf(caller({ credential }).call(name, parameters));
		expect(error.remedy).toContain(remedy);
		expect(sandbox.log.requests).toHaveLength(0);
	});
});

describe('messages of a BAPI', () => {
	const result = (RETURN: unknown) => ({ values: { RETURN } as never, serverNow: '' });
	const message = (TYPE: string, MESSAGE: string) => ({ TYPE, ID: 'F2', NUMBER: '153', MESSAGE });

	it('of type E, A or X are one error with their number', () => {
		for (const type of ['E', 'A', 'X']) {
			const failing = () =>
				checkedMessages(result([message('S', 'ok'), message(type, 'Not there.')]), 'BAPI_X');
			expect(failing).toThrow(`BAPI_X failed: Not there (${type} F2 153).`);
		}
	});

	it('of type W are warnings, others nothing; a structure is as good as a table', () => {
		expect(checkedMessages(result(message('W', 'Careful')), 'B').warnings).toEqual([
			'Careful (W F2 153)',
		]);
		for (const good of [message('S', 'x'), message('I', 'x'), message('', ''), [], '', undefined]) {
			expect(checkedMessages(result(good), 'B').warnings).toEqual([]);
		}
	});
});
