import { SapS4Hana } from '../../../nodes/SapS4Hana/SapS4Hana.node';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { errorOf, recordsSince, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const listed = (servicePath: string) => {
	const { user, password } = system.sandbox.login.options;
	const credential = { baseUrl: `${system.sandbox.url}/base`, user, password };
	const panel = { servicePath, authentication: 'basic', odataVersion: 'V2' };
	return new SapS4Hana().methods.listSearch.searchEntitySets.call(panelContext(credential, panel));
};

it.each(['https://', 'http://x y', '/a/../../b', '/a?b=', '/a/%2e%2e/b', 'a b', 'ftp://erp/a'])(
	'"%s" is refused in node and credential with a sentence, and nothing is sent',
	async (servicePath) => {
		const told = `"Service Path" is "${servicePath}", which is no plain path`;
		const sentence = await refusalOf(listed(servicePath));
		expect(sentence).toContain(told);
		expect(sentence).toContain('for example /sap/opu/odata/sap/API_BUSINESS_PARTNER');
		const reading = async () =>
			await recordsSince(system.source({}, { credential: { servicePath } }), '2026-01-01');
		expect((await errorOf(reading())).message).toContain(told);
		expect(system.sandbox.log.requests).toEqual([]);
	},
);

it.each([
	'/sap/opu/odata4/sap/api_x/srvd_a2x/sap/x/0001',
	'/sap/opu/odata/NAMESP/ZSRV;v=0002',
	'sap/opu/odata/sap/API_X;o=LOCAL/',
	'/sap/opu/odata/sap/API_X;mo',
	'https://sap.example:44300/sap/opu/odata/sap/API_X;v=2?sap-client=100',
])('%s is sent as it is', async (servicePath) => {
	await refusalOf(listed(servicePath));
	const [{ url }] = system.sandbox.log.requests;
	const path = servicePath.replace(/^https:\/\/[^/]+|\?.*$|\/$/g, '').replace(/^\/?/, '/base/');
	expect(url.split('?')[0]).toBe(`${path}/`);
});
