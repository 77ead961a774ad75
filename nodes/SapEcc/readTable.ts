import { asCoreError, CoreError } from '../../core/http/errors';
import { allOf, compare, optionLines, type Condition } from './conditions';
import {
	tableIn,
	type FunctionCaller,
	type FunctionParameters,
	type FunctionRow,
} from './functionCall';
import { permittedTable, type Permissions } from './permissions';
import { cutRow, fieldsIn, type FieldPlace } from './rowCutting';

export type TableRow = Record<string, string>;

export interface TableRead {
	table: string;
	fields: readonly string[];
	/** Fields that tell rows apart: they join what several calls brought. Needed where one call cannot hold a row. */
	key: readonly string[];
	/** Characters by field name, as far as they are known. */
	lengths?: Readonly<Record<string, number>>;
	where?: Condition;
}

/** Rows with the server's present at the time of the answer. */
export interface TablePage {
	rows: TableRow[];
	/** Everything up to this value of the page's field is in this page or an earlier one. */
	upTo: string;
	serverNow: string;
}

export interface TableReaderOptions {
	caller: FunctionCaller;
	permissions: Permissions;
	/** `RFC_READ_TABLE`, or another one with the same parameters. */
	tableFunction: string;
	/** Rows per call when a table is read page by page. */
	pageSize: number;
}

/** RFC_READ_TABLE puts each row into 512 characters. */
const ROW_LENGTH = 512;
const DELIMITER = '|';

/** Reads tables through a function with the parameters of RFC_READ_TABLE, and hides its limits. */
export class TableReader {
	/** Lengths that had to be asked for, by table. */
	private readonly asked = new Map<string, Record<string, number>>();

	constructor(private readonly options: TableReaderOptions) {}

	/** All rows of a read that is known to be small, or the first `limit` that SAP finds; in no order. */
	async rows(read: TableRead, limit = 0): Promise<TableRow[]> {
		return (await this.read(read, undefined, limit)).rows;
	}

	/**
	 * All rows, page by page, in ascending order of `by`. The function sorts nothing: the rows that it gives for
	 * `by > x` with a limit need not be the next ones. So the edge of a page is found first, and then everything
	 * up to that edge is read without a limit. `by` need not be unique.
	 */
	async *pages(read: TableRead, by: string, after?: string): AsyncGenerator<TablePage> {
		const { pageSize } = this.options;
		for (let lower = after ?? ''; ; ) {
			const isNarrow = (await this.groupsOf(read)).length === 1;
			const probe = isNarrow ? read : { ...read, fields: [by] };
			const first = await this.read(probe, behind(by, lower), pageSize);
			if (first.rows.length === 0) return;
			const isAll = first.rows.length < pageSize;
			if (isAll && isNarrow) {
				yield pageOf(first.rows, by, first.serverNow);
				return;
			}
			const upper = isAll
				? greatest(first.rows, by)
				: await this.edgeOf(read, by, lower, first.rows);
			const whole = await this.read(read, between(by, lower, upper), 0);
			yield { ...pageOf(whole.rows, by, whole.serverNow), upTo: upper };
			if (isAll) return;
			lower = upper;
		}
	}

	/** Field name -> characters, as the dictionary of this system has them. */
	async describe(table: string): Promise<Record<string, number>> {
		const known = this.asked.get(table);
		if (known) return known;
		const { places } = await this.call({ table, fields: [], key: [] }, [], undefined, 0, true);
		const lengths = Object.fromEntries(places.map(({ name, length }) => [name, length]));
		this.asked.set(table, lengths);
		return lengths;
	}

	/** The greatest value up to which no more than a page of rows lies. */
	private async edgeOf(
		read: TableRead,
		by: string,
		lower: string,
		found: readonly TableRow[],
	): Promise<string> {
		const { pageSize } = this.options;
		let rows = found;
		for (let upper = greatest(rows, by); ; ) {
			// One more than a page: whether it is cut off cannot be seen otherwise.
			const limit = pageSize + 1;
			rows = (await this.read({ ...read, fields: [by] }, between(by, lower, upper), limit)).rows;
			if (rows.length < limit) return upper;
			const values = rows.map((row) => row[by]).sort(ascending);
			const middle = values[(values.length - 1) >> 1];
			if (middle === upper) {
				// Half of these rows and more carry one value: all of it has to be one page.
				const less = values.find((value) => value < upper);
				if (less === undefined) return upper;
				upper = less;
			} else {
				upper = middle;
			}
		}
	}

	private async read(
		read: TableRead,
		range: Condition | undefined,
		limit: number,
	): Promise<{ rows: TableRow[]; serverNow: string }> {
		try {
			return await this.readGroups(read, range, limit);
		} catch (error) {
			return await this.afterRefusal(asCoreError(error), read, range, limit);
		}
	}

	private async readGroups(read: TableRead, range: Condition | undefined, limit: number) {
		const groups = await this.groupsOf(read);
		if (groups.length > 1 && limit > 0) {
			throw new CoreError(
				'invalid',
				`A part of ${read.table} is wider than SAP can give at once.`,
				{
					remedy: 'Read fewer fields, or name the key fields of the table.',
				},
			);
		}
		const parts: TableRow[][] = [];
		let serverNow = '';
		for (const group of groups) {
			const answer = await this.call(read, group, range, limit, false);
			serverNow ||= answer.serverNow;
			parts.push(answer.rows);
		}
		return { rows: parts.length === 1 ? parts[0] : joined(parts, read.key), serverNow };
	}

	/** The dictionary of this system may differ from what was taken for granted. */
	private async afterRefusal(
		error: CoreError,
		read: TableRead,
		range: Condition | undefined,
		limit: number,
	) {
		const isAboutFields = /DATA_BUFFER_EXCEEDED|FIELD_NOT_VALID/.test(
			`${error.code} ${error.message}`,
		);
		if (!isAboutFields || this.asked.has(read.table)) throw error;
		const lengths = await this.describe(read.table);
		const unknown = read.fields.find((field) => lengths[field] === undefined);
		if (unknown !== undefined) throw noField(read.table, unknown);
		return await this.readGroups(read, range, limit);
	}

	/** Fields in groups that fit into one row each; every group begins with the key. */
	private async groupsOf(read: TableRead): Promise<string[][]> {
		const lengths = await this.lengthsOf(read);
		const widthOf = (fields: readonly string[]) =>
			fields.reduce((sum, field) => sum + lengths[field] + 1, -1);
		const fields = [...new Set(read.fields)];
		if (widthOf(fields) <= ROW_LENGTH) return [fields];
		const { key } = read;
		if (key.length === 0) {
			throw new CoreError(
				'invalid',
				`These fields of ${read.table} together have ${widthOf(fields)} characters; SAP gives ${ROW_LENGTH} at once.`,
				{
					remedy:
						'Fill in "Key Fields", so that several calls can be joined, or read fewer fields.',
				},
			);
		}
		const groups: string[][] = [[...key]];
		for (const field of fields.filter((name) => !key.includes(name))) {
			const last = groups[groups.length - 1];
			if (widthOf([...last, field]) <= ROW_LENGTH) last.push(field);
			else groups.push([...key, field]);
		}
		if (groups.every((group) => widthOf(group) <= ROW_LENGTH)) return groups;
		throw new CoreError('invalid', `A field of ${read.table} is too long for SAP's table reader.`, {
			remedy: 'Leave out the longest field.',
		});
	}

	private async lengthsOf(read: TableRead): Promise<Readonly<Record<string, number>>> {
		const asked = this.asked.get(read.table);
		const known = asked ?? read.lengths ?? {};
		const needed = [...read.fields, ...read.key];
		if (needed.every((field) => known[field] !== undefined)) return known;
		const lengths = await this.describe(read.table);
		const unknown = needed.find((field) => lengths[field] === undefined);
		if (unknown !== undefined) throw noField(read.table, unknown);
		return lengths;
	}

	private async call(
		read: TableRead,
		fields: readonly string[],
		range: Condition | undefined,
		limit: number,
		isDescription: boolean,
	): Promise<{ rows: TableRow[]; places: FieldPlace[]; serverNow: string }> {
		const { caller, permissions, tableFunction } = this.options;
		const parameters: FunctionParameters = {
			QUERY_TABLE: permittedTable(read.table, permissions),
			DELIMITER,
			NO_DATA: isDescription ? 'X' : '',
			ROWSKIPS: '0',
			ROWCOUNT: String(limit),
			OPTIONS: optionLines(allOf(range, read.where)).map((TEXT) => ({ TEXT })),
			FIELDS: fields.map((FIELDNAME) => ({ FIELDNAME })),
			DATA: [],
		};
		const result = await caller.call(tableFunction, parameters);
		const places = fieldsIn(tableIn(result, 'FIELDS', tableFunction), fields, read.table);
		const data: FunctionRow[] = tableIn(result, 'DATA', tableFunction);
		const rows = data.map((row) => cutRow(row.WA, places, DELIMITER, read.table));
		return { rows, places, serverNow: result.serverNow };
	}
}

function behind(by: string, lower: string): Condition {
	return lower === '' ? [] : compare(by, '>', lower);
}

function between(by: string, lower: string, upper: string): Condition {
	return allOf(behind(by, lower), compare(by, '<=', upper));
}

function pageOf(rows: TableRow[], by: string, serverNow: string): TablePage {
	const sorted = [...rows].sort((a, b) => ascending(a[by], b[by]));
	return { rows: sorted, upTo: sorted[sorted.length - 1]?.[by] ?? '', serverNow };
}

function greatest(rows: readonly TableRow[], by: string): string {
	return rows.reduce((most, row) => (row[by] > most ? row[by] : most), '');
}

function ascending(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** A row that came in one part and not in the other changed in between: the next read brings it. */
function joined(parts: readonly TableRow[][], key: readonly string[]): TableRow[] {
	const idOf = (row: TableRow) => JSON.stringify(key.map((field) => row[field]));
	const [first, ...others] = parts;
	const lookups = others.map((rows) => new Map(rows.map((row) => [idOf(row), row])));
	return first.flatMap((row) => {
		const rest = lookups.map((lookup) => lookup.get(idOf(row)));
		return rest.every((part) => part !== undefined)
			? [Object.assign({}, row, ...rest) as TableRow]
			: [];
	});
}

function noField(table: string, field: string): CoreError {
	return new CoreError('invalid', `The table ${table} of this system has no field ${field}.`, {
		code: 'FIELD_NOT_VALID',
		remedy: 'Take the field out, or switch off the part that needs it.',
	});
}
