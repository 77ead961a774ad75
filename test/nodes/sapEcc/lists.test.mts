/** What the lists of the panel offer. */
import {
	searchChangeFields,
	searchEntitySets,
	searchFunctions,
	searchTables,
} from '../../../nodes/SapEcc/lists';
import { gatewaySettings } from '../../../nodes/SapEcc/parameters';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const GATEWAY = { access: 'gateway' };
const panel = (parameters = {}, more: Record<string, unknown> = {}) =>
	panelContext(system.credential(more), parameters);
const values = async (list: Promise<{ results: Array<{ value: unknown }> }>) =>
	(await list).results.map(({ value }) => value);

describe('entity sets of a Gateway service', () => {
	const path = () => ({ servicePath: system.sandbox.gatewayPath });

	it.each([false, true])('are listed by name; older system: %s', async (refusesJsonDocument) => {
		system.sandbox.gateway.refusesJsonDocument = refusesJsonDocument;
		expect(await values(searchEntitySets.call(panel(path(), GATEWAY)))).toEqual(['CustomerSet']);
		expect(await values(searchEntitySets.call(panel(path(), GATEWAY), 'cust'))).toHaveLength(1);
		expect(await values(searchEntitySets.call(panel(path(), GATEWAY), 'x'))).toEqual([]);
	});

	it('a name from the list means to the trigger what the same name typed means', () => {
		const settings = (given: Record<string, unknown>) =>
			gatewaySettings((name, fallback) => given[name] ?? fallback, '100', 500);
		const listed = (value: string) => ({ __rl: true, mode: 'list', value });
		const typed = { entitySet: 'CustomerSet', changeField: 'Udate' };
		const chosen = { entitySet: listed('CustomerSet'), changeField: listed('Udate') };
		expect(settings(chosen)).toEqual(settings(typed));
		expect(settings(chosen)).toMatchObject(typed);
	});

	it.each([
		[{}, {}, /^"Service Path" is empty\. Enter it first;/],
		[{ servicePath: '/sap/opu/odata/sap/ZNO' }, {}, /no active OData service.*"Service Path"/],
		[undefined, { password: 'wrong' }, /refused the login.*"User" and "Password"/],
	])('%j %j are refused with a sentence', async (parameters, more, sentence) => {
		const context = panel(parameters ?? path(), more);
		expect(await refusalOf(searchEntitySets.call(context))).toMatch(sentence);
	});
});

describe('fields of an entity set', () => {
	const given = (more = {}) => ({
		servicePath: system.sandbox.gatewayPath,
		entitySet: { __rl: true, mode: 'list', value: 'CustomerSet' },
		...more,
	});

	it('are listed with their types, dates first', async () => {
		const { results } = await searchChangeFields.call(panel(given(), GATEWAY));
		expect(results.slice(0, 3).map(({ name }) => name)).toEqual([
			'Erdat (Edm.DateTime)',
			'Udate (Edm.DateTime)',
			'Utime (Edm.Time)',
		]);
		expect(results).toContainEqual({ name: 'Kunnr (Edm.String)', value: 'Kunnr' });
	});

	it.each([
		[{ servicePath: '' }, /^"Service Path" is empty/],
		[{ entitySet: '' }, /^"Entity Set" is empty\. Enter it first; the list then shows the fields/],
		[{ entitySet: 'VendorSet' }, /no entity set VendorSet\. .*there is CustomerSet/],
	])('%j are refused with a sentence', async (more, sentence) => {
		expect(await refusalOf(searchChangeFields.call(panel(given(more))))).toMatch(sentence);
	});
});

it('a login page in place of the service document is told', async () => {
	system.sandbox.faults.add({ kind: 'html' });
	const context = panel({ servicePath: system.sandbox.gatewayPath });
	expect(await refusalOf(searchEntitySets.call(context))).toMatch(
		/A web page came back instead of data from SAP ECC.*Check "Base URL".*"Service Path"/,
	);
});

describe('tables and functions that the credential allows', () => {
	it('are listed by name, those that it adds among them', async () => {
		const added = { additionalTables: 'VBAK, ZSEGMENT', additionalFunctions: 'Z_READ_SALES' };
		const tables = await values(searchTables.call(panel({}, added)));
		expect(tables).toEqual(expect.arrayContaining(['KNA1', 'VBAK', 'ZSEGMENT']));
		expect(tables).toEqual([...tables].sort());
		expect(await values(searchTables.call(panel(), 'vba'))).toEqual([]);
		const functions = await values(searchFunctions.call(panel({}, added), 'z_'));
		expect(functions).toEqual(['Z_READ_SALES']);
		expect(await values(searchFunctions.call(panel()))).toContain('BAPI_CUSTOMER_GETLIST');
	});

	it('what no setting opens is not offered, even where the credential names it', async () => {
		const added = { additionalTables: 'USR02', additionalFunctions: 'BAPI_USER_CHANGE' };
		expect(await values(searchTables.call(panel({}, added)))).not.toContain('USR02');
		expect(await values(searchFunctions.call(panel({}, added)))).not.toContain('BAPI_USER_CHANGE');
	});

	it('nothing is sent for them', async () => {
		await searchTables.call(panel());
		await searchFunctions.call(panel());
		expect(system.sandbox.log.requests).toEqual([]);
	});

	it('a credential for Gateway only says so', async () => {
		const sentence = /gives access to SAP Gateway only.*"Function Access"/;
		expect(await refusalOf(searchTables.call(panel({}, GATEWAY)))).toMatch(sentence);
		expect(await refusalOf(searchFunctions.call(panel({}, GATEWAY)))).toMatch(sentence);
	});
});
