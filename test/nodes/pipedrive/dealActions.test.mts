/** Write-back by Pipedrive's own ID, won deals whose event was lost, and the webhook's check. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { createPipedriveApi } from '../../../nodes/Pipedrive/api';
import type { Caller } from '../../../nodes/Pipedrive/call';
import { dealActions, isDealAction } from '../../../nodes/Pipedrive/items/dealActions';
import { openBench, type Bench } from './support.mts';

let bench: Bench;
let numberField: string;
let priorities: unknown[] = [];
beforeEach(async () => {
	bench = await openBench();
	const field = { field_name: 'Order Text', field_type: 'varchar' };
	numberField = (await send('POST', '/v2/dealFields', field)).field_code;
});
afterEach(async () => await bench.close());

async function send(method: string, path: string, body?: object) {
	// The burst window of the test's own requests.
	bench.clock.advance(100);
	const answer = await fetch(`${bench.sandbox.url}/api${path}`, {
		method,
		headers: { 'x-api-token': bench.sandbox.token, 'content-type': 'application/json' },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const { data, error } = (await answer.json()) as {
		data: { id: number; field_code: string };
		error?: string;
	};
	if (error) throw new Error(error);
	return data;
}

type Parameters = Record<string, unknown>;

async function run(operation: string, items: Parameters[], continueOnFail = false) {
	const context = {
		getInputData: () => items.map((_, item) => ({ json: { item } })),
		getNodeParameter: (name: string, item: number, fallback: unknown) =>
			items[item][name] ?? fallback,
		getNode: () => ({ name: 'Pipedrive Upsert', type: 'x.pipedriveUpsert' }),
		continueOnFail: () => continueOnFail,
	} as unknown as IExecuteFunctions;
	bench.sandbox.log.clear();
	const environment = bench.environment();
	const call: Caller = async (endpoint, what, options) => {
		if (endpoint.path === '/deals/{id}') priorities.push(options?.priority);
		return await environment.call(endpoint, what, options);
	};
	priorities = [];
	const output: INodeExecutionData[] = await dealActions(
		context,
		{ ...environment, call, api: createPipedriveApi(call) },
		operation,
	);
	return output.map(({ json }) => json);
}

const deal = async (more: object = {}) =>
	await send('POST', '/v2/deals', { title: 'Pumps', ...more });
const update = async (dealId: unknown, fields: Parameters, continueOnFail = false) => {
	const field = Object.entries(fields).map(([name, value]) => ({ name, value }));
	const [json] = await run('updateById', [{ dealId, fieldsToUpdate: { field } }], continueOnFail);
	return json;
};
const patches = () => bench.sandbox.log.entries.filter(({ method }) => method === 'PATCH').length;

describe('Update by ID', () => {
	it('writes what differs, by the name of the field, and nothing the second time', async () => {
		const { id } = await deal();
		const fields = { 'Order Text': '1001', Title: 'Pumps' };
		expect(await update(id, fields)).toMatchObject({
			outcome: 'updated',
			pipedriveId: id,
			changes: [{ field: 'Order Text', from: null, to: '1001' }],
		});
		const [stored] = bench.sandbox.records('deals');
		expect(stored.custom_fields).toMatchObject({ [numberField]: '1001' });
		expect(stored.title).toBe('Pumps');
		expect(patches()).toBe(1);
		expect((await update(id, fields)).outcome).toBe('unchanged');
		expect(patches()).toBe(0);
	});

	it('leaves fields alone whose value is empty', async () => {
		const { id } = await deal();
		await update(id, { 'Order Text': '1001' });
		expect((await update(id, { 'Order Text': ' ' })).outcome).toBe('unchanged');
		expect(bench.sandbox.log.entries).toEqual([]);
	});

	it('goes before bulk updates when tokens are short', async () => {
		const { id } = await deal();
		await update(id, { 'Order Text': '1' });
		expect(priorities).toEqual(['high', 'high']);
	});

	it.each([
		['an unknown field', 1, { Nonsense: 'x' }, 'no deal field "Nonsense"'],
		['no number', 'abc', { Title: 'x' }, '"Deal ID" must be the number'],
		['a deal that is not there', 99, { Title: 'x' }, '99'],
	])('%s is told', async (_what, id, fields, words) => {
		await deal();
		await expect(update(id, fields)).rejects.toThrow(words);
		expect((await update(id, fields, true)).error).toContain(words);
	});

	it('a value that does not fit is told with its field', async () => {
		const { id } = await deal();
		await expect(update(id, { 'Order Text': 'x'.repeat(300) })).rejects.toThrow('Order Text');
		expect(patches()).toBe(0);
	});
});

describe('Get Many', () => {
	const since = () => new Date(bench.clock.now() - 3_600_000).toISOString();
	const many = async (more: Parameters = {}) =>
		(await run('getMany', [{ changedSince: since(), ...more }])).map(
			({ event }) => (event as { entityId: number }).entityId,
		);

	it('finds won deals, those without order number, and those with', async () => {
		const [a, b] = [await deal({ status: 'won' }), await deal({ status: 'won' })];
		const open = await deal();
		await update(a.id, { 'Order Text': '1001' });
		expect(await many()).toEqual([a.id, b.id]);
		expect(await many({ dealFilters: { valueField: 'order text' } })).toEqual([b.id]);
		const filled = { valueField: 'Order Text', valueState: 'filled' };
		expect(await many({ dealFilters: filled })).toEqual([a.id]);
		expect(await many({ dealStatus: 'open' })).toEqual([open.id]);
		expect(await many({ dealFilters: { pipelineIds: '99' } })).toEqual([]);
	});

	it('tells a field, a pipeline and an instant that are none', async () => {
		await deal({ status: 'won' });
		await expect(many({ dealFilters: { valueField: 'Nonsense' } })).rejects.toThrow('Nonsense');
		await expect(many({ dealFilters: { pipelineIds: 'Sales' } })).rejects.toThrow('"Sales"');
		await expect(many({ changedSince: 'yesterday' })).rejects.toThrow('"yesterday"');
	});
});

it('Check tells whether the webhook is there', async () => {
	const address = 'https://n8n.example/webhook/7d0c2f4e/pipedrive';
	const check = async () => (await run('checkWebhook', [{ webhookAddress: '7d0c2f4e' }]))[0];
	expect(await check()).toEqual({ state: 'missing' });
	await send('POST', '/v1/webhooks', {
		subscription_url: address,
		event_action: 'change',
		event_object: 'deal',
		name: 'Won',
		version: '2.0',
	});
	expect(await check()).toMatchObject({ state: 'present' });
});

it('knows its operations', () => {
	expect(['updateById', 'getMany', 'checkWebhook'].every(isDealAction)).toBe(true);
	expect(['get', 'upsert', 'toString'].some(isDealAction)).toBe(false);
});
