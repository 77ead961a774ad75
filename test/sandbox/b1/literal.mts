/** Values of a filter, as the Service Layer reads them. */
import { ENUMS, type Kind } from './schema.mts';
import { badRequest } from './refusal.mts';

export interface LiteralRules {
	/** Whether `UpdateDate ge 2026-11-20` without quotes is understood. */
	unquotedDates: boolean;
	/** Which part of a time counts when compared. */
	timePrecision: 'minutes' | 'seconds';
}

export interface Literal {
	text: string;
	form: 'quoted' | 'datetime' | 'number' | 'bare';
}

type Value = string | number;

/** The comparable form of a literal for a property of this kind; dates and times as ISO text. */
export function valueOf(kind: Kind, literal: Literal, rules: LiteralRules): Value {
	const { text, form } = literal;
	switch (kind) {
		case 'date': {
			if (form === 'bare' && !rules.unquotedDates) throw badRequest(`Invalid date ${text}`);
			const match = /^(\d{4})-?(\d{2})-?(\d{2})(T[\d:.]+Z?)?$/.exec(text);
			if (!match || form === 'number') throw badRequest(`Invalid date ${text}`);
			// The time part is ignored.
			return `${match[1]}-${match[2]}-${match[3]}`;
		}
		case 'time': {
			const match = /^(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(text);
			if (!match || form !== 'quoted') throw badRequest(`Invalid time ${text}`);
			return comparedTime(`${match[1]}:${match[2]}:${match[3] ?? '00'}`, rules);
		}
		case 'int':
		case 'number':
			if (form !== 'number') throw badRequest(`'${text}' is no number`);
			return Number(text);
		case 'enum':
			if (form !== 'quoted') throw badRequest(`Invalid enumeration value ${text}`);
			return ENUMS[text] ?? text;
		case 'rows':
			throw badRequest('A collection can not be compared');
		default:
			if (form !== 'quoted') throw badRequest(`${text} is not a text in quotes`);
			return sortForm(text);
	}
}

/** The comparable form of what a row holds. */
export function storedValue(kind: Kind, value: unknown, rules: LiteralRules): Value | undefined {
	if (value === null || value === undefined) return undefined;
	if (kind === 'time') return comparedTime(String(value), rules);
	if (kind === 'enum') return ENUMS[String(value)] ?? String(value);
	if (kind === 'text') return sortForm(String(value));
	return value as Value;
}

function comparedTime(time: string, { timePrecision }: LiteralRules): string {
	return timePrecision === 'minutes' ? time.slice(0, 5) : time;
}

const forms = new Map<string, string>();

/** Text as the database sorts it: neither case nor hyphens count first, as with a Windows collation. */
export function sortForm(text: string): string {
	const known = forms.get(text);
	if (known !== undefined) return known;
	const plain = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
	const form = `${plain.replace(/[-']/g, '')}\u0000${plain}`;
	forms.set(text, form);
	return form;
}
