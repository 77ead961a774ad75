/** What the lists of the panel offer. */
import type { Transport } from '../../../core/http/ports';
import { entitySetNames, searchEntitySets } from '../../../nodes/SapBusinessOne/lists';
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
