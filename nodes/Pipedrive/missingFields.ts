import { asCoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { EntityName } from './entities';
import { createFields } from './ensureFields';
import { TEMPLATE_FIELDS } from './fieldMap';
import type { WantedField } from './fieldReport';
import type { FieldSet } from './fields';
import type { Environment, UpsertSettings } from './run';

/**
 * Creates those custom fields of the map that are missing and whose type is known: the external id field and the
 * fields of the default map, of entities that are only looked up the former alone. Costs nothing while none is missing. A field that there is no room for is left out of
 * the map with a warning, as without this option; only without the external id field nothing can go on.
 */
export async function createMissingFields(
	environment: Environment,
	settings: UpsertSettings,
	entities: readonly EntityName[],
): Promise<void> {
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
	if (wanted.length === 0) return;
	await createFields(environment, wanted).catch((error: unknown) => {
		const core = asCoreError(error);
		if (isIdMissing || (core.kind !== 'configuration' && core.kind !== 'forbidden')) throw core;
	});
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
		const known = TEMPLATE_FIELDS[entity].find((field) => folded(field.name) === folded(name));
		if (known) return [{ entity, ...known }];
		const isKey = /^[0-9a-f]{40}$/.test(name);
		return name === idName && !isKey ? [{ entity, name, type: 'varchar' }] : [];
	});
}
