/** $filter: one recursive descent from text to a test on rows, checking names and types on the way. */
import {
	comparable,
	compareValues,
	valueOf,
	type EntitySet,
	type Property,
	type Row,
	type Value,
} from '../edm.mts';
import { badRequest, unknownProperty, wrongLiteral } from '../refusal.mts';
import { fits, readLiteral, type Dialect, type Literal } from './literal.mts';

export interface RowTest {
	(row: Row): boolean;
	/** No row with a smaller first key can pass: the database need not look below. */
	above?: Value;
	/** Only rows whose `name` has one of these values can pass. */
	among?: { name: string; values: Value[] };
}

const COMPARISONS: Record<string, (order: number) => boolean> = {
	eq: (order) => order === 0,
	ne: (order) => order !== 0,
	gt: (order) => order > 0,
	ge: (order) => order >= 0,
	lt: (order) => order < 0,
	le: (order) => order <= 0,
};

const TEXT_TESTS: Record<Dialect, Record<string, (text: string, part: string) => boolean>> = {
	V2: {
		substringof: (text, part) => text.includes(part),
		startswith: (text, part) => text.startsWith(part),
		endswith: (text, part) => text.endsWith(part),
	},
	V4: {
		contains: (text, part) => text.includes(part),
		startswith: (text, part) => text.startsWith(part),
		endswith: (text, part) => text.endsWith(part),
	},
};

/** @throws Refusal 400 for whatever the gateway would not understand. */
export function parseFilter(text: string, set: EntitySet, dialect: Dialect = 'V2'): RowTest {
	return new FilterParser(text, set, dialect).parse();
}

class FilterParser {
	private at = 0;

	constructor(
		private readonly text: string,
		private readonly set: EntitySet,
		private readonly dialect: Dialect,
	) {}

	parse(): RowTest {
		const test = this.either();
		this.skipSpace();
		if (this.at < this.text.length) throw this.syntaxError();
		return test;
	}

	private either(): RowTest {
		let left = this.both();
		while (this.word('or')) {
			const [first, second] = [left, this.both()];
			const test = (row: Row) => first(row) || second(row);
			left = Object.assign(test, { among: union(first, second) });
		}
		return left;
	}

	private both(): RowTest {
		let left = this.negated();
		while (this.word('and')) {
			const [first, second] = [left, this.negated()];
			const test = (row: Row) => first(row) && second(row);
			left = Object.assign(test, hints(first, second));
		}
		return left;
	}

	private negated(): RowTest {
		if (!this.word('not')) return this.single();
		const test = this.negated();
		return (row) => !test(row);
	}

	private single(): RowTest {
		if (this.symbol('(')) {
			const test = this.either();
			if (!this.symbol(')')) throw this.syntaxError();
			return test;
		}
		const name = this.name();
		if (!name) throw this.syntaxError();
		return this.symbol('(') ? this.textTest(name) : this.comparison(this.property(name));
	}

	/** `Property op literal`; two properties beside each other are refused, the gateway maps ranges. */
	private comparison(property: Property): RowTest {
		const start = this.at;
		const operator = this.name() ?? '';
		const holds = COMPARISONS[operator];
		if (!holds) throw this.syntaxError();
		const literal = this.literal();
		if (!fits(literal, property)) throw wrongLiteral(operator, start);
		const wanted = wantedValue(literal, property);
		const isEquality = operator === 'eq' || operator === 'ne';
		const test = (row: Row) => {
			const value = comparable(valueOf(row, property), property);
			if (!isEquality && (value === null || wanted === null)) return false;
			return holds(compareValues(value, wanted));
		};
		const isLowerEdge = operator.startsWith('g') && property.name === this.set.key[0];
		const among = operator === 'eq' ? { name: property.name, values: [wanted] } : undefined;
		return Object.assign(test, { above: isLowerEdge ? wanted : undefined, among });
	}

	private textTest(name: string): RowTest {
		const holds = TEXT_TESTS[this.dialect][name];
		if (!holds) throw badRequest(`Function ${name} is not supported in $filter`);
		const isPartFirst = name === 'substringof';
		const first = isPartFirst ? this.literal() : this.property(this.name() ?? '');
		if (!this.symbol(',')) throw this.syntaxError();
		const second = isPartFirst ? this.property(this.name() ?? '') : this.literal();
		if (!this.symbol(')')) throw this.syntaxError();
		const [property, part] = (isPartFirst ? [second, first] : [first, second]) as [
			Property,
			Literal,
		];
		if (property.type !== 'String' || part.type !== 'String') throw wrongLiteral(name, this.at);
		const test: RowTest = (row) => holds(String(valueOf(row, property)), String(part.value));
		return this.againstBoolean(test);
	}

	/** `substringof(…) eq true`, a form many clients send. */
	private againstBoolean(test: RowTest): RowTest {
		if (!this.word('eq')) return test;
		const literal = this.literal();
		if (literal.type !== 'Boolean') throw wrongLiteral('eq', this.at);
		return (row) => test(row) === literal.value;
	}

	private literal(): Literal {
		this.skipSpace();
		const found = readLiteral(this.text.slice(this.at), this.dialect);
		if (!found) throw this.syntaxError();
		this.at += found.length;
		return found.literal;
	}

	private property(name: string): Property {
		if (name.includes('/')) {
			throw badRequest(`Filtering by the navigation path ${name} is not supported`);
		}
		const property = this.set.properties.get(name);
		if (!property) throw unknownProperty(name, `${this.set.name}Type`);
		return property;
	}

	private name(): string | undefined {
		this.skipSpace();
		const match = /^[A-Za-z_][\w/]*/.exec(this.text.slice(this.at));
		if (match) this.at += match[0].length;
		return match?.[0];
	}

	private word(word: string): boolean {
		this.skipSpace();
		const isHere = this.text.startsWith(word, this.at);
		if (!isHere || /[\w/]/.test(this.text[this.at + word.length] ?? '')) return false;
		this.at += word.length;
		return true;
	}

	private symbol(symbol: string): boolean {
		this.skipSpace();
		if (this.text[this.at] !== symbol) return false;
		this.at++;
		return true;
	}

	private skipSpace(): void {
		while (this.text[this.at] === ' ') this.at++;
	}

	private syntaxError() {
		return badRequest(`Invalid token detected at position ${this.at} of the filter expression`);
	}
}

function hints(first: RowTest, second: RowTest) {
	return { above: first.above ?? second.above, among: first.among ?? second.among };
}

function union({ among: a }: RowTest, { among: b }: RowTest): RowTest['among'] {
	return a && a.name === b?.name ? { name: a.name, values: [...a.values, ...b.values] } : undefined;
}

/** A date-only field drops the time of the literal: asking for 10 o'clock asks for the whole day. */
function wantedValue(literal: Literal, property: Property) {
	if (property.type === 'DateTime' && typeof literal.value === 'number') {
		return Math.floor(literal.value / 86_400_000) * 86_400_000;
	}
	if (property.type === 'Guid' || literal.value === null) return literal.value;
	return comparable(literal.value, property);
}
