import { numberKey } from './keyset';
import { numberOf, text, type Row } from './rows';

/** What can follow an order, with the number by which a line's `BaseType` names it (`BoAPARDocumentTypes`). */
export const LINKED_SETS = {
	CreditNotes: 14,
	DeliveryNotes: 15,
	Invoices: 13,
	Returns: 16,
} as const;
export type LinkedSet = keyof typeof LINKED_SETS;
export const ORDER_TYPE = 17;

export interface LinkedLine {
	set: LinkedSet;
	entry: string;
	header: Row;
	line: Row;
}

/** Documents that lines are based on. */
export interface Base {
	type: number;
	entries: readonly string[];
}

export const HEADER_FIELDS = [
	'DocEntry',
	'DocDate',
	'DiscountPercent',
	'Cancelled',
	'CancelStatus',
	'ReserveInvoice',
];
export const LINE_FIELDS = [
	'LineNum',
	'BaseType',
	'BaseEntry',
	'BaseLine',
	'LineTotal',
	'RowTotalFC',
	'WithoutInventoryMovement',
];
const ALL_FIELDS = new Set([...HEADER_FIELDS, ...LINE_FIELDS]);

/** Fields that older servers lack. */
export const OPTIONAL_FIELDS: readonly string[] = ['CancelStatus'];

/** A row of a join; `undefined` where it is not certain what it says. */
export function joinedLine(set: LinkedSet, row: unknown): LinkedLine | undefined {
	if (!isRow(row)) return undefined;
	const [header, line] = [row[set], row[`${set}/DocumentLines`] ?? row.DocumentLines];
	if (isRow(header) && isRow(line)) return checkedLine(set, header, line);
	const names = Object.keys(row).filter((name) => !/odata\./.test(name));
	const isFlat = names.every((name) => ALL_FIELDS.has(name)) && names.includes('DocDate');
	return isFlat ? checkedLine(set, row, row) : undefined;
}

/** `undefined` where the line does not say what it is based on: it must not look as if it counted nothing. */
export function checkedLine(set: LinkedSet, header: Row, line: Row): LinkedLine | undefined {
	const entry = numberKey(text(header, 'DocEntry'));
	const [type, base] = [numberOf(line, 'BaseType'), text(line, 'BaseEntry')];
	const isFree = base === '' && text(line, 'BaseType') === '';
	const isPlaced = base === '' || numberOf(line, 'BaseLine') !== undefined;
	const isBased = isFree || (type !== undefined && isPlaced);
	const isKnown = entry !== undefined && numberOf(line, 'LineNum') !== undefined;
	return isKnown && isBased ? { set, entry, header, line } : undefined;
}

export function isBasedOn(line: Row, { type, entries }: Base): boolean {
	return numberOf(line, 'BaseType') === type && entries.includes(text(line, 'BaseEntry'));
}

/** Names a line among all. */
export function lineName({ set, entry, line }: LinkedLine): string {
	return `${LINKED_SETS[set]}|${entry}|${text(line, 'LineNum')}`;
}

/** Each line once: a row that comes twice must not count twice. */
export function distinct(lines: readonly LinkedLine[]): LinkedLine[] {
	return [...new Map(lines.map((line) => [lineName(line), line])).values()];
}

function isRow(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
