import { CoreError } from '../../core/http/errors';
import type { ErpRecord } from '../../core/record/erpRecord';
import type { Change, ChangePage, DeltaSource, Loaded, Window } from '../../core/sync/source';
import { deletedRecord, type MappingSettings } from './identity';
import { OrderLines } from './orderLines';
import { CLOSED_STATUSES, ORDER_COLUMNS, orderRecord, stateOf } from './salesOrder';
import { columnsFor, isAllowed, type Selection } from './selection';
import type { Condition, TableAccess, TablePage, TableRow } from './tableAccess';
import { condition, keyedPages } from './tablePages';
import { dayIn } from './values';

export interface OrderSelection extends Selection {
	/** Document types that are no orders for the sales team, credit notes above all. */
	excludedTypes: ReadonlySet<string>;
	/** Open orders older than so many days are followed no more. */
	followDays: number;
	withLines: boolean;
}

const TABLE = 'SorMaster';
const KEY = 'SalesOrder';
const DAY_MS = 86_400_000;

/** In the order in which they are read; a window that was interrupted goes on in one of them. */
const STREAMS = ['entry', 'order', 'open'] as const;
type Stream = (typeof STREAMS)[number];

/**
 * Sales orders. SYSPRO dates their entry and not their changes, so three lists are read: those entered in the window,
 * those without an entry date by their order date, and all that are open or were open when last delivered.
 */
export class OrderSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';
	private readonly columns: string[];
	private readonly lines: OrderLines;

	constructor(
		private readonly access: TableAccess,
		private readonly settings: MappingSettings,
		private readonly selection: OrderSelection,
	) {
		this.columns = columnsFor(KEY, ORDER_COLUMNS, selection);
		this.lines = new OrderLines(access, selection);
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const day = window.fromInclusive.slice(0, 10);
		const [first, after] = resumePoint(resumeAfter);
		for (const stream of STREAMS.slice(STREAMS.indexOf(first))) {
			const behind = stream === first ? after : undefined;
			if (stream === 'open') yield* this.openOrders(day, window.openDocuments ?? [], behind);
			else if (this.has(DATES[stream])) yield* this.datedOrders(stream, day, behind);
		}
	}

	load = async (changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> =>
		changes.flatMap(({ payload }) => (payload ? [payload as Loaded<ErpRecord>] : []));

	/** One order by its number, whatever the filter says. */
	async byKey(number: string): Promise<Loaded<ErpRecord> | undefined> {
		const { rows } = await this.rowsOf(number);
		return (await this.recordsOf(rows)).get(number);
	}

	/**
	 * All orders in the order of their numbers; with a day those that are open, then the others since that day.
	 * @param among what holds for all of them
	 */
	async *all(
		since = '',
		among: readonly Condition[] = [],
	): AsyncGenerator<Array<Loaded<ErpRecord>>> {
		const told = new Set<string>();
		for (const where of since === '' ? [[]] : [NOT_CLOSED, ...this.enteredSince(since)]) {
			for await (const { rows } of this.pages([...among, ...where])) {
				const news = rows.filter((row) => this.isSelected(row) && !told.has(row[KEY]));
				for (const row of news) told.add(row[KEY]);
				yield [...(await this.recordsOf(news)).values()];
			}
		}
	}

	private enteredSince(day: string) {
		return (['entry', 'order'] as const)
			.map((stream) => DATES[stream])
			.filter((column) => this.has(column))
			.map((column) => [condition(column, 'GE', day)]);
	}

	private async *datedOrders(
		stream: 'entry' | 'order',
		day: string,
		after: string | undefined,
	): AsyncGenerator<ChangePage> {
		const where = [condition(DATES[stream], 'GE', day)];
		for await (const page of this.pages(where, after)) {
			const rows = page.rows.filter((row) => streamOf(row) === stream && dateOf(row) >= day);
			yield await this.changePage(stream, page, rows, day);
		}
	}

	/** Merged with the remembered ones page by page, so that what is not in the list any more is read by its number. */
	private async *openOrders(
		day: string,
		remembered: readonly string[],
		after: string | undefined,
	): AsyncGenerator<ChangePage> {
		let reached = after;
		const known = new Set(remembered);
		const isAhead = (key: string) => reached === undefined || key > reached;
		for await (const page of this.pages(NOT_CLOSED, after)) {
			const last = page.rows[page.rows.length - 1][KEY];
			const found = new Set(page.rows.map((row) => row[KEY]));
			const vanished = remembered.filter((key) => isAhead(key) && key <= last && !found.has(key));
			const followed = page.rows.filter(
				(row) => known.has(row[KEY]) || (this.isSelected(row) && this.isOpen(row, page.serverNow)),
			);
			yield* this.vanished(vanished, day);
			yield await this.changePage('open', page, followed, day);
			reached = last;
		}
		yield* this.vanished(remembered.filter(isAhead), day);
	}

	/** Without positions of their own: a read that stops here begins again behind the page before. */
	private async *vanished(keys: readonly string[], day: string): AsyncGenerator<ChangePage> {
		for (const key of keys) {
			const page = await this.rowsOf(key);
			const [row] = page.rows;
			if (row) {
				const { changes, serverNow } = await this.changePage('open', page, [row], day);
				yield { changes, serverNow };
				continue;
			}
			const record = deletedRecord('salesOrder', key, this.settings);
			const payload: Loaded<ErpRecord> = { key, version: 'gone', record };
			const document = { key, isOpen: false };
			const change = { id: `open:${key}`, version: 'gone', changedAt: day, document, payload };
			yield { changes: [{ ...change, isDeleted: true }], serverNow: page.serverNow };
		}
	}

	private async changePage(
		stream: Stream,
		page: TablePage,
		rows: readonly TableRow[],
		day: string,
	): Promise<ChangePage> {
		const records = await this.recordsOf(rows.filter((row) => this.isSelected(row)));
		const changes = rows.map((row): Change => {
			const key = row[KEY];
			const record = records.get(key);
			const isOpen = record !== undefined && this.isOpen(row, page.serverNow);
			return {
				id: `${streamOf(row)}:${key}`,
				version: record?.version ?? 'not selected',
				changedAt: dateOf(row) || day,
				document: { key, isOpen },
				payload: record,
			};
		});
		const last = page.rows.at(-1)?.[KEY];
		return {
			changes,
			...(last !== undefined && { resumeAfter: `${stream}:${last}` }),
			...(page.serverNow && { serverNow: page.serverNow }),
		};
	}

	private async recordsOf(rows: readonly TableRow[]): Promise<Map<string, Loaded<ErpRecord>>> {
		const lines = await this.lines.of(rows.map((row) => row[KEY]));
		return new Map(
			rows.map((row) => [row[KEY], orderRecord(row, lines.get(row[KEY]) ?? [], this.settings)]),
		);
	}

	private pages(where: readonly Condition[], after?: string): AsyncGenerator<TablePage> {
		const { pageSize } = this.selection;
		const read = { table: TABLE, key: KEY, columns: this.columns, where, pageSize };
		return keyedPages(this.access, read, after);
	}

	private async rowsOf(number: string): Promise<TablePage> {
		const where = [condition(KEY, 'EQ', number)];
		return await this.access.find({
			table: TABLE,
			columns: this.columns,
			where,
			orderBy: [KEY],
			rows: 1,
		});
	}

	private has(column: string): boolean {
		return this.columns.includes(column);
	}

	private isSelected(row: TableRow): boolean {
		const isExcluded = this.selection.excludedTypes.has(row.DocumentType ?? '');
		return !isExcluded && isAllowed(row, this.selection);
	}

	/** An order of an unknown status may go on changing: it is followed too. */
	private isOpen(row: TableRow, serverNow: string | undefined): boolean {
		const state = stateOf(row);
		if (state === 'completed' || state === 'cancelled') return false;
		const date = dateOf(row);
		if (date === '' || serverNow === undefined) return true;
		const ageMs = Date.parse(serverNow.slice(0, 10)) - Date.parse(date);
		return ageMs <= this.selection.followDays * DAY_MS;
	}
}

const NOT_CLOSED = CLOSED_STATUSES.map((status) => condition('OrderStatus', 'NE', status));
const DATES = { entry: 'EntrySystemDate', order: 'OrderDate' } as const;

function streamOf(row: TableRow): 'entry' | 'order' {
	return dayIn(row.EntrySystemDate ?? '') === '' ? 'order' : 'entry';
}

function dateOf(row: TableRow): string {
	return dayIn(row.EntrySystemDate ?? '') || dayIn(row.OrderDate ?? '');
}

function resumePoint(token: string | undefined): [Stream, string | undefined] {
	if (token === undefined) return ['entry', undefined];
	const at = token.indexOf(':');
	const stream = STREAMS.find((one) => one === token.slice(0, at));
	if (stream) return [stream, token.slice(at + 1)];
	throw new CoreError('protocol', `"${token}" is no position in a list of sales orders.`);
}
