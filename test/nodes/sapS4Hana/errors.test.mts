import type { Transport } from '../../../core/http/ports';
import { changesSince, errorOf, recordsSince, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
	system.sandbox.store.createPartner({ name: 'Firma', customer: {} });
});
afterEach(async () => await system.close());

const read = async (credential: Record<string, unknown>, parameters = {}) =>
	await errorOf(recordsSince(system.source(parameters, { credential }), '2026-01-01'));
const answering =
	(status: number, body: string, headers = {}): Transport =>
	async () => ({
		status,
		headers: {
			'content-type': body.startsWith('<') ? 'text/html' : 'application/json',
			...headers,
		},
		body: Buffer.from(body),
	});
const readFrom = async (transport: Transport) =>
	await errorOf(recordsSince(system.source({}, { transport }), '2026-01-01'));

describe('each bad setting is one sentence that names it', () => {
	it('wrong password', async () => {
		const error = await read({ password: 'wrong' });
		expect(error.kind).toBe('auth');
		expect(error.message).toMatch(/^SAP S\/4HANA refused the login \(HTTP 401\): "Logon Error/);
		expect(error.remedy).toBe('Check "User" and "Password" in the credential.');
		expect(system.sandbox.log.requests).toHaveLength(1);
	});

	it('wrong service path', async () => {
		const error = await read({ servicePath: '/sap/opu/odata/sap/API_WRONG' });
		expect(error.kind).toBe('configuration');
		expect(error.message).toContain('There is no active OData service at this path');
		expect(error.remedy).toContain('Check "Service Path" in the credential');
	});

	it('404 as a web page', async () => {
		const error = await readFrom(answering(404, '<html><h1>Not found</h1></html>'));
		expect(error.kind).toBe('configuration');
		expect(error.message).toContain('HTTP 404): "Not found"');
		expect(error.remedy).toContain('"Service Path"');
	});

	it('a login page in place of data, with status 200', async () => {
		system.sandbox.faults.add({ kind: 'html' });
		const error = await read({});
		expect(error.kind).toBe('configuration');
		expect(error.message).toBe(
			'A web page came back instead of data from SAP S/4HANA (HTTP 200): "Sign in Please sign in".',
		);
		expect(error.remedy).toContain('"Base URL" in the credential');
	});

	it('a redirect', async () => {
		const error = await readFrom(answering(302, '', { location: '/login' }));
		expect(error.kind).toBe('configuration');
		expect(error.remedy).toContain('"Base URL"');
	});

	it('XML although JSON was asked for', async () => {
		const error = await readFrom(
			answering(200, '<?xml version="1.0"?><feed/>', { 'content-type': 'application/atom+xml' }),
		);
		expect(error.message).toContain('answered with XML instead of JSON');
	});

	it.each([
		['Base URL', { baseUrl: 'my-host' }],
		['Base URL', { baseUrl: 'https://user:secret@host' }],
		['Base URL', { baseUrl: 'https://host/path?sap-client=100' }],
		['SAP Client', { sapClient: '1' }],
		['ERP Time Zone', { zone: 'Middle Europe' }],
		['User', { user: '' }],
	])('%s of a wrong form: %o', (setting, credential) => {
		expect(() => system.source({}, { credential })).toThrow(`"${setting}"`);
		expect(() => system.source({}, { credential })).not.toThrow('secret');
	});

	it.each(['BirthDate', 'to_BusinessPartnerBank/IBAN', "X' or 1 eq 1"])(
		'the extension field %s',
		(extensions) => {
			expect(() => system.source({ values: { extensions } })).toThrow(extensions.split('/').pop());
		},
	);
});

describe('what an older system or a smaller authorization lacks', () => {
	it.each([
		['A_BusinessPartnerTaxNumber', 'to_BusinessPartnerTax', 'Tax Numbers'],
		['A_CustSalesPartnerFunc', 'to_PartnerFunction', 'Ship-To Addresses'],
		['A_BPContactToFuncAndDept', 'to_ContactRelationship', 'Contact Persons'],
		['A_Supplier', 'to_Supplier', 'Supplier Data'],
	])(
		'no authorization for %s: %s is named, and the part to switch off',
		async (set, navigation, part) => {
			const key = system.sandbox.store.createPartner({ name: 'Alles', customer: {}, supplier: {} });
			system.sandbox.store.addContact(key, { lastName: 'Person' });
			system.sandbox.forbidden.add(set);
			const error = await read({});
			expect(error.kind).toBe('forbidden');
			expect(error.message).toContain(navigation);
			expect(error.remedy).toBe(
				`Give the user the authorization, or take "${part}" out of "Parts to Read".`,
			);
		},
	);

	it('a message that names nothing: the navigation is found by trying each alone', async () => {
		const transport: Transport = async (request) => {
			const url = decodeURIComponent(request.url);
			if (url.includes('to_BusinessPartnerRole')) {
				const error = { code: 'X/1', message: { lang: 'en', value: 'No authorization' } };
				return await answering(403, JSON.stringify({ error }))(request);
			}
			const answer = await fetch(request.url, { headers: request.headers });
			const body = Buffer.from(await answer.arrayBuffer());
			return { status: answer.status, headers: {}, body };
		};
		const error = await readFrom(transport);
		expect(error.message).toContain('to_BusinessPartnerRole may not be read by this user');
		expect(error.remedy).toContain('"Roles"');
	});

	it('no relationships at all: named with the part', async () => {
		system.sandbox.forbidden.add('A_BPRelationship');
		const error = await errorOf(changesSince(system.source(), '2026-01-01'));
		expect(error.message).toContain('A_BPRelationship may not be read by this user');
		expect(error.remedy).toContain('take "Contact Persons" out of "Parts to Read"');
	});

	it('switched off, the rest is read', async () => {
		system.sandbox.forbidden.add('A_BusinessPartnerTaxNumber');
		const parts = ['addresses', 'customer', 'roles'];
		const [record] = await recordsSince(system.source({ parts }), '2026-01-01');
		expect(record.organization).toMatchObject({ name: 'Firma', type: ['Customer'] });
		expect(record.organization).not.toHaveProperty('taxNumber');
		expect(record.organization).not.toHaveProperty('email');
	});
});

describe('answers that must not pass for "nothing changed"', () => {
	it.each(['wrongEnvelope', 'truncated'] as const)('%s is an error', async (kind) => {
		system.sandbox.faults.add({ kind });
		const error = await errorOf(changesSince(system.source(), '2026-01-01'));
		expect(error.kind).toBe('protocol');
	});

	it('an answer without body is an error', async () => {
		const error = await readFrom(answering(200, ''));
		expect(error.kind).toBe('protocol');
	});

	it('the id that SAP support asks for is kept', async () => {
		const error = {
			code: 'A/1',
			message: { value: 'Broken' },
			innererror: { transactionid: 'ABC' },
		};
		const seen = await readFrom(answering(400, JSON.stringify({ error })));
		expect([seen.code, seen.requestId]).toEqual(['A/1', 'ABC']);
	});

	it('503 with Retry-After is waited for and then read', async () => {
		system.sandbox.faults.add({ kind: 'status', status: 503, retryAfter: '7' });
		expect(await recordsSince(system.source(), '2026-01-01')).toHaveLength(1);
		expect(system.clock.pauses).toContain(7000);
	});
});
