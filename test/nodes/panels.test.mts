import { readFileSync } from 'node:fs';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { Sage300Trigger } from '../../nodes/Sage300/Sage300Trigger.node';
import { SapBusinessOne } from '../../nodes/SapBusinessOne/SapBusinessOne.node';
import { SapBusinessOneTrigger } from '../../nodes/SapBusinessOne/SapBusinessOneTrigger.node';
import { SapEccTrigger } from '../../nodes/SapEcc/SapEccTrigger.node';
import { SapS4HanaTrigger } from '../../nodes/SapS4Hana/SapS4HanaTrigger.node';
import { Syspro } from '../../nodes/Syspro/Syspro.node';
import { SysproTrigger } from '../../nodes/Syspro/SysproTrigger.node';

type Given = Record<string, string>;

/** What the panel shows for these choices: parameters, or the options of one of its lists. */
function shown(type: INodeType, given: Given, list?: string): INodeProperties[] {
	const { description } = type;
	const node = { typeVersion: 1, parameters: given } as unknown as INode;
	const root =
		NodeHelpers.getNodeParameters(description.properties, given, true, false, node, description) ??
		{};
	const isShown = (properties: INodeProperties[]) =>
		properties.filter((one) => NodeHelpers.displayParameter(root, one, node, description, root));
	const visible = isShown(description.properties);
	if (list === undefined) return visible;
	const found = visible.find(({ name }) => name === list);
	return isShown((found?.options ?? []) as INodeProperties[]);
}

const names = (type: INodeType, given: Given, list?: string) =>
	shown(type, given, list).map(({ name }) => name);

describe('the panels of the ERPs', () => {
	it.each([
		[
			'item',
			['companyCurrency', 'countOrdered', 'currencyCodes', 'withCost', 'priceList', 'warehouseIds'],
		],
		['invoice', ['companyCurrency', 'currencyCodes']],
		['order', ['companyCurrency', 'currencyCodes', 'orderAmounts']],
		[
			'businessPartner',
			[
				...['companyCurrency', 'countOpenDeliveries', 'countOpenOrders', 'creditLimitField'],
				...['currencyCodes', 'nearLimitPercent', 'extensions'],
			],
		],
	])('SAP Business One: values of %s, none of another one', (entity, expected) => {
		expect(names(new SapBusinessOneTrigger(), { entity }, 'values')).toEqual(expected);
		const given = { resource: entity, operation: 'getAll' };
		expect(names(new SapBusinessOne(), given, 'values')).toEqual(expected);
	});

	it('SAP ECC: rows that are no customers are neither excluded nor shaped', () => {
		const filtered = ['exclude', 'filters', 'output'];
		const rows = (rowsAre: string) => names(new SapEccTrigger(), { entity: 'entitySet', rowsAre });
		expect(rows('customer')).toEqual(expect.arrayContaining(filtered));
		expect(rows('nothing').filter((name) => filtered.includes(name))).toEqual([]);
		expect(names(new SapEccTrigger(), { entity: 'customer' })).toEqual(
			expect.arrayContaining(filtered),
		);
	});

	it('SYSPRO: filters choose among many, cost is kept by warehouse', () => {
		const customer = (operation: string) =>
			names(new Syspro(), { resource: 'customer', operation });
		expect(customer('getAll')).toContain('filters');
		expect(customer('get')).not.toContain('filters');
		expect(names(new SysproTrigger(), { entity: 'stock' })).toContain('values');
		expect(names(new SysproTrigger(), { entity: 'stockCode' })).not.toContain('values');
	});

	it.each<[string, INodeType, Given, string | undefined, number | undefined]>([
		['SYSPRO customers', new SysproTrigger(), { entity: 'customer' }, undefined, undefined],
		['SYSPRO invoices', new SysproTrigger(), { entity: 'invoice' }, '7 days', undefined],
		['Sage 300 customers', new Sage300Trigger(), { entity: 'customer' }, '35 days', 24],
		['Sage 300 invoices', new Sage300Trigger(), { entity: 'invoice' }, '35 days', 168],
		['Sage 300 receipts', new Sage300Trigger(), { entity: 'receipt' }, '35 days', undefined],
		['SAP ECC customers', new SapEccTrigger(), { entity: 'customer' }, '2 hours', 24],
		[
			'Business One payments',
			new SapBusinessOneTrigger(),
			{ entity: 'incomingPayment' },
			'35 days',
			24,
		],
		['Business One orders', new SapBusinessOneTrigger(), { entity: 'order' }, '2 hours', 24],
		[
			'Business One prices',
			new SapBusinessOneTrigger(),
			{ entity: 'priceList' },
			undefined,
			undefined,
		],
	])(
		'adding lookback or sweep to %s begins with what counts anyway',
		(_, type, given, lookback, sweep) => {
			const options = shown(type, given, 'pollOptions');
			const defaultsOf = (name: string) =>
				options.filter((one) => one.name === name).map((one) => one.default);
			const minutes = { '2 hours': 120, '7 days': 10_080, '35 days': 50_400 };
			const expected = lookback && minutes[lookback as keyof typeof minutes];
			expect(defaultsOf('lookbackMinutes')).toEqual(expected ? [expected] : []);
			expect(defaultsOf('sweepEveryHours')).toEqual(sweep ? [sweep] : []);
		},
	);
});

describe('the panel of Pipedrive Upsert', () => {
	it('tells of an unconnected Set Aside output where it is read: n8n shows hints of the input pane for the node before', () => {
		const { hints = [] } = new PipedriveUpsert().description;
		expect(hints.map(({ location, whenToDisplay }) => [location, whenToDisplay])).toEqual([
			['outputPane', 'beforeExecution'],
		]);
	});

	it('says what to do where no fields came: n8n swallows the error behind it', () => {
		const columns = shown(new PipedriveUpsert(), { resource: 'deal', operation: 'upsert' });
		const mapper = columns.find(({ name }) => name === 'columns')?.typeOptions?.resourceMapper;
		expect(mapper?.noFieldsError).toMatch(/choose the credential.*Retry/);
	});
});

describe('the triggers of the ERPs in the list of nodes', () => {
	const triggers: Array<[INodeType, string, string]> = [
		[new SapS4HanaTrigger(), 'docs/s4hana.md', 'S/4'],
		[new SapEccTrigger(), 'docs/ecc.md', 'SAP R/3'],
		[new SapBusinessOneTrigger(), 'docs/b1.md', 'SAP B1'],
		[new SysproTrigger(), 'docs/syspro.md', 'SYSPRO 8'],
		[new Sage300Trigger(), 'docs/sage300.md', 'Accpac'],
	];
	const folderOf = ({ description }: INodeType) =>
		description.name.replace(/Trigger$/, '').replace(/^./, (first) => first.toUpperCase());

	/** n8n makes one entry of each option of a property called "Trigger On", else "On new <node> event". */
	it.each(triggers)('offer what they start on', ({ description }) => {
		const on = description.properties.find(({ displayName }) => displayName === 'Trigger On');
		const options = (on?.options ?? []) as INodePropertyOptions[];
		expect(options.length).toBeGreaterThan(2);
		for (const { action } of options) expect(action).toMatch(/^On changed \w/);
	});

	it.each(triggers)('are found by other names, and lead to their page', (type, page, alias) => {
		for (const name of [type.description.name, type.description.name.replace(/Trigger$/, '')]) {
			const folder = folderOf(type);
			const file = `nodes/${folder}/${name.replace(/^./, (first) => first.toUpperCase())}.node.json`;
			const codex = JSON.parse(readFileSync(file, 'utf8')) as IDataObject;
			expect(codex.alias).toContain(alias);
			expect(JSON.stringify(codex.resources)).toContain(`/blob/main/${page}"`);
		}
	});

	it.each(triggers)('say what a test in the editor shows', ({ description }) => {
		const start = description.properties.find(({ name }) => name === 'startFrom');
		expect(start?.hint).toContain('Fetch Test Event shows 10 records at most');
	});
});
