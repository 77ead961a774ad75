import type { PipedriveApi } from './api';
import { STAGE_SEPARATOR } from './builtInValues';
import type { EntityName } from './entities';
import { fieldSetOf, type FieldSet } from './fields';

const LIFETIME_MS = 4 * 60 * 60 * 1000;
/** A field that is looked for in vain may just have been created by a person. */
const LIFETIME_OF_A_GAP_MS = 15 * 60 * 1000;

/** Two fields of one name stop everything: until a person renamed one, or the process that just made it took it back. */
const LIFETIME_OF_A_DOUBLE_MS = 60 * 1000;

/** Field lists of each credential, read once and kept for four hours: two lists cost 20 tokens. */
export interface FieldCache {
	get(
		credentialKey: string,
		entity: EntityName,
		api: PipedriveApi,
		now: number,
		/** Names or keys that should be among them. */
		names?: readonly string[],
	): Promise<FieldSet>;
	/** After Pipedrive refused a key, or after fields were created. */
	forget(credentialKey: string, entity: EntityName): void;
}

export function createFieldCache(): FieldCache {
	const entries = new Map<string, { readAt: number; set: Promise<FieldSet> }>();
	return {
		async get(credentialKey, entity, api, now, names = []) {
			const key = `${credentialKey}|${entity}`;
			const known = entries.get(key);
			if (known && now - known.readAt < LIFETIME_MS) {
				const fields = await known.set;
				const age = now - known.readAt;
				const isDoubled = fields.hasDoubled(names) && age >= LIFETIME_OF_A_DOUBLE_MS;
				const isYoung = age < LIFETIME_OF_A_GAP_MS;
				if (!isDoubled && (isYoung || fields.hasAll(names))) return fields;
			}
			const set = readFields(entity, api);
			entries.set(key, { readAt: now, set });
			// A failed read must not be remembered: the next caller asks again.
			set.catch(() => {
				if (entries.get(key)?.set === set) entries.delete(key);
			});
			return await set;
		},
		forget(credentialKey, entity) {
			entries.delete(`${credentialKey}|${entity}`);
		},
	};
}

async function readFields(entity: EntityName, api: PipedriveApi): Promise<FieldSet> {
	const definitions = await api.fields(entity);
	return fieldSetOf(entity, definitions, entity === 'deal' ? await stageChoices(api) : {});
}

/** Pipelines and stages by name: a field list does not tell them. */
async function stageChoices(api: PipedriveApi) {
	const pipelines = await api.pipelines();
	const stages = await api.stages();
	const nameOf = new Map(pipelines.map(({ id, name }) => [id, name]));
	return {
		pipeline_id: pipelines.map(({ id, name }) => ({ id, label: name })),
		stage_id: stages
			.filter(({ pipeline_id }) => nameOf.has(pipeline_id))
			.map(({ id, name, pipeline_id }) => ({
				id,
				label: `${nameOf.get(pipeline_id)}${STAGE_SEPARATOR}${name}`,
			})),
	};
}
