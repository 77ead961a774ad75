/** What the lists of the panel offer. */
import { Sage300 } from '../../../nodes/Sage300/Sage300.node';
import { Sage300Trigger } from '../../../nodes/Sage300/Sage300Trigger.node';
import { getCustomerGroups, searchEndpoints } from '../../../nodes/Sage300/lists';
import { customerSettings } from '../../../nodes/Sage300/parameters';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { startSystem, type TestSystem } from './system.mts';

let system: TestSystem;
beforeEach(async () => {
	system = await startSystem();
});
afterEach(async () => await system.close());

const panel = (parameters: Record<string, unknown>, more = {}) => {
	const { apiUrl: baseUrl, company, user, password } = system.sandbox;
	return panelContext({ baseUrl, company, user, password, ...more }, parameters);
};

describe('endpoints of a module', () => {
	it('are listed by name and searched', async () => {
		const { results } = await searchEndpoints.call(panel({ module: 'ar' }));
		const names = results.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(['ARCustomers', 'ARPostedReceipts']));
		const entry = { name: 'ARCustomers', value: 'ARCustomers' };
		expect(await searchEndpoints.call(panel({ module: 'AR' }), 'customers')).toEqual({
			results: [entry],
		});
		const [first] = system.sandbox.log.requests;
		expect(first.url).toBe('/Sage300WebApi/v1.0/-/SAMLTD/AR/$metadata');
	});

	it.each([
		[{ module: ' ' }, {}, /^"Module" is empty\. Enter it first;/],
		[{ module: '../AR' }, {}, /"..\/AR" is not a valid name.*"Module"/],
		[{ module: 'QQ' }, {}, /nothing at this address \(HTTP 404\)/],
		[{ module: 'AR' }, { password: 'WRONG' }, /refused the login.*"User", "Password"/],
	])('%j %j are refused with a sentence', async (parameters, more, sentence) => {
		expect(await refusalOf(searchEndpoints.call(panel(parameters, more)))).toMatch(sentence);
	});
});

describe('customer groups', () => {
	it('are listed by name; what the workflow holds stays a choice', async () => {
		system.sandbox.store.putGroup('WHL', 'Wholesale');
		system.sandbox.store.putGroup('RTL', 'Retail');
		const context = panel({ filters: { groupIds: ['RTL', 'OLD'] } });
		expect(await getCustomerGroups.call(context)).toEqual([
			{ name: 'Retail (RTL)', value: 'RTL' },
			{ name: 'Wholesale (WHL)', value: 'WHL' },
			{ name: 'OLD', value: 'OLD' },
		]);
	});

	it('a missing right is told', async () => {
		system.sandbox.forbidden.add('ARCustomerGroups');
		expect(await refusalOf(getCustomerGroups.call(panel({})))).toMatch(
			/may not read this data in Sage 300.*"Sage 300 Web API"/,
		);
	});

	it.each([
		[{ groups: 'WHL, RTL' }],
		[{ groupIds: ['WHL', 'RTL'] }],
		[{ groupIds: 'WHL,RTL' }],
		[{ groupIds: ['WHL'], groups: 'RTL, WHL' }],
	])('chosen, typed before there was a list, or from an expression: %j', (filters) => {
		const read = (name: string, fallback: unknown) => (name === 'filters' ? filters : fallback);
		expect(customerSettings(read, 'SAMLTD').groups).toEqual(['WHL', 'RTL']);
	});

	it.each([new Sage300(), new Sage300Trigger()])(
		'their list is there: $description.displayName',
		({ description, methods }) => {
			expect(JSON.stringify(description)).toContain('"loadOptionsMethod":"getCustomerGroups"');
			expect(Object.keys(methods.loadOptions)).toEqual(['getCustomerGroups']);
		},
	);
});
