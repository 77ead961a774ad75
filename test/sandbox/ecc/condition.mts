/** WHERE conditions of the table reader: as picky about blanks and lines as ABAP is. */
import type { DictionaryTable } from './dictionary.mts';

export type Row = Record<string, string>;
export type Predicate = (row: Row) => boolean;

/** What a condition lets through, and by which one field its rows may be looked up first. */
export interface Selection {
	matches: Predicate;
	/** Every match has one of these values. */
	among?: { field: string; values: readonly string[] };
	/** Every match lies behind `above` and not behind `upTo`. */
	between?: { field: string; above?: string; upTo?: string };
}

/** SAP's exception of this name. */
export class AbapException extends Error {
	constructor(
		readonly type: string,
		message = '',
	) {
		super(message);
	}
}

const invalid = (why: string) => new AbapException('OPTION_NOT_VALID', why);

/** @throws AbapException OPTION_NOT_VALID */
export function selectionOf(lines: string[], table: DictionaryTable): Selection {
	for (const line of lines) {
		if (line.length > 72) throw invalid(`a line of ${line.length} characters is cut at 72`);
	}
	const words = lines.flatMap(wordsOf);
	if (words.length === 0) return { matches: () => true };
	const parser = new Parser(words, table);
	return parser.whole();
}

/** Blanks stand around every word; a literal ends in the line in which it began. */
function wordsOf(line: string): string[] {
	const words: string[] = [];
	let at = 0;
	while (at < line.length) {
		if (line[at] === ' ') {
			at++;
			continue;
		}
		const rest = line.slice(at);
		const match = /^'(?:[^']|'')*'(?= |$)/.exec(rest) ?? /^[^ ']+(?= |$)/.exec(rest);
		if (!match) throw invalid(`'${rest.slice(0, 20)}' is not set off by blanks`);
		words.push(match[0]);
		at += match[0].length;
	}
	return words;
}

interface Term extends Selection {
	/** `F = 'x'` and nothing else. */
	isPlain?: boolean;
}

class Parser {
	private at = 0;

	constructor(
		private readonly words: string[],
		private readonly table: DictionaryTable,
	) {}

	whole(): Selection {
		const selection = this.either();
		if (this.at < this.words.length) throw invalid(`'${this.words[this.at]}' was not expected`);
		return selection;
	}

	private either(): Selection {
		const terms = [this.all()];
		while (this.take('OR')) terms.push(this.all());
		if (terms.length === 1) return terms[0];
		const field = terms[0].among?.field;
		if (field !== undefined && terms.every(({ among }) => among?.field === field)) {
			const values = new Set(terms.flatMap(({ among }) => among?.values ?? []));
			const matches: Predicate = terms.every(({ isPlain }) => isPlain)
				? (row) => values.has(row[field])
				: (row) => terms.some((term) => term.matches(row));
			return { matches, among: { field, values: [...values] } };
		}
		return { matches: (row) => terms.some(({ matches }) => matches(row)) };
	}

	private all(): Term {
		const terms = [this.term()];
		while (this.take('AND')) terms.push(this.term());
		if (terms.length === 1) return terms[0];
		const matches: Predicate = (row) => terms.every((term) => term.matches(row));
		const among = terms.find((term) => term.among)?.among;
		return { matches, among, between: rangeOf(terms) };
	}

	private term(): Term {
		if (this.take('(')) {
			const { matches, among } = this.either();
			if (!this.take(')')) throw invalid('a bracket is not closed');
			return { matches, among };
		}
		const [field, operator, literal] = this.words.slice(this.at, this.at + 3);
		this.at += 3;
		if (!this.table.fields.has(field)) throw invalid(`${field} is no field of ${this.table.name}`);
		if (!literal?.startsWith("'")) throw invalid(`${field} is compared with no literal`);
		const value = literal.slice(1, -1).replaceAll("''", "'").trimEnd();
		return comparison(field, operator, value);
	}

	private take(word: string): boolean {
		if (this.words[this.at] !== word) return false;
		this.at++;
		return true;
	}
}

/** The range that the terms give together, of the first field with one. */
function rangeOf(terms: readonly Term[]): Selection['between'] {
	const field = terms.find(({ between }) => between)?.between?.field;
	const ranges = terms.flatMap(({ between }) => (between?.field === field ? [between] : []));
	return field === undefined ? undefined : Object.assign({ field }, ...ranges);
}

function comparison(field: string, operator: string, value: string): Term {
	switch (operator) {
		case '=':
			return {
				matches: (row) => row[field] === value,
				among: { field, values: [value] },
				isPlain: true,
			};
		case '<>':
			return { matches: (row) => row[field] !== value };
		case '>':
			return { matches: (row) => row[field] > value, between: { field, above: value } };
		case '>=':
			return { matches: (row) => row[field] >= value };
		case '<':
			return { matches: (row) => row[field] < value };
		case '<=':
			return { matches: (row) => row[field] <= value, between: { field, upTo: value } };
		case 'LIKE': {
			const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
			const matcher = new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
			return { matches: (row) => matcher.test(row[field]) };
		}
		default:
			throw invalid(`${operator} is no comparison`);
	}
}
