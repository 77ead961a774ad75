import { asCoreError } from '../../../core/http/errors';
import { forEachConcurrent } from '../concurrency';
import { dropRow } from '../directory';
import { readRows } from '../readRows';
import type { Intent } from '../intents';
import type { DealLine } from '../lines/dealLine';
import { readLines } from '../lines/read';
import type { Prepared } from '../prepare';
import { entityRun, type IntentResult, type Run } from '../run';
import { stopOf } from '../stop';
import { openLineProducts, type LineProducts } from './lineProducts';
import { isDue, linesKnown } from './linesMemory';
import { held, writeLinesOf } from './writeLinesOf';

type Results = Map<Intent, IntentResult>;
/** Decides and writes a deal anew, whose record is gone. */
type WriteAgain = (intent: Intent) => Promise<IntentResult>;

/**
 * After the deals were written: brings their lines to what the ERP says, and puts what came of it into the results.
 * Lines that the ERP has not changed since they were written cost nothing, not even a look.
 */
export async function writeDealLines(
	run: Run,
	prepared: Prepared,
	deals: readonly Intent[],
	results: Results,
	writeAgain: WriteAgain,
): Promise<void> {
	const due = () => deals.filter((intent) => isDue(run, intent, results.get(intent)));
	let todo = due();
	if (todo.length === 0) return;
	if (run.stop) {
		for (const intent of todo) results.set(intent, held(results.get(intent)!, run.stop));
		return;
	}
	const fail = (intents: readonly Intent[], error: unknown) => {
		const stop = stopOf(run, asCoreError(error));
		if (stop.endsRun) run.stop ??= stop;
		for (const intent of intents) results.set(intent, held(results.get(intent)!, stop));
	};
	const known = new Map(todo.map((intent) => [intent, linesKnown(run, intent)]));
	let products: LineProducts;
	let present: Map<number, DealLine[]>;
	try {
		if (!run.settings.isDryRun) await settleGone(run, todo, results, writeAgain);
		todo = due();
		products = await openLineProducts(run, prepared, todo);
		const there = todo
			.map((intent) => results.get(intent)!)
			.filter(({ outcome }) => outcome !== 'created');
		present = await readLines(run.environment.call, there.flatMap(idsOf));
	} catch (error) {
		fail(todo, error);
		return;
	}
	await forEachConcurrent(todo, run.environment.ledger.concurrency, async (intent) => {
		const result = results.get(intent)!;
		if (run.stop) {
			results.set(intent, held(result, run.stop));
			return;
		}
		try {
			const written = await alone(run, result, async () => {
				const isNews = linesKnown(run, intent) !== known.get(intent);
				if (isNews && !isDue(run, intent, result)) return result;
				// Another run wrote lines of this deal since they were read.
				const [current = []] = isNews
					? (await readLines(run.environment.call, idsOf(result))).values()
					: idsOf(result).map((id) => present.get(id) ?? []);
				return await writeLinesOf(run, intent, result, products, current);
			});
			results.set(intent, written ?? (await elsewhere(run, intent, result, products, writeAgain)));
		} catch (error) {
			fail([intent], error);
		}
	});
}

/**
 * Lists do not tell about deletions: a deal that nothing was written to may be gone. 1 token each, 10 for each hundred
 * where that is less.
 */
async function settleGone(
	run: Run,
	todo: readonly Intent[],
	results: Results,
	writeAgain: WriteAgain,
): Promise<void> {
	const unsure = todo.filter((intent) => results.get(intent)!.outcome === 'unchanged');
	if (unsure.length === 0) return;
	const { shape } = entityRun(run, 'deal');
	const ids = [...new Set(unsure.flatMap((intent) => idsOf(results.get(intent)!)))];
	const rows = await readRows(run.environment.api, shape, ids);
	const there = new Set(rows.map(({ id }) => id));
	for (const intent of unsure) {
		const { pipedriveId } = results.get(intent)!;
		if (pipedriveId === null || there.has(pipedriveId)) continue;
		dropRow(run, intent, pipedriveId);
		results.set(intent, await writeAgain(intent));
	}
}

/** The deal was deleted or merged since it was written. */
async function elsewhere(
	run: Run,
	intent: Intent,
	{ pipedriveId }: IntentResult,
	products: LineProducts,
	writeAgain: WriteAgain,
): Promise<IntentResult> {
	dropRow(run, intent, pipedriveId!);
	const again = await writeAgain(intent);
	if (!isDue(run, intent, again)) return again;
	return await alone(run, again, async () => {
		const lines = await readLines(run.environment.call, idsOf(again));
		const written = await writeLinesOf(
			run,
			intent,
			again,
			products,
			lines.get(again.pipedriveId!) ?? [],
		);
		return (
			written ?? held(again, { reasonCode: 'failed', reason: 'it disappears while it is written.' })
		);
	});
}

/** Two runs must not add the same lines to one deal. */
async function alone<T>(run: Run, result: IntentResult, work: () => Promise<T>): Promise<T> {
	const { memory, company } = run.environment;
	return await memory.alone([`${company.key}|lines|${result.pipedriveId}`], work);
}

function idsOf({ pipedriveId }: IntentResult): number[] {
	return pipedriveId === null ? [] : [pipedriveId];
}
