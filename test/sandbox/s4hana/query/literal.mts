/** OData literals: V2 with its prefixes, V4 bare. Strict as the gateway is. */
import type { EdmType, Property, Value } from '../edm.mts';
import { badRequest } from '../refusal.mts';

export type Dialect = 'V2' | 'V4';

export interface Literal {
	/** `Number` fits every numeric type, `Null` every type; `Date` is V4 only. */
	type: EdmType | 'Number' | 'Null' | 'Date';
	value: Value;
}

const V2_FORMS: Array<[RegExp, (match: RegExpExecArray) => Literal]> = [
	[/^'((?:[^']|'')*)'/, (m) => ({ type: 'String', value: m[1].replaceAll("''", "'") })],
	[/^datetimeoffset'([^']*)'/, (m) => ({ type: 'DateTimeOffset', value: instant(m[1]) })],
	[/^datetime'([^']*)'/, (m) => ({ type: 'DateTime', value: localDateTime(m[1]) })],
	[/^time'([^']*)'/, (m) => ({ type: 'Time', value: duration(m[1]) })],
	[/^guid'([^']*)'/, (m) => ({ type: 'Guid', value: guid(m[1]) })],
	[/^-?\d+(?:\.\d+)?[mMlLdDfF]?(?![\w'-])/, (m) => ({ type: 'Number', value: parseFloat(m[0]) })],
];

const V4_FORMS: typeof V2_FORMS = [
	V2_FORMS[0],
	[
		/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/,
		(m) => ({ type: 'DateTimeOffset', value: Date.parse(m[0]) }),
	],
	[/^\d{4}-\d\d-\d\d(?![\w:])/, (m) => ({ type: 'Date', value: Date.parse(`${m[0]}T00:00:00Z`) })],
	[V2_FORMS[5][0], V2_FORMS[5][1]],
];

const WORDS: Array<[RegExp, Literal]> = [
	[/^true(?!\w)/, { type: 'Boolean', value: true }],
	[/^false(?!\w)/, { type: 'Boolean', value: false }],
	[/^null(?!\w)/, { type: 'Null', value: null }],
];

/** The literal that `text` starts with, and its length; undefined when it starts with none. */
export function readLiteral(
	text: string,
	dialect: Dialect,
): { literal: Literal; length: number } | undefined {
	for (const [form, literal] of WORDS) {
		const match = form.exec(text);
		if (match) return { literal, length: match[0].length };
	}
	for (const [form, read] of dialect === 'V2' ? V2_FORMS : V4_FORMS) {
		const match = form.exec(text);
		if (match) return { literal: read(match), length: match[0].length };
	}
	return undefined;
}

/** Whether a literal may stand beside a property. Strings never stand for dates, nor offsets for dates. */
export function fits(literal: Literal, property: Property): boolean {
	if (literal.type === 'Null') return true;
	if (literal.type === 'Number') return ['Decimal', 'Int16', 'Int32'].includes(property.type);
	if (literal.type === 'Date') return property.type === 'DateTime';
	return literal.type === property.type;
}

function localDateTime(text: string): number {
	const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?$/.test(text);
	const value = Date.parse(`${text}Z`);
	if (!match || Number.isNaN(value)) throw malformed('datetime', text);
	return value;
}

function instant(text: string): number {
	const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)$/.test(text);
	const value = Date.parse(text);
	if (!match || Number.isNaN(value)) throw malformed('datetimeoffset', text);
	return value;
}

/** `PT23H59M59S`; `23:59:59` is refused, as SAP does. */
function duration(text: string): number {
	const match = /^PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})(?:\.\d+)?S)?$/.exec(text);
	if (!match || text === 'PT') throw malformed('time', text);
	const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
	return hours * 3600 + minutes * 60 + seconds;
}

function guid(text: string): string {
	if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) throw malformed('guid', text);
	return text.toLowerCase();
}

function malformed(kind: string, text: string) {
	return badRequest(`Malformed URI literal syntax in '${kind}'${text}''`);
}
