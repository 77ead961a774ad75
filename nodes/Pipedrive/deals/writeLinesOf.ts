import { readRow } from '../readRows';
import type { Intent } from '../intents';
import type { DealLine } from '../lines/dealLine';
import { strangersIn } from '../lines/memory';
import { planLines, type LineOptions } from '../lines/plan';
import { foreseenLines, lineChanges } from '../lines/tell';
import { wantedLines } from '../lines/wanted';
import { writeLines } from '../lines/write';
import { entityRun, type IntentResult, type Run } from '../run';
import { stopOf } from '../stop';
import type { LineProducts } from './lineProducts';
import { currencyOf, linesBefore, rememberLines } from './linesMemory';

/**
 * Brings the lines of one deal to what the ERP says, or tells what a dry run would do.
 * @returns `undefined` where the deal is gone from Pipedrive
 */
export async function writeLinesOf(
	run: Run,
	intent: Intent,
	result: IntentResult,
	products: LineProducts,
	current: readonly DealLine[],
): Promise<IntentResult | undefined> {
	const { call, ports } = run.environment;
	const wanted = wantedLines(intent.deal!, products);
	if ('reason' in wanted) return held(result, { reasonCode: 'rejected', reason: wanted.reason });
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
	if (renewed) return await writeLinesOf(run, intent, told, renewed, written.lines);
	if (written.error?.kind === 'notFound' && (await isGone(run, result))) return undefined;
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

async function isGone(run: Run, { pipedriveId }: IntentResult): Promise<boolean> {
	const { shape } = entityRun(run, 'deal');
	return (await readRow(run.environment.api, shape, pipedriveId!)) === undefined;
}

/** The deal is written, its lines wait. */
export function held(
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
