import type { FieldSet } from './fields';
import { KINDS, type EntityName } from './entities';
import type { IndexShape } from './recordStore';
import { resolveMap, type Intent, type ResolvedMap } from './intents';
import { createMissingFields } from './missingFields';
import type { Environment, UpsertSettings } from './run';
import { usersOf } from './users';

/** Fields and field maps of one run, before anything about the records is known. */
export interface Prepared {
	fields: Partial<Record<EntityName, FieldSet>>;
	maps: Record<EntityName, ResolvedMap>;
	/** Of creating the missing fields. */
	warnings: string[];
}

const NO_MAP: ResolvedMap = { rows: [], missing: [] };

/** Reads the fields of the entities that the batch needs. Throws where the external id field does not exist. */
export async function prepare(
	environment: Environment,
	settings: UpsertSettings,
	entities: readonly EntityName[],
): Promise<Prepared> {
	const { memory, company, api, ports } = environment;
	const prepared: Prepared = {
		fields: {},
		maps: { organization: NO_MAP, person: NO_MAP, product: NO_MAP, deal: NO_MAP },
		warnings: [],
	};
	if (settings.createsMissingFields && !settings.isDryRun) {
		prepared.warnings = await createMissingFields(environment, settings, entities);
	}
	for (const entity of entities) {
		const names = [
			settings.externalIdField[entity],
			...settings.map[entity].map(({ pipedriveField }) => pipedriveField),
		];
		const fields = await memory.fields.get(company.credentialKey, entity, api, ports.now(), names);
		fields.resolve(settings.externalIdField[entity]);
		prepared.fields[entity] = fields;
		const map = resolveMap(settings.map[entity], fields);
		map.deal = settings.deal;
		map.misfitsHoldBack = settings.misfitsHoldBack;
		prepared.maps[entity] = map;
		if (map.rows.some(({ field }) => field.type === 'user')) {
			const users = (await usersOf(environment)).filter(({ active }) => active);
			map.users = new Map(users.map(({ email, id }) => [email.toLowerCase(), id]));
		}
	}
	return prepared;
}

/** Which fields of the records the index keeps: what is mapped, and what matching and the rules read. */
export function shapeOf(
	entity: EntityName,
	externalIdKey: string,
	intents: readonly Intent[],
	map: ResolvedMap,
): IndexShape {
	const fields = [
		...map.rows.map(({ field }) => field),
		...intents.flatMap((intent) =>
			[...intent.values, ...intent.contacts].map(({ field }) => field),
		),
	];
	const custom = fields.filter((field) => field.isCustom).map((field) => field.key);
	const builtIn = fields.filter((field) => !field.isCustom).map((field) => field.key);
	return {
		entity,
		externalIdKey,
		builtInKeys: [...builtIn, ...KINDS[entity].alwaysRead].filter((key) => key !== 'name'),
		customKeys: [externalIdKey, ...custom],
	};
}
