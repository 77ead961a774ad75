/** What the lists of the panel offer. */
import { searchEndpoints } from '../../../nodes/Sage300/lists';
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
