import { asCoreError } from '../../core/http/errors';
import { folded } from '../../core/record/matchKeys';
import type { EntityName } from './entities';
import type { Intent } from './intents';
import type { Environment, UpsertSettings } from './run';

/** A mistake in a field map must not fill a field with thousands of options. */
const MOST_NEW_OPTIONS = 100;

/**
 * Adds the options that the values of this batch need, each field once (5 tokens), where the user wants that. True where
 * any was added: then the values are looked at anew. Nothing is renamed or removed. A field that takes no options,
 * such as one without the right, keeps the warning of the value.
 */
export async function createMissingOptions(
	{ api, memory, company }: Environment,
	{ createsMissingOptions, isDryRun }: UpsertSettings,
	intents: readonly Intent[],
): Promise<boolean> {
	if (!createsMissingOptions || isDryRun) return false;
	const wanted = new Map<
		string,
		{ entity: EntityName; key: string; labels: Map<string, string> }
	>();
	for (const { entity, missingOptions } of intents) {
		for (const { field, label } of missingOptions) {
			// Options of built-in fields are Pipedrive's own.
			if (!field.isCustom) continue;
			const name = `${entity}|${field.key}`;
			const entry = wanted.get(name) ?? { entity, key: field.key, labels: new Map() };
			if (!entry.labels.has(folded(label))) entry.labels.set(folded(label), label);
			wanted.set(name, entry);
		}
	}
	let isAnyAdded = false;
	for (const { entity, key, labels } of wanted.values()) {
		if (labels.size > MOST_NEW_OPTIONS) continue;
		try {
			await api.addOptions(entity, key, [...labels.values()]);
			memory.fields.forget(company.credentialKey, entity);
			isAnyAdded = true;
		} catch (error) {
			const core = asCoreError(error);
			if (core.kind !== 'forbidden' && core.kind !== 'invalid') throw asCoreError(core);
		}
	}
	return isAnyAdded;
}
