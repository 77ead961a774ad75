/** What the lists of the panel offer. */
import { NodeHelpers, type INode, type INodeProperties } from 'n8n-workflow';
import type { Transport } from '../../../core/http/ports';
import { codeLists, entitySetNames, searchEntitySets } from '../../../nodes/SapBusinessOne/lists';
import { sourceSettings } from '../../../nodes/SapBusinessOne/parameters';
import { SapBusinessOne } from '../../../nodes/SapBusinessOne/SapBusinessOne.node';
import { SapBusinessOneEventTrigger } from '../../../nodes/SapBusinessOne/SapBusinessOneEventTrigger.node';
import { SapBusinessOneTrigger } from '../../../nodes/SapBusinessOne/SapBusinessOneTrigger.node';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { errorOf, loopback, startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const credential = (more = {}) => {
	const { companyDb, user, password } = system.sandbox.sessions.options;
	return { baseUrl: system.sandbox.url, companyDb, user, password, version: 'v2', ...more };
};

describe('entity sets of the Service Layer', () => {
	it.each(['v1', 'v2'])('are listed by name and searched (%s)', async (version) => {
		const context = panelContext(credential({ version }));
		const entry = (name: string) => ({ name, value: name });
		expect(await searchEntitySets.call(context, 'pricel')).toEqual({
			results: [entry('PriceLists')],
		});
		const { results } = await searchEntitySets.call(context);
		expect(results).toEqual(expect.arrayContaining(['Orders', 'Items'].map(entry)));
		const asked = system.sandbox.log.requests.filter(({ kind }) => kind !== 'login');
		expect(asked.map(({ url }) => url)).toEqual(Array(2).fill(`/b1s/${version}/`));
	});

	const EDMX = '<Edmx><EntityContainer><EntitySet Name="Orders"/></EntityContainer></Edmx>';
	const NO_DOCUMENT = '{"error":{"code":"-2028","message":"Not found"}}';
	const json = { 'content-type': 'application/json' };

	it.each([
		['refuses the service document', 404, NO_DOCUMENT, json],
		[
			'answers it with a web page',
			200,
			'<html>Service Layer</html>',
			{ 'content-type': 'text/html' },
		],
		['answers it with something else', 200, '{}', json],
	])('come from $metadata where the server %s', async (_why, status, body, headers) => {
		const asked: string[] = [];
		const transport: Transport = async (request) => {
			const { pathname } = new URL(request.url);
			asked.push(pathname);
			if (pathname === '/b1s/v2/') return { status, headers, body: Buffer.from(body) };
			if (pathname !== '/b1s/v2/$metadata') return await loopback(request);
			return { status: 200, headers: {}, body: Buffer.from(EDMX) };
		};
		expect(await entitySetNames(system.service({ transport }))).toEqual(['Orders']);
		expect(asked).toEqual(['/b1s/v2/Login', '/b1s/v2/', '/b1s/v2/$metadata']);
	});

	it('a missing right and a wrong login are told, without asking for more', async () => {
		const transport: Transport = async (request) =>
			request.url.endsWith('/Login')
				? await loopback(request)
				: {
						status: 401,
						headers: json,
						body: Buffer.from('{"error":{"code":"-1","message":"No right"}}'),
					};
		const error = await errorOf(entitySetNames(system.service({ transport })));
		expect(error.message).toBe(
			'SAP Business One does not permit this to the user (code -1): "No right".',
		);
		const context = panelContext(credential({ password: 'wrong' }));
		const refusal = await refusalOf(searchEntitySets.call(context));
		expect(refusal).toMatch(/refused the login.*"Company Database", "User" and "Password"/);
		expect(system.sandbox.log.logins).toBe(2);
	});
});

describe('codes by name', () => {
	beforeEach(() => {
		const { store } = system.sandbox;
		store.put('BusinessPartnerGroups', 102, { Name: 'Dealers' });
		store.put('BusinessPartnerGroups', 100, { Name: 'Customers' });
		store.put('PriceLists', 2, { PriceListName: 'Dealers' });
		store.put('Warehouses', '01', { WarehouseName: 'Main' });
	});
	const panel = (parameters = {}, more = {}) => panelContext(credential(more), parameters);

	it('are listed with the code behind them, in the type that a node keeps', async () => {
		system.sandbox.rules.pageSize = 1;
		expect(await codeLists.getGroups.call(panel())).toEqual([
			{ name: 'Customers (100)', value: '100' },
			{ name: 'Dealers (102)', value: '102' },
		]);
		expect(await codeLists.getPriceLists.call(panel())).toEqual([
			{ name: 'Dealers (2)', value: 2 },
		]);
		expect(await codeLists.getWarehouses.call(panel())).toEqual([
			{ name: 'Main (01)', value: '01' },
		]);
	});

	it('what the workflow holds already stays a choice', async () => {
		const filters = { groupIds: ['100', '777'] };
		const groups = await codeLists.getGroups.call(panel({ filters }));
		expect(groups.slice(2)).toEqual([{ name: '777', value: '777' }]);
		const values = { priceList: 1, warehouseIds: ['01', '09'] };
		expect(await codeLists.getPriceLists.call(panel({ values }))).toContainEqual({
			name: '1',
			value: 1,
		});
		expect(await codeLists.getWarehouses.call(panel({ values }))).toHaveLength(2);
	});

	it.each([
		[{ groups: '100, 102' }, { priceList: '2', warehouses: '01, 02' }],
		[{ groupIds: ['100', '102'] }, { priceList: 2, warehouseIds: ['01', '02'] }],
		[{ groupIds: '100, 102' }, { priceList: 2, warehouseIds: '01,02' }],
		[
			{ groupIds: [100], groups: '100, 102' },
			{ priceList: 2, warehouseIds: ['01'], warehouses: '02' },
		],
	])('chosen, typed before there was a list, or from an expression: %j %j', (filters, values) => {
		const parameters: Record<string, unknown> = { filters, values };
		const read = (name: string, fallback: unknown) => parameters[name] ?? fallback;
		const reading = { pageSize: 500, keysPerRequest: 40 };
		expect(sourceSettings(read, 'item', 'S', reading)).toMatchObject({
			filter: { groups: ['100', '102'] },
			product: { priceList: 2, warehouses: ['01', '02'] },
		});
	});

	it('a text from before there was a list is shown where a workflow has one, and is kept', () => {
		const { properties } = new SapBusinessOneTrigger().description;
		const kept = (given: object) => {
			const node = { typeVersion: 1, parameters: given } as unknown as INode;
			const all = NodeHelpers.getNodeParameters(
				properties,
				given as never,
				true,
				false,
				node,
				null,
			);
			return [all?.filters, all?.values];
		};
		const before = { filters: { groups: '100' } };
		expect(kept(before)[0]).toEqual(before.filters);
		const items = { entity: 'item', values: { warehouses: '01', warehouseIds: ['02'] } };
		expect(kept(items)[1]).toEqual(items.values);
		const filters = properties.find(({ name }) => name === 'filters')!;
		const offered = (given: object) =>
			(filters.options as INodeProperties[])
				.filter((one) => NodeHelpers.displayParameter(given as never, one, null, null))
				.map(({ name }) => name);
		expect(offered({})).toEqual(['groupIds']);
		expect(offered({ groups: '100' })).toEqual(['groups', 'groupIds']);
	});

	it('a missing right is told', async () => {
		system.sandbox.rules.forbidden.add('Warehouses');
		expect(await refusalOf(codeLists.getWarehouses.call(panel()))).toMatch(
			/does not permit this to the user.*Give the user of the credential/,
		);
	});

	it.each([new SapBusinessOne(), new SapBusinessOneTrigger(), new SapBusinessOneEventTrigger()])(
		'every list that a panel names is there: $description.displayName',
		({ description, methods }) => {
			const named = [...JSON.stringify(description).matchAll(/"loadOptionsMethod":"(\w+)"/g)];
			expect([...new Set(named.map(([, name]) => name))].sort()).toEqual(
				Object.keys(methods.loadOptions).sort(),
			);
		},
	);
});
