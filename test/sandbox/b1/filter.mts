/** `$filter` of the Service Layer: comparisons, and, or, not, four text functions; no arithmetic, no null. */
import { badRequest } from './refusal.mts';
import { kindOf, type EntitySchema, type Kind } from './schema.mts';
import { storedValue, valueOf, type Literal, type LiteralRules } from './literal.mts';

export type Row = Record<string, unknown>;
export type Test = (row: Row) => boolean;

interface Token {
	kind: 'word' | 'quoted' | 'datetime' | 'number' | 'sign';
	text: string;
}

const TOKEN =
	/\s*(?:datetime'((?:[^']|'')*)'|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?(?![\w:-]))|(\d{4}-\d{2}-\d{2}\S*)|([A-Za-z_]\w*)|([(),]))/y;
const FUNCTIONS = ['startswith', 'endswith', 'contains', 'substringof'];

export function filterOf(schema: EntitySchema, text: string, rules: LiteralRules): Test {
	const parser = new Parser(schema, tokensOf(text), rules);
	return parser.whole();
}

function tokensOf(text: string): Token[] {
	const tokens: Token[] = [];
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < text.trimEnd().length) {
		const match = TOKEN.exec(text);
		if (!match) throw badRequest(`Query string error - Invalid filter: ${text}`);
		const [, datetime, quoted, number, bare, word, sign] = match;
		if (datetime !== undefined) tokens.push({ kind: 'datetime', text: datetime });
		else if (quoted !== undefined)
			tokens.push({ kind: 'quoted', text: quoted.replace(/''/g, "'") });
		else if (number !== undefined) tokens.push({ kind: 'number', text: number });
		else if (bare !== undefined) tokens.push({ kind: 'word', text: bare });
		else if (word !== undefined) tokens.push({ kind: 'word', text: word });
		else tokens.push({ kind: 'sign', text: sign });
	}
	return tokens;
}

class Parser {
	private at = 0;
	private readonly equalities = new Map<
		Test,
		{ name: string; kind: Kind; wanted: string | number }
	>();

	constructor(
		private readonly schema: EntitySchema,
		private readonly tokens: Token[],
		private readonly rules: LiteralRules,
	) {}

	whole(): Test {
		const test = this.either();
		if (this.at < this.tokens.length) throw this.wrong();
		return test;
	}

	private either(): Test {
		const tests = [this.both()];
		while (this.takes('or')) tests.push(this.both());
		return tests.length === 1 ? tests[0] : (this.anyOf(tests) ?? orOf(tests));
	}

	private both(): Test {
		const tests = [this.one()];
		while (this.takes('and')) tests.push(this.one());
		return tests.length === 1 ? tests[0] : (row) => tests.every((test) => test(row));
	}

	private one(): Test {
		if (this.takes('not')) {
			const test = this.one();
			return (row) => !test(row);
		}
		if (this.takes('(')) {
			const test = this.either();
			this.expect(')');
			return test;
		}
		const token = this.next();
		if (FUNCTIONS.includes(token.text) && this.tokens[this.at]?.text === '(') {
			return this.textFunction(token.text);
		}
		return this.comparison(token);
	}

	private comparison(token: Token): Test {
		const kind = this.property(token);
		const operator = this.next().text;
		const literal = this.literal();
		const wanted = valueOf(kind, literal, this.rules);
		const compare = COMPARISONS[operator];
		if (!compare) throw this.wrong();
		const { rules } = this;
		const test: Test = (row) => {
			const value = storedValue(kind, row[token.text], rules);
			// A database compares nothing with an empty value.
			return value !== undefined && compare(value, wanted);
		};
		if (operator === 'eq') this.equalities.set(test, { name: token.text, kind, wanted });
		return test;
	}

	/** Long lists of keys, looked up instead of compared one by one. */
	private anyOf(tests: Test[]): Test | undefined {
		const equalities = tests.map((test) => this.equalities.get(test));
		const [first] = equalities;
		if (!first || equalities.some((equality) => equality?.name !== first.name)) return undefined;
		const wanted = new Set(equalities.map((equality) => equality?.wanted));
		const { name, kind } = first;
		return (row) => {
			const value = storedValue(kind, row[name], this.rules);
			return value !== undefined && wanted.has(value);
		};
	}

	private textFunction(name: string): Test {
		this.expect('(');
		const [first, , second] = [this.next(), this.expect(','), this.next()];
		this.expect(')');
		const [property, text] = name === 'substringof' ? [second, first] : [first, second];
		if (this.property(property) !== 'text' || text.kind !== 'quoted') throw this.wrong();
		const wanted = text.text.toLowerCase();
		return (row) => {
			const value = String(row[property.text] ?? '').toLowerCase();
			if (name === 'startswith') return value.startsWith(wanted);
			return name === 'endswith' ? value.endsWith(wanted) : value.includes(wanted);
		};
	}

	private property(token: Token): Kind {
		const kind = token.kind === 'word' ? kindOf(this.schema, token.text) : undefined;
		if (!kind) {
			const { typeName } = this.schema;
			throw badRequest(`Property '${token.text}' of '${typeName}' is invalid`);
		}
		return kind;
	}

	private literal(): Literal {
		const { kind, text } = this.next();
		if (kind === 'sign' || text === 'null') throw this.wrong();
		return { text, form: kind === 'word' ? 'bare' : kind };
	}

	private next(): Token {
		const token = this.tokens[this.at++];
		if (!token) throw this.wrong();
		return token;
	}

	private takes(text: string): boolean {
		const token = this.tokens[this.at];
		const isIt = token?.text === text && token.kind !== 'quoted';
		if (isIt) this.at++;
		return isIt;
	}

	private expect(text: string): void {
		if (!this.takes(text)) throw this.wrong();
	}

	private wrong(): Error {
		return badRequest('Query string error - Invalid expression in $filter');
	}
}

const orOf =
	(tests: Test[]): Test =>
	(row) =>
		tests.some((test) => test(row));

type Compare = (a: string | number, b: string | number) => boolean;
const COMPARISONS: Record<string, Compare> = {
	eq: (a, b) => a === b,
	ne: (a, b) => a !== b,
	gt: (a, b) => a > b,
	ge: (a, b) => a >= b,
	lt: (a, b) => a < b,
	le: (a, b) => a <= b,
};
