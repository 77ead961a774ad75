import type { ErpDocument } from '../../../core/record/erpRecord';
import { isSameAmount, isZero } from './amounts';

/** An ERP document as one line of the history. */
export interface HistoryDocument {
	externalId: string;
	/** `invoice`, `creditNote`, `debitNote`, `payment`, or the ERP's own word. */
	kind: string;
	number: string;
	/** ISO dates, or as the ERP words them. */
	date: string;
	dueDate: string;
	/** Decimal texts. */
	total: string;
	open: string;
	currency: string;
	isCancelled: boolean;
}

export type PaidState = 'open' | 'partly paid' | 'paid' | 'cancelled';

const KIND_LABELS: Readonly<Record<string, string>> = {
	invoice: 'Invoice',
	creditNote: 'Credit note',
	debitNote: 'Debit note',
	payment: 'Payment',
	order: 'Order',
	delivery: 'Delivery',
	quotation: 'Quotation',
};
const KINDS_BY_LABEL = new Map(
	Object.entries(KIND_LABELS).map(([kind, label]) => [label.toLowerCase(), kind]),
);

const LONGEST_CELL = 100;

/** The document as the history keeps it: one line per value, nothing longer than 100 characters. */
export function historyDocumentOf(
	externalId: string,
	document: ErpDocument,
	isCancelled: boolean,
): HistoryDocument {
	return tidied({
		...document,
		externalId,
		isCancelled: isCancelled || document.state === 'cancelled',
	});
}

/** Doing it twice changes nothing. */
export function tidied(document: HistoryDocument): HistoryDocument {
	return {
		externalId: document.externalId,
		kind: kindOf(oneLine(document.kind)),
		number: oneLine(document.number),
		date: oneLine(document.date),
		dueDate: oneLine(document.dueDate),
		total: oneLine(document.total),
		open: oneLine(document.open),
		currency: oneLine(document.currency),
		isCancelled: document.isCancelled,
	};
}

function oneLine(value: unknown): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
	const clean = text.replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
	return clean
		.slice(0, LONGEST_CELL)
		.replace(/\p{Cs}/gu, '')
		.trim();
}

export function kindLabel(kind: string): string {
	return Object.hasOwn(KIND_LABELS, kind) ? KIND_LABELS[kind] : kind;
}

export function kindOf(label: string): string {
	return KINDS_BY_LABEL.get(label.toLowerCase()) ?? label;
}

/** A payment or credit note that is used up is paid, too. */
export function paidState({ isCancelled, total, open }: HistoryDocument): PaidState {
	if (isCancelled) return 'cancelled';
	if (isZero(open)) return 'paid';
	return open === '' || isSameAmount(open, total) ? 'open' : 'partly paid';
}

/** `Invoice 4711` */
export function titleOf({ kind, number }: HistoryDocument): string {
	return [kindLabel(kind), number].filter((part) => part !== '').join(' ');
}

/** `1200.00 EUR` */
export function money(amount: string, currency: string): string {
	return [amount, currency].filter((part) => part !== '').join(' ');
}

/** For people, one fact a line. */
export function describe(document: HistoryDocument): string {
	const { date, dueDate, total, open, currency } = document;
	return [
		`${titleOf(document)}: ${paidState(document)}`,
		date && `Date: ${date}`,
		dueDate && `Due: ${dueDate}`,
		total && `Total: ${money(total, currency)}`,
		open && `Open: ${money(open, currency)}`,
	]
		.filter((line) => line !== '')
		.join('\n');
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Newest first; of one day the higher number first. */
export function byNewest(a: HistoryDocument, b: HistoryDocument): number {
	return compareText(b.date, a.date) || compareIds(b.externalId, a.externalId);
}

function compareIds(a: string, b: string): number {
	return COLLATOR.compare(a, b) || compareText(a, b);
}

function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
