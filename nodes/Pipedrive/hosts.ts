import { forEachConcurrent } from './concurrency';
import { RecordStore } from './idIndex';
import type { Intent } from './intents';
import type { Run } from './run';
import { shapeOf, type Prepared } from './prepare';

/**
 * Pipedrive's organizations that deals and documents belong to and that this batch does not bring, by external id.
 * Remembered ones cost nothing; for the others the index is brought up to date once, or each is searched where
 * there are too many. An id that two organizations carry is left out: nobody knows which is meant.
 */
export async function hostIdsOf(
	run: Run,
	prepared: Prepared,
	intents: readonly Pick<Intent, 'hostExternalId'>[],
	inBatch: ReadonlyMap<string, unknown> = new Map(),
): Promise<Map<string, number>> {
	const { memory, company, api, ports, ledger } = run.environment;
	const wanted = new Set(
		intents
			.map(({ hostExternalId }) => hostExternalId)
			.filter((id): id is string => id !== undefined && !inBatch.has(`organization|${id}`)),
	);
	const hosts = new Map<string, number>();
	for (const id of wanted) {
		const remembered =
			memory.recall(company.key, 'organization', id) ?? run.known.get(`organization|${id}`);
		if (remembered) hosts.set(id, remembered.pipedriveId);
	}
	const unknown = [...wanted].filter((id) => !hosts.has(id));
	if (unknown.length === 0) return hosts;

	const externalIdKey = prepared.fields.organization!.resolve(
		run.settings.externalIdField.organization,
	).key;
	const shape = shapeOf('organization', externalIdKey, [], prepared.maps.organization);
	const index = memory.indexOf(company.credentialKey, shape);
	if (!index.isTooLarge) await index.refresh(api, ports, run.settings.maxIndexRows);
	let store: RecordStore = index;
	if (index.isTooLarge) {
		store = new RecordStore(index.shape);
		await forEachConcurrent(unknown, ledger.concurrency, async (externalId) => {
			for (const id of await api.findByField('organization', externalIdKey, externalId)) {
				store.put(await api.get('organization', id, [externalIdKey]));
			}
		});
	}
	for (const externalId of unknown) {
		const ids = store.byExternalId(externalId);
		if (ids.length === 1) hosts.set(externalId, ids[0]);
	}
	return hosts;
}
