/** What a mapped column makes of values that do not fit, in n8n's own engine: it is n8n that would refuse them first. */
import type { IDataObject } from 'n8n-workflow';
import { ErpPipedriveApi } from '../../credentials/ErpPipedriveApi.credentials';
import { PipedriveUpsert } from '../../nodes/Pipedrive/PipedriveUpsert.node';
import { startPipedriveSandbox, type PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { editorContext, runInEngine, type EngineOptions } from './engine.mts';

const OWN_FIELDS = [
	{ entity: 'deal', name: 'Delivery', type: 'date' },
	{ entity: 'deal', name: 'Weight', type: 'double' },
	{ entity: 'deal', name: 'Tier', type: 'enum', options: 'Gold, Silver' },
];

let sandbox: PipedriveSandbox;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox({ plan: 'ultimate' });
	const ensure = { resource: 'field', operation: 'ensure', ensureFor: ['deal'] };
	const { error } = await runInEngine(
		staged({ ...ensure, fieldsToEnsure: 'both', listedFields: { rows: OWN_FIELDS } }, [{}]),
	);
	expect(error).toBeUndefined();
});
afterEach(async () => await sandbox.close());

const staged = (parameters: IDataObject, items: IDataObject[]): EngineOptions => ({
	node: new PipedriveUpsert(),
	parameters,
	items,
	credentials: {
		erpPipedriveApi: {
			type: new ErpPipedriveApi(),
			data: { apiToken: sandbox.token, apiBaseUrl: sandbox.url, plan: 'ultimate' } as never,
		},
	},
});

/** A deal per item, as the editor stores the node: with the columns that it loaded. */
async function runDeals(items: IDataObject[], column: string, more: IDataObject = {}) {
	const context = editorContext(staged({ resource: 'deal' }, [{}]));
	const { fields } = await new PipedriveUpsert().methods.resourceMapping.getColumns.call(context);
	expect(fields.map(({ id }) => id)).toContain(column);
	const parameters = {
		resource: 'deal',
		whenSetAside: 'output',
		externalId: '={{ $json.id }}',
		columns: {
			mappingMode: 'defineBelow',
			value: { Title: '={{ $json.title }}', [column]: '={{ $json.value }}' },
			schema: fields as unknown as IDataObject[],
		},
		...more,
	};
	const run = await runInEngine(staged(parameters, items));
	expect(run.error).toBeUndefined();
	const [done, aside] = run.outputs.map((output) => output.map(({ json }) => json));
	return { done, aside };
}

const itemsOf = (...values: unknown[]): IDataObject[] =>
	values.map((value, index) => ({
		id: `shop:1:order:${index + 1}`,
		title: `Order ${index + 1}`,
		value: value as string,
	}));
const idsOf = (reports: IDataObject[]) => reports.map(({ externalId }) => externalId);
const dealTitled = (title: string) => sandbox.records('deals').find((deal) => deal.title === title);

describe('a value that does not fit its column sets one item aside, the others are written', () => {
	it.each([
		['Expected close date', '31.02.2026', '2026-03-01', 'a date like 2026-11-20 is needed'],
		// Read the American way this would be the 11th of May.
		['Expected close date', '05.11.2026', '2026-11-05', 'a date like 2026-11-20 is needed'],
		['Delivery', 'soon', '2026-03-01', 'a date like 2026-11-20 is needed'],
		['Weight', '12,5', '12.5', 'a number with a decimal point is needed'],
		['Status', 'gewonnen', 'won', 'one of open, won, lost is needed'],
		['Owner', 'nobody@example.com', undefined, 'no active user with this e-mail'],
	])('%s: %s', async (column, bad, good, remedy) => {
		const fitting = good ?? sandbox.store.users[1].email;
		const { done, aside } = await runDeals(itemsOf(fitting, bad, null, fitting), column);
		expect(idsOf(done)).toEqual(['shop:1:order:1', 'shop:1:order:3', 'shop:1:order:4']);
		expect(idsOf(aside)).toEqual(['shop:1:order:2']);
		expect(aside[0]).toMatchObject({ reasonCode: 'rejected' });
		for (const word of [`"${column}"`, `"${bad}"`, remedy]) {
			expect(aside[0].reason).toContain(word);
		}
		expect(sandbox.records('deals')).toHaveLength(3);
	});

	it('or is left out with a warning, where the option says so', async () => {
		const options = { options: { misfits: 'leaveOut' } };
		for (const [column, bad] of [
			['Expected close date', '31.02.2026'],
			['Owner', 'nobody@example.com'],
		]) {
			const { done, aside } = await runDeals(itemsOf(bad), column, options);
			expect(aside).toEqual([]);
			expect(done[0].warnings).toEqual([expect.stringContaining(`"${bad}"`)]);
		}
		expect(dealTitled('Order 1')).toBeDefined();
	});
});

describe('an option that does not exist', () => {
	it('never holds a mapped record back', async () => {
		const { done, aside } = await runDeals(itemsOf('Gold', 'Bronze'), 'Tier');
		expect(aside).toEqual([]);
		expect(done.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
		expect(done[1].warnings).toEqual([expect.stringContaining('"Bronze"')]);
	});

	it('is added where the option says so', async () => {
		const options = { options: { createMissingOptions: true } };
		const { done } = await runDeals(itemsOf('Gold', 'Bronze'), 'Tier', options);
		expect(done[1]).toMatchObject({ outcome: 'created', warnings: [] });
	});
});

describe('an empty text', () => {
	it('of a date or number empties the field of ours, and writes no 0', async () => {
		for (const [column, value] of [
			['Delivery', '2026-11-20'],
			['Weight', '12.5'],
		]) {
			await runDeals(itemsOf(value), column);
			const { done } = await runDeals(itemsOf(''), column);
			expect(done[0]).toMatchObject({
				outcome: 'updated',
				changes: [{ field: column, to: null }],
			});
		}
	});

	it('of a field that Pipedrive does not let us clear changes nothing', async () => {
		await runDeals(itemsOf('2026-11-20'), 'Expected close date');
		const { done } = await runDeals(itemsOf(''), 'Expected close date');
		expect(done[0].outcome).toBe('unchanged');
		expect(dealTitled('Order 1')).toMatchObject({ expected_close_date: '2026-11-20' });
	});
});

describe('dates of expressions', () => {
	it.each([
		['a moment of n8n', "={{ DateTime.fromFormat('20.11.2026', 'dd.MM.yyyy') }}"],
		['a date of JavaScript', '={{ new Date(2026, 10, 20, 12) }}'],
		['a text with a time', '2026-11-20 08:00:00'],
	])('%s is that day', async (_, value) => {
		const { done } = await runDeals(itemsOf('x'), 'Expected close date', {
			columns: {
				mappingMode: 'defineBelow',
				value: { Title: 'Order 1', 'Expected close date': value },
			},
		});
		expect(done).toHaveLength(1);
		expect(dealTitled('Order 1')).toMatchObject({ expected_close_date: '2026-11-20' });
	});

	it('that give no date are set aside', async () => {
		const { aside } = await runDeals(itemsOf('31.02.2026'), 'Expected close date', {
			columns: {
				mappingMode: 'defineBelow',
				value: {
					Title: 'A',
					'Expected close date': "={{ DateTime.fromFormat($json.value, 'dd.MM.yyyy') }}",
				},
			},
		});
		expect(aside[0].reason).toContain('"Expected close date"');
	});
});

it('an item without an External ID says which item it is and what to do', async () => {
	const items = itemsOf('1', '2').map((item, index) => ({
		...item,
		id: index === 1 ? '' : item.id,
	}));
	const { done, aside } = await runDeals(items, 'Weight');
	expect(done).toHaveLength(1);
	expect(aside[0].reason).toContain('Item 2 has no External ID');
	expect(aside[0].reason).toMatch(/fill "External ID"/);
});

it('a new deal without a title is told in the word of the column', async () => {
	const [untitled] = itemsOf('1');
	const { aside } = await runDeals([{ ...untitled, title: '' }], 'Weight');
	expect(aside[0].reason).toContain('"Title"');
});
