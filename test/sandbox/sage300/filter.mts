/** `$filter` as the Web API reads it: comparisons, and, or, parentheses. Everything else is refused. */
import type { PropertyType, Resource, Row } from './schema.mts';

export type DateLiteral = 'z' | 'datetime' | 'quoted';

export interface FilterRules {
	/** Forms in which this build takes a date. */
	dateLiterals: readonly DateLiteral[];
	/** Whether `ge` and `le` are known. */
	knowsGe: boolean;
}

export class FilterRefused extends Error {}

type Test = (row: Row) => boolean;

const TOKEN =
	/\s*(datetime'[^']*'|'(?:[^']|'')*'|\d{4}-\d{2}-\d{2}T[\d:.]+Z|-?\d+(?:\.\d+)?m?|[A-Za-z_]\w*|[()])/y;

export function parseFilter(text: string, resource: Resource, rules: FilterRules): Test {
	const tokens = tokensOf(text);
	let at = 0;
	const next = () => tokens[at++] ?? '';

	const disjunction = (): Test => {
		const terms = [conjunction()];
		while (tokens[at] === 'or') {
			at++;
			terms.push(conjunction());
		}
		return (row) => terms.some((term) => term(row));
	};
	const conjunction = (): Test => {
		const terms = [term()];
		while (tokens[at] === 'and') {
			at++;
			terms.push(term());
		}
		return (row) => terms.every((one) => one(row));
	};
	const term = (): Test => {
		if (tokens[at] !== '(') return comparison();
		at++;
		const inner = disjunction();
		if (next() !== ')') throw new FilterRefused('A closing parenthesis is missing');
		return inner;
	};
	const comparison = (): Test => {
		const [property, operator, literal] = [next(), next(), next()];
		const type = resource.properties.get(property);
		if (!type || type === 'rows')
			throw new FilterRefused(`Could not find a property '${property}'`);
		const known = ['eq', 'ne', 'gt', 'lt', ...(rules.knowsGe ? ['ge', 'le'] : [])];
		if (!known.includes(operator)) throw new FilterRefused(`Unknown operator '${operator}'`);
		const value = valueOf(literal, type, rules);
		return (row) => compared(row[property] as string | number | null, operator, value);
	};

	const test = disjunction();
	if (at < tokens.length) throw new FilterRefused(`Syntax error at '${tokens[at]}'`);
	return test;
}

function tokensOf(text: string): string[] {
	const tokens: string[] = [];
	TOKEN.lastIndex = 0;
	let end = 0;
	for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
		tokens.push(match[1]);
		end = TOKEN.lastIndex;
	}
	if (text.slice(end).trim() !== '') throw new FilterRefused(`Syntax error at position ${end}`);
	return tokens;
}

function valueOf(literal: string, type: PropertyType, rules: FilterRules): string | number {
	if (type === 'date') return dateOf(literal, rules);
	if (type === 'number') {
		if (!/^-?\d/.test(literal) || literal.includes('T')) {
			throw new FilterRefused(`'${literal}' is no number`);
		}
		return Number(literal.replace(/m$/, ''));
	}
	if (!literal.startsWith("'")) throw new FilterRefused(`'${literal}' is no text`);
	return literal.slice(1, -1).replaceAll("''", "'");
}

function dateOf(literal: string, { dateLiterals }: FilterRules): string {
	const forms: Record<DateLiteral, RegExp> = {
		z: /^(\d{4}-\d{2}-\d{2})T00:00:00Z$/,
		datetime: /^datetime'(\d{4}-\d{2}-\d{2})T00:00(?::00)?'$/,
		quoted: /^'(\d{4}-\d{2}-\d{2})'$/,
	};
	for (const form of dateLiterals) {
		const match = forms[form].exec(literal);
		if (match) return match[1];
	}
	throw new FilterRefused(`'${literal}' is no date here`);
}

function compared(
	found: string | number | null,
	operator: string,
	wanted: string | number,
): boolean {
	if (found === null) return operator === 'ne';
	switch (operator) {
		case 'eq':
			return found === wanted;
		case 'ne':
			return found !== wanted;
		case 'gt':
			return found > wanted;
		case 'lt':
			return found < wanted;
		case 'ge':
			return found >= wanted;
		default:
			return found <= wanted;
	}
}
