import type { ErpIdentity } from '../record/erpRecord';
import { fingerprintOf } from '../record/fingerprint';

export type AuditAction =
	| 'created'
	| 'updated'
	| 'unchanged'
	| 'setAside'
	| 'superseded'
	| 'planned'
	/** Beside the row of the write: the ERP blocked or archived a person that Pipedrive holds. */
	| 'personBlocked'
	/** The row of a whole run: how many rows it wrote, and the seal over them. */
	| 'sealed'
	/** A copy of the last run's row that was trimmed away: verification starts here. */
	| 'anchor';

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
	/** The chain of this workflow; see `chain.ts` for this and everything below. */
	workflowId: string;
	/** Counts the runs of the workflow from 1. */
	runNumber: number;
	/** Place in the run from 1; the run's own row comes last. */
	seq: number;
	identitySalt: string;
	identityDigest: string;
	valueSalt: string;
	valueDigest: string;
	/** Run rows only: hash of the row before. */
	lastHash: string;
	/** Run rows only: hash of the run row before; '' where a chain begins. */
	previousRun: string;
	hash: string;
	/** Run rows only: HMAC-SHA256 over `hash`, '' without a secret. */
	hmac: string;
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
	{ name: 'workflowId', type: 'string' },
	{ name: 'runNumber', type: 'number' },
	{ name: 'seq', type: 'number' },
	{ name: 'identitySalt', type: 'string' },
	{ name: 'identityDigest', type: 'string' },
	{ name: 'valueSalt', type: 'string' },
	{ name: 'valueDigest', type: 'string' },
	{ name: 'lastHash', type: 'string' },
	{ name: 'previousRun', type: 'string' },
	{ name: 'hash', type: 'string' },
	{ name: 'hmac', type: 'string' },
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

/** The row of one record, not yet part of its run's chain. */
export function auditEventOf(facts: AuditFacts): AuditEvent {
	const { erp } = facts;
	const wrote = facts.action === 'created' || facts.action === 'updated';
	const delivered = wrote || facts.action === 'unchanged';
	return {
		eventId: '',
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
		...NOT_CHAINED,
	};
}

const NOT_CHAINED = {
	workflowId: '',
	runNumber: 0,
	seq: 0,
	identitySalt: '',
	identityDigest: '',
	valueSalt: '',
	valueDigest: '',
	lastHash: '',
	previousRun: '',
	hash: '',
	hmac: '',
};
