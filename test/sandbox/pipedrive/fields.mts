/** Field definitions, for the four entities that have custom fields. */
import { ApiError, invalid } from './apiError.mts';
import {
	addressParts,
	creatableTypes,
	type FieldDefinition,
	type FieldEntity,
} from './fieldDefinitions.mts';
import { fieldOf, newOption, optionOperations, refuseTwins } from './fieldOptions.mts';
import { v1Time } from './merge.mts';
import { decodeCursor, pagingQuery } from './listing.mts';
import type { Call, Operation, QueryParameter, Reply } from './operation.mts';
import { bool, int, listOf, obj, str, type Schema } from './schema.mts';

const label = str({ minLength: 1, maxLength: 255 });
const shown = obj({ show: bool(), order: int({ nullable: true }) });

/** Which settings of a definition an entity's document declares. */
const common = ['ui_visibility', 'important_fields', 'required_fields'];
const parts: Record<FieldEntity, { settings: string[]; visibility: Record<string, Schema> }> = {
	organization: {
		settings: common,
		visibility: { show_in_add_deal_dialog: shown, show_in_add_person_dialog: shown },
	},
	person: { settings: common, visibility: { show_in_add_deal_dialog: shown } },
	deal: {
		settings: common,
		visibility: {
			projects_detail_visible_flag: bool(),
			show_in_pipelines: obj({ show_in_all: bool(), pipeline_ids: listOf(int()) }),
		},
	},
	product: { settings: ['ui_visibility'], visibility: {} },
	activity: { settings: ['ui_visibility'], visibility: {} },
};

export const fieldOperations: Operation[] = [
	...readOperations('activity'),
	...(['organization', 'person', 'deal', 'product'] as const).flatMap((entity) => [
		...readOperations(entity),
		numberedOperation(entity),
		...writeOperations(entity),
		...optionOperations(entity),
	]),
];

function includeQuery(entity: FieldEntity): Record<string, QueryParameter> {
	return { include_fields: { type: 'list', enum: parts[entity].settings } };
}

function readOperations(entity: FieldEntity): Operation[] {
	const path = `/${entity}Fields`;
	return [
		{
			version: 'v2',
			path,
			method: 'GET',
			cost: 10,
			kind: 'fields',
			query: { ...includeQuery(entity), ...pagingQuery() },
			run: (call) => listFields(call, entity),
		},
		{
			version: 'v2',
			path: `${path}/{field_code}`,
			method: 'GET',
			cost: 1,
			kind: 'fields',
			query: includeQuery(entity),
			run: (call) => ({ data: show(call, entity)(fieldOf(call, entity)) }),
		},
	];
}

/** v1 lists the same fields with the number that v2 keeps to itself. */
function numberedOperation(entity: FieldEntity): Operation {
	return {
		version: 'v1',
		path: `/${entity}Fields`,
		method: 'GET',
		cost: 20,
		kind: 'fields',
		query: { start: { type: 'integer' }, limit: { type: 'integer', max: 500 } },
		run: (call) => listNumbered(call, entity),
	};
}

function listNumbered({ world, query }: Call, entity: FieldEntity): Reply {
	const { start = 0, limit = 100 } = query as Record<string, number>;
	const at = v1Time(world.moment());
	const data = world.fields[entity].slice(start, start + limit).map((field, index) => ({
		id: field.id,
		key: field.code,
		name: field.name,
		order_nr: start + index + 1,
		field_type: field.type,
		add_time: at,
		update_time: at,
		active_flag: true,
		edit_flag: field.custom,
		mandatory_flag: false,
		...(field.options ? { options: field.options } : {}),
	}));
	const more = world.fields[entity].length > start + limit;
	// As the document's schema has it; its example puts the same into `pagination`.
	return { data, additionalData: { start, limit, more_items_in_collection: more } };
}

function writeOperations(entity: FieldEntity): Operation[] {
	const path = `/${entity}Fields`;
	const one = `${path}/{field_code}`;
	const edit = settingsBody(entity);
	const create = obj(
		{
			field_name: label,
			field_type: str({ enum: creatableTypes }),
			options: listOf(obj({ label: str({ minLength: 1, maxLength: 255 }) }, ['label'])),
			...edit,
		},
		['field_name', 'field_type'],
	);
	const base = { version: 'v2', kind: 'fields' } as const;
	return [
		{ ...base, path, method: 'POST', cost: 5, body: create, run: (c) => createField(c, entity) },
		{
			...base,
			path: one,
			method: 'PATCH',
			cost: 5,
			body: obj({ field_name: label, ...edit }),
			run: (call) => updateField(call, entity),
		},
		{ ...base, path: one, method: 'DELETE', cost: 3, run: (call) => deleteField(call, entity) },
	];
}

function settingsBody(entity: FieldEntity): Record<string, Schema> {
	const flags = { add_visible_flag: bool(), details_visible_flag: bool() };
	const ofDeals = { stage_ids: listOf(int()), statuses: obj({}, [], { open: true }) };
	const required = { enabled: bool(), ...(entity === 'deal' ? ofDeals : {}) };
	const all: Record<string, Schema> = {
		ui_visibility: obj({ ...flags, ...parts[entity].visibility }, [], { open: true }),
		important_fields: obj({ enabled: bool(), stage_ids: listOf(int()) }, [], { open: true }),
		required_fields: obj(required, [], { open: true }),
	};
	const settings = Object.fromEntries(parts[entity].settings.map((key) => [key, all[key]]));
	return entity === 'deal' ? { ...settings, description: str({ nullable: true }) } : settings;
}

function listFields(call: Call, entity: FieldEntity): Reply {
	const limit = (call.query.limit as number | undefined) ?? 100;
	const start = call.query.cursor ? decodeCursor(call.query.cursor as string).id : 0;
	const fields = call.world.fields[entity];
	const data = fields.slice(start, start + limit).map(show(call, entity));
	const more = start + limit < fields.length;
	const marker = JSON.stringify({ field: 'id', id: start + limit });
	const next = more ? Buffer.from(marker).toString('base64') : null;
	return { data, additionalData: { next_cursor: next } };
}

function show(call: Call, entity: FieldEntity) {
	const include = (call.query.include_fields as string[] | undefined) ?? [];
	return (field: FieldDefinition) => {
		const settings: Record<string, unknown> = {
			ui_visibility: field.visibility ?? { add_visible_flag: true, details_visible_flag: true },
			important_fields: field.important ?? { enabled: false, stage_ids: [] },
			required_fields: field.required ?? { enabled: false },
		};
		return {
			field_name: field.name,
			field_code: field.code,
			field_type: field.type,
			options: field.options,
			subfields: subfields(field),
			is_custom_field: field.custom,
			is_optional_response_field: field.optional,
			...Object.fromEntries(include.map((key) => [key, settings[key]])),
		};
	};
}

function subfields(field: FieldDefinition) {
	if (field.type !== 'address') return null;
	return [...addressParts, 'formatted_address'].map((part) => ({
		field_code: part,
		field_name: `${part.replaceAll('_', ' ')} of ${field.name}`,
		field_type: 'varchar',
	}));
}

function customFieldOf(call: Call, entity: FieldEntity): FieldDefinition {
	const field = fieldOf(call, entity);
	if (!field.custom) throw new ApiError(403, `Field '${field.code}' is not a custom field`);
	return field;
}

function createField(call: Call, entity: FieldEntity): Reply {
	const { world, body } = call;
	const type = body.field_type as string;
	const options = body.options as Array<{ label: string }> | undefined;
	const takesOptions = type === 'enum' || type === 'set';
	if (takesOptions && !options?.length) throw invalid(`options: Required for ${type}`);
	if (!takesOptions && options) throw invalid(`options: not allowed for ${type}`);
	refuseTwins((options ?? []).map((option) => option.label));
	const used = Object.values(world.fields)
		.flat()
		.filter((field) => field.custom).length;
	if (used >= world.customFieldQuota()) {
		const limit = `You've reached the custom fields limit of ${world.customFieldQuota()}.`;
		throw new ApiError(403, limit, 'feature_capping_custom_fields_limit');
	}
	const name = (body.field_name as string).trim();
	const field: FieldDefinition = {
		id: world.newFieldId(),
		code: world.newFieldCode(entity, name),
		name,
		type,
		options: options ? options.map((option) => newOption(call, option.label)) : null,
		custom: true,
		optional: false,
	};
	applySettings(field, body);
	world.fields[entity].push(field);
	return { data: show(call, entity)(field) };
}

function applySettings(field: FieldDefinition, body: Record<string, unknown>): void {
	if (body.ui_visibility) field.visibility = body.ui_visibility;
	if (body.important_fields) field.important = body.important_fields;
	if (body.required_fields) field.required = body.required_fields;
}

function updateField(call: Call, entity: FieldEntity): Reply {
	const field = customFieldOf(call, entity);
	if (call.body.field_name) field.name = (call.body.field_name as string).trim();
	applySettings(field, call.body);
	return { data: show(call, entity)(field) };
}

function deleteField(call: Call, entity: FieldEntity): Reply {
	const field = customFieldOf(call, entity);
	const fields = call.world.fields[entity];
	fields.splice(fields.indexOf(field), 1);
	return { data: show(call, entity)(field) };
}
