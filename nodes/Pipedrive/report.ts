import { auditEventOf, type AuditEvent } from '../../core/audit/auditEvent';
import type { ErpIdentity } from '../../core/record/erpRecord';
import type { PipedriveType } from './entities';
import { blockedNews, PERSON_BLOCKED } from './blockedPersons';
import type { HistoryResult } from './history/results';
import type { HistoryWish } from './history/wishes';
import type { Intent } from './intents';
import { AuditRows, type ReportSettings, type WrittenResult } from './auditRows';
import type { FieldChange } from './draft';
import type { Outcome } from './result';
import type { IntentResult, KnownId } from './run';

/** One input item with everything that came of it. */
export interface Job {
	item: number;
	erp: ErpIdentity;
	/** As it came in, for replay. */
	payload: unknown;
	intents: Intent[];
	/** A note or an activity. */
	wish?: HistoryWish;
	/** How often it was tried before. */
	attempt: number;
	/** Why there is nothing to write for this item. */
	refusal?: Partial<Pick<RecordReport, 'outcome' | 'reason' | 'reasonCode' | 'retryAt'>>;
}

/**
 * What leaves the node for one record; persons of an organization have the same shape inside. Keys leave in this order:
 * of a table a person sees the first columns only.
 */
export interface RecordReport {
	outcome: Outcome;
	externalId: string;
	/** As the ERP calls it; absent where it told none. */
	name?: string;
	reason?: string;
	warnings: string[];
	reasonCode?: string;
	retryAt?: string;
	pipedriveType: PipedriveType;
	pipedriveId: number | null;
	url?: string;
	changes: FieldChange[];
	tokens: number;
}

export interface ItemReport extends RecordReport {
	erp: ErpIdentity;
	dryRun?: true;
	/** Contact persons of the record. */
	persons?: RecordReport[];
	/** What else the record held besides the first: a deal beside its organization. */
	also?: RecordReport[];
	attempt?: number;
	idRows: IdRow[];
	/** Flat rows for the audit table; empty where the run's summary row stands for the record. */
	audit: AuditEvent[];
	payload?: unknown;
}

/** A row of the durable id table. `digests` is JSON text, so that the row is flat. */
export interface IdRow {
	/** External id of the item that brought it: a person is found again by its organization's record. */
	recordExternalId: string;
	externalId: string;
	pipedriveType: PipedriveType;
	pipedriveId: number;
	digests: string;
	writtenAt: string;
}

/** What came of a run. */
export interface Written {
	results: readonly IntentResult[];
	/** Notes and activities, by item. */
	history: ReadonlyMap<number, HistoryResult>;
}

/** One report per job, in their order. */
export function reportsOf(
	jobs: readonly Job[],
	{ results, history }: Written,
	settings: ReportSettings,
): ItemReport[] {
	const byIntent = new Map(results.map((result) => [result.intent, result]));
	const audits = new AuditRows([...results, ...history.values()], settings);
	return jobs.map((job) => {
		const mine: WrittenResult[] = job.intents.map((intent) => byIntent.get(intent)!);
		const document = history.get(job.item);
		if (document) mine.push(document);
		return mine.length > 0 ? itemReport(job, mine, settings, audits) : refusedReport(job, settings);
	});
}

function itemReport(
	job: Job,
	results: readonly WrittenResult[],
	settings: ReportSettings,
	audits: AuditRows,
): ItemReport {
	const [main, ...rest] = results;
	const reportsOn = (isPerson: boolean) =>
		rest
			.filter(({ intent }) => (intent.entity === 'person') === isPerson)
			.map((result) => recordReport(result, settings));
	const [persons, also] = [reportsOn(true), reportsOn(false)];
	const own = recordReport(main, settings);
	// A person that cannot have a name is told in the persons list; holding back the company would help nobody.
	const held = rest.find(
		({ outcome, intent }) =>
			outcome === 'setAside' && !(intent.entity === 'person' && intent.rejected !== undefined),
	);
	const isHeld = own.outcome !== 'setAside' && held !== undefined;
	const aside = isHeld
		? {
				outcome: 'setAside' as const,
				reasonCode: held.reasonCode,
				reason: `${nameOf(held)}: ${held.reason ?? ''}`,
				...(held.retryAt ? { retryAt: held.retryAt } : {}),
			}
		: {};
	const record = { ...own, ...aside };
	const isAside = record.outcome === 'setAside';
	return {
		...inOrder(record),
		...(settings.isDryRun ? { dryRun: true as const } : {}),
		...(persons.length > 0 ? { persons } : {}),
		...(also.length > 0 ? { also } : {}),
		tokens: results.reduce((sum, { tokens }) => sum + tokens, 0),
		erp: job.erp,
		...(isAside ? { attempt: job.attempt + 1 } : {}),
		idRows: settings.isDryRun
			? []
			: results.flatMap((result) => idRowsOf(job, result, settings.known)),
		audit: audits.of(results),
		...(isAside ? { payload: job.payload } : {}),
	};
}

function refusedReport(job: Job, settings: ReportSettings): ItemReport {
	const refusal = {
		outcome: 'setAside' as Outcome,
		reason: 'The item holds nothing to write.',
		...job.refusal,
	};
	return {
		...inOrder({
			externalId: job.erp.externalId,
			pipedriveType: 'organization',
			pipedriveId: null,
			changes: [],
			tokens: 0,
			warnings: [],
			reasonCode: 'rejected',
			...refusal,
		}),
		erp: job.erp,
		attempt: job.attempt + 1,
		idRows: [],
		audit: [
			auditEventOf({
				...settings,
				erp: job.erp,
				action: refusal.outcome,
				reason: refusal.reason,
				pipedriveType: 'organization',
				payload: job.payload,
			}),
		],
		payload: job.payload,
	};
}

/** '' of a note, and of a record whose name the ERP did not tell. */
function titleOf(intent: WrittenResult['intent']): string {
	if ('name' in intent) return intent.name;
	return 'subject' in intent ? intent.subject : '';
}

function nameOf({ intent }: WrittenResult): string {
	const name = ('name' in intent && intent.name) || intent.externalId;
	return intent.entity === 'person' ? `Contact person ${name}` : `${intent.entity} ${name}`;
}

/** Records that have a page of their own in Pipedrive. */
const WITH_PAGE: readonly PipedriveType[] = ['organization', 'person', 'deal'];

function recordReport(result: WrittenResult, settings: ReportSettings): RecordReport {
	const { intent, pipedriveId } = result;
	const news = 'values' in intent ? blockedNews(result as IntentResult) : undefined;
	const reasonCode = result.reasonCode ?? (news === undefined ? undefined : PERSON_BLOCKED);
	const name = titleOf(intent);
	return inOrder({
		outcome: result.outcome,
		externalId: intent.externalId,
		...(name ? { name } : {}),
		pipedriveType: intent.entity,
		pipedriveId,
		...(pipedriveId === null || !WITH_PAGE.includes(intent.entity)
			? {}
			: { url: `${settings.webUrl}/${intent.entity}/${pipedriveId}` }),
		changes: result.changes,
		tokens: result.tokens,
		warnings: news === undefined ? result.warnings : [...result.warnings, news],
		...(result.reason ? { reason: result.reason } : {}),
		...(reasonCode ? { reasonCode } : {}),
		...(result.retryAt ? { retryAt: result.retryAt } : {}),
	});
}

/** First what a person looks for. */
function inOrder(report: RecordReport): RecordReport {
	const { outcome, externalId, name, reason, warnings, reasonCode, retryAt, ...machinery } = report;
	return {
		outcome,
		externalId,
		...(name ? { name } : {}),
		...(reason ? { reason } : {}),
		warnings,
		...(reasonCode ? { reasonCode } : {}),
		...(retryAt ? { retryAt } : {}),
		...machinery,
	};
}

// A row that says what the table already says would only wear the table.
function idRowsOf(job: Job, result: WrittenResult, known: ReadonlyMap<string, KnownId>): IdRow[] {
	const { remembered, intent } = result;
	if (!remembered) return [];
	const before = known.get(`${intent.entity}|${intent.externalId}`);
	const digests = JSON.stringify(remembered.digests);
	const isKnown =
		before?.pipedriveId === remembered.pipedriveId && JSON.stringify(before.digests) === digests;
	if (isKnown) return [];
	return [
		{
			recordExternalId: job.erp.externalId,
			externalId: intent.externalId,
			pipedriveType: intent.entity,
			pipedriveId: remembered.pipedriveId,
			digests,
			writtenAt: remembered.writtenAt,
		},
	];
}
