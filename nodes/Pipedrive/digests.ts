import type { ErpIdentity } from '../../core/record/erpRecord';
import { canonicalJson, fingerprintOf } from '../../core/record/fingerprint';
import type { PipedriveRow } from './api';
import { contactDigest, contactEntries } from './contacts';
import { isBlockedPerson } from './blockedPersons';
import { SYNC_TIME } from './fieldMap';
import type { Field } from './fields';
import { canonical, isEmpty, isEqualValue } from './fieldValues';
import { nameKey } from './matchKeys';
import type { Intent, WantedContact, WantedValue } from './intents';

/**
 * What we know about the last write of one record, small enough for one column of the id table.
 * Per field key the digest of what was sent; where Pipedrive answered with another spelling, `sent>answered`.
 * `key#` counts how often the same value was written in a row. `$at` is the ERP's changedAt of that write, `$read` when the ERP was read, `$v` its version,
 * `$blocked` when we first read that it blocked this person.
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
	for (const { field, value, source } of intent.values) {
		// Each reading would look like news.
		if (source === SYNC_TIME) continue;
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
	if (isBlockedPerson(intent)) digests.$blocked = before?.$blocked ?? intent.erp.readAt;
	for (const key of PARTS) if (before?.[key] !== undefined) digests[key] = before[key];
	return withReadTime(digests, intent.erp.readAt, before);
}

/** What other parts of the node remember about the record, such as the lines of a deal. */
const PARTS = ['$lines', '$products', '$each'];

/** On another record than before: which lines it has is not known, only which were written once. */
export function digestsElsewhere(digests: Digests): Digests {
	const gone = ['$lines', '$products'];
	return Object.fromEntries(Object.entries(digests).filter(([key]) => !gone.includes(key)));
}

/** Reading the same again is no news that would be worth a new row of the id table. */
function withReadTime(digests: Digests, readAt: string, before: Digests | undefined): Digests {
	const { $read, ...others } = before ?? {};
	const isNews = canonicalJson(others) !== canonicalJson(digests);
	const read = isNews || !$read ? readAt : $read;
	return read ? { ...digests, $read: read } : digests;
}

/** What to remember of a record that was not created because the ERP says that it is gone or blocked. */
export function digestsOfAbsence(erp: ErpIdentity, before: Digests | undefined): Digests {
	const digests: Digests = { $v: erp.version };
	if (erp.changedAt) digests.$at = erp.changedAt;
	return withReadTime(digests, erp.readAt, before);
}

/** The same where the user maps the fields. */
const IDENTIFYING_FIELDS: ReadonlySet<string> = new Set([
	'name',
	'title',
	'address',
	'website',
	'code',
]);

/** Values that tell records apart; half of all deals are open and in one currency. */
const IDENTIFYING =
	/\.(name|email|phone|mobile|website|taxNumber|billingAddress|shippingAddress|title|number|code)$/;

/** Whether a record that is remembered for this one shows its name, or an identifying value as it was written last. */
export function isRecognised(
	intent: Pick<Intent, 'name' | 'values' | 'contacts'>,
	row: PipedriveRow,
	known: Digests,
): boolean {
	const name = nameKey(intent.name);
	if (name !== '' && name === nameKey(row.name ?? '')) return true;
	const isWritten = (key: string, digest: string) =>
		digest !== '' && known[key] !== undefined && known[key].split('>').includes(digest);
	return (
		intent.values.some(
			({ field, source }) =>
				(IDENTIFYING.test(source) || IDENTIFYING_FIELDS.has(field.key)) &&
				isWritten(field.key, digestOf(field, valueIn(row, field))),
		) ||
		intent.contacts.some((contact) =>
			contactEntries(row[contact.field.key]).some(({ value }) =>
				isWritten(slotKey(contact), contactDigest(contact.kind, value)),
			),
		)
	);
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

/**
 * Older than what was written: by the ERP's date, compared only as precisely as the coarser of the two is, and where
 * that is the same by the time of reading (an address changes without touching the date). What was read later is never
 * older: its date was corrected in the ERP, or belongs to another company of the same person.
 */
export function isOlder(
	{ changedAt, readAt }: Pick<ErpIdentity, 'changedAt' | 'readAt'>,
	{ $at, $read }: Digests,
): boolean {
	// A tombstone has no date.
	if (!changedAt || !$at) return Boolean(readAt && $read && readAt < $read);
	const length = Math.min(changedAt.length, $at.length);
	const [mine, written] = [changedAt.slice(0, length), $at.slice(0, length)];
	if (!readAt || !$read) return mine < written;
	return (mine <= written && readAt < $read) || (mine < written && readAt === $read);
}
