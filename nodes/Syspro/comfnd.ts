import { CoreError } from '../../core/http/errors';
import type { XmlElement } from '../../core/xml/element';
import { xml } from '../../core/xml/writer';
import type { TableQuery, TableRow } from './tableAccess';

/**
 * COMFND, SYSPRO's generic find. SYSPRO ignores elements that it does not know, so a misspelt condition would
 * return everything: only documented elements are sent.
 */
export function comfndRequest({ table, columns, where, orderBy, rows }: TableQuery): string {
	const columnsOf = (names: readonly string[]) => names.map((name) => xml('Column', {}, name));
	const expressions = where.map(({ column, is, value }, at) =>
		xml(
			'Expression',
			{},
			at > 0 ? xml('AndOr', {}, 'And') : undefined,
			xml('Column', {}, column),
			xml('Condition', {}, is),
			xml('Value', {}, value),
		),
	);
	return xml(
		'Query',
		{
			'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema-instance',
			'xsd:noNamespaceSchemaLocation': 'COMFND.XSD',
		},
		xml('TableName', {}, table),
		xml('ReturnRows', {}, rows),
		xml('Columns', {}, ...columnsOf(columns)),
		expressions.length > 0 ? xml('Where', {}, ...expressions) : undefined,
		xml('OrderBy', {}, ...columnsOf(orderBy)),
	).toString();
}

/** The rows of an answer. An answer that is cut, or not for this table, is an error. */
export function comfndRows(root: XmlElement, { table, columns }: TableQuery): TableRow[] {
	const told = named(root, 'RowsReturned')[0]?.text.trim();
	const found = named(root, 'Row');
	const isForTable =
		same(root.name, table.replace(/\W/g, '')) &&
		(told !== undefined || named(root, 'HeaderDetails').length > 0);
	if (!isForTable) {
		throw new CoreError(
			'protocol',
			`SYSPRO answered the query for ${table} with <${root.name}>, which is no list of its rows.`,
		);
	}
	if (told !== undefined && Number(told) !== found.length) {
		throw new CoreError(
			'protocol',
			`SYSPRO says it returned ${told} rows of ${table}, but ${found.length} came.`,
		);
	}
	return found.map((row) => rowOf(row, table, columns));
}

function rowOf(row: XmlElement, table: string, columns: readonly string[]): TableRow {
	const values = new Map(row.children.map(({ name, text }) => [name.toLowerCase(), text.trim()]));
	const missing = columns.find((column) => !values.has(column.toLowerCase()));
	if (missing !== undefined) {
		throw new CoreError('protocol', `SYSPRO returned a row of ${table} without ${missing}.`);
	}
	return Object.fromEntries(
		columns.map((column) => [column, values.get(column.toLowerCase()) as string]),
	);
}

/** Versions differ in the case of their elements. */
function named(element: XmlElement, name: string): XmlElement[] {
	return element.children.filter((child) => same(child.name, name));
}

function same(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}
