import { createHmac } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { CoreError } from '../../core/http/errors';
import type { ErpRecord } from '../../core/record/erpRecord';
import { normalisedEmail } from '../../core/record/matchKeys';
import { auditSecretOf } from './auditSeal';
import { tableRowsOf } from './tableRows';

/** A row of the suppression list. It tells nobody without the secret whom it is about. */
export interface SuppressedRow {
	/** HMAC-SHA256, lower-case hex, of the external id or the e-mail. */
	hash: string;
	/** Which secret made it. */
	secretId: string;
	/** ISO instant. */
	addedAt: string;
}

/** Who must not come to Pipedrive again. */
export interface Suppression {
	has(what: { externalId?: string; emails?: readonly string[] }): boolean;
}

export const NOBODY: Suppression = { has: () => false };

const REMEDY =
	'Fill "Audit Secret" in the Pipedrive credential: the suppression list holds keyed hashes, and this secret is their key.';

/** Makes rows from external ids and e-mails. @throws CoreError `configuration` without a secret */
export function hasherOf(secret: string) {
	if (secret === '') {
		throw new CoreError('configuration', 'There is no secret to remember an erased person by.', {
			remedy: REMEDY,
		});
	}
	// A key of its own: nothing that seals the audit can be told from these hashes.
	const key = createHmac('sha256', secret).update('erp-suppression-1').digest();
	const hash = (text: string) => createHmac('sha256', key).update(text).digest('hex');
	return {
		secretId: hash('secret').slice(0, 8),
		ofExternalId: (externalId: string) => hash(`id:${externalId.trim()}`),
		ofEmail: (email: string) => hash(`email:${normalisedEmail(email)}`),
	};
}

/** The list in "Suppression List". @throws CoreError `configuration` where it cannot be honoured */
export async function suppressionOf(context: IExecuteFunctions): Promise<Suppression> {
	const rows = rowsIn(context.getNodeParameter('suppressionList', 0, ''));
	if (rows.length === 0) return NOBODY;
	return suppressionFrom(rows, await auditSecretOf(context));
}

export function suppressionFrom(rows: readonly SuppressedRow[], secret: string): Suppression {
	const hasher = hasherOf(secret);
	const foreign = rows.filter(({ secretId }) => secretId !== hasher.secretId);
	if (foreign.length > 0) {
		throw new CoreError(
			'configuration',
			`${foreign.length} rows of "Suppression List" were made with another secret, so nobody can tell whom they are about.`,
			{
				remedy:
					'Put the former "Audit Secret" back into the Pipedrive credential, or erase these persons again and remove the rows.',
			},
		);
	}
	const hashes = new Set(rows.map(({ hash }) => hash));
	return {
		has: ({ externalId = '', emails = [] }) =>
			(externalId !== '' && hashes.has(hasher.ofExternalId(externalId))) ||
			emails.some((email) => normalisedEmail(email) !== '' && hashes.has(hasher.ofEmail(email))),
	};
}

/** The record without its erased persons; `undefined` where the record is one of them. */
export function withoutSuppressed(
	record: ErpRecord,
	suppression: Suppression,
): { record?: ErpRecord; left: number } {
	if (suppression === NOBODY) return { record, left: 0 };
	if (suppression.has({ externalId: record.erp.externalId })) return { left: 1 };
	const persons = record.persons ?? [];
	const kept = persons.filter(
		({ externalId, email }) => !suppression.has({ externalId, emails: [email ?? ''] }),
	);
	const left = persons.length - kept.length;
	if (left === 0) return { record, left };
	const { organization, deal, product, document } = record;
	if (kept.length === 0 && !organization && !deal && !product && !document) return { left };
	const warnings = [...(record.warnings ?? []), leftOut(left)];
	// What the vendor delivered may name the person, too.
	return { record: { ...record, persons: kept, warnings, raw: undefined }, left };
}

function leftOut(count: number): string {
	const who = count === 1 ? '1 contact person is' : `${count} contact persons are`;
	return `${who} on the suppression list and left out.`;
}

/** Of an item that holds nobody else. It names nobody: this goes to the audit. */
export const SUPPRESSED = {
	outcome: 'unchanged',
	reasonCode: 'suppressed',
	reason: 'This person was erased and is on the suppression list: nothing is written.',
} as const;

function rowsIn(parameter: unknown): SuppressedRow[] {
	return tableRowsOf(parameter, 'Suppression List', 'Suppressed')
		.filter(({ hash }) => Boolean(hash))
		.map(({ hash, secretId, addedAt }) => ({
			hash: String(hash),
			secretId: String(secretId ?? ''),
			addedAt: String(addedAt ?? ''),
		}));
}
