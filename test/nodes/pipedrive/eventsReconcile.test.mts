/** What no event told is found, once, and the webhook is looked after. */
import fc from 'fast-check';
import { hookState } from '../../../nodes/Pipedrive/events/hookCheck';
import { addHook, keepOne } from '../../../nodes/Pipedrive/events/hooks';
import {
	reconcile,
	type ReconcileSettings,
	wantedOf,
} from '../../../nodes/Pipedrive/events/reconcile';
import { hookBody, openInbox } from './eventsSupport.mts';
import { openBench, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench({ withoutFields: true });
});
afterEach(async () => await bench.close());

async function send(method: string, path: string, body?: object): Promise<{ id: number }> {
	// The burst window of the test's own requests.
	bench.clock.advance(100);
	const answer = await fetch(`${bench.sandbox.url}/api${path}`, {
		method,
		headers: { 'x-api-token': bench.sandbox.token, 'content-type': 'application/json' },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const { data, error } = (await answer.json()) as { data: { id: number }; error?: string };
	if (error) throw new Error(error);
	return data;
}

const settings = (more: Partial<ReconcileSettings> = {}): ReconcileSettings => ({
	since: new Date(bench.clock.now() - 3_600_000).toISOString(),
	status: 'won',
	pipelineIds: [],
	includesArchived: true,
	...more,
});
const look = async (more?: Partial<ReconcileSettings>) =>
	await reconcile(bench.environment(), settings(more));
const ids = (items: Awaited<ReturnType<typeof look>>) => items.map(({ event }) => event.entityId);
const won = async (title = 'Won') => (await send('POST', '/v2/deals', { title, status: 'won' })).id;

describe('reconciliation', () => {
	it('finds won deals, as the trigger would have told them', async () => {
		const [a, b] = [await won('A'), await won('B')];
		await send('POST', '/v2/deals', { title: 'Open' });
		const items = await look();
		expect(items).toMatchObject([
			{ event: { entityId: a }, current: { title: 'A' } },
			{
				event: { action: 'change', entity: 'deal', entityId: b, attempt: 1 },
				current: { title: 'B', status: 'won', pipeline: 'Pipeline', stage: 'Qualified' },
				previous: null,
				warnings: [],
			},
		]);
		const again = await look();
		expect(again.map(({ event }) => event.id)).toEqual(items.map(({ event }) => event.id));
	});

	it('goes through all pages, archived deals too, each once', async () => {
		for (let n = 0; n < 510; n++) {
			const { id } = await send('POST', '/v2/deals', { title: `D${n}`, status: 'won' });
			if (n < 5) await send('PATCH', `/v2/deals/${id}`, { is_archived: true });
		}
		bench.sandbox.log.clear();
		expect(ids(await look())).toEqual(Array.from({ length: 510 }, (_, n) => n + 1));
		const lists = bench.sandbox.log.entries.filter(({ operation }) => /^\/deals/.test(operation));
		expect(lists.map(({ operation, tokens }) => [operation, tokens])).toEqual([
			['/deals', 10],
			['/deals', 10],
			['/deals/archived', 20],
		]);
		expect(ids(await look({ includesArchived: false }))).toHaveLength(505);
	});

	it('costs 30 tokens when nothing happened, and reads no field list', async () => {
		bench.sandbox.log.clear();
		expect(await look()).toEqual([]);
		expect(bench.sandbox.log.totals().tokens).toBe(30);
	});

	it('whatever happens between two looks that overlap, every won deal is found at last', async () => {
		const found = new Set<number>();
		const expected = new Set<number>();
		for (let round = 0; round < 6; round++) {
			const since = new Date(bench.clock.now() - 30_000).toISOString();
			for (let n = 0; n < 4; n++) {
				const { id } = await send('POST', '/v2/deals', { title: `R${round}` });
				if (n % 2 === 0) {
					await send('PATCH', `/v2/deals/${id}`, { status: 'won' });
					expected.add(id);
				}
				bench.clock.advance(17_000);
			}
			for (const id of ids(await look({ since }))) found.add(Number(id));
		}
		expect(found).toEqual(expected);
	});

	it('an instant that is none names what to enter', async () => {
		await expect(look({ since: 'yesterday' })).rejects.toMatchObject({
			message: expect.stringContaining('"yesterday"'),
			remedy: expect.stringContaining('2026-11-20T08:00:00Z'),
		});
	});

	it('takes exactly the wanted ones: of the status, the pipelines, not deleted', () => {
		const row = fc.record({
			id: fc.integer({ min: 1, max: 30 }),
			status: fc.constantFrom('won', 'lost', 'open'),
			pipeline_id: fc.integer({ min: 1, max: 3 }),
			is_deleted: fc.boolean(),
		});
		fc.assert(
			fc.property(
				fc.uniqueArray(row, { selector: ({ id }) => id }),
				fc.uniqueArray(fc.integer({ min: 1, max: 3 })),
				(rows, pipelineIds) => {
					const found = wantedOf(rows, { pipelineIds, status: 'won' });
					const wanted = rows.filter(
						({ status, pipeline_id: pipeline, is_deleted: gone }) =>
							status === 'won' &&
							!gone &&
							(pipelineIds.length === 0 || pipelineIds.includes(pipeline)),
					);
					expect(new Set(found)).toEqual(new Set(wanted));
					expect(found.map(({ id }) => id)).toEqual(
						wanted.map(({ id }) => id).sort((a, b) => a - b),
					);
				},
			),
		);
	});
});

describe('the state of the webhook', () => {
	const state = async (part = '/webhook/abc/') => await hookState(bench.environment().call, part);
	const register = async (url: string) =>
		await send('POST', '/v1/webhooks', hookBody(url, { event_object: 'deal' }));

	it('is present, failing or missing, and the password is not told', async () => {
		expect(await state()).toEqual({ state: 'missing' });
		const hook = await register('http://127.0.0.1:9/webhook/abc/pipedrive');
		await register('http://127.0.0.1:9/webhook/other/pipedrive');
		expect(await state()).toEqual({ state: 'present', webhookId: hook.id });
		await won();
		await bench.sandbox.deliveries.flush();
		const stored = bench.sandbox.store.living('webhooks', hook.id)!;
		bench.sandbox.store.put('webhooks', { ...stored, last_http_status: 401 });
		expect(await state()).toMatchObject({ state: 'failing', lastStatus: 401 });
		expect(JSON.stringify(await state())).not.toContain('a long password');
		await send('DELETE', `/v1/webhooks/${hook.id}`);
		expect((await state()).state).toBe('missing');
	});

	it('comes back when the workflow is published again after three days without success, once, and hears again', async () => {
		const inbox = await openInbox();
		const wanted = {
			url: `${inbox.url}/webhook/abc/pipedrive`,
			action: '*',
			object: 'deal',
			version: '2.0' as const,
			name: 'n8n',
			user: 'pipedrive',
			password: 'a long password',
		};
		const { call } = bench.environment();
		// What the trigger does at each publish.
		const publish = async () => (await keepOne(call, wanted)) ?? (await addHook(call, wanted));
		const { id } = await publish();
		expect((await publish()).id).toBe(id);
		inbox.answer = () => ({ status: 500, body: {} });
		for (let day = 0; day <= 3; day++) {
			await won();
			await bench.sandbox.deliveries.flush();
			bench.clock.advance(86_400_000);
		}
		expect((await state()).state).toBe('missing');
		inbox.answer = () => ({ status: 200, body: {} });
		expect((await publish()).id).not.toBe(id);
		const before = inbox.received.length;
		await won();
		await bench.sandbox.deliveries.flush();
		expect(inbox.received.length).toBe(before + 1);
		const living = bench.sandbox.records('webhooks').filter((hook) => !hook.is_deleted);
		expect(living).toHaveLength(1);
		await inbox.close();
	});

	it('is missing when Pipedrive switched it off, and an empty address is refused', async () => {
		const hook = await register('http://127.0.0.1:9/webhook/abc/pipedrive');
		const stored = bench.sandbox.store.living('webhooks', hook.id)!;
		bench.sandbox.store.put('webhooks', { ...stored, is_active: 0 });
		expect((await state()).state).toBe('missing');
		await expect(state(' ')).rejects.toThrow('no webhook address');
	});
});
