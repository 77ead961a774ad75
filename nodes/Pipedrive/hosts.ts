import { forEachConcurrent } from './concurrency';
import type { EntityName } from './entities';
import { readRows } from './readRows';
import { RecordStore } from './recordStore';
import { externalIdsOf } from './matchKeys';
import { shapeOf, type Prepared } from './prepare';
import { rememberedIdOf, type Run } from './run';

/**
 * Pipedrive's ids of records that others of this batch belong to and that the batch itself does not bring, by
 * external id. Remembered ones cost nothing; for the others the index is brought up to date once, or each is
 * searched where there are too many. An id that two records carry is left out: nobody knows which is meant.
 */
export async function hostIdsOf(
	run: Run,
	prepared: Prepared,
	entity: EntityName,
	externalIds: Iterable<string>,
): Promise<Map<string, number>> {
	const hosts = new Map<string, number>();
	const unknown: string[] = [];
	for (const externalId of new Set(externalIds)) {
		const remembered = rememberedIdOf(run, { entity, externalId });
		if (remembered !== undefined) hosts.set(externalId, remembered);
		else unknown.push(externalId);
	}
	await dropWrong(run, prepared, entity, hosts, unknown);
	if (unknown.length === 0) return hosts;
	const store = await storeWith(run, prepared, entity, unknown);
	for (const externalId of unknown) {
		const ids = store.byExternalId(externalId);
		if (ids.length === 1) hosts.set(externalId, ids[0]);
	}
	return hosts;
}

/** A remembered record may be merged or deleted by now, or never have been the right one: it has to carry the id. */
async function dropWrong(
	run: Run,
	prepared: Prepared,
	entity: EntityName,
	hosts: Map<string, number>,
	unknown: string[],
): Promise<void> {
	const { key } = prepared.fields[entity]!.resolve(run.settings.externalIdField[entity]);
	const shape = shapeOf(entity, key, [], prepared.maps[entity]);
	const rows = await readRows(run.environment.api, shape, [...new Set(hosts.values())]);
	const carried = new Map(rows.map((row) => [row.id, externalIdsOf(row, key)]));
	for (const [externalId, id] of [...hosts]) {
		if (carried.get(id)?.includes(externalId)) continue;
		hosts.delete(externalId);
		unknown.push(externalId);
	}
}

async function storeWith(
	run: Run,
	prepared: Prepared,
	entity: EntityName,
	externalIds: readonly string[],
): Promise<RecordStore> {
	const { memory, company, api, ports, ledger } = run.environment;
	const { key } = prepared.fields[entity]!.resolve(run.settings.externalIdField[entity]);
	const shape = shapeOf(entity, key, [], prepared.maps[entity]);
	const index = memory.indexOf(company.credentialKey, shape);
	if (!index.isTooLarge) await index.refresh(api, ports, run.settings.maxIndexRows);
	if (!index.isTooLarge) return index;
	const store = new RecordStore(index.shape);
	await forEachConcurrent(externalIds, ledger.concurrency, async (externalId) => {
		for (const id of await api.findByField(entity, key, externalId)) {
			store.put(await api.get(entity, id, [key]));
		}
	});
	return store;
}
