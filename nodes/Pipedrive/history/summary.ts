import { sumOf } from './amounts';
import { blockLines, isOurs, MOST_NOTE_BYTES, withBlock } from './block';
import {
	byNewest,
	kindLabel,
	kindOf,
	money,
	paidState,
	tidied,
	type HistoryDocument,
} from './documents';
import { escapeHtml } from './html';
import { decodeCell, encodeCell, SUMMARY_HEADING } from './marker';

/** Rolling: what is older makes room. */
export const MOST_DOCUMENTS = 20;

export interface Summary {
	/** The whole note. */
	html: string;
	/** Whether the note has to be written. */
	changed: boolean;
	/** What the note shows afterwards, newest first. */
	documents: HistoryDocument[];
	changes: DocumentChange[];
}

export interface DocumentChange {
	before?: HistoryDocument;
	after?: HistoryDocument;
}

/**
 * Merges documents into the customer's summary note. What the note already shows is read back from it, so it needs no
 * other memory. A cancelled document changes its line and never adds one. What a person edited in our part stays until a
 * document changes. Pure.
 *
 * @param externalId of the summary, see `summaryIdOf`
 */
export function mergeSummary(
	existingHtml: string | undefined,
	documents: readonly HistoryDocument[],
	externalId: string,
): Summary {
	const before = parseSummary(existingHtml ?? '', externalId);
	const rows = new Map(before.map((document) => [document.externalId, document]));
	for (const document of documents.map(tidied)) {
		if (document.isCancelled && !rows.has(document.externalId)) continue;
		rows.set(document.externalId, withKnown(document, rows.get(document.externalId)));
	}
	const newest = [...rows.values()].sort(byNewest).slice(0, MOST_DOCUMENTS);
	const { html, after } = fitting(existingHtml, newest, externalId);
	const changes = changesBetween(before, after);
	const isMissing = after.length > 0 && !isOurs(existingHtml ?? '', externalId);
	if (!isMissing && changes.length === 0) {
		return { html: existingHtml ?? '', changed: false, documents: before, changes };
	}
	return { html, changed: true, documents: after, changes };
}

/** A person's own text may leave room for fewer documents. */
function fitting(
	existingHtml: string | undefined,
	documents: HistoryDocument[],
	externalId: string,
): { html: string; after: HistoryDocument[] } {
	for (let count = documents.length; ; count--) {
		const after = documents.slice(0, count);
		const block = { heading: SUMMARY_HEADING, body: bodyOf(after), externalId };
		const html = withBlock(existingHtml, block);
		if (count <= 1 || Buffer.byteLength(html) <= MOST_NOTE_BYTES) return { html, after };
	}
}

/** A tombstone knows nothing but that the document is gone. */
function withKnown(document: HistoryDocument, before?: HistoryDocument): HistoryDocument {
	const isTombstone = document.isCancelled && document.number === '' && document.kind === '';
	return isTombstone && before ? { ...before, isCancelled: true } : document;
}

/** The documents that a note shows, as they stand there. */
export function parseSummary(html: string, externalId: string): HistoryDocument[] {
	const lines = blockLines(html, SUMMARY_HEADING, externalId) ?? [];
	const documents = lines.flatMap((line) => documentIn(line) ?? []);
	// A line that a person doubled counts once.
	return [...new Map(documents.reverse().map((one) => [one.externalId, one])).values()].reverse();
}

const SEPARATOR = ' | ';
const DUE = 'due ';
const OPEN = 'open ';

function lineOf(document: HistoryDocument): string {
	const { date, kind, number, total, currency, open, dueDate, externalId } = document;
	const cells = [date, kindLabel(kind), number, total, currency];
	const tail = [paidState(document), externalId];
	return [
		...cells.map(cellOf),
		OPEN + cellOf(open),
		DUE + cellOf(dueDate),
		...tail.map(cellOf),
	].join(SEPARATOR);
}

/** An empty cell would be lost among the blanks around it. */
const NOTHING = '–';

function cellOf(text: string): string {
	if (text === '') return NOTHING;
	return text === NOTHING ? '%E2%80%93' : encodeCell(text);
}

function documentIn(line: string): HistoryDocument | undefined {
	const cells = line.split(SEPARATOR);
	if (cells.length !== 9) return undefined;
	if (!cells[5].startsWith(OPEN) || !cells[6].startsWith(DUE)) return undefined;
	cells[5] = cells[5].slice(OPEN.length);
	cells[6] = cells[6].slice(DUE.length);
	const values = cells.map((cell) => (cell === NOTHING ? '' : decodeCell(cell)));
	const [date, kind, number, total, currency, open, dueDate, state, externalId] = values;
	if (externalId === '') return undefined;
	const isCancelled = state === 'cancelled';
	return tidied({
		...{ externalId, kind: kindOf(kind), number, date, dueDate },
		...{ total, open, currency, isCancelled },
	});
}

function bodyOf(documents: readonly HistoryDocument[]): string {
	const item = (text: string) => `<li>${escapeHtml(text)}</li>`;
	const rows = documents.map((document) => item(lineOf(document))).join('');
	return `<ul>${rows}</ul>${totalsOf(documents)
		.map((line) => `${escapeHtml(line)}<br>`)
		.join('')}`;
}

/** One line per kind and currency; cancelled documents count nothing. */
function totalsOf(documents: readonly HistoryDocument[]): string[] {
	const groups = new Map<string, HistoryDocument[]>();
	for (const document of documents) {
		if (document.isCancelled) continue;
		const key = JSON.stringify([document.kind, document.currency]);
		groups.set(key, [...(groups.get(key) ?? []), document]);
	}
	return [...groups.values()].map((group) => {
		const [{ kind, currency }] = group;
		const sum = money(sumOf(group.map(({ total }) => total)), currency);
		const open = money(sumOf(group.map((one) => one.open)), currency);
		return `Total ${[kindLabel(kind), `(${group.length})`].map(encodeCell).join(' ')}: ${encodeCell(sum)}, open ${encodeCell(open)}`;
	});
}

function changesBetween(
	before: readonly HistoryDocument[],
	after: readonly HistoryDocument[],
): DocumentChange[] {
	const old = new Map(before.map((document) => [document.externalId, document]));
	const left = new Set(after.map(({ externalId }) => externalId));
	return [
		...after.flatMap((document) => {
			const known = old.get(document.externalId);
			if (known && lineOf(known) === lineOf(document)) return [];
			return [{ ...(known ? { before: known } : {}), after: document }];
		}),
		...before.filter(({ externalId }) => !left.has(externalId)).map((one) => ({ before: one })),
	];
}
