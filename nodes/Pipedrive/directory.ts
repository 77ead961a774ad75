import type { PipedriveRow } from './api';
import { forEachConcurrent } from './concurrency';
import { costOfReading, readRow, readRows } from './readRows';
import { RecordStore } from './recordStore';
import type { Intent } from './intents';
import { dropFound, keepFound } from './deals/productStore';
import { nameKey } from './matchKeys';
import { entityRun, rememberedIdOf, type EntityRun, type Run } from './run';

/** Where the records of this run are found: the cheapest of three ways that leaves no doubt. */
export async function openDirectory(
	run: Run,
	entity: EntityRun,
	intents: readonly Intent[],
	orgIdOf: (intent: Intent) => number | undefined,
): Promise<RecordStore> {
	const { api, ports } = run.environment;
	const { index } = entity;
	const direct = await readRemembered(run, entity, intents);
	if (direct) return direct;
	if (!index.isTooLarge) await index.refresh(api, ports, run.settings.maxIndexRows);
	if (entity.entity === 'deal' && !index.isTooLarge && intents.some(isMissingIn(index))) {
		await index.readArchived(api, ports);
	}
	return index.isTooLarge ? await searched(run, entity, intents, orgIdOf) : index;
}

const isMissingIn = (index: RecordStore) => (intent: Intent) =>
	index.byExternalId(intent.externalId).length === 0;

/** A few records whose ids are all known cost less read one by one than any list. */
async function readRemembered(
	run: Run,
	entity: EntityRun,
	intents: readonly Intent[],
): Promise<RecordStore | undefined> {
	const remembered = intents.map((intent) => rememberedIdOf(run, intent));
	if (intents.length === 0 || remembered.some((id) => id === undefined)) return undefined;
	if (intents.some(({ externalId }) => entity.index.byExternalId(externalId).length > 1)) {
		return undefined;
	}
	const ids = [...new Set(remembered as number[])];
	const listCost = entity.index.costToRefresh(run.environment.ports.now()) ?? Infinity;
	if (costOfReading(entity.entity, ids.length) >= listCost) return undefined;
	const rows = await readRows(run.environment.api, entity.shape, ids);
	// One that is gone may have been merged: only the whole list tells who carries its id now.
	if (rows.length < ids.length) return undefined;
	// Another process may have created the same at the same moment: a list that was read later shows both.
	if (rows.some((row) => entity.index.isNews(row, run.environment.ports.now()))) return undefined;
	const store = new RecordStore(entity.index.shape);
	for (const row of rows) {
		store.put(row);
		if (entity.index.isComplete) entity.index.put(row);
	}
	return store;
}

/** Companies with more records than the index may hold: exact search per record, each hit verified by a read. */
async function searched(
	run: Run,
	entity: EntityRun,
	intents: readonly Intent[],
	orgIdOf: (intent: Intent) => number | undefined,
): Promise<RecordStore> {
	const { api, ledger, ports } = run.environment;
	const store = new RecordStore(entity.index.shape);
	const read = async (id: number) => {
		const row = store.row(id) ?? (await readRow(api, entity.shape, id));
		if (row) store.put(row);
		return row;
	};
	await forEachConcurrent(intents, ledger.concurrency, async (intent) => {
		const remembered = rememberedIdOf(run, intent);
		if (remembered !== undefined) {
			const row = await read(remembered);
			if (row && !entity.index.isNews(row, ports.now())) return;
		}
		const field = entity.rules.externalIdKey;
		for (const id of await api.findByField(entity.entity, field, intent.externalId)) await read(id);
		if (store.byExternalId(intent.externalId).length > 0 || entity.rules.link === 'never') return;
		for (const row of await candidates(run, entity, intent, orgIdOf(intent))) store.put(row);
	});
	return store;
}

async function candidates(
	run: Run,
	entity: EntityRun,
	intent: Intent,
	orgId: number | undefined,
): Promise<PipedriveRow[]> {
	const { api } = run.environment;
	if (entity.entity === 'person' || entity.entity === 'deal') {
		if (orgId === undefined) return [];
		return (await api.list(entity.entity, { orgId })).rows;
	}
	if (entity.entity === 'product') {
		if (!intent.code) return [];
		const coded = await api.findByField('product', 'code', intent.code);
		return await readRows(api, entity.shape, coded);
	}
	if (nameKey(intent.name) === '') return [];
	const ids = await api.findOrganization(intent.name);
	return await readRows(api, entity.shape, ids);
}

/** Puts an own or newly read record where every later look-up of this process finds it. */
export function keepRow(run: Run, entity: EntityRun, row: PipedriveRow): void {
	const { memory, company } = run.environment;
	entity.directory.put(row);
	for (const index of memory.indexesOf(company.credentialKey, entity.entity)) {
		if (index.isComplete && index !== entity.directory) index.put(row);
	}
	if (entity.entity === 'product' && entity.index.isTooLarge) keepFound(run, entity.rules, row);
}

export function dropRow(run: Run, intent: Intent, id: number): void {
	const { memory, company } = run.environment;
	entityRun(run, intent.entity).directory.remove(id);
	for (const index of memory.indexesOf(company.credentialKey, intent.entity)) index.remove(id);
	if (intent.entity === 'product') dropFound(run, id);
}
