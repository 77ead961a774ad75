/** What the lists of the panel offer. */
import { v2 } from '../../../core/odata/v2';
import { v4 } from '../../../core/odata/v4';
import {
	entitySetNames,
	searchChangeFields,
	searchEntitySets,
} from '../../../nodes/SapS4Hana/lists';
import { SALES_ORDER_PATH, SALES_ORDER_V4_PATH } from '../../sandbox/s4hana/server.mts';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const inPanel = (parameters = {}) => {
	const { user, password } = system.sandbox.login.options;
	const credential = { baseUrl: system.sandbox.url, user, password };
	const service = { authentication: 'basic', servicePath: SALES_ORDER_PATH };
	return panelContext(credential, { ...service, ...parameters });
};

describe('entity sets of a service', () => {
	it.each([
		[v2, SALES_ORDER_PATH, 'A_SalesOrder'],
		[v4, SALES_ORDER_V4_PATH, 'SalesOrder'],
	])('come from the service document (%#)', async (dialect, servicePath, entitySet) => {
		const service = system.service({ dialect, servicePath, zone: 'UTC' });
		expect(await entitySetNames(service)).toEqual([entitySet]);
	});

	it('are searched by name', async () => {
		const entry = { name: 'A_SalesOrder', value: 'A_SalesOrder' };
		expect(await searchEntitySets.call(inPanel(), 'sales')).toEqual({ results: [entry] });
		expect(await searchEntitySets.call(inPanel(), 'none')).toEqual({ results: [] });
	});

	it('are not listed without the service', async () => {
		expect(await refusalOf(searchEntitySets.call(inPanel({ servicePath: '' })))).toBe(
			'"Service Path" is empty. Enter it first; the list then shows the entity sets of that service.',
		);
	});
});

describe('fields of an entity set', () => {
	const chosen = (value: string) => ({ entitySet: { __rl: true, mode: 'name', value } });

	it('are searched by name and stand with their types', async () => {
		const value = 'LastChangeDateTime';
		expect(await searchChangeFields.call(inPanel(chosen('A_SalesOrder')), 'lastchange')).toEqual({
			results: [{ name: `${value} (Edm.DateTimeOffset)`, value }],
		});
	});

	it('of an unknown one are refused with the names that exist', async () => {
		expect(await refusalOf(searchChangeFields.call(inPanel(chosen('A_Order'))))).toMatch(
			/^The service has no entity set A_Order\. Correct "Entity Set"; there is .*A_SalesOrder/,
		);
	});
});
