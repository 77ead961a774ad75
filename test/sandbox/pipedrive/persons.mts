import { ApiError } from './apiError.mts';
import type { Row } from './collection.mts';
import { mergeCustomFields } from './customFields.mts';
import { listRows, pagingQuery, sortingQuery, updatedQuery } from './listing.mts';
import { address, contactValues, text } from './normalise.mts';
import type { Call, Operation, Reply } from './operation.mts';
import { sharedIncludes } from './organizations.mts';
import {
	addressBody,
	bulkReadQuery,
	checkLinks,
	contactBody,
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

/** Written and read only where contact sync is switched on. */
const contactSync = {
	postal_address: addressBody,
	notes: str({ maxLength: 10_000 }),
	im: contactBody,
	birthday: str({ format: 'date' }),
	job_title: str({ maxLength: 255 }),
};

const updateBody = {
	name: str({ minLength: 1, maxLength: 255 }),
	owner_id: int(),
	org_id: int({ clearable: true }),
	emails: contactBody,
	phones: contactBody,
	visible_to: int(),
	label_ids: labelsBody,
	...contactSync,
	marketing_status: str({ enum: ['no_consent', 'unsubscribed', 'subscribed', 'archived'] }),
	custom_fields: customFieldsBody,
};

const reading = readingQuery([
	...sharedIncludes,
	'participant_open_deals_count',
	'participant_closed_deals_count',
	'last_incoming_mail_time',
	'last_outgoing_mail_time',
	'marketing_status',
	'doi_status',
]);
const at = { version: 'v2', path: '/persons/{id}' } as const;
const root = { version: 'v2', path: '/persons' } as const;

export const personOperations: Operation[] = [
	{
		...root,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: {
			...bulkReadQuery,
			owner_id: { type: 'integer' },
			org_id: { type: 'integer' },
			deal_id: { type: 'integer' },
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
		// The document makes nothing required; the migration guide asks for a name.
		body: obj({ ...updateBody, add_time: str({ format: 'moment' }) }, ['name']),
		run: create,
	},
	{
		...at,
		method: 'GET',
		cost: 1,
		kind: 'get',
		query: reading,
		run: (call) => ({ data: show(call)(find(call, 'persons', 'Person')) }),
	},
	{ ...at, method: 'PATCH', cost: 5, kind: 'update', body: obj(updateBody), run: update },
	{
		...at,
		method: 'DELETE',
		cost: 3,
		kind: 'delete',
		run: (call) => remove(call, 'persons', 'Person'),
	},
];

function show(call: Call) {
	const project = projector(call, 'person', (row, key) => {
		if (key === 'smart_bcc_email') return `company+person${row.id}@pipedrivemail.example`;
		return key.endsWith('_count') ? 0 : null;
	});
	return (row: Row) => {
		const shown = project(row);
		if (!call.world.options.contactSync) {
			for (const key of Object.keys(contactSync)) delete shown[key];
		}
		return shown;
	};
}

function list(call: Call): Reply {
	const { owner_id: owner, org_id: org, deal_id: deal } = call.query;
	const ofDeal = call.world.collections.deals.get(deal as number)?.person_id;
	return listRows(
		call,
		'persons',
		show(call),
		(row) =>
			!row.is_deleted &&
			(owner === undefined || row.owner_id === owner) &&
			(org === undefined || row.org_id === org) &&
			(deal === undefined || row.id === ofDeal),
	);
}

function create(call: Call): Reply {
	const { world, body } = call;
	const now = world.moment();
	const empty: Row = {
		id: world.collections.persons.nextId(),
		name: '',
		first_name: null,
		last_name: null,
		owner_id: call.user.id,
		org_id: null,
		add_time: body.add_time ? wholeSeconds(body.add_time as string) : now,
		update_time: now,
		emails: [],
		phones: [],
		is_deleted: false,
		visible_to: defaultVisibility(world),
		label_ids: [],
		picture_id: null,
		postal_address: null,
		notes: null,
		im: [],
		birthday: null,
		job_title: null,
		custom_fields: {},
	};
	return { data: show(call)(world.put('persons', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'persons', 'Person');
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call)(call.world.put('persons', next)) };
}

function changed(call: Call, row: Row): Row {
	const { world } = call;
	const { add_time: _, custom_fields: custom, marketing_status: __, ...body } = call.body;
	const locked = [...Object.keys(contactSync), 'marketing_status'].find((key) => key in call.body);
	if (locked && !world.options.contactSync) {
		throw new ApiError(403, `${locked}: contact sync is not enabled for this company`);
	}
	checkLinks(world, 'person', body);
	const next: Row = { ...row, ...body };
	next.custom_fields = mergeCustomFields(world, 'person', row.custom_fields ?? {}, custom);
	if ('name' in body) Object.assign(next, nameParts(body.name as string));
	for (const key of ['emails', 'phones', 'im']) {
		if (key in body) next[key] = contactValues(body[key] as Array<Record<string, unknown>>);
	}
	if ('postal_address' in body) {
		const sent = body.postal_address as Record<string, unknown>;
		next.postal_address = address(sent, world.options.geocoding);
	}
	return next;
}

/** First word is the first name, the rest the last name. */
export function nameParts(sent: string) {
	const name = text(sent) ?? '';
	const [first, ...rest] = name.split(/\s+/);
	return { name, first_name: first ?? null, last_name: text(rest.join(' ')) };
}
