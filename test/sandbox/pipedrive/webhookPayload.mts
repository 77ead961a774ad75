/** What a webhook delivery says, in Pipedrive's v1 and v2 forms. */
import type { Row } from './collection.mts';
import type { FieldDefinition, FieldEntity } from './fieldDefinitions.mts';
import { v1Time } from './merge.mts';
import { company } from './users.mts';
import type { Actor, EntityName, World } from './world.mts';

export interface WebhookEvent {
	/** Stable across retries. */
	id: string;
	correlationId: string;
	action: 'create' | 'change' | 'delete';
	entity: EntityName;
	before?: Row;
	after: Row;
	actor: Actor;
	/** ms */
	at: number;
	mergedToId?: number;
	mergedFrom?: Row;
}

/** Webhook object of each collection that has one. */
export const webhookObjects: Partial<Record<EntityName, string>> = {
	deals: 'deal',
	organizations: 'organization',
	persons: 'person',
	products: 'product',
	activities: 'activity',
	notes: 'note',
	pipelines: 'pipeline',
	stages: 'stage',
};

type Json = Record<string, unknown>;
const host = `${company.domain}.pipedrive.com`;
const v1Actions = { create: 'added', change: 'updated', delete: 'deleted' } as const;

/** `data` of a deletion is null, `previous` of a creation too; otherwise only what changed. */
export function v2Payload(world: World, hook: Row, event: WebhookEvent, attempt: number): Json {
	const now = event.action === 'delete' ? null : v2Data(world, event, event.after);
	const before = event.before && v2Data(world, event, event.before);
	const previous =
		event.action === 'delete' ? (before ?? v2Data(world, event, event.after)) : (before ?? null);
	return {
		meta: {
			action: event.action,
			entity: webhookObjects[event.entity],
			entity_id: String(event.after.id),
			company_id: String(company.id),
			id: event.id,
			correlation_id: event.correlationId,
			user_id: String(event.actor.userId),
			webhook_id: String(hook.id),
			webhook_owner_id: String(hook.owner_id),
			type: 'general',
			version: '2.0',
			timestamp: new Date(event.at).toISOString(),
			change_source: event.actor.source,
			is_bulk_edit: false,
			attempt,
			host,
			permitted_user_ids: world.users.map(({ id }) => String(id)),
			...(event.mergedToId === undefined ? {} : { merged_to_id: String(event.mergedToId) }),
			...(event.mergedFrom ? { merged_from_id: String(event.mergedFrom.id) } : {}),
		},
		data: now,
		previous: now && previous ? changedKeys(now, previous) : previous,
	};
}

/** `previous` is the whole record as it was; `merged` is an action of its own, its `previous` the record that went. */
export function v1Payload(world: World, hook: Row, event: WebhookEvent, attempt: number): Json {
	const object = webhookObjects[event.entity] as string;
	const action = event.mergedFrom ? 'merged' : v1Actions[event.action];
	const before = event.mergedFrom ?? event.before;
	return {
		v: 1,
		matches_filters: null,
		meta: {
			v: 1,
			action,
			object,
			id: event.after.id,
			company_id: company.id,
			user_id: event.actor.userId,
			host,
			timestamp: Math.floor(event.at / 1000),
			timestamp_micro: event.at * 1000,
			permitted_user_ids: world.users.map(({ id }) => id),
			trans_pending: false,
			is_bulk_update: false,
			pipedrive_service_name: false,
			matches_filters: null,
			webhook_id: String(hook.id),
			change_source: event.actor.source,
		},
		retry: attempt - 1,
		current: event.action === 'delete' ? null : v1Data(world, event.entity, event.after),
		previous: event.action === 'create' ? null : v1Data(world, event.entity, before ?? event.after),
		event: `${action}.${object}`,
	};
}

function changedKeys(now: Json, before: Json): Json {
	const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
	const changed: Json = {};
	for (const key of Object.keys({ ...before, ...now })) {
		if (key === 'custom_fields' || isSame(now[key], before[key])) continue;
		changed[key] = before[key] ?? null;
	}
	const [a, b] = [now, before].map((side) => (side.custom_fields ?? {}) as Json);
	const fields = Object.keys({ ...b, ...a }).filter((key) => !isSame(a[key], b[key]));
	if (fields.length > 0) {
		changed.custom_fields = Object.fromEntries(fields.map((key) => [key, b[key] ?? null]));
	}
	return changed;
}

function v2Data(world: World, event: WebhookEvent, row: Row): Json {
	const { custom_fields: _, is_deleted: __, merged_to_id: ___, label_ids: labels, ...data } = row;
	const shown = builtIns(data, labels);
	const fields = customFields(world, event.entity);
	if (fields.length === 0) return shown;
	// A value that this edit cleared stands there as null; what was never set is absent.
	const touched = (code: string) =>
		[event.before, event.after].some((side) => side?.custom_fields?.[code] !== undefined);
	const values = fields
		.filter(({ code }) => touched(code))
		.map((field) => [field.code, v2Value(field, row.custom_fields?.[field.code])] as const);
	return { ...shown, custom_fields: Object.fromEntries(values) };
}

function v2Value(field: FieldDefinition, value: unknown): unknown {
	if (value === undefined || value === null) return null;
	const type = field.type;
	const parts = value as Json;
	switch (type) {
		case 'enum':
		case 'user':
		case 'org':
		case 'people':
			return { type, id: value };
		case 'set':
			return { type, values: (value as number[]).map((id) => ({ id })) };
		case 'daterange':
			return { type, from: parts.value, until: parts.until };
		case 'time':
			return { type, value: parts.value, timezone_id: 1 };
		case 'timerange':
			return { type, from: parts.value, until: parts.until, timezone_id: 1 };
		case 'monetary':
		case 'address':
			return { type, ...parts };
		default:
			return { type, value };
	}
}

function v1Data(world: World, entity: EntityName, row: Row): Json {
	const {
		custom_fields: _,
		is_deleted: deleted,
		merged_to_id: __,
		label_ids: labels,
		...data
	} = row;
	const shown = builtIns(data, labels);
	for (const [key, value] of Object.entries(shown)) {
		if (/_time$/.test(key) && typeof value === 'string') shown[key] = v1Time(value);
	}
	for (const { code, type } of customFields(world, entity)) {
		Object.assign(shown, v1Value(code, type, row.custom_fields?.[code]));
	}
	return { ...shown, active: !deleted };
}

function v1Value(code: string, type: string, value: unknown): Json {
	if (value === undefined || value === null) return { [code]: null };
	const parts = value as Json;
	switch (type) {
		case 'enum':
			return { [code]: String(value) };
		case 'set':
			return { [code]: (value as number[]).join(',') };
		case 'monetary':
			return { [code]: parts.value, [`${code}_currency`]: parts.currency };
		case 'daterange':
			return { [code]: parts.value, [`${code}_until`]: parts.until };
		case 'time':
			return { [code]: parts.value, [`${code}_timezone_id`]: 1 };
		case 'timerange':
			return { [code]: parts.value, [`${code}_until`]: parts.until, [`${code}_timezone_id`]: 1 };
		case 'address': {
			const { value: text, ...rest } = parts;
			const entries = Object.entries(rest).map(([part, of]) => [`${code}_${part}`, of]);
			return { [code]: text, ...Object.fromEntries(entries) };
		}
		default:
			return { [code]: value };
	}
}

/** Not as REST shows them: `visible_to` is text, one `label`, a product's category is text. */
function builtIns(data: Json, labels: unknown): Json {
	const shown = { ...data };
	if (Array.isArray(labels)) shown.label = (labels as number[])[0] ?? null;
	for (const key of ['visible_to', 'category']) {
		if (typeof shown[key] === 'number') shown[key] = String(shown[key]);
	}
	return shown;
}

function customFields(world: World, entity: EntityName): FieldDefinition[] {
	const object = webhookObjects[entity] ?? '';
	return object in world.fields ? world.customFieldsOf(object as FieldEntity) : [];
}
