/** WHERE conditions of the table reader: as picky about blanks and lines as ABAP is. */
import type { DictionaryTable } from './dictionary.mts';

export type Row = Record<string, string>;
export type Predicate = (row: Row) => boolean;

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
export function predicateOf(lines: string[], table: DictionaryTable): Predicate {
	for (const line of lines) {
		if (line.length > 72) throw invalid(`a line of ${line.length} characters is cut at 72`);
	}
	const words = lines.flatMap(wordsOf);
	if (words.length === 0) return () => true;
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

interface Equal {
	predicate: Predicate;
	/** Set for `F = 'x'` alone. */
	equals?: { field: string; value: string };
}

class Parser {
	private at = 0;

	constructor(
		private readonly words: string[],
		private readonly table: DictionaryTable,
	) {}

	whole(): Predicate {
		const { predicate } = this.either();
		if (this.at < this.words.length) throw invalid(`'${this.words[this.at]}' was not expected`);
		return predicate;
	}

	private either(): Equal {
		const terms = [this.all()];
		while (this.take('OR')) terms.push(this.all());
		if (terms.length === 1) return terms[0];
		const field = terms[0].equals?.field;
		if (field !== undefined && terms.every(({ equals }) => equals?.field === field)) {
			const values = new Set(terms.map(({ equals }) => equals?.value));
			return { predicate: (row) => values.has(row[field]) };
		}
		return { predicate: (row) => terms.some(({ predicate }) => predicate(row)) };
	}

	private all(): Equal {
		const terms = [this.term()];
		while (this.take('AND')) terms.push(this.term());
		if (terms.length === 1) return terms[0];
		return { predicate: (row) => terms.every(({ predicate }) => predicate(row)) };
	}

	private term(): Equal {
		if (this.take('(')) {
			const inside = this.either();
			if (!this.take(')')) throw invalid('a bracket is not closed');
			return { predicate: inside.predicate };
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

function comparison(field: string, operator: string, value: string): Equal {
	switch (operator) {
		case '=':
			return { predicate: (row) => row[field] === value, equals: { field, value } };
		case '<>':
			return { predicate: (row) => row[field] !== value };
		case '>':
			return { predicate: (row) => row[field] > value };
		case '>=':
			return { predicate: (row) => row[field] >= value };
		case '<':
			return { predicate: (row) => row[field] < value };
		case '<=':
			return { predicate: (row) => row[field] <= value };
		case 'LIKE': {
			const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
			const matcher = new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's');
			return { predicate: (row) => matcher.test(row[field]) };
		}
		default:
			throw invalid(`${operator} is no comparison`);
	}
}
