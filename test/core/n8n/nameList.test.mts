import { NodeHelpers } from 'n8n-workflow';
import { CoreError } from '../../../core/http/errors';
import { nameProperty, neededSetting, searchNames, typedItems } from '../../../core/n8n/nameList';
import { codeName, codesIn, listOf, nameIn, withHeld } from '../../../core/n8n/names';
import { byChangeTime } from '../../../core/odata/entityProperties';
import { nodeOf } from '../../fakes/n8nContext.mts';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';

const NODE = nodeOf('SAP S/4HANA', 'sapS4Hana');

const context = panelContext({}, { servicePath: ' /sap/x ', empty: '  ', bound: '={{ 1 }}' });

describe('a name that is chosen from a list or typed', () => {
	it.each([
		['chosen', { __rl: true, mode: 'list', value: 'Orders' }, 'Orders'],
		['typed', { __rl: true, mode: 'name', value: 'Orders' }, 'Orders'],
		['an expression, or a workflow from before there was a list', 'Orders', 'Orders'],
		['nothing yet', { __rl: true, mode: 'list', value: '' }, ''],
		['nothing at all', undefined, ''],
	])('is read: %s', (_form, parameter, name) => {
		expect(nameIn(parameter)).toBe(name);
	});

	it('is asked for while it is empty, and a plain text from before is no mistake', () => {
		const property = nameProperty({
			displayName: 'Entity Set',
			name: 'entitySet',
			placeholder: 'Orders',
			searchListMethod: 'searchEntitySets',
		});
		const issues = (entitySet: unknown) =>
			NodeHelpers.getParameterIssues(property, { entitySet } as never, '', NODE, null);
		expect(issues(property.default).parameters).toHaveProperty('entitySet');
		for (const good of ['Orders', { __rl: true, mode: 'name', value: 'Orders' }]) {
			expect(issues(good).parameters ?? {}).toEqual({});
		}
	});
});

describe('the list', () => {
	it('holds what contains the searched text, whatever its case', async () => {
		const load = async () => ['Orders', 'PurchaseOrders', 'Items'];
		const found = await searchNames(context, ' orders ', load);
		expect(found.results.map(({ value }) => value)).toEqual(['Orders', 'PurchaseOrders']);
		expect((await searchNames(context, undefined, load)).results).toHaveLength(3);
	});

	it('of fields begins with dates and times, and is searched by type too', async () => {
		const types = { Name: 'Edm.String', Udate: 'Edm.DateTime', Utime: 'Edm.Time', At: 'Edm.Date' };
		const properties = Object.entries(types).map(([name, type]) => ({ name, type }));
		const items = typedItems(byChangeTime(properties));
		expect(items.map(({ value }) => value)).toEqual(['At', 'Udate', 'Utime', 'Name']);
		const { results } = await searchNames(context, 'datetime', async () => items);
		expect(results).toEqual([{ name: 'Udate (Edm.DateTime)', value: 'Udate' }]);
	});

	it('tells in a sentence what was wrong and what to do', async () => {
		const load = async () => {
			throw new CoreError('auth', 'The login was refused.', { remedy: 'Check "Password".' });
		};
		expect(await refusalOf(searchNames(context, '', load))).toBe(
			'The login was refused. Check "Password".',
		);
	});

	it('asks for the setting that it needs', async () => {
		const needs = (name: string) => neededSetting(context, name, 'Service Path', 'its entity sets');
		expect(needs('servicePath')).toBe('/sap/x');
		const list = searchNames(context, '', async () => [needs('empty')]);
		expect(await refusalOf(list)).toBe(
			'"Service Path" is empty. Enter it first; the list then shows its entity sets.',
		);
		const bound = searchNames(context, '', async () => [needs('bound')]);
		expect(await refusalOf(bound)).toBe(
			'"Service Path" is an expression, which has no value yet. Choose "By Name" here and type the name.',
		);
	});
});

describe('codes', () => {
	it('are the parts of a text, or those of an array, which are whole', () => {
		expect(listOf(' a, b\n\nc ,a')).toEqual(['a', 'b', 'c', 'a']);
		expect(listOf(['a, b', '', null, 7])).toEqual(['a, b', '7']);
		expect(listOf(undefined)).toEqual([]);
	});

	it('count once, chosen or typed', () => {
		expect(codesIn(['100', '102'], '102, 103', undefined)).toEqual(['100', '102', '103']);
	});

	it('stay choices where the workflow holds them and the ERP does not list them', () => {
		const listed = [{ name: codeName('102', 'Dealers'), value: '102' }];
		expect(withHeld(listed, ['102', '999', '', undefined])).toEqual([
			{ name: 'Dealers (102)', value: '102' },
			{ name: '999', value: '999' },
		]);
	});
});
