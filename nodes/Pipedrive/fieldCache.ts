import type { EntityName, PipedriveApi } from './api';
import { fieldSetOf, type FieldSet } from './fields';

const LIFETIME_MS = 15 * 60 * 1000;

/** Field lists of each credential, read once and kept for a quarter of an hour. */
export interface FieldCache {
	get(credentialKey: string, entity: EntityName, api: PipedriveApi, now: number): Promise<FieldSet>;
	/** After Pipedrive refused a key, or after fields were created. */
	forget(credentialKey: string, entity: EntityName): void;
}

export function createFieldCache(): FieldCache {
	const entries = new Map<string, { readAt: number; set: Promise<FieldSet> }>();
	return {
		async get(credentialKey, entity, api, now) {
			const key = `${credentialKey}|${entity}`;
			const known = entries.get(key);
			if (known && now - known.readAt < LIFETIME_MS) return await known.set;
			const set = api.fields(entity).then((definitions) => fieldSetOf(entity, definitions));
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
