import { LINE_COLUMNS } from './salesOrder';
import type { TableAccess, TableRow } from './tableAccess';
import { condition, groupedPages } from './tablePages';

export interface LineReading {
	leaveOut: ReadonlySet<string>;
	pageSize: number;
	withLines: boolean;
}

/** Order numbers so close to each other are read as one range: their neighbours' lines cost less than another call. */
const CLOSE = 25;

/** Lines of orders, by ranges of order numbers: the find that SYSPRO documents knows no list of values. */
export class OrderLines {
	private readonly columns: string[];

	constructor(
		private readonly access: TableAccess,
		private readonly reading: LineReading,
	) {
		this.columns = LINE_COLUMNS.filter((column) => !reading.leaveOut.has(column));
	}

	/** @param numbers ascending */
	async of(numbers: readonly string[]): Promise<Map<string, TableRow[]>> {
		const lines = new Map<string, TableRow[]>();
		if (!this.reading.withLines) return lines;
		const wanted = new Set(numbers);
		for (const [from, upTo] of rangesOf(numbers)) {
			const read = {
				table: 'SorDetail',
				group: 'SalesOrder',
				within: 'SalesOrderLine',
				columns: this.columns,
				where:
					from === upTo
						? [condition('SalesOrder', 'EQ', from)]
						: [condition('SalesOrder', 'GE', from), condition('SalesOrder', 'LE', upTo)],
				pageSize: this.reading.pageSize,
			};
			for await (const { groups } of groupedPages(this.access, read)) {
				for (const { key, rows } of groups) if (wanted.has(key)) lines.set(key, rows);
			}
		}
		return lines;
	}
}

function rangesOf(numbers: readonly string[]): Array<[string, string]> {
	const ranges: Array<[string, string]> = [];
	for (const number of numbers) {
		const last = ranges.at(-1);
		if (last && isClose(last[1], number)) last[1] = number;
		else ranges.push([number, number]);
	}
	return ranges;
}

function isClose(a: string, b: string): boolean {
	const areNumbers = /^\d+$/.test(a) && /^\d+$/.test(b) && a.length === b.length;
	return areNumbers && BigInt(b) - BigInt(a) <= BigInt(CLOSE);
}
