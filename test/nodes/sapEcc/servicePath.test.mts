/** The path of a Gateway service is no way around the list of functions. */
import { redact } from '../../../core/http/redact';
import { searchChangeFields, searchEntitySets } from '../../../nodes/SapEcc/lists';
import { connectionFrom } from '../../../nodes/SapEcc/connection';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const panel = (servicePath: string, credential = {}) =>
	panelContext(system.credential(credential), { servicePath, entitySet: 'CustomerSet' });
const refused = async (servicePath: string, credential = {}) => {
	const sentence = await refusalOf(searchEntitySets.call(panel(servicePath, credential)));
	expect(await refusalOf(searchChangeFields.call(panel(servicePath, credential)))).toBe(sentence);
	expect(system.sandbox.log.requests).toEqual([]);
	return sentence;
};

it.each([
	'/fmcall/TH_USER_LIST',
	'/fmcall/RFC_READ_TABLE',
	'fmcall',
	'/FmCall/BAPI_USER_GET_DETAIL/',
	'/fmcall;x=1/TH_USER_LIST',
	'/sap/bc/soap/rfc',
	'/SAP/BC/SOAP/RFC/',
	'/sap;mo/bc/soap/rfc',
	'/sap/bc/soap/rfc/x',
	'https://erp.example/fmcall/TH_USER_LIST',
	'https://erp.example/x/../fmcall/TH_USER_LIST',
])('%s leads to functions: nothing is sent', async (path) => {
	const sentence = await refused(path);
	expect(sentence).toContain(`"Service Path" is "${path}", where functions are called`);
	expect(sentence).toContain('for example /sap/opu/odata/sap/ZCUSTOMER_SRV');
});

it.each([
	['/other/bridge', '/other/Bridge/TH_USER_LIST'],
	['other/bridge/', '/other/bridge'],
	['/other/bridge', '/fmcall/TH_USER_LIST'],
	['/', '/TH_USER_LIST'],
])('a JSON bridge at %s, and %s', async (bridgePath, path) => {
	for (const access of ['json', 'soap', 'gateway']) {
		expect(await refused(path, { bridgePath, access })).toContain('where functions are called');
	}
});

it('a path that is completed by that of the address counts, too', async () => {
	const { url } = system.sandbox;
	for (const base of [`${url}/sap/bc`, `${url}//sap//bc/`]) {
		expect(await refused('/soap/rfc', { baseUrl: base })).toContain('where functions are called');
	}
	expect(await refused('/fmcall/X', { baseUrl: `${url}/gateway` })).toContain('where functions');
});

it.each([
	'/fmcall/TH_USER_LIST?format=json&x=',
	'/fmcall/RFC_READ_TABLE?format=json&QUERY_TABLE=USR02&x=',
	'/x/../fmcall/TH_USER_LIST',
	'/x/%2e%2e/fmcall/TH_USER_LIST',
	'/x/..;/fmcall/TH_USER_LIST',
	'/%66mcall/TH_USER_LIST',
	'/sap(bD1lbg==)/bc/soap/rfc',
	'/a/../../b',
])('"%s" is no plain path: nothing is sent', async (path) => {
	const sentence = await refused(path);
	expect(sentence).toContain(`"Service Path" is "${path}", which is no plain path`);
	expect(sentence).toContain('for example /sap/opu/odata/sap/ZCUSTOMER_SRV');
});

it.each(['/fmcallers/ZSRV', '/sap/bc/soap/rfc2', '/x/fmcall/y'])(
	'%s only looks like it and is read',
	async (path) => {
		expect(await refusalOf(searchEntitySets.call(panel(path)))).toContain(
			'no active OData service',
		);
		expect(system.sandbox.log.requests[0].url).toContain(path);
	},
);

it.each(['', '/', ';v=0001', ';v=2;o=sid(QM7.100)'])(
	'the service is read at its path, also followed by "%s"',
	async (more) => {
		await searchEntitySets.call(panel(system.sandbox.gatewayPath + more)).catch(() => undefined);
		const [sent] = system.sandbox.log.requests;
		const end = more === '/' ? '' : more;
		expect(decodeURIComponent(sent.url)).toContain(`${system.sandbox.gatewayPath}${end}/`);
	},
);

it('a bridge path that is no plain path is refused where the bridge is used', () => {
	const connect = (access: string) =>
		connectionFrom(system.credential({ access, bridgePath: '/fmcall?x=' }));
	expect(() => connect('json')).toThrow('"Bridge Path" is "/fmcall?x=", which is no plain path');
	expect(connect('soap').bridgePath).toBe('/fmcall');
});

it('the login is hidden wherever it stands, also without the word before it', () => {
	const { user, password } = connectionFrom(system.credential());
	const sent = Buffer.from(`${user}:${password}`).toString('base64');
	expect(redact(`Received: ${sent}; ${password}`)).toBe('Received: [hidden]; [hidden]');
});
