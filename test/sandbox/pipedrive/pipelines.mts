/** Pipelines and their stages. */
import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import { listRows, pagingQuery, sortingQuery } from './listing.mts';
import { text } from './normalise.mts';
import type { Call, Operation, QueryParameter, Reply } from './operation.mts';
import { find, remove } from './record.mts';
import { bool, int, obj, str, type Schema } from './schema.mts';
import type { EntityName } from './world.mts';

const name = str({ minLength: 1, maxLength: 255 });
const pipelineBody = { name, is_deal_probability_enabled: bool() };
const stageBody = {
	name,
	pipeline_id: int(),
	deal_probability: int(),
	is_deal_rot_enabled: bool(),
	days_to_rotten: int({ clearable: true }),
};

export const pipelineOperations: Operation[] = [
	...crud('pipelines', 'Pipeline', pipelineBody, ['name'], ['id', 'update_time', 'add_time']),
	...crud(
		'stages',
		'Stage',
		stageBody,
		['name', 'pipeline_id'],
		['id', 'update_time', 'add_time', 'order_nr'],
	),
];

function crud(
	entity: 'pipelines' | 'stages',
	what: string,
	body: Record<string, Schema>,
	required: string[],
	sorts: string[],
): Operation[] {
	const root = { version: 'v2', path: `/${entity}` } as const;
	const at = { version: 'v2', path: `/${entity}/{id}` } as const;
	const filter: Record<string, QueryParameter> =
		entity === 'stages' ? { pipeline_id: { type: 'integer' } } : {};
	return [
		{
			...root,
			method: 'GET',
			cost: 5,
			kind: 'list',
			query: { ...filter, ...sortingQuery(...sorts), ...pagingQuery() },
			run: (call) => list(call, entity),
		},
		{
			...root,
			method: 'POST',
			cost: 5,
			kind: 'create',
			body: obj(body, required),
			run: (call) => create(call, entity),
		},
		{
			...at,
			method: 'GET',
			cost: 1,
			kind: 'get',
			run: (call) => ({ data: find(call, entity, what) }),
		},
		{
			...at,
			method: 'PATCH',
			cost: 5,
			kind: 'update',
			body: obj(body),
			run: (call) => update(call, entity, what),
		},
		{
			...at,
			method: 'DELETE',
			cost: 3,
			kind: 'delete',
			run: (call) => remove(call, entity, what),
		},
	];
}

function list(call: Call, entity: EntityName): Reply {
	const pipeline = call.query.pipeline_id;
	const passes = (row: Row) =>
		!row.is_deleted && (pipeline === undefined || row.pipeline_id === pipeline);
	return listRows(call, entity, (row) => row, passes);
}

function create(call: Call, entity: 'pipelines' | 'stages'): Reply {
	const { world } = call;
	const id = world.collections[entity].nextId();
	const now = world.moment();
	const times = { is_deleted: false, add_time: now, update_time: now };
	const defaults: Record<string, unknown> =
		entity === 'pipelines'
			? { is_deal_probability_enabled: false }
			: { deal_probability: 100, is_deal_rot_enabled: false, days_to_rotten: null };
	const row: Row = { id, name: '', order_nr: id, ...defaults, ...times };
	return { data: world.put(entity, changed(call, row)) };
}

function update(call: Call, entity: EntityName, what: string): Reply {
	const row = find(call, entity, what);
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: call.world.put(entity, next) };
}

function changed(call: Call, row: Row): Row {
	const pipeline = call.body.pipeline_id;
	if (pipeline !== undefined && !call.world.living('pipelines', pipeline)) {
		throw invalid(`pipeline_id: pipeline ${String(pipeline)} does not exist`);
	}
	const next: Row = { ...row, ...call.body };
	next.name = text(next.name);
	return next;
}
