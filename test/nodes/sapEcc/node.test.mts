import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestHelper,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { ErpSapEccApi } from '../../../credentials/ErpSapEccApi.credentials';
import { SapEcc } from '../../../nodes/SapEcc/SapEcc.node';
import { SapEccTrigger } from '../../../nodes/SapEcc/SapEccTrigger.node';
import { seedEcc } from '../../sandbox/ecc/seed.mts';
import type { EccOptions } from '../../sandbox/ecc/server.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem | undefined;
const start = async (options: EccOptions = {}) => (system = await startSystem(options));
afterEach(async () => {
	await system?.close();
	system = undefined;
});

/** n8n's request helper, by Node's own HTTP. */
async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	const { method = 'GET', headers, body } = options;
	const answer = await fetch(options.url, {
		method,
		redirect: 'manual',
		headers: headers as Record<string, string>,
		...(body === undefined ? {} : { body: body as string }),
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	const received: Record<string, string> = {};
	answer.headers.forEach((value, name) => void (received[name] = value));
	return {
		statusCode: answer.status,
		headers: received,
		body: options.encoding === 'text' ? bytes.toString('utf8') : bytes,
	};
}

/** Runs the action node on one item and gives the items that leave. */
async function run(
	parameters: Record<string, unknown>,
	over: Record<string, unknown> = {},
	isLenient = false,
) {
	const credential = system?.credential(over);
	const context = {
		getInputData: () => [{ json: {} }],
		getCredentials: async () => credential,
		getNode: () => ({
			name: 'SAP ECC',
			type: 'sapEcc',
			id: '1',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		}),
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			parameters[name] ?? fallback,
		continueOnFail: () => isLenient,
		helpers: { httpRequest },
	};
	const [items] = await new SapEcc().execute.call(context as unknown as IExecuteFunctions);
	expect(items.every(({ pairedItem }) => (pairedItem as { item: number }).item === 0)).toBe(true);
	return items.map(({ json }) => json);
}

describe('the node', () => {
	it('gets a customer by its number, with or without zeros, whatever the filters say', async () => {
		const { sandbox } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'Depot', accountGroup: '0002' });
		for (const number of ['42', '0000000042']) {
			const [item] = await run({ resource: 'customer', operation: 'get', number });
			expect(item).toMatchObject({ organization: { name: 'Depot' } });
		}
		await expect(run({ resource: 'customer', operation: 'get', number: '43' })).rejects.toThrow(
			'There is no customer "43" in SAP ECC.',
		);
	});

	it('gets many customers and suppliers, up to the limit', async () => {
		const { sandbox } = await start();
		seedEcc(sandbox.store);
		expect(await run({ resource: 'customer', operation: 'getAll', limit: 5 })).toHaveLength(5);
		expect(await run({ resource: 'customer', operation: 'getAll', returnAll: true })).toHaveLength(
			41,
		);
		expect(await run({ resource: 'supplier', operation: 'getAll' })).toHaveLength(3);
	});

	it('reads a table by conditions, and only the fields that are named', async () => {
		const { sandbox } = await start();
		seedEcc(sandbox.store);
		const condition = [
			{ field: 'ztErm', operator: '=', value: 'ZB99' },
			{ field: 'KUNNR', operator: '>=', value: '0000100010' },
		];
		const parameters = {
			resource: 'table',
			table: 'knb1',
			tableFields: 'KUNNR, ZTERM',
			conditions: { condition },
		};
		const rows = await run({ ...parameters, returnAll: true });
		expect(rows).toHaveLength(3);
		expect(rows[0]).toEqual({ KUNNR: expect.any(String), ZTERM: 'ZB99' });
		expect(await run({ ...parameters, tableKey: 'KUNNR, BUKRS', returnAll: true })).toHaveLength(3);
		const listed = { ...parameters, table: { __rl: true, mode: 'list', value: 'KNB1' } };
		expect(await run({ ...listed, returnAll: true })).toHaveLength(3);
		await expect(run({ ...parameters, tableFields: '' })).rejects.toThrow('No field is named');
		await expect(run({ ...parameters, table: 'VBAK' })).rejects.toThrow('not on the list');
	});

	it.each(['soap', 'json'])('calls a function and hands on its warnings (%s)', async (access) => {
		const { sandbox } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'X' });
		const functionParameters = { customerno: '0000000042', COMPANYCODE: '9999', RETURN: {} };
		const parameters = {
			resource: 'function',
			functionName: 'BAPI_CUSTOMER_GETDETAIL2',
			functionParameters: JSON.stringify(functionParameters),
		};
		const [item] = await run(parameters, { access });
		expect(item).toMatchObject({
			CUSTOMERADDRESS: { NAME: 'X' },
			warnings: ['Customer 0000000042 has no data in this company code (W F2 154)'],
		});
		const functionName = { __rl: true, mode: 'list', value: 'BAPI_CUSTOMER_GETDETAIL2' };
		expect(await run({ ...parameters, functionName }, { access })).toEqual([item]);
		const unknown = { ...parameters, functionParameters: { CUSTOMERNO: '1' } };
		await expect(run(unknown, { access })).rejects.toThrow(
			'Customer 1 has not been created (E F2 153)',
		);
		const [failed] = await run(unknown, { access }, true);
		expect(failed.error).toContain('has not been created');
		await expect(run({ ...parameters, functionParameters: '[1]' })).rejects.toThrow(
			'no JSON object',
		);
	});

	it('asks for the tables that should come back', async () => {
		const { sandbox } = await start();
		sandbox.store.createCustomer({ key: '42', name: 'X' });
		const parameters = {
			...{
				resource: 'function',
				functionName: 'BAPI_CUSTOMER_GETLIST',
				returnTables: 'ADDRESSDATA',
			},
			functionParameters: { IDRANGE: [{ SIGN: 'I', OPTION: 'EQ', LOW: '42', HIGH: '' }] },
		};
		const [item] = await run(parameters);
		expect(item.ADDRESSDATA).toEqual([{ CUSTOMER: '0000000042', NAME: 'X', CITY: '' }]);
	});

	it('reads rows of a Gateway service, also where functions are closed', async () => {
		const { sandbox } = await start();
		seedEcc(sandbox.store);
		const parameters = {
			resource: 'entitySet',
			servicePath: sandbox.gatewayPath,
			entitySet: 'CustomerSet',
			fields: 'Kunnr,Name1',
		};
		const rows = await run(
			{ ...parameters, filter: "Land1 eq 'AT'", limit: 2 },
			{ access: 'gateway' },
		);
		expect(rows).toHaveLength(2);
		expect(Object.keys(rows[0])).toEqual(['Kunnr', 'Name1']);
		const listed = { ...parameters, entitySet: { __rl: true, mode: 'list', value: 'CustomerSet' } };
		expect(await run({ ...listed, limit: 1 }, { access: 'gateway' })).toHaveLength(1);
		await expect(
			run({ resource: 'customer', operation: 'getAll' }, { access: 'gateway' }),
		).rejects.toThrow('SAP Gateway only');
	});

	it('cannot be told by a model which functions and tables are open', () => {
		const names = new SapEcc().description.properties.map(({ name }) => name);
		expect(names).not.toEqual(expect.arrayContaining(['additionalFunctions']));
		const credential = new ErpSapEccApi().properties;
		for (const name of ['additionalFunctions', 'additionalTables', 'tableFunction', 'access']) {
			expect(credential.find((property) => property.name === name)).toMatchObject({
				noDataExpression: true,
			});
		}
		expect(credential.find(({ name }) => name === 'additionalFunctions')?.displayName).toContain(
			'May Change Data in SAP',
		);
	});

	it('has the names people look for', () => {
		expect(new SapEcc().description).toMatchObject({ displayName: 'SAP ECC', usableAsTool: true });
		expect(new SapEccTrigger().description).toMatchObject({
			displayName: 'SAP ECC Trigger',
			polling: true,
		});
	});
});

describe('the Test button', () => {
	const press = async (over: Record<string, unknown> = {}, request: unknown = httpRequest) => {
		const credential = {
			access: 'soap',
			...system?.credential(),
			...over,
		} as ICredentialDataDecryptedObject;
		const helper = { helpers: { httpRequest: request } } as unknown as IHttpRequestHelper;
		const type = new ErpSapEccApi();
		return await type.preAuthentication.call(helper, credential).then(
			() => 'good',
			(error: Error) => error.message,
		);
	};
	const failing = (code: string) => async () => {
		throw Object.assign(new Error('x'), { code });
	};

	it.each(['soap', 'json', 'gateway'])('is content with a good credential (%s)', async (access) => {
		await start();
		expect(await press({ access })).toBe('good');
	});

	it.each([
		['a wrong password', { password: 'no' }, {}, /refused the login: check "User" and "Password"/],
		['a wrong client', { sapClient: '200' }, {}, /"SAP Client" \(a wrong client looks the same\)/],
		[
			'a client that is none',
			{ sapClient: 'X' },
			{},
			/"SAP Client" is "X": it consists of three digits/,
		],
		[
			'a missing right for the table',
			{},
			{ forbiddenTables: ['KNA1'] },
			/may not read the customer table/,
		],
		[
			'a missing right for the function',
			{},
			{ forbiddenFunctions: ['RFC_READ_TABLE'] },
			/give it S_RFC/,
		],
		[
			'the same by the bridge',
			{ access: 'json' },
			{ forbiddenFunctions: ['RFC_READ_TABLE'] },
			/Z_JSON too/,
		],
		[
			'a table right by the bridge',
			{ access: 'json' },
			{ forbiddenTables: ['KNA1'] },
			/may not read the customer table/,
		],
		[
			'an endpoint that is switched off',
			{},
			{ isSoapInactive: true },
			/no active endpoint \(HTTP 403\): check that \/sap\/bc\/soap\/rfc is active/,
		],
		[
			'a wrong bridge path',
			{ access: 'json', bridgePath: '/other' },
			{},
			/"Bridge Path" \(\/other\)/,
		],
		['an unknown function', { tableFunction: 'Z_READ' }, {}, /check "Table Function"/],
		['an address that is none', { baseUrl: 'sap' }, {}, /"Base URL" is "sap"/],
	] as Array<[string, Record<string, unknown>, EccOptions, RegExp]>)(
		'names %s',
		async (_what, over, options, sentence) => {
			await start(options);
			const said = await press(over);
			expect(said).toMatch(sentence);
			expect(said).not.toContain('sandbox-Pa55word');
		},
	);

	it('names an unknown host, a bad certificate and a closed port', async () => {
		await start();
		const baseUrl = 'https://sap.example.test:44300';
		expect(await press({ baseUrl }, failing('ENOTFOUND'))).toBe(
			'The host sap.example.test:44300 is unknown: check "Base URL".',
		);
		expect(await press({ baseUrl }, failing('DEPTH_ZERO_SELF_SIGNED_CERT'))).toContain(
			'is not trusted',
		);
		expect(await press({ baseUrl }, failing('ECONNREFUSED'))).toContain(
			'refuses connections: check "Base URL"',
		);
	});

	it('is not fooled by a web page', async () => {
		const { sandbox } = await start();
		sandbox.faults.add({ kind: 'html' });
		expect(await press()).toContain('A web page came back instead of data (HTTP 200)');
	});
});
