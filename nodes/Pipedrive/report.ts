import { auditEventOf, type AuditAction, type AuditEvent } from '../../core/audit/auditEvent';
import type { ErpIdentity } from '../../core/record/erpRecord';
import type { EntityName } from './api';
import type { Intent } from './intents';
import type { FieldChange } from './plan';
import type { IntentResult, KnownId, Outcome } from './run';

/** One input item with everything that came of it. */
export interface Job {
	item: number;
	erp: ErpIdentity;
	/** As it came in, for replay. */
	payload: unknown;
	intents: Intent[];
	/** How often it was tried before. */
	attempt: number;
	/** Why there is nothing to write for this item. */
	refusal?: Pick<RecordReport, 'reason' | 'reasonCode' | 'retryAt'>;
}

export interface ReportSettings {
	runId: string;
	executionId: string;
	/** ISO instant. */
	at: string;
	webUrl: string;
	isDryRun: boolean;
	/** One audit row per unchanged record instead of one for all. */
	auditEachUnchanged: boolean;
	known: ReadonlyMap<string, KnownId>;
}

/** What leaves the node for one record; persons of an organization have the same shape inside. */
export interface RecordReport {
	outcome: Outcome;
	externalId: string;
	pipedriveType: EntityName;
	pipedriveId: number | null;
	url?: string;
	changes: FieldChange[];
	tokens: number;
	warnings: string[];
	reason?: string;
	reasonCode?: string;
	retryAt?: string;
}

export interface ItemReport extends RecordReport {
	erp: ErpIdentity;
	dryRun?: true;
	persons?: RecordReport[];
	attempt?: number;
	payload?: unknown;
	/** Flat rows for the audit table; empty where the run's summary row stands for the record. */
	audit: AuditEvent[];
	idRows: IdRow[];
}

/** A row of the durable id table. `digests` is JSON text, so that the row is flat. */
export interface IdRow {
	/** External id of the item that brought it: a person is found again by its organization's record. */
	recordExternalId: string;
	externalId: string;
	pipedriveType: EntityName;
	pipedriveId: number;
	digests: string;
	writtenAt: string;
}

export interface Counts {
	created: number;
	updated: number;
	unchanged: number;
	setAside: number;
}

/** One report per job, in their order. */
export function reportsOf(
	jobs: readonly Job[],
	results: readonly IntentResult[],
	settings: ReportSettings,
): ItemReport[] {
	const byIntent = new Map(results.map((result) => [result.intent, result]));
	const audits = new Audits(results, settings);
	return jobs.map((job) => {
		if (job.intents.length === 0) return refusedReport(job, settings);
		const mine = job.intents.map((intent) => byIntent.get(intent)!);
		return itemReport(job, mine, settings, audits);
	});
}

function itemReport(
	job: Job,
	results: readonly IntentResult[],
	settings: ReportSettings,
	audits: Audits,
): ItemReport {
	const [main, ...rest] = results;
	const persons = rest.map((result) => recordReport(result, settings));
	const own = recordReport(main, settings);
	// A person that cannot have a name is told in the persons list; holding back the company would help nobody.
	const held = rest.find(
		({ outcome, reasonCode }) => outcome === 'setAside' && reasonCode !== 'rejected',
	);
	const isHeld = own.outcome !== 'setAside' && held !== undefined;
	const report: ItemReport = {
		...own,
		...(isHeld
			? {
					outcome: 'setAside' as const,
					reasonCode: held.reasonCode,
					reason: `Contact person ${held.intent.name || held.intent.externalId}: ${held.reason ?? ''}`,
					...(held.retryAt ? { retryAt: held.retryAt } : {}),
				}
			: {}),
		tokens: results.reduce((sum, { tokens }) => sum + tokens, 0),
		erp: job.erp,
		...(settings.isDryRun ? { dryRun: true as const } : {}),
		...(rest.length > 0 ? { persons } : {}),
		audit: audits.of(results),
		idRows: settings.isDryRun
			? []
			: results.flatMap((result) => idRowsOf(job, result, settings.known)),
	};
	if (report.outcome === 'setAside') {
		report.attempt = job.attempt + 1;
		report.payload = job.payload;
	}
	return report;
}

function refusedReport(job: Job, settings: ReportSettings): ItemReport {
	const refusal = { reason: 'The item holds nothing to write.', ...job.refusal };
	return {
		outcome: 'setAside',
		externalId: job.erp.externalId,
		pipedriveType: 'organization',
		pipedriveId: null,
		changes: [],
		tokens: 0,
		warnings: [],
		reasonCode: 'rejected',
		...refusal,
		erp: job.erp,
		audit: [
			auditEventOf({
				...settings,
				erp: job.erp,
				action: 'setAside',
				reason: refusal.reason,
				pipedriveType: 'organization',
				payload: job.payload,
			}),
		],
		idRows: [],
		attempt: job.attempt + 1,
		payload: job.payload,
	};
}

function recordReport(result: IntentResult, settings: ReportSettings): RecordReport {
	const { intent, pipedriveId } = result;
	return {
		outcome: result.outcome,
		externalId: intent.externalId,
		pipedriveType: intent.entity,
		pipedriveId,
		...(pipedriveId === null ? {} : { url: `${settings.webUrl}/${intent.entity}/${pipedriveId}` }),
		changes: result.changes,
		tokens: result.tokens,
		warnings: result.warnings,
		...(result.reason ? { reason: result.reason } : {}),
		...(result.reasonCode ? { reasonCode: result.reasonCode } : {}),
		...(result.retryAt ? { retryAt: result.retryAt } : {}),
	};
}

// A row that says what the table already says would only wear the table.
function idRowsOf(job: Job, result: IntentResult, known: ReadonlyMap<string, KnownId>): IdRow[] {
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

/** Each written or set-aside record has a row of its own; the unchanged ones of a run share one. */
class Audits {
	private readonly unchanged: IntentResult[];

	constructor(
		results: readonly IntentResult[],
		private readonly settings: ReportSettings,
	) {
		this.unchanged = settings.auditEachUnchanged ? [] : results.filter(isPlainUnchanged);
	}

	of(results: readonly IntentResult[]): AuditEvent[] {
		const rows: AuditEvent[] = [];
		for (const result of results) {
			if (this.unchanged.length > 0 && isPlainUnchanged(result)) {
				if (result === this.unchanged[0]) rows.push(this.summary());
			} else {
				rows.push(this.row(result));
			}
		}
		return rows;
	}

	private row(result: IntentResult): AuditEvent {
		const { intent } = result;
		return auditEventOf({
			...this.settings,
			erp: intent.erp,
			action: actionOf(result, this.settings.isDryRun),
			reason: [result.reason, ...result.warnings].filter(Boolean).join(' '),
			pipedriveType: intent.entity,
			pipedriveId: result.pipedriveId,
			fieldsRead: [...intent.values, ...intent.contacts.map(contactSource)].map(
				({ source }) => source,
			),
			fieldChanges: result.changes,
			tokens: result.tokens,
			attempts: Math.max(1, result.attempts),
			durationMs: result.durationMs,
			payload: intent.payload,
		});
	}

	private summary(): AuditEvent {
		const [first] = this.unchanged;
		return auditEventOf({
			...this.settings,
			erp: { ...first.intent.erp, key: '', externalId: '', version: '' },
			action: this.settings.isDryRun ? 'planned' : 'unchanged',
			reason: `${this.unchanged.length} records were as they should be.`,
			pipedriveType: '',
			recordCount: this.unchanged.length,
			payload: this.unchanged.map(({ intent }) => [intent.externalId, intent.erp.version]),
		});
	}
}

function contactSource(contact: { slot: string }): { source: string } {
	return { source: `person.${contact.slot}` };
}

function isPlainUnchanged(result: IntentResult): boolean {
	return result.outcome === 'unchanged' && result.reasonCode === undefined;
}

function actionOf(result: IntentResult, isDryRun: boolean): AuditAction {
	if (result.reasonCode === 'superseded') return 'superseded';
	if (isDryRun && result.outcome !== 'setAside') return 'planned';
	return result.outcome;
}

export function countsOf(reports: readonly ItemReport[]): Counts {
	const counts: Counts = { created: 0, updated: 0, unchanged: 0, setAside: 0 };
	for (const { outcome } of reports) counts[outcome]++;
	return counts;
}
