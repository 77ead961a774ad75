/** The node and the credential as n8n runs them, with n8n's request function played by Node's own HTTP. */
import type {
	IExecuteFunctions,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import { ErpSapBusinessOneApi } from '../../../credentials/ErpSapBusinessOneApi.credentials';
import { SapBusinessOne } from '../../../nodes/SapBusinessOne/SapBusinessOne.node';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.partner('C1', { CardName: 'Firma' });
});
afterEach(async () => await system.close());

async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	const { method = 'GET', url, body, headers } = options;
	const answer = await fetch(url, {
		method,
		headers: headers as Record<string, string>,
		body: body as string | undefined,
		redirect: 'manual',
	}).catch((error: Error & { cause?: { code?: string } }) => {
		throw Object.assign(new Error(error.message), { code: error.cause?.code });
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	const received: Record<string, unknown> = { 'set-cookie': answer.headers.getSetCookie() };
	answer.headers.forEach((value, name) => {
		if (name !== 'set-cookie') received[name] = value;
	});
	return {
		statusCode: answer.status,
		headers: received,
		body: options.encoding === 'arraybuffer' ? bytes : bytes.toString('utf8'),
	};
}

const credential = (more = {}) => {
	const { companyDb, user, password } = system.sandbox.sessions.options;
	return { baseUrl: system.sandbox.url, companyDb, user, password, version: 'v2', ...more };
};

type Items = Array<Record<string, unknown>>;

async function run(
	items: Items,
	{ type = 'sapBusinessOne', more = {}, continueOnFail = false } = {},
): Promise<INodeExecutionData[]> {
	const context = {
		getInputData: () => items.map((json) => ({ json })),
		getNodeParameter: (name: string, at: number, fallback: unknown) => items[at][name] ?? fallback,
		getCredentials: async () => credential(more),
		getNode: () => ({ name: 'SAP Business One', type: `n8n-nodes-erp-pipedrive.${type}` }),
		continueOnFail: () => continueOnFail,
		helpers: { httpRequest },
	};
	const [output] = await new SapBusinessOne().execute.call(context as unknown as IExecuteFunctions);
	return output;
}

const newOrder = {
	resource: 'order',
	operation: 'create',
	cardCode: 'C1',
	dueDate: '2026-12-31T00:00:00.000Z',
	reference: 'PD-1',
	lines: { line: [{ ItemCode: 'A1', Quantity: 2, UnitPrice: '9.5', TaxCode: '' }] },
	additionalFields: { Comments: 'From CRM', Series: 0, json: '{"U_Source":"CRM"}' },
};

describe('the action node', () => {
	it('gets a partner by its code, paired with its item', async () => {
		const output = await run([
			{ resource: 'businessPartner', operation: 'get', key: 'C1' },
			{ resource: 'businessPartner', operation: 'get', key: 'C1', output: 'raw' },
		]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(output[0].json).toMatchObject({ erp: { key: 'C1' }, organization: { name: 'Firma' } });
		expect(output[1].json).toMatchObject({ CardName: 'Firma', erp: { key: 'C1' } });
	});

	it('gets many up to the limit, or all', async () => {
		for (let n = 2; n < 8; n++) system.sandbox.store.partner(`C${n}`);
		const list = { resource: 'businessPartner', operation: 'getAll' };
		expect(await run([{ ...list, limit: 3 }])).toHaveLength(3);
		expect(await run([{ ...list, returnAll: true }])).toHaveLength(7);
	});

	it('reads any entity set with the fields that are named', async () => {
		system.sandbox.store.put('PriceLists', 1, { PriceListName: 'Basis' });
		const set = {
			resource: 'entitySet',
			entitySet: 'PriceLists',
			fields: 'PriceListNo, PriceListName',
		};
		const row = { PriceListNo: 1, PriceListName: 'Basis' };
		const get = { ...set, operation: 'get', key: '1', keyType: 'number' };
		const many = { ...set, operation: 'getAll', filter: "PriceListName eq 'Basis'" };
		const listed = { ...many, entitySet: { __rl: true, mode: 'list', value: 'PriceLists' } };
		expect((await run([get, many, listed])).map(({ json }) => json)).toEqual([row, row, row]);
	});

	it('tells a key that does not exist, and goes on with the next item where asked to', async () => {
		const get = { resource: 'order', operation: 'get', key: '77' };
		await expect(run([get])).rejects.toThrow('no Orders "77"');
		const found = { resource: 'businessPartner', operation: 'get', key: 'C1' };
		const output = await run([get, found], { continueOnFail: true });
		expect(output[0].json.error).toContain('no Orders "77"');
		expect(output[1].json).toHaveProperty('organization');
	});

	it('creates an order and cancels it', async () => {
		const [created] = await run([newOrder]);
		expect(created.json).toMatchObject({
			outcome: 'created',
			document: { CardCode: 'C1', DocTotal: 19 },
		});
		const [row] = system.sandbox.store.rows('Orders');
		expect(row).toMatchObject({
			NumAtCard: 'PD-1',
			DocDueDate: '2026-12-31',
			Comments: 'From CRM',
			U_Source: 'CRM',
			Series: null,
		});
		const cancel = { resource: 'order', operation: 'cancel', docEntry: String(row.DocEntry) };
		expect((await run([cancel]))[0].json).toMatchObject({ outcome: 'cancelled' });
	});
});

describe('a Pipedrive deal', () => {
	const wonDeal = {
		resource: 'deal',
		operation: 'createFromDeal',
		reference: 'PD-7',
		dueDate: '2026-12-31T00:00:00.000+01:00',
		deal: {
			deal: { id: 7, title: 'Pumps', status: 'won', currency: 'EUR' },
			organizationExternalId: 'b1:SBODEMODE:businessPartner:C1',
			lines: [{ productCode: 'A1', quantity: 2, unitPrice: 9.5 }],
		},
		dealOptions: { Series: 0, Comments: 'CRM', json: '{"U_Source":"CRM"}', currencyCodes: '$=USD' },
	};

	it('becomes an order that is found by its reference', async () => {
		const find = { resource: 'order', operation: 'findByReference', reference: 'PD-7' };
		const own = { ...find, referenceField: 'U_PipedriveDealId' };
		const [before, created, after] = await run([own, wonDeal, own]);
		expect(before.json).toMatchObject({ found: false, state: '' });
		expect(created.json).toMatchObject({ outcome: 'created', number: '1001', dealId: '7' });
		expect(after.json).toMatchObject({ found: true, state: 'open', document: { DocNum: 1001 } });
		expect((await run([find]))[0].json.found).toBe(false);
		expect(system.sandbox.store.rows('Orders')).toMatchObject([
			{ DocDueDate: '2026-12-31', Comments: 'CRM', U_Source: 'CRM', Series: null },
		]);
		await expect(run([{ ...find, reference: ' ' }])).rejects.toThrow('No reference is given');
	});

	it('that cannot become one fails, or goes on with the reason in one word', async () => {
		const unlinked = { ...wonDeal, deal: { ...wonDeal.deal, organizationExternalId: '' } };
		await expect(run([unlinked])).rejects.toThrow('nobody knows the customer');
		const output = await run([{ ...unlinked, whenSetAside: 'output' }, wonDeal]);
		expect(output.map(({ json }) => [json.outcome, json.reasonCode])).toEqual([
			['setAside', 'customerUnlinked'],
			['created', ''],
		]);
		expect(output[0].json.reason).toContain('Link the organization to its customer');
	});

	it.each([
		['a wrong setting', { dueDate: '' }],
		['a refusal of the ERP', { dealOptions: { json: '{"Nonsense":1}' } }],
	])('never goes on after %s', async (_what, more) => {
		const item = { ...wonDeal, ...more, whenSetAside: 'output' };
		await expect(run([item])).rejects.toThrow();
	});

	it('creates nothing as a tool', async () => {
		await expect(run([wonDeal], { type: 'sapBusinessOneTool' })).rejects.toThrow('may not change');
		expect(system.sandbox.log.writes).toBe(0);
	});
});

describe('as a tool', () => {
	const asTool = { type: 'sapBusinessOneTool' };

	it('reads, and writes nothing', async () => {
		expect(
			await run([{ resource: 'businessPartner', operation: 'get', key: 'C1' }], asTool),
		).toHaveLength(1);
		for (const item of [newOrder, { resource: 'order', operation: 'cancel', docEntry: '1' }]) {
			await expect(run([item], asTool)).rejects.toThrow('may not change SAP Business One');
		}
		expect(system.sandbox.log.writes).toBe(0);
	});

	it('writes once that is enabled in the credential', async () => {
		const [created] = await run([newOrder], { ...asTool, more: { allowWritingAsTool: true } });
		expect(created.json.outcome).toBe('created');
	});
});

describe('the Test button', () => {
	const type = new ErpSapBusinessOneApi();
	const press = async (more = {}) => {
		const helpers = { helpers: { httpRequest } } as unknown as IHttpRequestHelper;
		return await type.preAuthentication.call(helpers, credential(more));
	};

	it.each(['v1', 'v2'])('leaves a session that the test request closes (%s)', async (version) => {
		const { sessionToken, lastProbe } = await press({ version });
		expect(lastProbe).toBe('');
		expect(system.sandbox.sessions.count).toBe(1);
		const url = `${system.sandbox.url}/b1s/${version}/Logout`;
		const answer = await fetch(url, { method: 'POST', headers: { cookie: String(sessionToken) } });
		expect(answer.status).toBe(204);
		expect(system.sandbox.sessions.count).toBe(0);
	});

	it.each([
		['a wrong password', { password: 'wrong-password' }, /"User" and "Password"/],
		['a wrong company', { companyDb: 'NONE' }, /"Company Database"/],
		['a host without scheme', { baseUrl: 'b1.example' }, /"Base URL"/],
		['a closed port', { baseUrl: 'http://127.0.0.1:9' }, /does not answer.*"Base URL"/],
	])('names the setting for %s', async (_what, more, setting) => {
		const error = (await press(more).catch((caught: unknown) => caught)) as Error;
		expect(error.message).toMatch(setting);
		expect(error.message).not.toContain('wrong-password');
		expect(system.sandbox.sessions.count).toBe(0);
	});

	it('tells a missing right from a refused login, and leaves no session', async () => {
		system.sandbox.rules.forbidden.add('BusinessPartners');
		await expect(press()).rejects.toThrow('The login is good, but the user may not read');
		expect(system.sandbox.sessions.count).toBe(0);
	});

	it('tells a path without a Service Layer, and a login page', async () => {
		await expect(press({ baseUrl: `${system.sandbox.url}/x` })).rejects.toThrow('no Service Layer');
		system.sandbox.faults.add({ kind: 'html' });
		await expect(press()).rejects.toThrow('A web page came back');
	});

	it.each([
		['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate.*"Ignore SSL Issues"/],
		['ENOTFOUND', /host .* is unknown.*"Base URL"/],
	])('tells %s', async (code, words) => {
		const failing = {
			helpers: { httpRequest: async () => Promise.reject(Object.assign(new Error('x'), { code })) },
		};
		const pressed = type.preAuthentication.call(
			failing as unknown as IHttpRequestHelper,
			credential(),
		);
		await expect(pressed).rejects.toThrow(words);
	});
});
