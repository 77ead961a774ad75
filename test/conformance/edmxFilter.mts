/** $filter of OData V2 against an entity type: names, operators, and literals that fit their properties. */
import type { EdmxEntitySet } from './edmx.mts';

const TOKEN =
	/\s*(?:(?<quoted>(?<prefix>[A-Za-z]*)'(?<content>(?:[^']|'')*)')|(?<number>-?\d[\d.]*[a-zA-Z]?)|(?<word>[A-Za-z_][\w/]*)|(?<sign>[(),]))/y;
const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const CONNECTORS = ['and', 'or', 'not'];
const FUNCTIONS = ['substringof', 'startswith', 'endswith', 'tolower', 'toupper', 'length', 'trim'];

/** Which literal may stand beside a property of a type, and how it looks. */
const FORMS: Record<string, { prefix: string; content: RegExp }> = {
	'Edm.String': { prefix: '', content: /^/ },
	'Edm.DateTime': { prefix: 'datetime', content: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/ },
	'Edm.DateTimeOffset': {
		prefix: 'datetimeoffset',
		content: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
	},
	'Edm.Time': { prefix: 'time', content: /^PT(?=\d)(\d+H)?(\d+M)?(\d+S)?$/ },
	'Edm.Guid': { prefix: 'guid', content: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i },
};

interface Token {
	text: string;
	kind: 'literal' | 'number' | 'word' | 'sign';
	prefix: string;
	content: string;
}

export function checkFilter(set: EdmxEntitySet, filter: string): string[] {
	const tokens = tokensOf(filter);
	if (!tokens) return [`The filter cannot be read: ${filter}`];
	const violations: string[] = [];
	let depth = 0;
	tokens.forEach((token, at) => {
		if (token.text === '(') depth++;
		if (token.text === ')') depth--;
		if (token.kind === 'word') violations.push(...checkWord(set, tokens, at));
	});
	if (depth !== 0) violations.push(`The parentheses of the filter do not match: ${filter}`);
	return violations;
}

function checkWord(set: EdmxEntitySet, tokens: Token[], at: number): string[] {
	const { text } = tokens[at];
	if ([...CONNECTORS, ...OPERATORS, 'true', 'false', 'null'].includes(text)) return [];
	if (tokens[at + 1]?.text === '(') {
		return FUNCTIONS.includes(text) ? [] : [`${text} is no function of V2 filters`];
	}
	if (text.includes('/')) return [`Nobody confirms filtering by the navigation path ${text}`];
	const property = set.properties.get(text);
	if (!property) return [`${set.name} has no property ${text} to filter by`];
	const violations = property.filterable ? [] : [`${set.name}.${text} is not filterable`];
	if (OPERATORS.includes(tokens[at + 1]?.text)) {
		violations.push(...checkLiteral(set, text, tokens[at + 2]));
	}
	return violations;
}

function checkLiteral(set: EdmxEntitySet, name: string, literal: Token | undefined): string[] {
	const property = set.properties.get(name);
	const type = property?.type ?? '';
	if (!literal) return [`${name} is compared with nothing`];
	if (literal.text === 'null') return [];
	const misfit = [`${literal.text} does not fit ${set.name}.${name}, which is ${type}`];
	const form = FORMS[type];
	if (!form) {
		const isBoolean = type === 'Edm.Boolean' && ['true', 'false'].includes(literal.text);
		const isNumber = type !== 'Edm.Boolean' && literal.kind === 'number';
		return isBoolean || isNumber ? [] : misfit;
	}
	const fits =
		literal.kind === 'literal' &&
		literal.prefix === form.prefix &&
		form.content.test(literal.content);
	if (!fits) return misfit;
	const length = literal.content.replaceAll("''", "'").length;
	const isTooLong = type === 'Edm.String' && length > (property?.maxLength ?? Infinity);
	return isTooLong ? [`${literal.text} is longer than ${set.name}.${name} can be`] : [];
}

function tokensOf(filter: string): Token[] | undefined {
	const tokens: Token[] = [];
	const text = filter.trim();
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < text.length) {
		const match = TOKEN.exec(text);
		if (!match?.groups) return undefined;
		const { quoted, prefix = '', content = '', number, word, sign } = match.groups;
		const kind = quoted !== undefined ? 'literal' : number ? 'number' : word ? 'word' : 'sign';
		tokens.push({ text: quoted ?? number ?? word ?? sign, kind, prefix, content });
	}
	return tokens;
}
