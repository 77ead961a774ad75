import { fingerprintOf } from '../../../core/record/fingerprint';
import type { Digests } from '../digests';
import type { Intent } from '../intents';
import type { DealLine } from '../lines/dealLine';
import { packed, unpacked, type WrittenLines } from '../lines/memory';
import type { LinesResult } from '../lines/write';
import type { Remembered } from '../memory';
import { entityRun, recall, type IntentResult, type Run } from '../run';

/** Digest of the ERP's lines as they were written last, Pipedrive's products of them, and what stands on each. */
const LINES = '$lines';
const PRODUCTS = '$products';
const EACH = '$each';

/** Of the ERP's lines when they were written last. */
export function linesKnown(run: Run, intent: Intent): string | undefined {
	return recall(run, intent)?.digests[LINES];
}

/** Lines that the ERP has not changed since they were written need not even a look. */
export function isDue(run: Run, intent: Intent, result: IntentResult | undefined): boolean {
	const { deal } = intent;
	if (!deal || intent.withoutLines || !run.settings.deal.writesLines || !result) return false;
	const isDone = result.outcome !== 'setAside' && result.reasonCode === undefined;
	const before = linesKnown(run, intent);
	if (!isDone || (deal.lines.length === 0 && before === undefined)) return false;
	return before !== digestOf(intent);
}

export interface LinesBefore {
	formerProducts: number[];
	written?: WrittenLines;
}

/** What is remembered of the lines on this deal. */
export function linesBefore(run: Run, intent: Intent, current: readonly DealLine[]): LinesBefore {
	const digests = recall(run, intent)?.digests ?? {};
	const written = unpacked(digests[EACH]);
	// After a merge, or a first write that broke off, the lines may have got other ids.
	const isSure = digests[LINES] !== undefined || current.some(({ id }) => written?.has(id));
	return {
		formerProducts: (digests[PRODUCTS] ?? '').split(',').filter(Boolean).map(Number),
		...(written && isSure ? { written } : {}),
	};
}

/** The deal's currency as Pipedrive has it. */
export function currencyOf(run: Run, { pipedriveId }: IntentResult): string | undefined {
	const row = entityRun(run, 'deal').directory.row(pipedriveId ?? 0);
	return typeof row?.currency === 'string' ? row.currency : undefined;
}

/** For this process and the id table. Lines that are not complete are due again. */
export function rememberLines(
	run: Run,
	intent: Intent,
	{ remembered, pipedriveId }: IntentResult,
	{ written, products, error }: LinesResult,
): Remembered {
	const { memory, company, ports } = run.environment;
	const digests: Digests = { ...remembered?.digests };
	delete digests[EACH];
	const each = packed(written);
	if (each !== undefined) digests[EACH] = each;
	if (!error) Object.assign(digests, { [LINES]: digestOf(intent), [PRODUCTS]: products.join(',') });
	const what = {
		pipedriveId: pipedriveId!,
		writtenAt: new Date(ports.now()).toISOString(),
		digests,
	};
	memory.remember(company.key, intent.entity, intent.externalId, what);
	return what;
}

/** Of the lines and their currency. */
function digestOf({ deal, values }: Intent): string {
	const currency = values.find(({ field }) => field.type === 'currency')?.value ?? '';
	return fingerprintOf([currency, deal!.lines]);
}
