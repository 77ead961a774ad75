import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import { listRows, pagingQuery, sortingQuery, updatedQuery } from './listing.mts';
import { address, text } from './normalise.mts';
import { checkNoteSize, noteHtml } from './noteHtml.mts';
import type { Call, Operation, QueryParameter, Reply } from './operation.mts';
import { addressBody, bulkReadQuery, checkLinks, find, remove } from './record.mts';
import { bool, int, listOf, obj, str } from './schema.mts';
import { activityTypes } from './users.mts';

const clock = str({ clearable: true });
const body = obj({
	subject: str({ maxLength: 255 }),
	type: str(),
	owner_id: int(),
	deal_id: int({ clearable: true }),
	lead_id: str({ clearable: true }),
	person_id: int({ clearable: true }),
	org_id: int({ clearable: true }),
	project_id: int({ clearable: true }),
	due_date: str({ format: 'date', clearable: true }),
	due_time: clock,
	duration: clock,
	busy: bool(),
	done: bool(),
	location: addressBody,
	participants: listOf(obj({ person_id: int(), primary: bool() })),
	attendees: listOf(
		obj({
			email: str(),
			name: str(),
			status: str(),
			is_organizer: bool(),
			person_id: int(),
			user_id: int(),
		}),
	),
	public_description: str({ clearable: true }),
	priority: int({ clearable: true }),
	note: str({ clearable: true }),
});
const include: Record<string, QueryParameter> = {
	include_fields: { type: 'list', enum: ['attendees'] },
};
const links = ['owner_id', 'deal_id', 'person_id', 'org_id'] as const;
const at = { version: 'v2', path: '/activities/{id}' } as const;
const root = { version: 'v2', path: '/activities' } as const;

export const activityOperations: Operation[] = [
	{
		...root,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: {
			...bulkReadQuery,
			...Object.fromEntries(links.map((key) => [key, { type: 'integer' as const }])),
			lead_id: { type: 'string' },
			done: { type: 'boolean' },
			...updatedQuery,
			...sortingQuery('id', 'update_time', 'add_time', 'due_date'),
			...include,
			...pagingQuery(),
		},
		run: list,
	},
	{ ...root, method: 'POST', cost: 5, kind: 'create', body, run: create },
	{
		...at,
		method: 'GET',
		cost: 1,
		kind: 'get',
		query: include,
		run: (call) => ({ data: show(call)(find(call, 'activities', 'Activity')) }),
	},
	{ ...at, method: 'PATCH', cost: 5, kind: 'update', body, run: update },
	{
		...at,
		method: 'DELETE',
		cost: 3,
		kind: 'delete',
		run: (call) => remove(call, 'activities', 'Activity'),
	},
];

function show(call: Call) {
	const withAttendees = ((call.query.include_fields as string[] | undefined) ?? []).length > 0;
	return (row: Row) => {
		const { attendees, ...shown } = row;
		return withAttendees ? { ...shown, attendees } : shown;
	};
}

function list(call: Call): Reply {
	const { query } = call;
	const keys = [...links, 'lead_id', 'done'];
	return listRows(
		call,
		'activities',
		show(call),
		(row) => !row.is_deleted && keys.every((k) => query[k] === undefined || row[k] === query[k]),
	);
}

function create(call: Call): Reply {
	const { world } = call;
	const now = world.moment();
	const empty: Row = {
		id: world.collections.activities.nextId(),
		subject: 'Call',
		type: 'call',
		owner_id: call.user.id,
		creator_user_id: call.user.id,
		is_deleted: false,
		add_time: now,
		update_time: now,
		deal_id: null,
		lead_id: null,
		person_id: null,
		org_id: null,
		project_id: null,
		due_date: now.slice(0, 10),
		due_time: null,
		duration: null,
		busy: false,
		done: false,
		marked_as_done_time: null,
		location: null,
		participants: [],
		attendees: [],
		conference_meeting_client: null,
		conference_meeting_url: null,
		conference_meeting_id: null,
		public_description: null,
		priority: null,
		note: null,
	};
	return { data: show(call)(world.put('activities', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'activities', 'Activity');
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call)(call.world.put('activities', next)) };
}

function changed(call: Call, row: Row): Row {
	const { world, body: sent } = call;
	if (typeof sent.person_id === 'number') {
		throw invalid('person_id: read-only, name the person in participants');
	}
	checkLinks(world, 'activity', sent);
	if (typeof sent.deal_id === 'number' && !world.living('deals', sent.deal_id)) {
		throw invalid(`deal_id: deal ${sent.deal_id} does not exist`);
	}
	if (sent.type !== undefined && !activityTypes.some((type) => type.key_string === sent.type)) {
		throw invalid(`type: '${String(sent.type)}' is no activity type`);
	}
	const next: Row = { ...row, ...sent };
	next.subject = text(next.subject);
	checkNoteSize('note', sent.note);
	if ('note' in sent) next.note = sent.note === null ? null : text(noteHtml(sent.note as string));
	if ('location' in sent) {
		const location = sent.location as Record<string, unknown>;
		next.location = address(location, world.options.geocoding);
	}
	if (sent.participants) Object.assign(next, participants(call));
	for (const key of ['due_time', 'duration'])
		if (key in sent) next[key] = clockTime(key, sent[key]);
	if (next.done !== row.done) next.marked_as_done_time = next.done ? world.moment() : null;
	return next;
}

function participants(call: Call) {
	const sent = call.body.participants as Array<{ person_id: number; primary?: boolean }>;
	for (const { person_id: id } of sent) {
		if (!call.world.living('persons', id))
			throw invalid(`participants: person ${id} does not exist`);
	}
	const main = Math.max(
		sent.findIndex((entry) => entry.primary === true),
		0,
	);
	const list = sent.map(({ person_id }, index) => ({ person_id, primary: index === main }));
	return { participants: list, person_id: list[main]?.person_id ?? null };
}

/** "9:05" is refused, "09:05" becomes "09:05:00". */
function clockTime(key: string, value: unknown): string | null {
	if (value === null) return null;
	const match = /^\d\d:[0-5]\d(:[0-5]\d)?$/.exec(value as string);
	if (!match) throw invalid(`${key}: must be HH:MM`);
	return match[1] ? match[0] : `${match[0]}:00`;
}
