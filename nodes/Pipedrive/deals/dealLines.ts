import { asCoreError } from '../../../core/http/errors';
import { forEachConcurrent } from '../concurrency';
import type { Intent } from '../intents';
import { foreseenLines, lineChanges } from '../lines/tell';
import { strangersIn } from '../lines/memory';
import { planLines, type LineOptions } from '../lines/plan';
import { readLines } from '../lines/read';
import { wantedLines } from '../lines/wanted';
import { writeLines } from '../lines/write';
import type { DealLine } from '../lines/dealLine';
import type { Prepared } from '../prepare';
import type { IntentResult, Run } from '../run';
import { stopOf } from '../stop';
import { openLineProducts, type LineProducts } from './lineProducts';
import { currencyOf, isDue, linesBefore, linesKnown, rememberLines } from './linesMemory';

/**
 * After the deals were written: brings their lines to what the ERP says, and puts what came of it into the results.
 * Lines that the ERP has not changed since they were written cost nothing, not even a look.
 */
export async function writeDealLines(
	run: Run,
	prepared: Prepared,
	deals: readonly Intent[],
	results: Map<Intent, IntentResult>,
): Promise<void> {
	const todo = deals.filter((intent) => isDue(run, intent, results.get(intent)));
	if (todo.length === 0) return;
	if (run.stop) {
		for (const intent of todo) results.set(intent, held(results.get(intent)!, run.stop));
		return;
	}
	const known = new Map(todo.map((intent) => [intent, linesKnown(run, intent)]));
	const fail = (intents: readonly Intent[], error: unknown) => {
		const stop = stopOf(run, asCoreError(error));
		if (stop.endsRun) run.stop ??= stop;
		for (const intent of intents) results.set(intent, held(results.get(intent)!, stop));
	};
	let products: LineProducts;
	let present: Map<number, DealLine[]>;
	try {
		products = await openLineProducts(run, prepared, todo);
		const there = todo
			.map((intent) => results.get(intent)!)
			.filter(({ outcome }) => outcome !== 'created');
		present = await readLines(
			run.environment.call,
			there.map(({ pipedriveId }) => pipedriveId).filter((id) => id !== null),
		);
	} catch (error) {
		fail(todo, error);
		return;
	}
	await forEachConcurrent(todo, run.environment.ledger.concurrency, async (intent) => {
		if (run.stop) {
			results.set(intent, held(results.get(intent)!, run.stop));
			return;
		}
		try {
			const result = results.get(intent)!;
			const written = await alone(run, result, async () => {
				const isNews = linesKnown(run, intent) !== known.get(intent);
				if (isNews && !isDue(run, intent, result)) return result;
				// Another run wrote lines of this deal since they were read.
				const current = isNews ? await readLines(run.environment.call, idsOf(result)) : present;
				return await withLines(run, intent, result, products, current);
			});
			results.set(intent, written);
		} catch (error) {
			fail([intent], error);
		}
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

async function withLines(
	run: Run,
	intent: Intent,
	result: IntentResult,
	products: LineProducts,
	present: ReadonlyMap<number, DealLine[]>,
): Promise<IntentResult> {
	const { call, ports } = run.environment;
	const wanted = wantedLines(intent.deal!, products);
	if ('reason' in wanted) return held(result, { reasonCode: 'rejected', reason: wanted.reason });
	const current = present.get(result.pipedriveId ?? 0) ?? [];
	const options: LineOptions = {
		...linesBefore(run, intent, current),
		removesOthers: run.settings.deal.removesLines,
		isFromErp: products.isFromErp,
		currency: currencyOf(run, result),
	};
	const warnings = [...result.warnings, ...wanted.warnings];
	if (run.settings.isDryRun) {
		const strangers = strangersIn(current, options.written);
		const plan = planLines(wanted.lines, current, { ...options, strangers });
		const changes = lineChanges(current, foreseenLines(plan, current));
		return changed({ ...result, warnings }, changes, plan.tokens);
	}
	const written = await writeLines(call, result.pipedriveId!, wanted.lines, current, {
		...options,
		ports,
		total: wanted.total,
	});
	const told = {
		...changed(result, written.changes, written.tokens),
		warnings: [...warnings, ...written.warnings],
		attempts: result.attempts + written.attempts,
	};
	// A person may have deleted a product since the list was read.
	const renewed = written.error?.kind === 'invalid' ? await products.renewed() : undefined;
	if (renewed) {
		const now = new Map([[result.pipedriveId!, written.lines]]);
		return await withLines(run, intent, told, renewed, now);
	}
	if (written.error) {
		const stop = stopOf(run, written.error);
		if (stop.endsRun) run.stop ??= stop;
		return { ...held(told, stop), remembered: rememberLines(run, intent, result, written) };
	}
	return { ...told, remembered: rememberLines(run, intent, result, written) };
}

function changed(
	result: IntentResult,
	changes: IntentResult['changes'],
	tokens: number,
): IntentResult {
	const isNews = changes.length > 0 && result.outcome === 'unchanged';
	return {
		...result,
		outcome: isNews ? 'updated' : result.outcome,
		changes: [...result.changes, ...changes],
		tokens: result.tokens + tokens,
	};
}

function held(
	result: IntentResult,
	{ reasonCode, reason, retryAt }: { reasonCode: string; reason: string; retryAt?: string },
): IntentResult {
	return {
		...result,
		outcome: 'setAside',
		reasonCode,
		reason: `The deal is written, its lines are not: ${reason}`,
		...(retryAt ? { retryAt } : {}),
	};
}
