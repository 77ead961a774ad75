/** Custom field values: checked by type on write, complete on read. */
import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import { addressParts, type FieldDefinition, type FieldEntity } from './fieldDefinitions.mts';
import { address, money, text } from './normalise.mts';
import { faultOf, isDate, obj, str, type Schema } from './schema.mts';
import type { World } from './world.mts';

type Sent = Record<string, unknown>;

const time = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const addressSchema: Schema = obj(
	Object.fromEntries(
		[...addressParts, 'formatted_address'].map((k) => [k, str({ nullable: true })]),
	),
	['value'],
);
const zoned = { timezone_name: str(), timezone_id: { type: 'integer' as const } };

/** Merges what was sent into `before`, key by key; null clears. Throws a 400 that names the key. */
export function mergeCustomFields(
	world: World,
	entity: FieldEntity,
	before: Record<string, unknown>,
	sent: unknown,
): Record<string, unknown> {
	const merged = { ...before };
	const known = new Map(world.customFieldsOf(entity).map((field) => [field.code, field]));
	for (const [code, value] of Object.entries((sent ?? {}) as Sent)) {
		const field = known.get(code);
		const path = `custom_fields.${code}`;
		if (!field) throw invalid(`${path}: Parameter '${code}' is not allowed for this request`);
		const stored = value === null ? null : storedValue(world, field, value, path);
		if (stored === null) delete merged[code];
		else merged[code] = stored;
	}
	return merged;
}

/** Every defined key, unset ones null. `only` narrows; `labels` shows options as {id, label}. */
export function readCustomFields(
	world: World,
	entity: FieldEntity,
	row: Row,
	only?: readonly string[],
	labels = false,
): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const field of world.customFieldsOf(entity)) {
		if (only && !only.includes(field.code)) continue;
		const value = row.custom_fields?.[field.code] ?? null;
		values[field.code] = labels && value !== null ? withLabels(field, value) : value;
	}
	return values;
}

function withLabels(field: FieldDefinition, value: unknown): unknown {
	const one = (id: unknown) => ({
		id,
		label: field.options?.find((option) => option.id === id)?.label ?? null,
	});
	if (field.type === 'enum') return one(value);
	if (field.type === 'set') return (value as unknown[]).map(one);
	return value;
}

function storedValue(world: World, field: FieldDefinition, value: unknown, path: string): unknown {
	const refuse = (why: string) => invalid(`${path}: ${why} (field type ${field.type})`);
	const shaped = (schema: Schema) => {
		const fault = faultOf(schema, value, path, false);
		if (fault) throw invalid(`${fault} (field type ${field.type})`);
		return value as Sent;
	};
	const moment = (v: unknown) => {
		if (!time.test(String(v))) throw refuse('must be HH:MM:SS');
		return String(v).length === 5 ? `${String(v)}:00` : String(v);
	};
	const day = (v: unknown) => {
		if (typeof v !== 'string' || !isDate(v)) throw refuse('must be YYYY-MM-DD');
		return v;
	};
	switch (field.type) {
		case 'varchar':
		case 'varchar_auto':
		case 'phone':
		case 'text': {
			if (typeof value !== 'string') throw refuse('expected string');
			const limit = field.type === 'text' ? 65_535 : 255;
			if (value.length > limit) throw refuse(`must have at most ${limit} characters`);
			return text(value);
		}
		case 'double':
			if (typeof value !== 'number') throw refuse('expected number');
			return value;
		case 'monetary': {
			const sent = shaped(
				obj({ value: { type: 'number' }, currency: str() }, ['value', 'currency']),
			);
			if (!world.options.activeCurrencies.includes(sent.currency as string)) {
				throw refuse(`currency '${String(sent.currency)}' is not active`);
			}
			return { value: money(sent.value as number), currency: sent.currency };
		}
		case 'enum':
			if (!isOption(field, value)) throw refuse('expected the id of an option');
			return value;
		case 'set': {
			if (!Array.isArray(value) || value.length === 0)
				throw refuse('expected a list of option ids');
			if (!value.every((id) => isOption(field, id))) throw refuse('expected ids of options');
			return [...new Set(value as number[])].sort((a, b) => a - b);
		}
		case 'user':
			if (!world.users.some((user) => user.id === value)) throw refuse('expected the id of a user');
			return value;
		case 'org':
			if (!world.living('organizations', value)) throw refuse('expected the id of an organization');
			return value;
		case 'people':
			if (!world.living('persons', value)) throw refuse('expected the id of a person');
			return value;
		case 'date':
			return day(value);
		case 'daterange': {
			const sent = shaped(obj({ value: str(), until: str() }, ['value', 'until']));
			return { value: day(sent.value), until: day(sent.until) };
		}
		case 'time': {
			const sent = shaped(obj({ value: str(), ...zoned }, ['value']));
			return { value: moment(sent.value), timezone_name: sent.timezone_name ?? 'UTC' };
		}
		case 'timerange': {
			const sent = shaped(obj({ value: str(), until: str(), ...zoned }, ['value', 'until']));
			const zone = { timezone_name: sent.timezone_name ?? 'UTC' };
			return { value: moment(sent.value), until: moment(sent.until), ...zone };
		}
		case 'address':
			return address(shaped(addressSchema), world.options.geocoding);
		default:
			throw refuse('cannot be written');
	}
}

function isOption(field: FieldDefinition, id: unknown): boolean {
	return typeof id === 'number' && (field.options ?? []).some((option) => option.id === id);
}
