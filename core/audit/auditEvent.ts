import type { ErpIdentity } from '../record/erpRecord';
import { fingerprintOf } from '../record/fingerprint';

export type AuditAction =
	| 'created'
	| 'updated'
	| 'unchanged'
	| 'setAside'
	| 'superseded'
	| 'planned';

/**
 * One record in one run, as a flat row with fixed columns, so that it fits a Data Table, Postgres or a spreadsheet.
 * Instants are ISO 8601 in UTC; lists are JSON text.
 */
export interface AuditEvent {
	eventId: string;
	runId: string;
	executionId: string;
	system: string;
	entity: string;
	erpKey: string;
	externalId: string;
	version: string;
	readAt: string;
	writtenAt: string;
	lastSyncAt: string;
	action: AuditAction;
	reason: string;
	pipedriveType: string;
	pipedriveId: string;
	/** Names of the ERP fields that were read, comma separated. */
	fieldsRead: string;
	/** JSON list of `{field, from, to}`. */
	fieldChanges: string;
	tokens: number;
	attempts: number;
	durationMs: number;
	/** How many records this row stands for: 1, or all unchanged records of the run. */
	recordCount: number;
	/** Of the ERP record as it was read: tells whether two rows saw the same content. */
	payloadFingerprint: string;
}

/** Column names and Data Table types, in table order. */
export const AUDIT_COLUMNS: ReadonlyArray<{
	name: keyof AuditEvent;
	type: 'string' | 'number' | 'date';
}> = [
	{ name: 'eventId', type: 'string' },
	{ name: 'runId', type: 'string' },
	{ name: 'executionId', type: 'string' },
	{ name: 'system', type: 'string' },
	{ name: 'entity', type: 'string' },
	{ name: 'erpKey', type: 'string' },
	{ name: 'externalId', type: 'string' },
	{ name: 'version', type: 'string' },
	{ name: 'readAt', type: 'string' },
	{ name: 'writtenAt', type: 'string' },
	{ name: 'lastSyncAt', type: 'string' },
	{ name: 'action', type: 'string' },
	{ name: 'reason', type: 'string' },
	{ name: 'pipedriveType', type: 'string' },
	{ name: 'pipedriveId', type: 'string' },
	{ name: 'fieldsRead', type: 'string' },
	{ name: 'fieldChanges', type: 'string' },
	{ name: 'tokens', type: 'number' },
	{ name: 'attempts', type: 'number' },
	{ name: 'durationMs', type: 'number' },
	{ name: 'recordCount', type: 'number' },
	{ name: 'payloadFingerprint', type: 'string' },
];

export interface AuditFacts {
	runId: string;
	executionId: string;
	erp: Pick<ErpIdentity, 'system' | 'entity' | 'key' | 'externalId' | 'version' | 'readAt'>;
	action: AuditAction;
	reason?: string;
	pipedriveType: string;
	pipedriveId?: number | string | null;
	/** ISO instant of the write, or of the decision where nothing was written. */
	at: string;
	fieldsRead?: readonly string[];
	fieldChanges?: ReadonlyArray<{ field: string; from: unknown; to: unknown }>;
	tokens?: number;
	attempts?: number;
	durationMs?: number;
	recordCount?: number;
	payload: unknown;
}

/** The row of one record. The same facts give the same `eventId`, so a row written twice can be told. */
export function auditEventOf(facts: AuditFacts): AuditEvent {
	const { erp } = facts;
	const wrote = facts.action === 'created' || facts.action === 'updated';
	const delivered = wrote || facts.action === 'unchanged';
	return {
		eventId: fingerprintOf([facts.runId, erp.externalId, facts.pipedriveType, facts.action]),
		runId: facts.runId,
		executionId: facts.executionId,
		system: erp.system,
		entity: erp.entity,
		erpKey: erp.key,
		externalId: erp.externalId,
		version: erp.version,
		readAt: erp.readAt,
		writtenAt: wrote ? facts.at : '',
		lastSyncAt: delivered ? facts.at : '',
		action: facts.action,
		reason: facts.reason ?? '',
		pipedriveType: facts.pipedriveType,
		pipedriveId:
			facts.pipedriveId === undefined || facts.pipedriveId === null
				? ''
				: String(facts.pipedriveId),
		fieldsRead: (facts.fieldsRead ?? []).join(','),
		fieldChanges: JSON.stringify(facts.fieldChanges ?? []),
		tokens: facts.tokens ?? 0,
		attempts: facts.attempts ?? 1,
		durationMs: facts.durationMs ?? 0,
		recordCount: facts.recordCount ?? 1,
		payloadFingerprint: fingerprintOf(facts.payload),
	};
}
