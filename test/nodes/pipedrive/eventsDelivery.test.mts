/** The sandbox's webhooks behave as Pipedrive's documents say. */
import { hookBody, openCrm, openInbox, type Crm, type Inbox } from './eventsSupport.mts';

const SECOND = 1000;
const DAY = 86_400_000;
let crm: Crm;
let inbox: Inbox;
beforeEach(async () => {
	crm = await openCrm();
	inbox = await openInbox();
});
afterEach(async () => {
	await crm.close();
	await inbox.close();
});

const bodies = () => inbox.received.map(({ bodyText }) => JSON.parse(bodyText));
const hookOf = async (more = {}) =>
	await crm.send('POST', '/v1/webhooks', hookBody(inbox.url, more));
const deliver = async () => await crm.sandbox.deliveries.flush();
const refuse = () => (inbox.answer = () => ({ status: 500, body: {} }));

describe('a v2 webhook', () => {
	it('tells creation, change and deletion of a deal, with text ids, changed keys and the login', async () => {
		await hookOf();
		const deal = await crm.send('POST', '/v2/deals', { title: 'Pump', value: 10 });
		await crm.send('PATCH', `/v2/deals/${deal.id}`, { status: 'won' });
		await crm.send('DELETE', `/v2/deals/${deal.id}`);
		await deliver();
		const [created, changed, deleted] = bodies();
		expect(inbox.received[0].headers.authorization).toBe(
			`Basic ${Buffer.from('pipedrive:a long password').toString('base64')}`,
		);
		expect(created.meta).toMatchObject({
			action: 'create',
			entity: 'deal',
			entity_id: '1',
			user_id: '1',
			webhook_id: '1',
			webhook_owner_id: '1',
			version: '2.0',
			attempt: 1,
			change_source: 'api',
		});
		expect(created.previous).toBeNull();
		expect(created.data).toMatchObject({ id: 1, title: 'Pump', visible_to: '7', label: null });
		expect(changed.previous).toEqual({ status: 'open', won_time: null, close_time: null });
		expect(deleted.data).toBeNull();
		expect(deleted.previous).toMatchObject({ title: 'Pump', status: 'won' });
		expect(new Set(bodies().map(({ meta }) => meta.id)).size).toBe(3);
	});

	it('carries custom fields in the encoding of webhooks, and only the changed ones in previous', async () => {
		const field = async (name: string, type: string, options?: object[]) =>
			(
				(await crm.send('POST', '/v2/organizationFields', {
					field_name: name,
					field_type: type,
					...(options ? { options } : {}),
				})) as unknown as { field_code: string }
			).field_code;
		const id = await field('ERP ID', 'varchar');
		const kind = await field('ERP Type', 'set', [{ label: 'Customer' }, { label: 'Supplier' }]);
		await hookOf({ event_object: 'organization' });
		const org = await crm.send('POST', '/v2/organizations', {
			name: 'Muster GmbH',
			custom_fields: { [id]: 'S4:1', [kind]: [1, 2] },
		});
		await crm.send('PATCH', `/v2/organizations/${org.id}`, { custom_fields: { [id]: null } });
		await deliver();
		const [created, changed] = bodies();
		expect(created.data.custom_fields).toEqual({
			[id]: { type: 'varchar', value: 'S4:1' },
			[kind]: { type: 'set', values: [{ id: 1 }, { id: 2 }] },
		});
		expect(changed.data.custom_fields[id]).toBeNull();
		expect(changed.previous).toEqual({
			custom_fields: { [id]: { type: 'varchar', value: 'S4:1' } },
		});
	});

	it('tells a merge as a deletion and a change that name each other', async () => {
		const [a, b] = [
			await crm.send('POST', '/v2/organizations', { name: 'A' }),
			await crm.send('POST', '/v2/organizations', { name: 'B' }),
		];
		await hookOf();
		await crm.send('PUT', `/v1/organizations/${a.id}/merge`, { merge_with_id: b.id });
		await deliver();
		expect(bodies().map(({ meta }) => [meta.action, meta.entity_id])).toEqual([
			['delete', '1'],
			['change', '2'],
		]);
		expect(bodies()[0].meta.merged_to_id).toBe('2');
		expect(bodies()[1].meta.merged_from_id).toBe('1');
	});

	it('a person in the browser is told apart from the API', async () => {
		const deal = await crm.send('POST', '/v2/deals', { title: 'Pump' });
		await hookOf();
		crm.sandbox.edit('deals', deal.id, { title: 'Pumps' });
		await deliver();
		expect(bodies()[0].meta.change_source).toBe('app');
	});
});

it('a v1 webhook tells flat keys, the whole previous record, retry from 0 and merges as such', async () => {
	const [a, b] = [
		await crm.send('POST', '/v2/persons', { name: 'A' }),
		await crm.send('POST', '/v2/persons', { name: 'B' }),
	];
	await hookOf({ version: '1.0' });
	await crm.send('PATCH', `/v2/persons/${a.id}`, { name: 'AA' });
	await crm.send('PUT', `/v1/persons/${a.id}/merge`, { merge_with_id: b.id });
	await deliver();
	const [updated, merged] = bodies();
	expect(updated).toMatchObject({
		v: 1,
		retry: 0,
		event: 'updated.person',
		meta: { id: 1, user_id: 1, action: 'updated' },
		current: { name: 'AA', add_time: '2026-11-20 08:10:00' },
		previous: { name: 'A', add_time: '2026-11-20 08:10:00' },
	});
	expect(merged).toMatchObject({ event: 'merged.person', meta: { id: 2 }, previous: { id: 1 } });
});

describe('a delivery that fails', () => {
	it('is tried again after 3, 30 and 150 seconds, with the same event id, then given up', async () => {
		await hookOf();
		refuse();
		await crm.send('POST', '/v2/deals', { title: 'Pump' });
		await deliver();
		for (const seconds of [3, 30, 150]) {
			crm.advance((seconds - 1) * SECOND);
			const before = inbox.received.length;
			await deliver();
			expect(inbox.received).toHaveLength(before);
			crm.advance(1 * SECOND);
			await deliver();
		}
		crm.advance(DAY / 2);
		await deliver();
		expect(bodies().map(({ meta }) => meta.attempt)).toEqual([1, 2, 3, 4]);
		expect(new Set(bodies().map(({ meta }) => meta.id)).size).toBe(1);
		expect(crm.sandbox.deliveries.lost).toMatchObject([{ why: 'given up' }]);
	});

	it('ten first attempts in vain ban the hook for half an hour, and what happens then is lost', async () => {
		await hookOf();
		refuse();
		for (let n = 0; n < 10; n++) await crm.send('POST', '/v2/deals', { title: `Deal ${n}` });
		await deliver();
		await crm.send('POST', '/v2/deals', { title: 'Lost' });
		await deliver();
		expect(crm.sandbox.deliveries.lost).toMatchObject([{ why: 'banned' }]);
		crm.advance(30 * 60 * SECOND + SECOND);
		inbox.answer = () => ({ status: 200, body: {} });
		await crm.send('POST', '/v2/deals', { title: 'Heard' });
		await deliver();
		expect(bodies().at(-1).data.title).toBe('Heard');
		expect(JSON.stringify(bodies())).not.toContain('Lost');
	});

	it('three days without success remove the hook', async () => {
		await hookOf();
		refuse();
		for (let day = 0; day <= 3; day++) {
			await crm.send('POST', '/v2/deals', { title: `Day ${day}` });
			await deliver();
			crm.advance(DAY);
		}
		expect(await crm.send('GET', '/v1/webhooks')).toEqual([]);
	});
});

it('can be doubled, lost, turned round and forged on request; other machines are never called', async () => {
	const hook = await hookOf({ event_action: 'create' });
	await hookOf({ subscription_url: 'https://n8n.example/webhook/1' });
	const { deliveries } = crm.sandbox;
	deliveries.twice();
	await crm.send('POST', '/v2/deals', { title: 'A' });
	deliveries.drop(2);
	await crm.send('POST', '/v2/deals', { title: 'B' });
	await deliver();
	deliveries.hold();
	for (const title of ['C', 'D']) await crm.send('POST', '/v2/deals', { title });
	await deliver();
	deliveries.release('reversed');
	await deliver();
	expect(bodies().map(({ data }) => data.title)).toEqual(['A', 'A', 'D', 'C']);
	await deliveries.forge(hook.id, { login: 'x:y', body: '{}' });
	expect(inbox.received.at(-1)?.bodyText).toBe('{}');
	expect(
		deliveries.sent.filter(({ hookId }) => hookId === 2).every(({ status }) => status === 0),
	).toBe(true);
});
