import { jsonOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import { allOf, anyOf } from '../../core/odata/query';
import { isCancelled } from './documentState';
import { isUnserved, JoinRefusals } from './joinRefusals';
import { numberKey } from './keyset';
import {
	checkedLine,
	distinct,
	HEADER_FIELDS,
	isBasedOn,
	joinedLine,
	LINE_FIELDS,
	OPTIONAL_FIELDS,
	type Base,
	type LinkedLine,
	type LinkedSet,
} from './linkedRow';
import { unknownPropertyIn } from './refusal';
import { rowsIn, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** `rows`: only the lines that count, by `QueryService_PostQuery`. `customer`: whole documents of the customers. */
export type LinkedReading = 'rows' | 'customer';

/** The orders at hand: where to look where lines cannot be asked for. */
export interface LinkedScope {
	cardCodes: readonly string[];
	/** The day the first of them was created: nothing that follows is older. */
	from: string;
}

export interface LinkedRead {
	lines: LinkedLine[];
	/** Where whole documents were read: the customers with too many of them, whose lines are not among these. */
	tooMany?: ReadonlySet<string>;
}

const ENTRIES_PER_REQUEST = 100;
const KEYS_PER_REQUEST = 40;
const CUSTOMERS_PER_REQUEST = 20;
/** Documents of one kind and customer: five requests. */
export const MOST_DOCUMENTS = 200;
/** Of so many customers and kinds the lines are kept for the pages to come. */
const MOST_KEPT = 400;

/** `lines` absent: too many documents. */
interface CustomerLines {
	from: string;
	lines?: LinkedLine[];
}

/** Lines of documents that follow others. One object serves one poll. */
export class LinkedLines {
	private readonly customers = new Map<string, CustomerLines>();
	private readonly absent = new Set<string>();
	private readonly refusals: JoinRefusals;

	constructor(
		private readonly service: ServiceLayer,
		private readonly reading: LinkedReading,
	) {
		this.refusals = new JoinRefusals(service.connection);
	}

	/** Lines that are based on one of these, without documents that are cancelled or that cancel another. */
	async basedOn(set: LinkedSet, bases: readonly Base[], scope: LinkedScope): Promise<LinkedRead> {
		const asked = bases
			.map(({ type, entries }) => ({ type, entries: keysIn(entries) }))
			.filter(({ entries }) => entries.length > 0);
		if (asked.length === 0) return { lines: [] };
		const isAsked = ({ line }: LinkedLine) => asked.some((base) => isBasedOn(line, base));
		const joined = await this.byRows(
			set,
			basePieces(asked).map((piece) => baseFilter(set, piece)),
			isAsked,
		);
		const read = joined ? { lines: joined } : await this.ofCustomers(set, scope);
		const lines = read.lines.filter((line) => !isCancelled(line.header) && isAsked(line));
		return { ...read, lines: distinct(lines) };
	}

	/** Every line of these documents. */
	async linesOf(set: LinkedSet, wanted: readonly string[]): Promise<LinkedLine[]> {
		const entries = keysIn(wanted);
		const isAsked = ({ entry }: LinkedLine) => entries.includes(entry);
		const filters = chunks(entries, ENTRIES_PER_REQUEST).map((piece) =>
			anyOf(`${set}/DocEntry`, piece),
		);
		const joined = await this.byRows(set, filters, isAsked);
		if (joined) return distinct(joined);
		const whole: LinkedLine[] = [];
		for (const piece of chunks(entries, KEYS_PER_REQUEST)) {
			for await (const { lines } of this.wholeDocuments(set, () => anyOf('DocEntry', piece))) {
				whole.push(...lines.filter(isAsked));
			}
		}
		return distinct(whole);
	}

	/** `undefined` where this server, or the setting, does not join rows. */
	private async byRows(
		set: LinkedSet,
		filters: readonly string[],
		isAsked: (line: LinkedLine) => boolean,
	): Promise<LinkedLine[] | undefined> {
		const now = this.service.ports.now();
		if (this.reading !== 'rows' || this.refusals.has(set, now)) return undefined;
		const all: LinkedLine[] = [];
		for (const filter of filters) {
			const lines = await this.joined(set, filter);
			if (!lines?.every(isAsked)) {
				// An answer of another form; what was refused is noted already.
				if (lines) this.refusals.forGood(set, now);
				return undefined;
			}
			if (lines.length > 0) this.refusals.served();
			all.push(...lines);
		}
		return all;
	}

	private async joined(set: LinkedSet, filter: string): Promise<LinkedLine[] | undefined> {
		const now = this.service.ports.now();
		try {
			const response = await this.leavingOut(
				async () =>
					await this.service.send({
						method: 'POST',
						path: 'QueryService_PostQuery',
						// Without an order pages could lose rows: all in one.
						headers: { prefer: 'odata.maxpagesize=0' },
						json: this.join(set, filter),
						repeatable: true,
					}),
			);
			const body = jsonOf(response, `the lines of ${set}`) as Row | null;
			const isCut = ['@odata.nextLink', 'odata.nextLink'].some((name) => body?.[name]);
			const rows = Array.isArray(body?.value) ? (body.value as unknown[]) : [undefined];
			const lines = rows.flatMap((row) => joinedLine(set, row) ?? []);
			if (!isCut && lines.length === rows.length) return lines;
			this.refusals.forGood(set, now);
		} catch (caught) {
			const error = asCoreError(caught);
			if (isUnserved(error)) this.refusals.forGood(set, now);
			else if (error.kind === 'forbidden' || error.status === 500) this.refusals.forNow(set);
			else throw error;
		}
		return undefined;
	}

	private join(set: LinkedSet, filter: string) {
		const lines = `${set}/DocumentLines`;
		const header = this.present(HEADER_FIELDS).join(',');
		const expand = `${set}($select=${header}),${lines}($select=${LINE_FIELDS.join(',')})`;
		const join = `${set}/DocEntry eq ${lines}/DocEntry`;
		return {
			QueryPath: `$crossjoin(${set},${lines})`,
			QueryOption: `$expand=${expand}&$filter=${join} and (${filter})`,
		};
	}

	private async ofCustomers(
		set: LinkedSet,
		{ cardCodes, from }: LinkedScope,
	): Promise<Required<LinkedRead>> {
		const read = new Map<string, LinkedLine[] | undefined>();
		for (const card of cardCodes) {
			const kept = this.customers.get(`${set}|${card}`);
			if (kept && kept.from <= from) read.set(card, kept.lines);
		}
		const news = cardCodes.filter((card) => !read.has(card));
		for (const piece of chunks(news, CUSTOMERS_PER_REQUEST)) {
			for (const [card, lines] of await this.readCustomers(set, piece, from)) {
				read.set(card, lines);
				this.keep(`${set}|${card}`, { from, lines });
			}
		}
		const tooMany = new Set([...read].filter(([, lines]) => !lines).map(([card]) => card));
		return { lines: [...read.values()].flatMap((lines) => lines ?? []), tooMany };
	}

	private keep(name: string, lines: CustomerLines): void {
		this.customers.delete(name);
		this.customers.set(name, lines);
		const [oldest] = this.customers.keys();
		if (this.customers.size > MOST_KEPT) this.customers.delete(oldest);
	}

	/** A customer with too many documents is left behind, and the others are read on. */
	private async readCustomers(
		set: LinkedSet,
		cardCodes: readonly string[],
		from: string,
	): Promise<Map<string, LinkedLine[] | undefined>> {
		const read = new Map<string, LinkedLine[] | undefined>(cardCodes.map((card) => [card, []]));
		const entries = new Map(cardCodes.map((card) => [card, new Set<string>()]));
		let rest = [...cardCodes];
		let behind = '';
		const filterOf = () =>
			allOf(
				anyOf('CardCode', rest.map(quoted)),
				// No server compares with an empty date.
				`(CreationDate ge ${quoted(from)} or DocDate ge ${quoted(from)})`,
				behind === '' ? undefined : `DocEntry gt ${behind}`,
			)!;
		const isOver = (card: string) => entries.get(card)!.size > MOST_DOCUMENTS;
		for (let isEnd = false; !isEnd && rest.length > 0; rest = rest.filter((one) => !isOver(one))) {
			isEnd = true;
			for await (const { documents, lines } of this.wholeDocuments(set, filterOf)) {
				for (const document of documents) {
					const card = text(document, 'CardCode');
					behind = text(document, 'DocEntry');
					if (!rest.includes(card)) throw misunderstood(set, `customer "${card}"`);
					entries.get(card)!.add(behind);
				}
				for (const line of lines) read.get(text(line.header, 'CardCode'))!.push(line);
				isEnd = !rest.some(isOver);
				if (!isEnd) break;
			}
		}
		for (const card of cardCodes.filter(isOver)) read.set(card, undefined);
		return read;
	}

	/** Page by page; a field that this server lacks is left out. */
	private async *wholeDocuments(
		set: LinkedSet,
		filterOf: () => string,
	): AsyncGenerator<{ documents: Row[]; lines: LinkedLine[] }> {
		const pages = await this.leavingOut(async () => {
			const select = [...this.present(HEADER_FIELDS), 'CardCode', 'DocumentLines'];
			const query = { select, filter: filterOf(), orderBy: ['DocEntry'] };
			const rest = this.service.pages(set, { ...query, pageSize: KEYS_PER_REQUEST });
			return { first: await rest.next(), rest };
		});
		if (pages.first.done) return;
		const { first } = pages;
		yield {
			documents: first.value.rows,
			lines: first.value.rows.flatMap((row) => linesIn(set, row)),
		};
		for await (const { rows } of pages.rest) {
			yield { documents: rows, lines: rows.flatMap((row) => linesIn(set, row)) };
		}
	}

	private present(names: readonly string[]): string[] {
		return names.filter((name) => !this.absent.has(name));
	}

	private async leavingOut<T>(read: () => Promise<T>): Promise<T> {
		for (;;) {
			try {
				return await read();
			} catch (caught) {
				const error = asCoreError(caught);
				const name = unknownPropertyIn(error) ?? '';
				if (!OPTIONAL_FIELDS.includes(name) || this.absent.has(name)) throw error;
				this.absent.add(name);
			}
		}
	}
}

function linesIn(set: LinkedSet, { DocumentLines, ...header }: Row): LinkedLine[] {
	return rowsIn({ DocumentLines }, 'DocumentLines').map((line, index) => {
		const asked = Object.fromEntries(LINE_FIELDS.map((name) => [name, line[name]]));
		const linked = checkedLine(set, header, { ...asked, LineNum: line.LineNum ?? index });
		if (linked) return linked;
		throw misunderstood(set, `base "${text(line, 'BaseType')}" "${text(line, 'BaseEntry')}"`);
	});
}

function misunderstood(set: LinkedSet, found: string): CoreError {
	return new CoreError(
		'invalid',
		`SAP Business One answered ${set} with ${found}, which was not asked for.`,
	);
}

/** Normalised; what can be none is left out, for it would fail all that stand beside it. */
function keysIn(entries: readonly string[]): string[] {
	return [...new Set(entries.flatMap((entry) => numberKey(entry) ?? []))];
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

function chunks<T>(items: readonly T[], size: number): T[][] {
	const pieces: T[][] = [];
	for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
	return pieces;
}
