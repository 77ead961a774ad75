import { createHash, createHmac } from 'node:crypto';
import { AUDIT_COLUMNS, type AuditEvent } from './auditEvent';

/**
 * The rows of a run are a hash chain, sealed by a run row; run rows are a chain of their own per workflow.
 *
 *     digest = SHA-256 of JSON [salt, ...columns of the group]
 *     hash   = SHA-256 of JSON ["erp-audit-1", hash of the row before or "", ...CHAINED_COLUMNS]
 *     hmac   = HMAC-SHA256 of the run row's hash, keyed by the secret
 *
 * All values are taken as text, all digests are lower-case hex. What a hash covers directly stays; the two groups
 * enter only by their salted digests, so each can be emptied together with its salt and the chain still holds.
 */
export const ERASABLE = {
	identity: {
		columns: ['erpKey', 'externalId', 'pipedriveId'],
		salt: 'identitySalt',
		digest: 'identityDigest',
	},
	values: {
		columns: ['version', 'reason', 'fieldChanges', 'payloadFingerprint'],
		salt: 'valueSalt',
		digest: 'valueDigest',
	},
} as const;

export type ErasableGroup = (typeof ERASABLE)[keyof typeof ERASABLE];

const NOT_COVERED = new Set<string>([
	...ERASABLE.identity.columns,
	...ERASABLE.values.columns,
	ERASABLE.identity.salt,
	ERASABLE.values.salt,
	'hash',
	'hmac',
]);

/** In table order. */
export const CHAINED_COLUMNS = AUDIT_COLUMNS.map(({ name }) => name).filter(
	(name) => !NOT_COVERED.has(name),
);

/** Any row of the table as text, however it was exported. */
export type AuditRow = Readonly<Record<keyof AuditEvent, string>>;

/** What the next run of a workflow has to know of the one before. */
export interface LastRun {
	runNumber: number;
	hash: string;
}

export interface RunFacts {
	runId: string;
	executionId: string;
	workflowId: string;
	/** ISO instant. */
	at: string;
	/** Of the whole run, lists and field reads included. */
	tokens: number;
	/** One line for people. */
	summary: string;
	previous?: LastRun;
	/** '' = no HMAC. */
	secret: string;
	/** A new unguessable text at each call. */
	newSalt(): string;
}

/** The rows of a run with their places in the chain, the run row last. */
export function sealRun(rows: readonly AuditEvent[], facts: RunFacts): AuditEvent[] {
	const runNumber = (facts.previous?.runNumber ?? 0) + 1;
	let before = '';
	const chained = (row: AuditEvent, index: number): AuditEvent => {
		const seq = index + 1;
		const placed = storable({
			...row,
			eventId: `${facts.runId}.${seq}`,
			workflowId: facts.workflowId,
			runNumber,
			seq,
		});
		for (const group of Object.values(ERASABLE)) {
			if (isEmptied(asText(placed), group)) continue;
			placed[group.salt] = facts.newSalt();
			placed[group.digest] = digestOf(asText(placed), group);
		}
		placed.hash = hashOf(asText(placed), before);
		before = placed.hash;
		return placed;
	};
	const sealed = rows.map(chained);
	const lastHash = before;
	const run = chained({ ...runRow(rows, facts), lastHash }, rows.length);
	if (facts.secret !== '') run.hmac = hmacOf(run.hash, facts.secret);
	return [...sealed, run];
}

function runRow(rows: readonly AuditEvent[], facts: RunFacts): AuditEvent {
	const texts = AUDIT_COLUMNS.filter(({ type }) => type === 'string').map(({ name }) => [name, '']);
	return {
		...(Object.fromEntries(texts) as unknown as AuditEvent),
		runId: facts.runId,
		executionId: facts.executionId,
		system: rows[0]?.system ?? '',
		readAt: facts.at,
		action: 'sealed',
		reason: facts.summary,
		tokens: facts.tokens,
		attempts: 1,
		durationMs: 0,
		recordCount: rows.length,
		previousRun: facts.previous?.hash ?? '',
	};
}

/** @param before hash of the row before; a run row and an anchor know it by themselves (`lastHash`) */
export function hashOf(row: AuditRow, before: string): string {
	const values = CHAINED_COLUMNS.map((name) =>
		name === 'action' && row.action === 'anchor' ? 'sealed' : row[name],
	);
	return sha256(['erp-audit-1', before, ...values]);
}

export function digestOf(row: AuditRow, group: ErasableGroup): string {
	return sha256([row[group.salt], ...group.columns.map((name) => row[name])]);
}

/** Whether no value of the group is there. */
export function isEmptied(row: AuditRow, group: ErasableGroup): boolean {
	return row[group.salt] === '' && group.columns.every((name) => row[name] === '');
}

export function hmacOf(hash: string, secret: string): string {
	return createHmac('sha256', secret).update(hash).digest('hex');
}

export function asText(row: Readonly<Record<keyof AuditEvent, unknown>>): AuditRow {
	const texts = AUDIT_COLUMNS.map(({ name, type }) => {
		const value = row[name] ?? '';
		return [name, type === 'number' && value !== '' ? String(Number(value)) : String(value)];
	});
	return Object.fromEntries(texts) as AuditRow;
}

/** Databases refuse NUL and replace half characters: the chain covers what they keep. */
function storable(row: AuditEvent): AuditEvent {
	const kept = Object.entries(row).map(([name, value]) => [
		name,
		typeof value === 'string'
			? Buffer.from(value.split('\u0000').join(''), 'utf8').toString('utf8')
			: value,
	]);
	return Object.fromEntries(kept) as unknown as AuditEvent;
}

function sha256(parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
