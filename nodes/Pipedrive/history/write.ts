import { asCoreError } from '../../../core/http/errors';
import { forEachConcurrent } from '../concurrency';
import { isOlder } from '../digests';
import { unusableId } from '../intents';
import { stopOf } from '../stop';
import { isAllKnown } from './draft';
import type { HistoryContext, HistoryRun } from './historyRun';
import type { HistoryIntent } from './intents';
import { createHistoryApi, type Meter } from './records';
import { blank } from '../result';
import type { HistoryResult } from './results';
import { linkKey, Shelf } from './shelf';
import { writeIntent } from './writer';

type Results = Map<HistoryIntent, HistoryResult>;

/**
 * Writes notes and activities so that each exists once and says what the ERP says; results in the order of the intents.
 * What is remembered as written costs nothing. Errors of single records become set-aside results; errors that all would
 * meet end the writing, and the rest is set aside with the same reason.
 */
export async function writeHistory(
	context: HistoryContext,
	intents: readonly HistoryIntent[],
): Promise<HistoryResult[]> {
	const results: Results = new Map();
	const winners = settle(intents, results);
	const open = [...winners.values()].filter((intent) => !isRecalled(context, intent, results));
	const keys = open.flatMap((intent) => [
		`history|${linkKey(intent.link)}`,
		`history|${keyOf(intent)}`,
	]);
	if (open.length > 0) {
		// The locks are held for the whole batch: a list that is read once stays true.
		await context.alone(keys, async () => await writeAll(context, open, results));
	}
	return intents.map((intent) => results.get(intent) ?? superseded(intent, winners, results));
}

const keyOf = ({ entity, externalId }: HistoryIntent) => `${entity}|${externalId}`;

/** What needs no look at Pipedrive has its result; of several with one external id the newest is left. */
function settle(intents: readonly HistoryIntent[], results: Results): Map<string, HistoryIntent> {
	const winners = new Map<string, HistoryIntent>();
	for (const intent of intents) {
		const refusal = refusalOf(intent);
		if (refusal !== undefined) {
			const reason = `${refusal}.`;
			results.set(intent, { ...blank(intent, 'setAside'), reasonCode: 'rejected', reason });
		} else if (intent.unwanted !== undefined) {
			const reason = intent.unwanted;
			results.set(intent, { ...blank(intent, 'unchanged'), reasonCode: 'notCreated', reason });
		} else {
			const rival = winners.get(keyOf(intent));
			const isNewer = !rival || intent.erp.changedAt >= rival.erp.changedAt;
			if (isNewer) winners.set(keyOf(intent), intent);
		}
	}
	return winners;
}

function refusalOf({ externalId, link, rejected }: HistoryIntent): string | undefined {
	if (rejected !== undefined) return rejected;
	const isLinked = [link.orgId, link.dealId, link.personId].some((id) => id !== undefined);
	if (!isLinked)
		return 'It belongs to no organization, deal or person of Pipedrive: link it to one';
	return unusableId(externalId);
}

function superseded(
	intent: HistoryIntent,
	winners: ReadonlyMap<string, HistoryIntent>,
	results: Results,
): HistoryResult {
	const winner = winners.get(keyOf(intent));
	return {
		...blank(intent, 'unchanged'),
		pipedriveId: (winner && results.get(winner)?.pipedriveId) ?? null,
		reasonCode: 'superseded',
		reason: 'The same batch holds a newer version of this record, which was used instead.',
	};
}

/** Written or found equal before: nothing to ask Pipedrive. */
function isRecalled(context: HistoryContext, intent: HistoryIntent, results: Results): boolean {
	const remembered = context.recall(intent.entity, intent.externalId);
	if (!remembered) return false;
	const { pipedriveId, digests } = remembered;
	const isSummary = intent.documents !== undefined;
	if (!isSummary && isOlder(intent.erp, digests)) {
		results.set(intent, {
			...blank(intent, 'unchanged'),
			pipedriveId,
			reasonCode: 'superseded',
			reason: `A newer version (${digests.$at}) of this record was written before: nothing to do.`,
		});
		return true;
	}
	if (!isAllKnown(intent, digests)) return false;
	results.set(intent, { ...blank(intent, 'unchanged'), pipedriveId, remembered });
	return true;
}

async function writeAll(
	context: HistoryContext,
	open: readonly HistoryIntent[],
	results: Results,
): Promise<void> {
	const run = openRun(context);
	// A parallel run may have written the same while this one waited.
	const left = open.filter((intent) => !isRecalled(context, intent, results));
	let common = await prepare(run, left);
	const groups = new Map<string, HistoryIntent[]>();
	for (const intent of left) {
		const key = linkKey(intent.link);
		groups.set(key, [...(groups.get(key) ?? []), intent]);
	}
	await forEachConcurrent([...groups.values()], context.concurrency, async (group) => {
		for (const intent of group) {
			const startedAt = context.ports.now();
			// What was read for all is counted with the first.
			const meter = common;
			common = { tokens: 0, attempts: 0 };
			const result = await writeIntent(run, intent, meter);
			if (result.remembered && !context.isDryRun) {
				context.remember?.(intent.entity, intent.externalId, result.remembered);
			}
			results.set(intent, { ...result, durationMs: context.ports.now() - startedAt });
		}
	});
}

function openRun(context: HistoryContext): HistoryRun {
	const api = createHistoryApi(context.call);
	return {
		context,
		api,
		shelves: { note: new Shelf('note', api), activity: new Shelf('activity', api) },
		createsStopped: {},
		silence: 0,
		environment: { ports: context.ports },
	};
}

async function prepare(run: HistoryRun, intents: readonly HistoryIntent[]): Promise<Meter> {
	const meter: Meter = { tokens: 0, attempts: 0 };
	for (const entity of ['note', 'activity'] as const) {
		const mine = intents.filter((intent) => intent.entity === entity);
		const recalled = mine.map((intent) => run.context.recall(entity, intent.externalId));
		const ids = recalled.flatMap((remembered) => remembered?.pipedriveId ?? []);
		const links = mine.filter((_, at) => !recalled[at]).map(({ link }) => link);
		await run.shelves[entity].prepare(ids, links, meter).catch((error: unknown) => {
			const { endsRun, ...stop } = stopOf(run, asCoreError(error));
			// Without the whole list records are looked up one by one.
			if (endsRun) run.stop ??= stop;
		});
	}
	return meter;
}
