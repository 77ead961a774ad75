import { auditEventOf, type AuditAction, type AuditEvent } from '../../core/audit/auditEvent';
import { blockedNews, PERSON_BLOCKED } from './blockedPersons';
import type { HistoryResult } from './history/results';
import type { IntentResult, KnownId } from './run';

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

/** A record, a note or an activity with what came of it. */
export type WrittenResult = IntentResult | HistoryResult;

/** Each written or set-aside record has a row of its own; the unchanged ones of a run share one. */
export class AuditRows {
	private readonly unchanged: WrittenResult[];

	constructor(
		results: readonly WrittenResult[],
		private readonly settings: ReportSettings,
	) {
		this.unchanged = settings.auditEachUnchanged ? [] : results.filter(isPlainUnchanged);
	}

	of(results: readonly WrittenResult[]): AuditEvent[] {
		const rows: AuditEvent[] = [];
		for (const result of results) {
			if (this.unchanged.length > 0 && isPlainUnchanged(result)) {
				if (result === this.unchanged[0]) rows.push(this.summary());
			} else {
				rows.push(this.row(result));
			}
			const news = 'values' in result.intent ? blockedNews(result as IntentResult) : undefined;
			if (news !== undefined) rows.push(this.blocked(result, news));
		}
		return rows;
	}

	private blocked({ intent, pipedriveId }: WrittenResult, reason: string): AuditEvent {
		return auditEventOf({
			...this.settings,
			erp: intent.erp,
			action: PERSON_BLOCKED,
			reason,
			pipedriveType: intent.entity,
			pipedriveId,
			payload: intent.payload,
		});
	}

	private row(result: WrittenResult): AuditEvent {
		const { intent } = result;
		return auditEventOf({
			...this.settings,
			erp: intent.erp,
			action: actionOf(result, this.settings.isDryRun),
			reason: [result.reason, ...result.warnings].filter(Boolean).join(' '),
			pipedriveType: intent.entity,
			pipedriveId: result.pipedriveId,
			fieldsRead: fieldsReadOf(intent),
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

function fieldsReadOf(intent: WrittenResult['intent']): string[] {
	if (!('values' in intent)) return [intent.entity];
	return [
		...intent.values.map(({ source }) => source),
		...intent.contacts.map(({ slot }) => `person.${slot}`),
		...(intent.deal && intent.deal.lines.length > 0 ? ['deal.lines'] : []),
	];
}

function isPlainUnchanged(result: WrittenResult): boolean {
	return result.outcome === 'unchanged' && result.reasonCode === undefined;
}

function actionOf(result: WrittenResult, isDryRun: boolean): AuditAction {
	if (result.reasonCode === 'superseded') return 'superseded';
	if (isDryRun && result.outcome !== 'setAside') return 'planned';
	return result.outcome;
}
