import { fingerprintOf } from '../../core/record/fingerprint';
import type { PipedriveRow } from './api';
import { contactDigest } from './contacts';
import type { Field } from './fields';
import { canonical, isEmpty, isEqualValue } from './fieldValues';
import type { Intent, WantedContact, WantedValue } from './intents';

/**
 * What we know about the last write of one record, small enough for one column of the id table.
 * Per field key the digest of what was sent; where Pipedrive answered with another spelling, `sent>answered`.
 * `key#` counts how often the same value was written in a row. `$at` is the ERP's changedAt of that write, `$v` its version.
 */
export type Digests = Record<string, string>;

/**
 * What to remember after the record was written or found equal. `answered` is Pipedrive's record as it is now;
 * fields that were left to a person keep what was remembered.
 */
export function digestsAfter(
	intent: Intent,
	answered: PipedriveRow,
	before: Digests | undefined,
	writtenKeys: ReadonlySet<string>,
): Digests {
	const digests: Digests = {};
	for (const { field, value } of intent.values) {
		const sent = digestOf(field, value);
		const current = valueIn(answered, field);
		const known = before?.[field.key];
		if (writtenKeys.has(field.key)) {
			const isSame = isEqualValue(field, current, value);
			digests[field.key] = isSame ? sent : `${sent}>${digestOf(field, current)}`;
			const times = timesWritten({ field, value }, before ?? {}) + 1;
			if (times > 1) digests[`${field.key}#`] = String(times);
		} else {
			digests[field.key] = known?.split('>')[0] === sent ? known : sent;
		}
	}
	for (const contact of intent.contacts) {
		digests[slotKey(contact)] = contactDigest(contact.kind, contact.value);
	}
	if (intent.erp.changedAt) digests.$at = intent.erp.changedAt;
	else if (before?.$at) digests.$at = before.$at;
	digests.$v = intent.erp.version;
	return digests;
}

/** How often this very value was written in a row. */
export function timesWritten(
	{ field, value }: Pick<WantedValue, 'field' | 'value'>,
	known: Digests,
): number {
	if (known[field.key]?.split('>')[0] !== digestOf(field, value)) return 0;
	return Number(known[`${field.key}#`] ?? 1);
}

export function digestOf(field: Field, value: unknown): string {
	return isEmpty(value) ? '' : fingerprintOf(canonical(field, value)).slice(0, 8);
}

export function slotKey(contact: WantedContact): string {
	return `${contact.field.key}.${contact.slot}`;
}

export function valueIn(row: PipedriveRow, field: Field): unknown {
	return field.isCustom ? row.custom_fields?.[field.key] : row[field.key];
}

/** Strictly older, compared only as precisely as the coarser of the two is. */
export function isOlder(changedAt: string, than: string | undefined): boolean {
	if (!changedAt || !than) return false;
	const length = Math.min(changedAt.length, than.length);
	return changedAt.slice(0, length) < than.slice(0, length);
}
