import { canonicalJson, fingerprintOf } from '../../../core/record/fingerprint';
import type { Digests } from '../digests';
import type { FieldChange } from '../draft';
import { byNewest, money, paidState, tidied, titleOf, type HistoryDocument } from './documents';
import type { HistoryIntent, SummaryDocument, SummaryIntent } from './intents';
import { isKnown, isToWrite, partDigest, partsOf } from './parts';
import type { Body, HistoryRow } from './records';
import { mergeSummary, MOST_DOCUMENTS, parseSummary, type DocumentChange } from './summary';

/** What has to be sent so that a note or an activity says what the ERP says. */
export interface Draft {
	/** Empty when nothing has to be sent. */
	body: Body;
	changes: FieldChange[];
	/** What to remember once Pipedrive shows `row`. */
	digests(row: HistoryRow): Digests;
}

/**
 * Pure.
 *
 * @param row absent for a record that has to be created
 * @param twins of the same record: a summary takes over the documents that only they show
 */
export function draftOf(
	intent: HistoryIntent,
	row: HistoryRow | undefined,
	known: Digests,
	twins: readonly HistoryRow[] = [],
): Draft {
	const parts = partsOf(intent, known);
	const written = parts.filter((part) => row === undefined || isToWrite(part, row, known));
	const body: Body = {};
	for (const part of written) part.write(body, row);
	const changes = written.map((part) => ({
		field: part.label,
		from: (row && part.read(row)) || null,
		to: part.wanted,
	}));
	const summary = intent.documents ? summaryDraft(intent, row, known, twins) : undefined;
	if (summary?.html !== undefined) body.content = summary.html;
	return {
		body,
		changes: [...changes, ...(summary?.changes ?? [])].map(shortened),
		digests: (answered) =>
			withMoments(intent, known, {
				...Object.fromEntries(
					parts.map((part) => [
						part.key,
						partDigest(part, answered, known, written.includes(part)),
					]),
				),
				...summary?.digests,
			}),
	};
}

/** Whether everything that the ERP wants was written or found before; then nothing has to be read. */
export function isAllKnown(intent: HistoryIntent, known: Digests): boolean {
	if (!partsOf(intent, known).every((part) => isKnown(part, known))) return false;
	return !intent.documents || news(intent, known).length === 0;
}

const OLDEST = '$oldest';
const keyOf = ({ externalId }: HistoryDocument) => `d.${fingerprintOf(externalId).slice(0, 8)}`;
const digestOf = (document: HistoryDocument) => fingerprintOf(tidied(document)).slice(0, 8);

/** Documents of a batch that the note may have to show differently. */
function news({ documents }: SummaryIntent, known: Digests): SummaryDocument[] {
	return documents.filter((document) => {
		const before = known[keyOf(document)];
		if (before !== undefined) {
			const [digest, readAt] = before.split('@');
			const isOlder = document.readAt !== '' && readAt !== '' && document.readAt < readAt;
			return digest !== digestOf(document) && !isOlder;
		}
		if (known.$documents === undefined) return true;
		// The note is full of newer ones, or never showed what is now cancelled.
		return !document.isCancelled && !(known[OLDEST] && document.date < known[OLDEST]);
	});
}

function summaryDraft(
	intent: SummaryIntent,
	row: HistoryRow | undefined,
	known: Digests,
	twins: readonly HistoryRow[],
) {
	const { externalId } = intent;
	const shown = new Set(parseSummary(row?.html ?? '', externalId).map(keyOf));
	const missing = twins
		.flatMap(({ html }) => parseSummary(html, externalId))
		.filter((document) => !shown.has(keyOf(document)));
	const merged = mergeSummary(row?.html, [...missing, ...news(intent, known)], externalId);
	return {
		html: merged.changed ? merged.html : undefined,
		changes: merged.changes.map(documentChange),
		digests: summaryDigests(merged.documents, intent, known),
	};
}

/** One entry per document that the note shows: `digest@readAt`. */
function summaryDigests(
	shown: readonly HistoryDocument[],
	{ documents }: SummaryIntent,
	known: Digests,
): Digests {
	const readAt = new Map(documents.map((one) => [`${keyOf(one)}${digestOf(one)}`, one.readAt]));
	const digests: Digests = { $documents: String(shown.length) };
	for (const document of shown) {
		const key = keyOf(document);
		const digest = digestOf(document);
		const before = known[key]?.split('@');
		const at = before?.[0] === digest ? before[1] : readAt.get(`${key}${digest}`);
		digests[key] = `${digest}@${at ?? before?.[1] ?? ''}`;
	}
	if (shown.length >= MOST_DOCUMENTS) {
		digests[OLDEST] = [...shown].sort(byNewest)[shown.length - 1].date;
	}
	return digests;
}

function documentChange({ before, after }: DocumentChange): FieldChange {
	return {
		field: titleOf((after ?? before)!) || (after ?? before)!.externalId,
		from: before ? inWords(before) : null,
		to: after ? inWords(after) : null,
	};
}

function inWords(document: HistoryDocument): string {
	const { total, open, currency } = document;
	return `${paidState(document)}, ${money(total, currency)}, open ${money(open, currency)}`;
}

const LONGEST_CHANGE = 500;

function shortened({ field, from, to }: FieldChange): FieldChange {
	const cut = (value: unknown) =>
		typeof value === 'string' && value.length > LONGEST_CHANGE
			? `${value.slice(0, LONGEST_CHANGE)}…`
			: value;
	return { field, from: cut(from), to: cut(to) };
}

/** `$at`, `$read` and `$v` as for every other record, see `Digests`. */
function withMoments({ erp }: HistoryIntent, before: Digests, digests: Digests): Digests {
	const at = erp.changedAt || before.$at;
	const now: Digests = { ...digests, ...(at ? { $at: at } : {}), $v: erp.version };
	const { $read, ...others } = before;
	const isNews = canonicalJson(others) !== canonicalJson(now);
	const read = isNews || !$read ? erp.readAt : $read;
	return read ? { ...now, $read: read } : now;
}
