/** The generic find of SYSPRO: rows of any table by conditions. What it does not know it ignores without a word. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { compareValues, type Row, type SysproStore } from './store.mts';
import { tableNamed, type Table } from './tables.mts';

export interface FoundRows {
	table: Table;
	columns: string[];
	orderBy: string[];
	rows: Row[];
}

/** What SYSPRO would answer with as an error inside its XML. */
export class FindRefusal extends Error {}

type Node = { name: string; text: string; children: Node[] };

/** Elements that the vendor's COMFND documents, by their place. */
const KNOWN = new Set([
	'Query',
	'Query/TableName',
	'Query/ReturnRows',
	'Query/Columns',
	'Query/Columns/Column',
	'Query/Where',
	'Query/Where/Expression',
	'Query/Where/Expression/AndOr',
	'Query/Where/Expression/OpenBracket',
	'Query/Where/Expression/Column',
	'Query/Where/Expression/Condition',
	'Query/Where/Expression/Value',
	'Query/Where/Expression/CloseBracket',
	'Query/OrderBy',
	'Query/OrderBy/Column',
]);

export function find(
	store: SysproStore,
	xmlIn: string,
	onUnknown: (path: string) => void,
): FoundRows {
	const query = parsed(xmlIn);
	if (query.name !== 'Query') throw new FindRefusal(`Root element ${query.name} is not Query`);
	reportUnknown(query, query.name, onUnknown);
	const table = tableNamed(textOf(query, 'TableName'));
	if (!table) throw new FindRefusal(`Table '${textOf(query, 'TableName')}' not found`);
	const columns = columnsOf(table, child(query, 'Columns'));
	const orderBy = columnsOf(table, child(query, 'OrderBy'));
	const matches = conditionOf(table, child(query, 'Where'));
	const most = Number(textOf(query, 'ReturnRows') || '0');
	return { table, columns, orderBy, rows: store.select(table.name, matches, orderBy, most) };
}

/** Any request in, checked for being well formed as SYSPRO's parser does. */
export function parsed(xmlIn: string): Node {
	if (XMLValidator.validate(xmlIn) !== true)
		throw new FindRefusal('The XML string is not well formed');
	if (/[^\x20-\x7e\t\r\n]/.test(xmlIn))
		throw new FindRefusal('The XML string holds characters outside ASCII');
	const parser = new XMLParser({
		preserveOrder: true,
		parseTagValue: false,
		trimValues: false,
		htmlEntities: true,
	});
	const nodes = nodesOf(parser.parse(xmlIn) as Array<Record<string, unknown>>);
	return nodes.find(({ name }) => name !== '?xml') as Node;
}

function nodesOf(entries: Array<Record<string, unknown>>): Node[] {
	return entries.flatMap((entry) => {
		const name = Object.keys(entry).find((key) => key !== ':@');
		if (name === undefined || name === '#text') return [];
		const inner = entry[name] as Array<Record<string, unknown>>;
		const text = inner.map((part) => String(part['#text'] ?? '')).join('');
		return [{ name, text, children: nodesOf(inner) }];
	});
}

const child = (node: Node, name: string) => node.children.find((one) => one.name === name);
export const textOf = (node: Node, name: string) => child(node, name)?.text.trim() ?? '';

function reportUnknown(node: Node, path: string, onUnknown: (path: string) => void): void {
	if (!KNOWN.has(path)) onUnknown(path);
	for (const inner of node.children) reportUnknown(inner, `${path}/${inner.name}`, onUnknown);
}

function columnsOf(table: Table, list: Node | undefined): string[] {
	const columns =
		list?.children.filter(({ name }) => name === 'Column').map(({ text }) => text.trim()) ?? [];
	const unknown = columns.find((column) => !(column in table.columns));
	if (unknown !== undefined)
		throw new FindRefusal(`Column '${unknown}' not found in table ${table.name}`);
	return columns;
}

type Test = (row: Row) => boolean;

/** `And` binds closer than `Or`; brackets up to three deep. */
function conditionOf(table: Table, where: Node | undefined): Test {
	const tokens: Array<Test | 'And' | 'Or' | '(' | ')'> = [];
	for (const expression of where?.children ?? []) {
		if (expression.name !== 'Expression') continue;
		if (tokens.length > 0) tokens.push(/^or$/i.test(textOf(expression, 'AndOr')) ? 'Or' : 'And');
		tokens.push(...([...textOf(expression, 'OpenBracket')] as Array<'('>));
		tokens.push(comparison(table, expression));
		tokens.push(...([...textOf(expression, 'CloseBracket')] as Array<')'>));
	}
	if (tokens.length === 0) return () => true;
	let at = 0;
	const primary = (): Test => {
		const token = tokens[at++];
		if (token !== '(') return token as Test;
		const inner = any();
		if (tokens[at++] !== ')') throw new FindRefusal('Brackets do not match');
		return inner;
	};
	const joined = (word: 'And' | 'Or', next: () => Test, both: (a: Test, b: Test) => Test): Test => {
		let test = next();
		while (tokens[at] === word) {
			at++;
			test = both(test, next());
		}
		return test;
	};
	const all = () => joined('And', primary, (a, b) => (row) => a(row) && b(row));
	const any = (): Test => joined('Or', all, (a, b) => (row) => a(row) || b(row));
	const test = any();
	if (at !== tokens.length) throw new FindRefusal('Brackets do not match');
	return test;
}

const COMPARE: Record<string, (order: number) => boolean> = {
	EQ: (order) => order === 0,
	NE: (order) => order !== 0,
	GT: (order) => order > 0,
	GE: (order) => order >= 0,
	LT: (order) => order < 0,
	LE: (order) => order <= 0,
};

function comparison(table: Table, expression: Node): Test {
	const column = textOf(expression, 'Column');
	const type = table.columns[column];
	if (!type) throw new FindRefusal(`Column '${column}' not found in table ${table.name}`);
	const condition = textOf(expression, 'Condition');
	const value = textOf(expression, 'Value');
	if (condition === 'LIKE') {
		const escaped = value
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replace(/\*/g, '.*')
			.replace(/\?/g, '.');
		return (row) => new RegExp(`^${escaped}$`).test(row[column]);
	}
	const fits = COMPARE[condition];
	if (!fits) throw new FindRefusal(`Condition '${condition}' is invalid`);
	if (type === 'd' && !/^\d{4}-\d{2}-\d{2}$/.test(value))
		throw new FindRefusal(`'${value}' is no date`);
	// SQL: no comparison with null is true.
	return (row) =>
		(type !== 'd' || row[column] !== '') && fits(compareValues(type, row[column], value));
}
