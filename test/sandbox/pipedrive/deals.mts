import { ApiError, invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import { mergeCustomFields } from './customFields.mts';
import { linesOf } from './dealProducts.mts';
import { settleStage, settleStatus } from './dealStages.mts';
import { listRows, pagingQuery, sortingQuery, updatedQuery } from './listing.mts';
import { money, text } from './normalise.mts';
import type { Call, Operation, Reply } from './operation.mts';
import {
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
import { bool, int, num, obj, str } from './schema.mts';

const moment = str({ format: 'moment', clearable: true });
const body = {
	title: str({ minLength: 1, maxLength: 255 }),
	owner_id: int(),
	person_id: int({ clearable: true }),
	org_id: int({ clearable: true }),
	pipeline_id: int(),
	stage_id: int(),
	value: num(),
	currency: str(),
	is_deleted: bool(),
	is_archived: bool(),
	archive_time: moment,
	status: str(),
	probability: num({ nullable: true }),
	lost_reason: str({ nullable: true, maxLength: 255 }),
	visible_to: int(),
	close_time: str({ format: 'moment', nullable: true }),
	won_time: moment,
	lost_time: moment,
	expected_close_date: str({ format: 'date', clearable: true }),
	label_ids: labelsBody,
	custom_fields: customFieldsBody,
};

const reading = readingQuery([
	'next_activity_id',
	'last_activity_id',
	'first_won_time',
	'products_count',
	'files_count',
	'notes_count',
	'followers_count',
	'email_messages_count',
	'activities_count',
	'done_activities_count',
	'undone_activities_count',
	'participants_count',
	'last_incoming_mail_time',
	'last_outgoing_mail_time',
	'smart_bcc_email',
	'source_lead_id',
]);
const { include_option_labels: _, include_labels: __, ...archivedReading } = reading;
const links = ['owner_id', 'person_id', 'org_id', 'pipeline_id', 'stage_id'] as const;
const filters = {
	...bulkReadQuery,
	...Object.fromEntries(links.map((key) => [key, { type: 'integer' as const }])),
	status: { type: 'string' as const, enum: ['open', 'won', 'lost', 'deleted'] },
	...updatedQuery,
	...sortingQuery('id', 'update_time', 'add_time'),
	...pagingQuery(),
};
const at = { version: 'v2', path: '/deals/{id}' } as const;
const root = { version: 'v2', path: '/deals' } as const;

export const dealOperations: Operation[] = [
	{
		...root,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: { ...filters, ...reading },
		run: (call) => list(call, false),
	},
	{
		...root,
		path: '/deals/archived',
		method: 'GET',
		cost: 20,
		kind: 'list',
		query: { ...filters, ...archivedReading },
		run: (call) => list(call, true),
	},
	{ ...root, method: 'POST', cost: 5, kind: 'create', body: obj(body, ['title']), run: create },
	{
		...at,
		method: 'GET',
		cost: 1,
		kind: 'get',
		query: reading,
		run: (call) => ({ data: show(call)(find(call, 'deals', 'Deal')) }),
	},
	{ ...at, method: 'PATCH', cost: 5, kind: 'update', body: obj(body), run: update },
	{
		...at,
		method: 'DELETE',
		cost: 3,
		kind: 'delete',
		run: (call) => remove(call, 'deals', 'Deal'),
	},
];

function show(call: Call) {
	const project = projector(call, 'deal', (row, key) => {
		if (key === 'smart_bcc_email') return `company+deal${row.id}@pipedrivemail.example`;
		if (key === 'products_count') return linesOf(call.world, row.id).length;
		return key.endsWith('_count') ? 0 : null;
	});
	return (row: Row) => {
		const { archive_time: ___, ...shown } = project(row);
		return shown;
	};
}

function list(call: Call, archived: boolean): Reply {
	const { query } = call;
	const status = query.status;
	return listRows(call, 'deals', show(call), (row) => {
		if (row.is_archived !== archived || row.is_deleted !== (status === 'deleted')) return false;
		if (status !== undefined && status !== 'deleted' && row.status !== status) return false;
		return links.every((key) => query[key] === undefined || row[key] === query[key]);
	});
}

function create(call: Call): Reply {
	const { world } = call;
	const now = world.moment();
	const empty: Row = {
		id: world.collections.deals.nextId(),
		title: '',
		owner_id: call.user.id,
		person_id: null,
		org_id: null,
		pipeline_id: null,
		stage_id: null,
		value: 0,
		currency: world.options.currency,
		add_time: now,
		update_time: now,
		stage_change_time: null,
		is_deleted: false,
		is_archived: false,
		status: 'open',
		probability: null,
		lost_reason: null,
		visible_to: defaultVisibility(world),
		close_time: null,
		won_time: null,
		lost_time: null,
		expected_close_date: null,
		label_ids: [],
		origin: 'API',
		origin_id: null,
		channel: null,
		channel_id: null,
		source_lead_id: null,
		arr: null,
		mrr: null,
		acv: null,
		custom_fields: {},
	};
	return { data: show(call)(world.put('deals', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'deals', 'Deal');
	if (row.is_archived && call.body.is_archived !== false) {
		throw new ApiError(400, 'Archived deals cannot be edited');
	}
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call)(call.world.put('deals', next)) };
}

function changed(call: Call, row: Row): Row {
	const { world } = call;
	const { custom_fields: custom, ...sent } = call.body;
	checkLinks(world, 'deal', sent);
	const next: Row = { ...row, ...sent };
	next.custom_fields = mergeCustomFields(world, 'deal', row.custom_fields ?? {}, custom);
	next.title = text(next.title);
	if (!world.options.activeCurrencies.includes(next.currency as string)) {
		throw invalid(`currency: '${String(next.currency)}' is not active`);
	}
	next.value = money(next.value as number);
	const lines = linesOf(world, row.id);
	if (lines.length > 0) next.value = row.value;
	settleStage(call, row, next);
	settleStatus(call, row, next);
	for (const key of ['close_time', 'won_time', 'lost_time']) {
		if (typeof next[key] === 'string') next[key] = wholeSeconds(next[key]);
	}
	return next;
}
