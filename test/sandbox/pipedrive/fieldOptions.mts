/** Options of enum and set fields; each call takes all or none. */
import { invalid, notFound } from './apiError.mts';
import type { FieldDefinition, FieldEntity } from './fieldDefinitions.mts';
import type { Call, Operation, Reply } from './operation.mts';
import { int, listOf, obj, str } from './schema.mts';

const label = str({ minLength: 1, maxLength: 255 });

export function optionOperations(entity: FieldEntity): Operation[] {
	const base = {
		version: 'v2',
		kind: 'fields',
		path: `/${entity}Fields/{field_code}/options`,
	} as const;
	const id = int();
	return [
		{
			...base,
			method: 'POST',
			cost: 5,
			body: listOf(obj({ label }, ['label'])),
			run: (call) => addOptions(call, entity),
		},
		{
			...base,
			method: 'PATCH',
			cost: 5,
			body: listOf(obj({ id, label }, ['id', 'label'])),
			run: (call) => renameOptions(call, entity),
		},
		{
			...base,
			method: 'DELETE',
			cost: 3,
			body: listOf(obj({ id }, ['id'])),
			run: (call) => removeOptions(call, entity),
		},
	];
}

export function fieldOf(call: Call, entity: FieldEntity): FieldDefinition {
	const field = call.world.fields[entity].find(({ code }) => code === call.params.field_code);
	if (!field) throw notFound('Field');
	return field;
}

export function newOption(call: Call, text: string) {
	return { id: call.world.newOptionId(), label: text.trim() };
}

type OptionBody = Array<{ id: number; label: string }>;

function optionField(call: Call, entity: FieldEntity) {
	const field = fieldOf(call, entity);
	if (field.type !== 'enum' && field.type !== 'set') {
		throw invalid(`${field.code}: field type ${field.type} takes no options`);
	}
	const sent = call.body as unknown as OptionBody;
	if (sent.length === 0) throw invalid('options: at least one is required');
	field.options ??= [];
	const options = field.options;
	const missing = sent.find(({ id }) => id !== undefined && !options.some((o) => o.id === id));
	if (missing) throw invalid(`options: option ${missing.id} does not exist`);
	return { field, options, sent };
}

function addOptions(call: Call, entity: FieldEntity): Reply {
	const { options, sent } = optionField(call, entity);
	refuseTwins([...options, ...sent].map((option) => option.label));
	const added = sent.map((option) => newOption(call, option.label));
	options.push(...added);
	return { data: added, additionalData: null };
}

function renameOptions(call: Call, entity: FieldEntity): Reply {
	const { options, sent } = optionField(call, entity);
	const renamed = sent.map(({ id, label: text }) => {
		const option = options.find((entry) => entry.id === id) as (typeof options)[number];
		option.label = text.trim();
		return { id, label: option.label };
	});
	return { data: renamed, additionalData: null };
}

function removeOptions(call: Call, entity: FieldEntity): Reply {
	const { field, options, sent } = optionField(call, entity);
	const gone = options.filter((option) => sent.some(({ id }) => id === option.id));
	field.options = options.filter((option) => !gone.includes(option));
	return { data: gone.map(({ id, label: text }) => ({ id, label: text })), additionalData: null };
}

export function refuseTwins(labels: string[]): void {
	const seen = new Set<string>();
	for (const text of labels.map((entry) => entry.trim().toLowerCase())) {
		if (seen.has(text)) throw invalid(`options: label '${text}' occurs twice`);
		seen.add(text);
	}
}
