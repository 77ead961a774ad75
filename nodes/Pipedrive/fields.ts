import { CoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { FieldDefinition } from './api';
import { CODE_ALIASES, KINDS, type EntityName } from './entities';
import { TEMPLATE_FIELDS } from './templateFields';

/** A Pipedrive field that can be written. */
export interface Field {
	/** 40 hex characters for custom fields, the body key for built-in ones. */
	key: string;
	name: string;
	type: string;
	isCustom: boolean;
	options: ReadonlyArray<{ id: number | string; label: string }>;
}

export interface FieldSet {
	readonly entity: EntityName;
	readonly all: readonly Field[];
	/** By 40-hex or body key, else by name, ignoring case. Throws `configuration`: unknown (with what helps) or doubled (lists the keys). */
	resolve(nameOrKey: string): Field;
	/** As `resolve`, but `undefined` when there is no such field. Doubled names still throw. */
	find(nameOrKey: string): Field | undefined;
	/** Whether each name or key stands for some field, doubled or not. */
	hasAll(namesOrKeys: readonly string[]): boolean;
	/** Whether one of them stands for several fields. */
	hasDoubled(namesOrKeys: readonly string[]): boolean;
}

/** @param choices options of built-in fields that the definitions do not list, such as stages, by body key */
export function fieldSetOf(
	entity: EntityName,
	definitions: readonly FieldDefinition[],
	choices: Readonly<Record<string, Field['options']>> = {},
): FieldSet {
	const { builtIn } = KINDS[entity];
	const byKey = new Map<string, Field>();
	for (const [key, [name, type]] of Object.entries(builtIn)) {
		byKey.set(key, { key, name, type, isCustom: false, options: choices[key] ?? [] });
	}
	const readOnlyNames = new Map<string, string>();
	for (const definition of definitions) {
		const key = definition.is_custom_field
			? definition.field_code
			: (CODE_ALIASES[definition.field_code] ?? definition.field_code);
		if (!definition.is_custom_field && !(key in builtIn)) {
			readOnlyNames.set(folded(definition.field_name), definition.field_name);
			continue;
		}
		byKey.set(key, {
			key,
			name: definition.field_name,
			type: definition.is_custom_field ? definition.field_type : builtIn[key][1],
			isCustom: definition.is_custom_field,
			options: choices[key] ?? definition.options ?? [],
		});
	}
	const all = [...byKey.values()];
	const byName = new Map<string, Field[]>();
	for (const field of all) {
		const names = new Set([folded(field.name)]);
		// Pipedrive may show a built-in under another language: the English name always works too.
		if (!field.isCustom) names.add(folded(builtIn[field.key][0]));
		for (const name of names) byName.set(name, [...(byName.get(name) ?? []), field]);
	}

	function find(nameOrKey: string): Field | undefined {
		const wanted = nameOrKey.trim();
		const direct = byKey.get(wanted) ?? byKey.get(wanted.toLowerCase());
		if (direct) return direct;
		const named = byName.get(folded(wanted)) ?? [];
		if (named.length > 1) throw doubled(entity, wanted, named);
		return named[0];
	}

	return {
		entity,
		all,
		find,
		hasAll: (names) =>
			names.every((name) => byKey.has(name.trim()) || byName.has(folded(name.trim()))),
		hasDoubled: (names) =>
			names.some(
				(name) => !byKey.has(name.trim()) && (byName.get(folded(name.trim())) ?? []).length > 1,
			),
		resolve(nameOrKey) {
			const field = find(nameOrKey);
			if (field) return field;
			throw unknownField(entity, nameOrKey.trim(), all, readOnlyNames);
		},
	};
}

export const DOUBLED_REMEDY =
	'Rename all but one of them in Pipedrive, or use the key instead of the name.';

export function doubledText(entity: EntityName, name: string, keys: readonly string[]): string {
	return `Pipedrive has ${keys.length} ${entity} fields named "${name}": ${keys.join(' and ')}.`;
}

function doubled(entity: EntityName, name: string, fields: readonly Field[]): CoreError {
	const keys = fields.map((field) => field.key);
	return new CoreError('configuration', doubledText(entity, name, keys), {
		remedy: DOUBLED_REMEDY,
	});
}

function unknownField(
	entity: EntityName,
	name: string,
	fields: readonly Field[],
	readOnly: ReadonlyMap<string, string>,
): CoreError {
	if (readOnly.has(folded(name))) {
		return new CoreError(
			'configuration',
			`The ${entity} field "${name}" of Pipedrive cannot be written through its API.`,
			{ remedy: 'Choose another field in the field map.' },
		);
	}
	// Nobody typed these names: a field like "ERP Status" is no help to who lacks "ERP ID".
	const isOfTheSync = TEMPLATE_FIELDS[entity].some((field) => folded(field.name) === folded(name));
	const near = isOfTheSync
		? undefined
		: closest(
				name,
				fields.map((field) => field.name),
			);
	return new CoreError(
		'configuration',
		`Pipedrive has no ${entity} field "${name}"${near === undefined ? '.' : `; did you mean "${near}"?`}`,
		{
			remedy: isOfTheSync
				? 'Add the option "Create Missing Fields" and switch it on (it is off when it is added), or run Resource "Field", Operation "Ensure Fields" once.'
				: 'Correct the name in the node, or create the field in Pipedrive: by hand, or with Resource "Field", Operation "Ensure Fields".',
		},
	);
}

/** The most similar of the names, if it is similar at all. */
export function closest(wanted: string, names: readonly string[]): string | undefined {
	const target = folded(wanted);
	let best: { name: string; distance: number } | undefined;
	for (const name of names) {
		const candidate = folded(name);
		const distance =
			candidate.includes(target) || target.includes(candidate)
				? 1
				: editDistance(target, candidate);
		if (candidate !== '' && (!best || distance < best.distance)) best = { name, distance };
	}
	return best && best.distance <= Math.max(2, Math.floor(target.length / 3))
		? best.name
		: undefined;
}

function editDistance(a: string, b: string): number {
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const change = a[i - 1] === b[j - 1] ? 0 : 1;
			current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change);
		}
		previous = current;
	}
	return previous[b.length];
}
