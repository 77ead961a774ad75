import { jsonOf } from '../../core/http/body';
import { asCoreError, type CoreError } from '../../core/http/errors';
import { allOf, anyOf } from '../../core/odata/query';
import { quoted } from '../../core/odata/literals';
import { isCancelled } from './documentState';
import { numberOf, rowsIn, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** What can follow an order, with the number by which a line's `BaseType` names it (`BoAPARDocumentTypes`). */
export const LINKED_SETS = {
	CreditNotes: 14,
	DeliveryNotes: 15,
	Invoices: 13,
	Returns: 16,
} as const;
export type LinkedSet = keyof typeof LINKED_SETS;
export const ORDER_TYPE = 17;

/** `rows`: only the lines that count, by `QueryService_PostQuery`. `customer`: whole documents of the customers. */
export type LinkedReading = 'rows' | 'customer';

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

/** The orders at hand: where to look where lines cannot be asked for. */
export interface LinkedScope {
	cardCodes: readonly string[];
	/** The day the first of them was created: nothing that follows is older. */
	from: string;
}

const HEADER_FIELDS = [
	'DocEntry',
	'DocDate',
	'DiscountPercent',
	'Cancelled',
	'CancelStatus',
	'ReserveInvoice',
];
const LINE_FIELDS = [
	'LineNum',
	'BaseType',
	'BaseEntry',
	'BaseLine',
	'LineTotal',
	'RowTotalFC',
	'WithoutInventoryMovement',
];
const ENTRIES_PER_REQUEST = 100;
const KEYS_PER_REQUEST = 40;
const CUSTOMERS_PER_REQUEST = 20;

/** When servers that cannot join rows said so, by root. Asked again after an hour. */
const withoutRows = new Map<string, number>();
const ASK_AGAIN_MS = 60 * 60 * 1000;

/** Lines of documents that follow others. One object serves one page of orders. */
export class LinkedLines {
	private readonly whole = new Map<LinkedSet, Promise<LinkedLine[]>>();

	constructor(
		private readonly service: ServiceLayer,
		private readonly reading: LinkedReading,
		private readonly scope: LinkedScope = { cardCodes: [], from: '' },
	) {}

	/** Lines that are based on one of these, without documents that are cancelled or that cancel another. */
	async basedOn(set: LinkedSet, bases: readonly Base[]): Promise<LinkedLine[]> {
		const asked = bases.filter(({ entries }) => entries.length > 0);
		if (asked.length === 0) return [];
		const lines = await this.byRows(set, basePieces(asked), (piece) => baseFilter(set, piece));
		return (lines ?? (await this.ofCustomers(set)))
			.filter(({ header }) => !isCancelled(header))
			.filter(({ line }) => asked.some((base) => isBasedOn(line, base)));
	}

	/** Every line of these documents. */
	async linesOf(set: LinkedSet, entries: readonly string[]): Promise<LinkedLine[]> {
		const pieces = chunks(entries, ENTRIES_PER_REQUEST);
		const lines = await this.byRows(set, pieces, (piece) => anyOf(`${set}/DocEntry`, piece));
		if (lines) return lines;
		const whole: LinkedLine[] = [];
		for (const piece of chunks(entries, KEYS_PER_REQUEST)) {
			whole.push(...(await this.wholeDocuments(set, anyOf('DocEntry', piece))));
		}
		return whole;
	}

	/** `undefined` where this server, or the setting, does not join rows. */
	private async byRows<T>(
		set: LinkedSet,
		pieces: readonly T[],
		filterOf: (piece: T) => string,
	): Promise<LinkedLine[] | undefined> {
		const { root } = this.service.connection;
		const refusedAt = withoutRows.get(root) ?? -Infinity;
		const isRefused = this.service.ports.now() - refusedAt < ASK_AGAIN_MS;
		if (this.reading !== 'rows' || isRefused) return undefined;
		const lines: LinkedLine[] = [];
		for (const piece of pieces) {
			const rows = await this.joined(set, filterOf(piece));
			if (!rows) return undefined;
			lines.push(...rows);
		}
		return lines;
	}

	private async joined(set: LinkedSet, filter: string): Promise<LinkedLine[] | undefined> {
		const lines = `${set}/DocumentLines`;
		const expand = `${set}($select=${HEADER_FIELDS.join(',')}),${lines}($select=${LINE_FIELDS.join(',')})`;
		const join = `${set}/DocEntry eq ${lines}/DocEntry`;
		const json = {
			QueryPath: `$crossjoin(${set},${lines})`,
			QueryOption: `$expand=${expand}&$filter=${join} and ${filter}`,
		};
		try {
			const response = await this.service.send({
				method: 'POST',
				path: 'QueryService_PostQuery',
				// Without an order pages could lose rows: all in one.
				headers: { prefer: 'odata.maxpagesize=0' },
				json,
				repeatable: true,
			});
			const body = jsonOf(response, `the lines of ${set}`) as Row | null;
			const isCut = ['@odata.nextLink', 'odata.nextLink'].some((name) => body?.[name]);
			if (!Array.isArray(body?.value) || isCut) return this.notServed();
			return (body.value as Row[]).map((row) => {
				const header = (row[set] ?? {}) as Row;
				return { set, entry: text(header, 'DocEntry'), header, line: (row[lines] ?? {}) as Row };
			});
		} catch (caught) {
			const error = asCoreError(caught);
			if (error.kind === 'forbidden') return undefined;
			if (!isNotServed(error)) throw error;
			return this.notServed();
		}
	}

	private notServed(): undefined {
		withoutRows.set(this.service.connection.root, this.service.ports.now());
	}

	private async ofCustomers(set: LinkedSet): Promise<LinkedLine[]> {
		const known = this.whole.get(set) ?? this.readCustomers(set);
		this.whole.set(set, known);
		return await known;
	}

	private async readCustomers(set: LinkedSet): Promise<LinkedLine[]> {
		const { cardCodes, from } = this.scope;
		const lines: LinkedLine[] = [];
		for (const piece of chunks(cardCodes, CUSTOMERS_PER_REQUEST)) {
			const since = from === '' ? undefined : `CreationDate ge ${quoted(from)}`;
			const filter = allOf(anyOf('CardCode', piece.map(quoted)), since) ?? '';
			lines.push(...(await this.wholeDocuments(set, filter)));
		}
		return lines;
	}

	private async wholeDocuments(set: LinkedSet, filter: string): Promise<LinkedLine[]> {
		const select = [...HEADER_FIELDS, 'DocumentLines'];
		const query = { select, filter, orderBy: ['DocEntry'], pageSize: KEYS_PER_REQUEST };
		const lines: LinkedLine[] = [];
		for await (const page of this.service.pages(set, query)) {
			for (const { DocumentLines, ...header } of page.rows) {
				const entry = text(header, 'DocEntry');
				const own = rowsIn({ DocumentLines }, 'DocumentLines');
				lines.push(...own.map((line) => ({ set, entry, header, line })));
			}
		}
		return lines;
	}
}

/** Older servers, and some databases, answer a join of rows with one of these. */
function isNotServed({ status }: CoreError): boolean {
	return status !== undefined && [400, 404, 405, 500, 501].includes(status);
}

/** One request where they are few. */
function basePieces(bases: readonly Base[]): Base[][] {
	const count = bases.reduce((sum, { entries }) => sum + entries.length, 0);
	if (count <= ENTRIES_PER_REQUEST) return [[...bases]];
	return bases.flatMap(({ type, entries }) =>
		chunks(entries, ENTRIES_PER_REQUEST).map((piece) => [{ type, entries: piece }]),
	);
}

function baseFilter(set: LinkedSet, bases: readonly Base[]): string {
	const lines = `${set}/DocumentLines`;
	const terms = bases.map(
		({ type, entries }) =>
			`(${lines}/BaseType eq ${type} and ${anyOf(`${lines}/BaseEntry`, entries)})`,
	);
	return terms.length === 1 ? terms[0] : `(${terms.join(' or ')})`;
}

function isBasedOn(line: Row, { type, entries }: Base): boolean {
	return numberOf(line, 'BaseType') === type && entries.includes(text(line, 'BaseEntry'));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
	const pieces: T[][] = [];
	for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
	return pieces;
}
