import { asCoreError } from '../../../core/http/errors';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { EntityName } from '../entities';
import { hostIdsOf } from '../hosts';
import type { Prepared } from '../prepare';
import { recall, type Run } from '../run';
import { LATER_MS, stopOf } from '../stop';
import {
	documentIntents,
	type DocumentRecord,
	type HistoryIntent,
	type HistoryLink,
} from './intents';
import { blank } from '../result';
import type { HistoryResult } from './results';
import { writeHistory } from './write';

/** The record that a note or an activity belongs to: by its external id, or by Pipedrive's number. */
export interface HistoryHost {
	entity: Exclude<EntityName, 'product'>;
	externalId?: string;
	pipedriveId?: number;
}

/** What one item wants written, before it is known where it belongs. */
export interface HistoryWish {
	item: number;
	host: HistoryHost;
	/** A document of an ERP Record; several of one customer may become one note. */
	record?: ErpRecord;
	/** A note or an activity that the user filled. */
	intent?: HistoryIntent;
}

/** An organization of the same batch: its number, `null` where it was not written. `undefined` = not in the batch. */
export type BatchHost = (entity: EntityName, externalId: string) => number | null | undefined;

/** Writes them all together; a result for each item that wished something. */
export async function writeWishes(
	run: Run,
	prepared: Prepared,
	wishes: readonly HistoryWish[],
	inBatch: BatchHost,
): Promise<Map<number, HistoryResult>> {
	const results = new Map<number, HistoryResult>();
	if (wishes.length === 0) return results;
	if (run.stop) {
		for (const wish of wishes) results.set(wish.item, { ...unplaced(wish), ...run.stop });
		return results;
	}
	const placed: Array<{ wish: HistoryWish; link: HistoryLink }> = [];
	try {
		const idOf = await placesOf(run, prepared, wishes, inBatch);
		for (const wish of wishes) {
			const id = idOf(wish.host);
			if (typeof id === 'number') placed.push({ wish, link: linkOf(wish.host.entity, id) });
			else results.set(wish.item, waiting(run, wish));
		}
	} catch (error) {
		const { endsRun, ...stop } = stopOf(run, asCoreError(error));
		if (endsRun) run.stop ??= stop;
		for (const wish of wishes) results.set(wish.item, { ...unplaced(wish), ...stop });
		return results;
	}
	const documents = placed.filter(({ wish }) => wish.record).map(documentOf);
	const { mode, ...options } = run.settings.documents;
	const intents = [
		...documentIntents(documents, mode, options),
		...placed.flatMap(({ wish, link }) => (wish.intent ? [{ ...wish.intent, link }] : [])),
	];
	for (const result of await writeHistory(contextOf(run), intents)) {
		for (const [nth, item] of result.intent.items.entries()) {
			// What one note cost for several documents is counted with the first.
			results.set(item, nth === 0 ? result : { ...result, tokens: 0, changes: [], warnings: [] });
		}
	}
	return results;
}

type PlaceOf = (host: HistoryHost) => number | null | undefined;

async function placesOf(
	run: Run,
	prepared: Prepared,
	wishes: readonly HistoryWish[],
	inBatch: BatchHost,
): Promise<PlaceOf> {
	const found = new Map<EntityName, Map<string, number>>();
	for (const entity of new Set(wishes.map(({ host }) => host.entity))) {
		const wanted = wishes
			.map(({ host }) => host)
			.filter((host) => host.entity === entity && host.externalId)
			.map(({ externalId }) => externalId!)
			.filter((externalId) => inBatch(entity, externalId) === undefined);
		if (wanted.length > 0) found.set(entity, await hostIdsOf(run, prepared, entity, wanted));
	}
	return ({ entity, externalId, pipedriveId }) => {
		if (!externalId) return pipedriveId;
		const own = inBatch(entity, externalId);
		return own === undefined ? found.get(entity)?.get(externalId) : own;
	};
}

function documentOf({ wish, link }: { wish: HistoryWish; link: HistoryLink }): DocumentRecord {
	return { item: wish.item, record: wish.record!, orgId: link.orgId! };
}

function linkOf(entity: HistoryHost['entity'], id: number): HistoryLink {
	if (entity === 'deal') return { dealId: id };
	return entity === 'person' ? { personId: id } : { orgId: id };
}

/** Only for the report: it is not written. */
function unplaced({ item, record, intent }: HistoryWish): HistoryResult {
	const shown = intent ?? documentIntents([{ item, record: record!, orgId: 0 }], 'note')[0];
	return blank(shown, 'setAside');
}

function waiting(run: Run, wish: HistoryWish): HistoryResult {
	const { entity, externalId } = wish.host;
	if (!externalId) {
		return {
			...unplaced(wish),
			reasonCode: 'rejected',
			reason: `It names no ${entity} that it belongs to: correct "Belongs To".`,
		};
	}
	const hostName = `${entity === 'organization' ? 'organization' : entity} ${externalId}`;
	return {
		...unplaced(wish),
		reasonCode: 'organizationMissing',
		reason: `Its ${hostName} is not in Pipedrive yet: it is tried again; if it never comes, run the customer template or check its filters.`,
		retryAt: new Date(run.environment.ports.now() + LATER_MS).toISOString(),
	};
}

function contextOf(run: Run): Parameters<typeof writeHistory>[0] {
	const { call, ports, memory, company, ledger, isCancelled } = run.environment;
	return {
		call,
		ports,
		alone: async (keys, work) =>
			await memory.alone(
				keys.map((key) => `${company.key}|${key}`),
				work,
			),
		recall: (entity, externalId) => recall(run, { entity, externalId }),
		remember: (entity, externalId, what) => memory.remember(company.key, entity, externalId, what),
		isDryRun: run.settings.isDryRun,
		concurrency: ledger.concurrency,
		recreateDeleted: run.settings.recreateDeleted,
		...(isCancelled ? { isCancelled } : {}),
	};
}
