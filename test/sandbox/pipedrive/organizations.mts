import type { Row } from './collection.mts';
import { mergeCustomFields } from './customFields.mts';
import { listRows, pagingQuery, sortingQuery, updatedQuery } from './listing.mts';
import { address, text } from './normalise.mts';
import type { Call, Operation, Reply } from './operation.mts';
import {
	addressBody,
	bulkReadQuery,
	checkLinks,
	customFieldsBody,
	defaultVisibility,
	find,
	labelsBody,
	projector,
	readingQuery,
	remove,
	wholeSeconds,
} from './record.mts';
import { int, obj, str } from './schema.mts';

const dealCounters = [
	'open_deals_count',
	'related_open_deals_count',
	'closed_deals_count',
	'related_closed_deals_count',
];
const activityCounters = [
	'email_messages_count',
	'activities_count',
	'done_activities_count',
	'undone_activities_count',
	'files_count',
	'notes_count',
	'followers_count',
	'won_deals_count',
	'related_won_deals_count',
	'lost_deals_count',
	'related_lost_deals_count',
];
export const sharedIncludes = [
	'next_activity_id',
	'last_activity_id',
	...dealCounters,
	...activityCounters,
	'smart_bcc_email',
];

const updateBody = {
	name: str({ minLength: 1, maxLength: 255 }),
	owner_id: int(),
	visible_to: int(),
	label_ids: labelsBody,
	address: addressBody,
	website: str({ nullable: true, maxLength: 255 }),
	linkedin: str({ nullable: true, maxLength: 255 }),
	industry: int({ nullable: true }),
	annual_revenue: int({ nullable: true }),
	employee_count: int({ nullable: true }),
	custom_fields: customFieldsBody,
};

const reading = readingQuery([...sharedIncludes, 'people_count']);
const at = { version: 'v2', path: '/organizations/{id}' } as const;
const root = { version: 'v2', path: '/organizations' } as const;

export const organizationOperations: Operation[] = [
	{
		...root,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: {
			...bulkReadQuery,
			owner_id: { type: 'integer' },
			...updatedQuery,
			...sortingQuery('id', 'update_time', 'add_time'),
			...reading,
			...pagingQuery(),
		},
		run: list,
	},
	{
		...root,
		method: 'POST',
		cost: 5,
		kind: 'create',
		body: obj({ ...updateBody, add_time: str({ format: 'moment' }) }, ['name']),
		run: create,
	},
	{
		...at,
		method: 'GET',
		cost: 1,
		kind: 'get',
		query: reading,
		run: (call) => ({ data: show(call)(find(call, 'organizations', 'Organization')) }),
	},
	{ ...at, method: 'PATCH', cost: 5, kind: 'update', body: obj(updateBody), run: update },
	{
		...at,
		method: 'DELETE',
		cost: 3,
		kind: 'delete',
		run: (call) => remove(call, 'organizations', 'Organization'),
	},
];

function show(call: Call) {
	return projector(call, 'organization', (row, key) => {
		if (key === 'smart_bcc_email') return `company+org${row.id}@pipedrivemail.example`;
		if (key.endsWith('_activity_id')) return null;
		if (key !== 'people_count') return 0;
		let people = 0;
		for (const person of call.world.collections.persons.all()) {
			if (person.org_id === row.id && !person.is_deleted) people += 1;
		}
		return people;
	});
}

function list(call: Call): Reply {
	const owner = call.query.owner_id;
	return listRows(
		call,
		'organizations',
		show(call),
		(row) => !row.is_deleted && (owner === undefined || row.owner_id === owner),
	);
}

function create(call: Call): Reply {
	const { world, body } = call;
	const now = world.moment();
	const empty: Row = {
		id: world.collections.organizations.nextId(),
		name: '',
		owner_id: call.user.id,
		add_time: body.add_time ? wholeSeconds(body.add_time as string) : now,
		update_time: now,
		is_deleted: false,
		visible_to: defaultVisibility(world),
		address: null,
		label_ids: [],
		website: null,
		linkedin: null,
		industry: null,
		annual_revenue: null,
		employee_count: null,
		custom_fields: {},
	};
	return { data: show(call)(world.put('organizations', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'organizations', 'Organization');
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call)(call.world.put('organizations', next)) };
}

function changed(call: Call, row: Row): Row {
	const { world } = call;
	const { add_time: _, custom_fields: custom, ...body } = call.body;
	checkLinks(world, 'organization', body);
	const next: Row = { ...row, ...body };
	next.custom_fields = mergeCustomFields(world, 'organization', row.custom_fields ?? {}, custom);
	next.name = text(next.name);
	for (const key of ['website', 'linkedin']) if (key in body) next[key] = text(body[key]);
	if ('address' in body) {
		next.address = address(body.address as Record<string, unknown>, world.options.geocoding);
	}
	return next;
}
