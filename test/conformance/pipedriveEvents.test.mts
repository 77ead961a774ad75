/** What the event trigger, the reader of deals and the reconciliation send, held against Pipedrive's OpenAPI files. */
import type { Endpoint } from '../../nodes/Pipedrive/call';
import { EVENT_ENDPOINTS, RECORD_ENDPOINTS } from '../../nodes/Pipedrive/events/endpoints';
import { hookState } from '../../nodes/Pipedrive/events/hookCheck';
import { addHook, keepOne, removeHooks, type WantedHook } from '../../nodes/Pipedrive/events/hooks';
import { readEvent } from '../../nodes/Pipedrive/events/payload';
import { reconcile } from '../../nodes/Pipedrive/events/reconcile';
import { itemOf } from '../../nodes/Pipedrive/events/records';
import { readDeal } from '../../nodes/Pipedrive/readDeal';
import { updateDeal } from '../../nodes/Pipedrive/updateDeal';
import { openBench, type Bench } from '../nodes/pipedrive/support.mts';
import { createPipedriveValidator } from './openapi.mts';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';

if (!documentsPresent) console.warn(skipReason);
const describeWith = documentsPresent ? describe : describe.skip;

const endpoints: Endpoint[] = [
	...Object.values(EVENT_ENDPOINTS),
	...Object.values(RECORD_ENDPOINTS),
];

describeWith('the endpoints of events', () => {
	const operations = documentsPresent ? loadOperations() : [];

	it.each(endpoints.map((one) => [`${one.method} v${one.version}${one.path}`, one] as const))(
		'%s exists and costs what the document says',
		(_, { method, path, version, cost }) => {
			const operation = operations.find(
				(one) => one.method === method && one.path === path && one.version === `v${version}`,
			);
			expect(operation?.cost).toBe(cost);
		},
	);
});

describeWith('every exchange of events', () => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	it('fits the documents: webhooks of each object, action and version, records, lines, changed deals', async () => {
		bench = await openBench({ record: true });
		const environment = bench.environment();
		const { call, api } = environment;
		const wanted = (more: Partial<WantedHook>): WantedHook => ({
			url: 'https://n8n.example/webhook/1/pipedrive',
			action: '*',
			object: 'deal',
			version: '2.0',
			name: `n8n: ${'long '.repeat(80)}`,
			user: 'pipedrive',
			password: 'a long password',
			...more,
		});
		const objects = ['*', 'activity', 'lead', 'note', 'organization', 'person', 'pipeline'];
		for (const object of [...objects, 'product', 'stage', 'user']) {
			await addHook(call, wanted({ object, version: '1.0' }));
			expect(await keepOne(call, wanted({ object }))).toBeUndefined();
		}
		for (const action of ['create', 'change', 'delete']) await addHook(call, wanted({ action }));
		expect(await hookState(call, 'webhook/1')).toMatchObject({ state: 'present' });
		expect(await removeHooks(call, wanted({}).url)).toBe(3);

		const org = await api.create('organization', { name: 'Muster GmbH' });
		const person = await api.create('person', { name: 'Anna', org_id: org.id });
		const product = await api.create('product', { name: 'Pump', code: 'P-1' });
		const deal = await api.create('deal', { title: 'D', org_id: org.id, status: 'won' });
		await api.update('deal', deal.id, { person_id: person.id });
		const line = { method: 'POST', path: '/deals/{id}/products', version: 2, cost: 5 } as const;
		const json = { product_id: product.id, item_price: 5, quantity: 1 };
		await call(line, 'a line', { ids: { id: String(deal.id) }, json });
		expect((await readDeal(environment, deal.id, 'ERP ID')).lines).toHaveLength(1);
		for (const entity of ['deal', 'organization', 'person', 'product', 'stage', 'pipeline']) {
			const meta = { action: 'change', entity, entity_id: '1', timestamp: '2026-11-20T08:10:00Z' };
			const read = readEvent({ meta, data: { id: 1 }, previous: {} });
			const sleep = async () => await new Promise<void>(() => undefined);
			const item = await itemOf(read, async () => environment, { readAgain: true, sleep });
			expect(item.warnings).toEqual([]);
		}
		const update = async () =>
			await updateDeal(environment, deal.id, [{ field: 'Title', value: 'Pumps' }]);
		expect([(await update()).outcome, (await update()).outcome]).toEqual(['updated', 'unchanged']);
		const found = await reconcile(environment, {
			since: '2026-01-01T00:00:00.123Z',
			status: 'won',
			pipelineIds: [],
			includesArchived: true,
		});
		expect(found).toHaveLength(1);

		const { exchanges } = bench.sandbox.log;
		const validator = createPipedriveValidator();
		expect(exchanges.flatMap((exchange) => validator.check(exchange))).toEqual([]);
		console.info(`events: ${exchanges.length} exchanges checked, 0 violations`);
	});
});
