/** v1 merge: the record named in the body survives, the one in the path goes. */
import { invalid, notFound } from './apiError.mts';
import type { Row } from './collection.mts';
import { settleValue } from './dealProducts.mts';
import type { Call, Operation, Reply } from './operation.mts';
import { company } from './users.mts';
import { int, obj } from './schema.mts';
import type { EntityName, World } from './world.mts';

const body = obj({ merge_with_id: int() }, ['merge_with_id']);
const base = { version: 'v1', method: 'PUT', cost: 40, kind: 'merge', body } as const;

export const mergeOperations: Operation[] = [
	{ ...base, path: '/deals/{id}/merge', run: mergeDeals },
	{
		...base,
		path: '/organizations/{id}/merge',
		run: (call) => ({ data: { id: merge(call, 'organizations', 'Organization', 'org_id').id } }),
	},
	{
		...base,
		path: '/persons/{id}/merge',
		run: (call) => ({ data: asV1(call, merge(call, 'persons', 'Person', 'person_id')) }),
	},
];

/** The lines of both stand on the survivor; how Pipedrive itself does it is not documented. */
function mergeDeals(call: Call): Reply {
	const { world } = call;
	const survivor = merge(call, 'deals', 'Deal', 'deal_id');
	settleValue(call, survivor.id);
	const row = world.living('deals', survivor.id) as Row;
	const { custom_fields: _, label_ids: __, is_deleted: deleted, owner_id: owner, ...kept } = row;
	return {
		data: {
			...kept,
			user_id: owner,
			creator_user_id: owner,
			deleted,
			active: row.status === 'open',
			add_time: v1Time(row.add_time),
			update_time: v1Time(row.update_time),
			visible_to: String(row.visible_to),
			merge_what_id: call.params.id,
		},
	};
}

const linked: EntityName[] = ['persons', 'deals', 'activities', 'notes', 'dealProducts'];

function merge(call: Call, entity: EntityName, what: string, link: string): Row {
	const { world } = call;
	const gone = world.living(entity, call.params.id);
	if (!gone) throw notFound(what);
	const survivor = world.living(entity, call.body.merge_with_id);
	if (!survivor) throw notFound(what);
	if (gone.id === survivor.id) throw invalid('merge_with_id: must be another record');
	const now = world.moment();
	for (const name of linked) moveLinks(world, name, link, gone.id, survivor.id, now);
	world.put(entity, { ...gone, is_deleted: true, update_time: now, merged_to_id: survivor.id });
	return world.put(entity, { ...filled(survivor, gone), update_time: now });
}

function moveLinks(
	world: World,
	name: EntityName,
	link: string,
	from: number,
	to: number,
	now: string,
) {
	for (const row of [...world.collections[name].all()]) {
		if (row[link] === from) world.put(name, { ...row, [link]: to, update_time: now });
	}
}

/** The survivor's values win; its empty ones are filled. */
function filled(survivor: Row, gone: Row): Row {
	const isEmpty = (value: unknown) =>
		value === null || value === undefined || (Array.isArray(value) && value.length === 0);
	const next: Row = { ...survivor };
	for (const [key, value] of Object.entries(gone)) if (isEmpty(next[key])) next[key] = value;
	next.custom_fields = { ...gone.custom_fields, ...survivor.custom_fields };
	return next;
}

function asV1(call: Call, row: Row) {
	const { world } = call;
	const org = world.living('organizations', row.org_id);
	const owner = world.users.find((user) => user.id === row.owner_id);
	return {
		id: row.id,
		company_id: company.id,
		owner_id: row.owner_id,
		...(row.org_id === null ? {} : { org_id: row.org_id }),
		name: row.name,
		first_name: row.first_name,
		last_name: row.last_name,
		active_flag: true,
		phone: row.phones,
		email: row.emails,
		first_char: String(row.name).slice(0, 1).toLowerCase(),
		add_time: v1Time(row.add_time),
		update_time: v1Time(row.update_time),
		visible_to: String(row.visible_to),
		picture_id: null,
		label: (row.label_ids as number[])[0] ?? null,
		label_ids: row.label_ids,
		org_name: org?.name ?? null,
		owner_name: owner?.name ?? '',
		cc_email: null,
		merge_what_id: call.params.id,
	};
}

/** "2024-01-08T08:00:00Z" → "2024-01-08 08:00:00" */
export function v1Time(moment: string): string {
	return moment.replace('T', ' ').replace('Z', '');
}
