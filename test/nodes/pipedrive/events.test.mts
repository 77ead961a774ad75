/** From a payload to the normal form: versions, names, merges, filters, duplicates. */
import fc from 'fast-check';
import { fieldSetOf } from '../../../nodes/Pipedrive/fields';
import { secretsOf } from '../../../nodes/Pipedrive/events/authentication';
import { createDuplicates } from '../../../core/webhook/duplicates';
import { isOwnEcho, passes, type EventFilter } from '../../../nodes/Pipedrive/events/filter';
import { keyedRow, namedRow } from '../../../nodes/Pipedrive/events/names';
import { readEvent } from '../../../nodes/Pipedrive/events/payload';
import type { Row } from '../../../nodes/Pipedrive/events/values';
import { receive, type ReceiveSettings } from '../../../nodes/Pipedrive/events/receive';
import { itemOf } from '../../../nodes/Pipedrive/events/records';
import { hookBody, openCrm, openInbox, type Crm, type Inbox } from './eventsSupport.mts';

const v2 = (meta: object = {}, data: unknown = { id: 7 }, previous: unknown = null) => ({
	meta: {
		action: 'change',
		entity: 'deal',
		entity_id: '7',
		id: 'c0ffee',
		user_id: '5',
		webhook_owner_id: '1',
		timestamp: '2026-11-20T08:10:00.123Z',
		change_source: 'app',
		attempt: 1,
		...meta,
	},
	data,
	previous,
});

const everything: EventFilter = {
	entity: '*',
	kinds: [],
	pipelineIds: [],
	stageIds: [],
	statuses: [],
};

const HASH = 'a'.repeat(40);
const FIELD = (
	type: string,
	options?: Array<{ id: number; label: string }>,
	key = HASH,
	name = 'Field',
) =>
	({
		field_code: key,
		field_name: name,
		field_type: type,
		is_custom_field: true,
		options,
	}) as const;

describe('both webhook versions', () => {
	let crm: Crm;
	let inboxes: Inbox[];
	beforeEach(async () => {
		crm = await openCrm();
		inboxes = [await openInbox(), await openInbox()];
		await crm.send('POST', '/v1/webhooks', hookBody(inboxes[0].url, { version: '1.0' }));
		await crm.send('POST', '/v1/webhooks', hookBody(inboxes[1].url, { version: '2.0' }));
	});
	afterEach(async () => {
		await crm.close();
		await Promise.all(inboxes.map(async (inbox) => await inbox.close()));
	});
	const told = async () => {
		await crm.sandbox.deliveries.flush();
		return inboxes.map(({ received }) =>
			received.map(({ bodyText }) => readEvent(JSON.parse(bodyText))),
		);
	};

	const samples: Record<string, unknown> = {
		varchar: 'a',
		text: 'b',
		phone: '+49 40 1',
		double: 12.5,
		monetary: { value: 99.5, currency: 'EUR' },
		enum: 1,
		set: [1, 2],
		user: 1,
		date: '2026-11-20',
		daterange: { value: '2026-11-01', until: '2026-11-30' },
		time: { value: '09:00:00', timezone_name: 'UTC' },
		timerange: { value: '09:00:00', until: '17:00:00', timezone_name: 'UTC' },
		address: { value: 'Kai 1, Hamburg', country: 'Germany' },
	};

	it('become one normal form, for every type of custom field, on creation, change and deletion', async () => {
		const keys: Record<string, string> = {};
		for (const type of Object.keys(samples)) {
			const options = /^(enum|set)$/.test(type)
				? { options: [{ label: 'A' }, { label: 'B' }] }
				: {};
			const made = await crm.send('POST', '/v2/organizationFields', {
				field_name: `Field ${type}`,
				field_type: type,
				...options,
			});
			keys[type] = (made as unknown as { field_code: string }).field_code;
		}
		const fields = crm.sandbox.store.customFieldsOf('organization');
		const idsOf = (type: string) => fields.find(({ code }) => code === keys[type])!.options!;
		samples.enum = idsOf('enum')[0].id;
		samples.set = idsOf('set').map(({ id }) => id);
		const custom = Object.fromEntries(Object.entries(samples).map(([t, v]) => [keys[t], v]));
		const org = await crm.send('POST', '/v2/organizations', { name: 'M', custom_fields: custom });
		const cleared = Object.fromEntries(Object.values(keys).map((key) => [key, null]));
		await crm.send('PATCH', `/v2/organizations/${org.id}`, { custom_fields: cleared });
		await crm.send('DELETE', `/v2/organizations/${org.id}`);
		const set = fieldSetOf(
			'organization',
			fields.map((f) => ({ ...FIELD(f.type, f.options as never, f.code, f.name) })),
		);
		const shown = (await told()).map((events) =>
			events.map(({ event, current, previous }) => ({
				action: event.action,
				entity: event.entity,
				id: event.entityId,
				at: event.at,
				user: event.userId,
				source: event.source,
				custom: current && namedRow(current, set).custom_fields,
				before: previous && namedRow(previous, set).custom_fields,
				name: current?.name,
				added: current?.add_time,
				visible: current?.visible_to,
			})),
		);
		const [one, two] = shown;
		expect(two[0].custom).toEqual({
			'Field varchar': 'a',
			'Field text': 'b',
			'Field phone': '+49 40 1',
			'Field double': 12.5,
			'Field monetary': { value: 99.5, currency: 'EUR' },
			'Field enum': 'A',
			'Field set': ['A', 'B'],
			'Field user': 1,
			'Field date': '2026-11-20',
			'Field daterange': { from: '2026-11-01', until: '2026-11-30' },
			'Field time': '09:00:00',
			'Field timerange': { from: '09:00:00', until: '17:00:00' },
			'Field address': expect.objectContaining({ value: 'Kai 1, Hamburg', country: 'Germany' }),
		});
		expect(Object.values(two[1].custom as Row)).toEqual(Object.keys(samples).map(() => null));
		expect(two[1].before).toEqual(two[0].custom);
		expect(two[2]).toMatchObject({ action: 'delete', custom: null });
		for (const [index, event] of one.entries()) {
			const isDelete = event.action === 'delete';
			expect(isDelete ? { ...event, before: 0 } : event).toEqual(
				isDelete ? { ...two[index], before: 0 } : two[index],
			);
		}
	});

	it('tell only what changed in previous', async () => {
		const deal = await crm.send('POST', '/v2/deals', { title: 'Pump', value: 5 });
		await crm.send('PATCH', `/v2/deals/${deal.id}`, { stage_id: 2 });
		const [one, two] = await told();
		expect(one[1].previous).toMatchObject({ stage_id: 1 });
		expect(two[1].previous).toMatchObject({ stage_id: 1 });
		expect(one[1].previous).not.toHaveProperty('title');
	});

	it('a merge names the other record, and never shows its values as earlier ones', async () => {
		const [a, b] = [
			await crm.send('POST', '/v2/persons', { name: 'A' }),
			await crm.send('POST', '/v2/persons', { name: 'B' }),
		];
		await crm.send('PUT', `/v1/persons/${a.id}/merge`, { merge_with_id: b.id });
		const [one, two] = await told();
		expect(two.slice(2).map(({ event }) => event)).toMatchObject([
			{ action: 'delete', entityId: 1, mergedToId: 2 },
			{ action: 'change', entityId: 2, mergedFromId: 1 },
		]);
		expect(one.slice(2)).toMatchObject([
			{ event: { action: 'change', entityId: 2, mergedFromId: 1 }, previous: {} },
		]);
		const merges = { ...everything, kinds: ['merge' as const] };
		expect(two.map((read) => passes(read, merges))).toEqual([false, false, true, true]);
	});
});

describe('reading', () => {
	it('takes seconds and text as time, composes an id where none came, alike for every attempt', () => {
		const at = (timestamp: unknown) => readEvent(v2({ timestamp })).event.at;
		expect(at('1795853400')).toBe('2026-11-28T08:10:00.000Z');
		expect(at('2026-11-20T08:10:00Z')).toBe('2026-11-20T08:10:00.000Z');
		const idOf = (meta: object, data?: object) =>
			readEvent(v2({ id: undefined, ...meta }, data)).event.id;
		expect(idOf({ attempt: 1 })).toBe(idOf({ attempt: 3 }));
		expect(idOf({}, { id: 7, title: 'a' })).not.toBe(idOf({}, { id: 7, title: 'b' }));
	});

	it('keeps the UUID of a lead, and takes the one user out of a list', () => {
		const id = 'f3c5a0d0-0000-11ee-8000-000000000000';
		expect(readEvent(v2({ entity: 'lead', entity_id: id })).event.entityId).toBe(id);
		const user = {
			v: 1,
			meta: { action: 'updated', object: 'user', id: 3, timestamp: 1795853400 },
		};
		const read = readEvent({ ...user, current: [{ id: 3, name: 'Ben' }], previous: [{ id: 3 }] });
		expect(read).toMatchObject({ event: { entity: 'user' }, current: { name: 'Ben' } });
	});

	it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
		'takes "%s" for no action, no kind of record and no field that it is not',
		async (word) => {
			const meta = { action: word, object: 'deal', id: 7, timestamp: '1700000000' };
			expect(() => readEvent({ meta, current: {} })).toThrow(`its action is "${word}"`);
			const open = jest.fn(async () => await Promise.reject(new Error('asked')));
			const told = readEvent(
				v2({ entity: word }, JSON.parse(`{"id":7,"${word}":{"status":"won"}}`)),
			);
			expect(told.current?.status).toBeUndefined();
			const item = await itemOf(told, open, {
				readAgain: true,
				sleep: async () => await new Promise(() => undefined),
			});
			expect(item.warnings).toEqual([
				`The record is shown as the event told it: Pipedrive cannot be asked for ${word} 7.`,
			]);
			const changed = readEvent(v2({}, { id: 7 }, JSON.parse(`{"${word}":{"status":"open"}}`)));
			expect(changed.previous?.status).toBeUndefined();
			expect(open).not.toHaveBeenCalled();
		},
	);

	it('refuses what is no event in one sentence, never with an exception of its own', () => {
		fc.assert(
			fc.property(fc.anything(), fc.object(), (body, meta) => {
				for (const sent of [body, { meta }, { meta: { entity: 'deal', ...meta } }]) {
					try {
						readEvent(sent);
					} catch (error) {
						expect((error as Error).name).toBe('CoreError');
						expect((error as Error).message).toContain('no event of a Pipedrive webhook');
					}
				}
			}),
		);
	});
});

describe('names', () => {
	const row = { id: 1, custom_fields: { [HASH]: { type: 'enum', id: 4 } } };

	it('an unknown option keeps its number, an unknown field its key', () => {
		const options = [{ id: 3, label: 'A' }];
		expect(namedRow(row, fieldSetOf('deal', [FIELD('enum', options)])).custom_fields).toEqual({
			Field: 4,
		});
		expect(namedRow(row, fieldSetOf('deal', [])).custom_fields).toEqual({ [HASH]: 4 });
		expect(keyedRow(row).custom_fields).toEqual({ [HASH]: 4 });
	});

	it('two fields of one name keep their keys, so that no value hides another', () => {
		const other = 'b'.repeat(40);
		const fields = fieldSetOf('deal', [FIELD('varchar'), FIELD('varchar', undefined, other)]);
		const two = { custom_fields: { [HASH]: 'x', [other]: 'y' } };
		expect(namedRow(two, fields).custom_fields).toEqual({ [HASH]: 'x', [other]: 'y' });
	});

	it('come late or not at all after 0.7 seconds: the event goes on with keys', async () => {
		const slept: number[] = [];
		const never = async () => await new Promise<never>(() => undefined);
		const item = await itemOf(readEvent(v2({}, row)), never, {
			readAgain: true,
			sleep: async (ms) => void slept.push(ms),
		});
		expect(item.current?.custom_fields).toEqual({ [HASH]: 4 });
		expect(item.warnings).toHaveLength(2);
		expect(Math.max(...slept)).toBeLessThan(1_000);
	});

	it('are not asked for where there is nothing to name', async () => {
		const open = jest.fn();
		const item = await itemOf(readEvent(v2({ entity: 'note' })), open, {
			readAgain: false,
			sleep: async () => undefined,
		});
		expect(item.warnings).toEqual([]);
		expect(open).not.toHaveBeenCalled();
	});
});

describe('filters', () => {
	const won = readEvent(
		v2({}, { id: 7, status: 'won', stage_id: 2, pipeline_id: 1 }, { status: 'open' }),
	);
	const wants = (filter: Partial<EventFilter>) => passes(won, { ...everything, ...filter });

	it('fit object, action, pipeline, status and stage together', () => {
		expect(wants({})).toBe(true);
		expect(wants({ entity: 'deal', kinds: ['change'], pipelineIds: [1], statuses: ['won'] })).toBe(
			true,
		);
		expect(wants({ entity: 'person' })).toBe(false);
		expect(wants({ kinds: ['create', 'delete'] })).toBe(false);
		expect(wants({ pipelineIds: [2] })).toBe(false);
		expect(wants({ statuses: ['lost', 'open'] })).toBe(false);
	});

	it('a stage that the deal was in before is not entered, neither is a status that it had', () => {
		expect(wants({ stageIds: [2] })).toBe(false);
		const later = readEvent(v2({}, { id: 7, status: 'won', stage_id: 2 }, { value: 1 }));
		expect(passes(later, { ...everything, statuses: ['won'] })).toBe(false);
		const born = readEvent(v2({ action: 'create' }, { id: 7, status: 'won', stage_id: 2 }));
		expect(passes(born, { ...everything, statuses: ['won'], stageIds: [2] })).toBe(true);
		const gone = readEvent(v2({ action: 'delete' }, null, { status: 'won', pipeline_id: 1 }));
		expect(passes(gone, { ...everything, statuses: ['won'] })).toBe(false);
		expect(passes(gone, { ...everything, pipelineIds: [1] })).toBe(true);
	});

	it('filters of deals do not stop other objects', () => {
		const person = readEvent(v2({ entity: 'person' }));
		expect(passes(person, { ...everything, statuses: ['won'], pipelineIds: [1] })).toBe(true);
	});

	it('only the integration itself, through the API, is an echo', () => {
		const by = (meta: object) =>
			readEvent(v2({ change_source: 'api', user_id: '1', ...meta })).event;
		expect(isOwnEcho(by({}), 1)).toBe(true);
		expect(isOwnEcho(by({ change_source: 'app' }), 1)).toBe(false);
		expect(isOwnEcho(by({ change_source: undefined }), 1)).toBe(false);
		expect(isOwnEcho(by({ user_id: '2' }), 1)).toBe(false);
		expect(isOwnEcho(by({ user_id: undefined }), undefined)).toBe(false);
	});
});

describe('duplicates', () => {
	it('each key is taken once, however often and in whatever order it comes', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (keys) => {
				const duplicates = createDuplicates();
				const taken = keys.filter((key) => duplicates.take(String(key), 0));
				expect(taken).toEqual([...new Set(keys)]);
			}),
		);
	});

	it('memory stays bounded, the newest are kept, and after an hour nothing is', () => {
		const duplicates = createDuplicates(100);
		for (let n = 0; n < 1_000; n++) duplicates.take(String(n), n);
		expect(duplicates.size).toBe(100);
		expect(duplicates.take('999', 1_000)).toBe(false);
		expect(duplicates.take('0', 1_000)).toBe(true);
		expect(duplicates.take('999', 3_700_000)).toBe(true);
		expect(duplicates.size).toBe(1);
	});

	it('what is under way is no duplicate yet; after five minutes nobody will end it', () => {
		const duplicates = createDuplicates();
		const state = (now: number) => [
			duplicates.isUnderWay('a', now),
			duplicates.isUnderWay('b', now),
		];
		expect([duplicates.take('a', 0), duplicates.take('b', 0)]).toEqual([true, true]);
		duplicates.done('a');
		expect(state(1_000)).toEqual([false, true]);
		expect([duplicates.take('a', 1_000), duplicates.take('b', 1_000)]).toEqual([false, false]);
		expect(state(300_000)).toEqual([false, false]);
		expect([duplicates.take('a', 300_000), duplicates.take('b', 300_000)]).toEqual([false, true]);
	});
});

describe('receiving', () => {
	const login = { user: 'u', password: 'a long password' };
	const secrets = secretsOf(login, { header: 'x', encoding: 'hex', prefix: '' });
	const authorization = `Basic ${Buffer.from('u:a long password').toString('base64')}`;
	const settings = (more: Partial<ReceiveSettings> = {}): ReceiveSettings => ({
		filter: everything,
		ignoresOwn: true,
		integrationUserId: 0,
		readAgain: false,
		triggerKey: 'one',
		...more,
	});
	const tools = (duplicates = createDuplicates()) => ({
		duplicates,
		ports: { now: () => 0, random: () => 0, sleep: async () => undefined },
		open: async () => await Promise.reject(new Error('no connection')),
	});
	const send = async (body: object, more: Partial<ReceiveSettings> = {}, used = tools()) =>
		await receive(
			{ headers: { authorization }, rawBody: Buffer.from(JSON.stringify(body)), body: {} },
			secrets,
			() => settings(more),
			used,
		);

	it('does not even read what does not show the login: nothing is remembered either', async () => {
		const used = tools();
		const forged = { headers: {}, rawBody: Buffer.from('not json'), body: {} };
		expect(await receive(forged, secrets, settings, used)).toEqual({ outcome: 'refused' });
		expect(used.duplicates.size).toBe(0);
		expect((await send(v2(), {}, used)).outcome).toBe('emitted');
	});

	it('settings are not even read before the login was checked', async () => {
		const wrong = () => {
			throw new Error('wrong pipeline');
		};
		const delivery = { headers: {}, rawBody: Buffer.from(JSON.stringify(v2())), body: {} };
		expect(await receive(delivery, secrets, wrong, tools())).toEqual({ outcome: 'refused' });
		const authentic = { ...delivery, headers: { authorization } };
		await expect(receive(authentic, secrets, wrong, tools())).rejects.toThrow('wrong pipeline');
	});

	it('the same event may go to two triggers, but once to each', async () => {
		const used = tools();
		const outcomes = [];
		for (const triggerKey of ['one', 'two', 'one', 'two']) {
			const receipt = await send(v2({ attempt: outcomes.length + 1 }), { triggerKey }, used);
			if (receipt.outcome === 'emitted') used.duplicates.done(receipt.eventKey);
			outcomes.push(receipt.outcome);
		}
		expect(outcomes).toEqual(['emitted', 'emitted', 'dropped', 'dropped']);
	});

	it('a retry while the first attempt is undecided is put off, and needed when n8n could not start it', async () => {
		const used = tools();
		const first = await send(v2(), {}, used);
		expect(first.outcome).toBe('emitted');
		expect((await send(v2({ attempt: 2 }), {}, used)).outcome).toBe('underWay');
		if (first.outcome === 'emitted') used.duplicates.forget(first.eventKey);
		expect((await send(v2({ attempt: 3 }), {}, used)).outcome).toBe('emitted');
	});

	it('what a filter dropped is not remembered as taken', async () => {
		const used = tools();
		const filter = { ...everything, entity: 'person' };
		expect(await send(v2(), { filter }, used)).toMatchObject({ why: 'filtered' });
		expect((await send(v2(), {}, used)).outcome).toBe('emitted');
	});

	it('reads the bytes that were signed, not what the server made of them', async () => {
		const receipt = await receive(
			{
				headers: { authorization },
				rawBody: Buffer.from(JSON.stringify(v2())),
				body: v2({ id: 'x' }),
			},
			secrets,
			settings,
			tools(),
		);
		expect(receipt).toMatchObject({ item: { event: { id: 'c0ffee' } } });
	});
});
