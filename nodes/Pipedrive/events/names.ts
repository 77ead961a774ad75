import { STAGE_SEPARATOR } from '../builtInValues';
import type { FieldSet } from '../fields';
import { plainValue, type Row } from './values';

/**
 * A record with custom fields by name and options by label, deals with the names of stage and pipeline.
 * Two fields of one name, and fields that the list does not hold, keep their keys.
 */
export function namedRow(row: Row, fields: FieldSet): Row {
	const custom = (row.custom_fields ?? {}) as Row;
	const byKey = new Map(fields.all.map((field) => [field.key, field]));
	const named: Row = {};
	for (const [key, wrapped] of Object.entries(custom)) {
		const field = byKey.get(key);
		const value = plainValue(wrapped);
		const isUnique =
			field &&
			fields.all.filter((other) => other.isCustom && other.name === field.name).length === 1;
		named[isUnique ? field.name : key] = field ? labelled(value, field) : value;
	}
	return { ...row, ...placeNames(row, byKey), custom_fields: named };
}

type Choice = { type: string; options: ReadonlyArray<{ id: number | string; label: string }> };

function labelled(value: unknown, { type, options }: Choice): unknown {
	const label = (id: unknown) =>
		options.find((option) => String(option.id) === String(id))?.label ?? id;
	if (value === null) return null;
	if (type === 'enum') return label(value);
	if (type === 'set') {
		// Webhook 1.0 joins the ids by commas.
		const ids = Array.isArray(value) ? (value as unknown[]) : String(value).split(',');
		return ids.map(label);
	}
	if (type === 'double' && typeof value === 'string' && value.trim() !== '') return Number(value);
	return value;
}

function placeNames(row: Row, byKey: ReadonlyMap<string, Choice>): Row {
	const nameOf = (key: string) =>
		byKey.get(key)?.options.find(({ id }) => String(id) === String(row[key]))?.label;
	// The list names stages with their pipeline.
	const stage = nameOf('stage_id')?.split(STAGE_SEPARATOR).at(-1);
	const pipeline = nameOf('pipeline_id');
	return {
		...(stage === undefined ? {} : { stage }),
		...(pipeline === undefined ? {} : { pipeline }),
	};
}

/** The same without any list: keys as they are. */
export function keyedRow(row: Row): Row {
	const custom = Object.entries((row.custom_fields ?? {}) as Row);
	return {
		...row,
		custom_fields: Object.fromEntries(custom.map(([key, value]) => [key, plainValue(value)])),
	};
}
