/** v1 notes: offset paging, flags 0 and 1, times without zone. */
import { invalid } from './apiError.mts';
import { compare, type Row } from './collection.mts';
import { v1Time } from './merge.mts';
import type { Call, Operation, QueryParameter, Reply } from './operation.mts';
import { checkNoteSize, noteHtml } from './noteHtml.mts';
import { find } from './record.mts';
import { int, num, obj, str } from './schema.mts';
import type { EntityName } from './world.mts';

const pins = ['lead', 'deal', 'organization', 'person', 'project', 'task'];
const flags = pins.map((name) => `pinned_to_${name}_flag`);
const integers = ['user_id', 'deal_id', 'person_id', 'org_id', 'project_id', 'task_id'];
const flag = num({ enum: [0, 1] });
const body = {
	content: str({ minLength: 1 }),
	lead_id: str({ clearable: true }),
	deal_id: int({ clearable: true }),
	person_id: int({ clearable: true }),
	org_id: int({ clearable: true }),
	project_id: int({ clearable: true }),
	task_id: int({ clearable: true }),
	user_id: int(),
	add_time: str(),
	...Object.fromEntries(flags.map((name) => [name, flag])),
};
const parents: Array<[key: string, entity: EntityName]> = [
	['deal_id', 'deals'],
	['person_id', 'persons'],
	['org_id', 'organizations'],
];
const pinParents = [
	['pinned_to_deal_flag', 'deal_id'],
	['pinned_to_organization_flag', 'org_id'],
	['pinned_to_person_flag', 'person_id'],
] as const;
const sortable = 'id user_id deal_id person_id org_id content add_time update_time'.split(' ');
const query: Record<string, QueryParameter> = {
	...Object.fromEntries(integers.map((key) => [key, { type: 'integer' as const }])),
	lead_id: { type: 'string' },
	start: { type: 'integer' },
	limit: { type: 'integer', max: 500 },
	sort: { type: 'string' },
	start_date: { type: 'string' },
	end_date: { type: 'string' },
	updated_since: { type: 'moment' },
	...Object.fromEntries(flags.map((key) => [key, { type: 'flag' as const }])),
};
const at = { version: 'v1', path: '/notes/{id}' } as const;
const root = { version: 'v1', path: '/notes' } as const;

export const noteOperations: Operation[] = [
	{ ...root, method: 'GET', cost: 20, kind: 'list', query, run: list },
	{ ...root, method: 'POST', cost: 10, kind: 'create', body: obj(body, ['content']), run: create },
	{
		...at,
		method: 'GET',
		cost: 2,
		kind: 'get',
		run: (call) => ({ data: show(call, find(call, 'notes', 'Note')) }),
	},
	{ ...at, method: 'PUT', cost: 10, kind: 'update', body: obj(body), run: update },
	{ ...at, method: 'DELETE', cost: 6, kind: 'delete', run: remove },
];

function list(call: Call): Reply {
	const { start = 0, limit = 100, updated_since: since } = call.query as Record<string, number>;
	const keys = [...integers, 'lead_id', ...flags];
	const rows = [...call.world.collections.notes.all()].filter(
		(row) =>
			!row.is_deleted &&
			(since === undefined || row.update_time >= String(since)) &&
			keys.every((key) => call.query[key] === undefined || row[key] === call.query[key]),
	);
	rows.sort(orderOf(call.query.sort as string | undefined));
	const more = rows.length > start + limit;
	const pagination = {
		start,
		limit,
		more_items_in_collection: more,
		...(more ? { next_start: start + limit } : {}),
	};
	const data = rows.slice(start, start + limit).map((row) => show(call, row));
	return { data, additionalData: { pagination } };
}

/** `id DESC, add_time`; without a direction ascending. */
function orderOf(sort = 'id'): (a: Row, b: Row) => number {
	const keys = sort.split(',').map((part) => {
		const [, key, direction] = /^\s*(\w+)(?:\s+(ASC|DESC))?\s*$/i.exec(part) ?? [];
		if (!sortable.includes(key)) throw invalid(`sort: '${part.trim()}' is no field to sort by`);
		return { key, step: direction?.toUpperCase() === 'DESC' ? -1 : 1 };
	});
	return (a, b) => {
		for (const { key, step } of keys) {
			const order = compare(a[key], b[key]) * step;
			if (order !== 0) return order;
		}
		return a.id - b.id;
	};
}

function create(call: Call): Reply {
	const { world, body: sent } = call;
	if (!['lead_id', ...integers.slice(1)].some((key) => sent[key])) {
		throw invalid('one of lead_id, deal_id, person_id, org_id, project_id, task_id is required');
	}
	const now = world.moment();
	const empty: Row = {
		id: world.collections.notes.nextId(),
		content: '',
		user_id: call.user.id,
		add_time: now,
		update_time: now,
		is_deleted: false,
		lead_id: null,
		...Object.fromEntries(integers.slice(1).map((key) => [key, null])),
		...Object.fromEntries(flags.map((key) => [key, false])),
	};
	return { data: show(call, world.put('notes', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'notes', 'Note');
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call, call.world.put('notes', next)) };
}

function remove(call: Call): Reply {
	const row = find(call, 'notes', 'Note');
	call.world.put('notes', { ...row, is_deleted: true });
	return { data: true };
}

function changed(call: Call, row: Row): Row {
	const { add_time: added, ...sent } = call.body;
	for (const [key, entity] of parents) {
		if (typeof sent[key] === 'number' && !call.world.living(entity, sent[key])) {
			throw invalid(`${key}: ${sent[key]} does not exist`);
		}
	}
	checkNoteSize('content', sent.content);
	const next: Row = { ...row, ...sent };
	for (const [key, parent] of pinParents) {
		if (sent[key] === 1 && !next[parent]) throw invalid(`${key}: ${parent} is required`);
	}
	for (const key of flags) if (key in sent) next[key] = sent[key] === 1;
	if (added) next.add_time = `${String(added).replace(' ', 'T')}Z`;
	if (sent.content !== undefined) next.content = noteHtml(sent.content as string);
	return next;
}

function show(call: Call, row: Row) {
	const { is_deleted: deleted, add_time: added, update_time: updated, ...rest } = row;
	const { pinned_to_lead_flag: _, ...shown } = rest;
	const { world } = call;
	const user = world.users.find(({ id }) => id === row.user_id);
	const name = (entity: EntityName, id: unknown, key: string, as = key) => {
		const found = world.living(entity, id);
		return found ? { [as]: found[key] } : null;
	};
	return {
		...shown,
		active_flag: !deleted,
		add_time: v1Time(added),
		update_time: v1Time(updated),
		last_update_user_id: call.user.id,
		deal: name('deals', row.deal_id, 'title'),
		organization: name('organizations', row.org_id, 'name'),
		person: name('persons', row.person_id, 'name'),
		user: {
			email: user?.email,
			icon_url: '',
			is_you: user?.id === call.user.id,
			name: user?.name,
		},
	};
}
