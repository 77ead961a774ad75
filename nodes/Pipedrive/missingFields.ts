import { asCoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { EntityName } from './entities';
import { createFields } from './ensureFields';
import type { WantedField } from './fieldReport';
import type { FieldSet } from './fields';
import type { Environment, UpsertSettings } from './run';
import { sentenceOf } from './stop';
import { TEMPLATE_FIELDS } from './templateFields';

/**
 * Creates those custom fields of the map that are missing and whose type is known: the external id field and the fields
 * of the default map, of entities that are only looked up the former alone. Costs nothing while none is missing. A field
 * that there is no room for is left out of the map, as without this option; only without the external id field nothing
 * can go on.
 *
 * @returns what a person has to know of it, in sentences
 */
export async function createMissingFields(
	environment: Environment,
	settings: UpsertSettings,
	entities: readonly EntityName[],
): Promise<string[]> {
	const { memory, company, api, ports } = environment;
	const wanted: WantedField[] = [];
	let isIdMissing = false;
	for (const entity of entities) {
		const names = namesOf(entity, settings);
		const fields = await memory.fields.get(company.credentialKey, entity, api, ports.now(), names);
		const missing = missingOf(entity, settings, fields);
		isIdMissing ||= missing.some(({ name }) => name === settings.externalIdField[entity]);
		wanted.push(...missing);
	}
	if (wanted.length === 0) return [];
	try {
		return (await createFields(environment, wanted)).warnings;
	} catch (error) {
		const core = asCoreError(error);
		const isBearable = core.kind === 'configuration' || core.kind === 'forbidden';
		if (isIdMissing || !isBearable) throw asCoreError(core);
		return [sentenceOf(core)];
	}
}

/** What is left out of the field map because Pipedrive has no such field, and what helps. */
export function leftOutNotices(entity: EntityName, missing: readonly string[]): string[] {
	const isOurs = (name: string) => TEMPLATE_FIELDS[entity].some((one) => isSame(one.name, name));
	const told: Array<[names: string[], remedy: string]> = [
		[
			missing.filter(isOurs),
			'Switch on the option "Create Missing Fields", or run Resource "Field", Operation "Ensure Fields" once.',
		],
		[
			missing.filter((name) => !isOurs(name) && !isKey(name)),
			'Correct the name in the field map, or run Resource "Field", Operation "Ensure Fields" with the field among "Those Listed Below".',
		],
		[missing.filter(isKey), 'Each account has keys of its own: correct the key in the field map.'],
	];
	return told.flatMap(([names, remedy]) =>
		names.length === 0
			? []
			: `These ${entity} fields of the map do not exist in Pipedrive and were left out: ${[...new Set(names)].join(', ')}. ${remedy}`,
	);
}

function namesOf(
	entity: EntityName,
	{ map, externalIdField, lookedUp = [] }: UpsertSettings,
): string[] {
	const rows = lookedUp.includes(entity) ? [] : map[entity].filter(({ isActive }) => isActive);
	return [...new Set([externalIdField[entity], ...rows.map((row) => row.pipedriveField)])];
}

function missingOf(entity: EntityName, settings: UpsertSettings, fields: FieldSet): WantedField[] {
	const idName = settings.externalIdField[entity];
	return namesOf(entity, settings).flatMap((name) => {
		if (fields.find(name)) return [];
		const known = TEMPLATE_FIELDS[entity].find((field) => isSame(field.name, name));
		if (known) return [{ entity, ...known }];
		return name === idName && !isKey(name) ? [{ entity, name, type: 'varchar' }] : [];
	});
}

function isSame(name: string, other: string): boolean {
	return folded(name) === folded(other);
}

function isKey(nameOrKey: string): boolean {
	return /^[0-9a-f]{40}$/i.test(nameOrKey.trim());
}
