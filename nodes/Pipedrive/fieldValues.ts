import type { ErpAddress } from '../../core/record/erpRecord';
import { folded } from '../../core/record/matchKeys';
import { addressFor, isEqualAddress, type PipedriveAddress } from './address';
import { dayOf, encodeBuiltIn, pricesText } from './builtInValues';
import { closest, type Field } from './fields';
import { typeNameOf } from './fieldTypeNames';
import { MOST_DIGITS } from './lines/decimal';

/** What goes into a request body, or why it does not fit. */
export type Encoded = { value: unknown; warning?: string } | Misfit;

export interface Misfit {
	reason: string;
	/** Labels of options that do not exist: no reason to hold the record back. */
	missingOptions?: readonly string[];
}

const TEXT_LIMITS: Record<string, number> = {
	varchar: 255,
	varchar_auto: 255,
	phone: 255,
	text: 65_000,
};

/**
 * An ERP or user value as v2 of Pipedrive's API wants it for this field. '' and null clear the field; `undefined` comes
 * back for one that Pipedrive does not let us clear.
 * Shapes: https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide (v2 REST, not webhooks, not v1).
 */
export function encode(field: Field, input: unknown): Encoded {
	if (isEmpty(input)) return { value: emptyValueOf(field) };
	const builtIn = encodeBuiltIn(field, input);
	if (builtIn) return 'why' in builtIn ? misfit(field, input, builtIn.why) : builtIn;
	const encoder = ENCODERS[field.type];
	if (!encoder) return misfit(field, input, 'this field type cannot be written');
	return encoder(field, input);
}

/** True where Pipedrive's value says the same as ours: the difference is only spelling that Pipedrive makes. */
export function isEqualValue(field: Field, current: unknown, wanted: unknown): boolean {
	if (isEmpty(current) && isEmpty(wanted)) return true;
	if (field.type === 'address') {
		return isEqualAddress(
			current as PipedriveAddress | null | undefined,
			wanted as PipedriveAddress | null | undefined,
		);
	}
	return canonical(field, current) === canonical(field, wanted);
}

/** One text for every spelling of the value; the base of digests and comparisons. */
export function canonical(field: Field, value: unknown): string {
	if (isEmpty(value)) return '';
	const object = value as Record<string, unknown>;
	switch (field.type) {
		case 'set':
			return Array.isArray(value) ? value.map(optionId).sort(byNumber).join(',') : String(value);
		case 'enum':
			return String(optionId(value));
		case 'user':
		case 'org':
		case 'people':
			return String(idOf(value));
		case 'stage':
		case 'pipeline':
			return String(optionId(value));
		case 'prices':
			return pricesText(value);
		case 'moment':
			return String(Math.floor(Date.parse(String(value)) / 1000));
		case 'boolean':
			return String(value === true || value === 1);
		case 'double':
		case 'int':
			return String(Number(value));
		case 'monetary':
			return `${Number(object.value)} ${String(object.currency ?? '').toUpperCase()}`;
		case 'daterange':
			return `${String(object.value)}/${String(object.until)}`;
		case 'time':
			return `${clock(String(object.value)) ?? ''} ${String(object.timezone_name ?? '')}`.trim();
		case 'timerange':
			return `${clock(String(object.value)) ?? ''}-${clock(String(object.until)) ?? ''} ${String(object.timezone_name ?? '')}`.trim();
		case 'address':
			return String((value as PipedriveAddress).value ?? '')
				.replace(/\s+/g, ' ')
				.trim();
		default:
			return typeof value === 'string' ? value.trim() : JSON.stringify(value);
	}
}

/** For audit and dry run: option labels instead of ids, one text instead of parts. */
export function shown(field: Field, value: unknown): unknown {
	if (isEmpty(value)) return null;
	const label = (id: unknown) =>
		field.options.find((option) => String(option.id) === String(optionId(id)))?.label ?? id;
	if (field.type === 'set' && Array.isArray(value)) return value.map(label).join(', ');
	if (['enum', 'stage', 'pipeline'].includes(field.type)) return label(value);
	if (field.type === 'prices') return pricesText(value);
	if (field.type === 'address') return (value as PipedriveAddress).value;
	if (field.type === 'monetary') {
		const money = value as { value: unknown; currency: unknown };
		return `${String(money.value)} ${String(money.currency)}`;
	}
	if (Array.isArray(value)) {
		return value.map((entry) => (entry as { value?: unknown })?.value ?? entry).join(', ');
	}
	return typeof value === 'object' ? JSON.stringify(value) : value;
}

export function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	if (typeof value === 'string') return value.trim() === '';
	if (Array.isArray(value)) return value.length === 0;
	if (typeof value !== 'object') return false;
	const parts = value as Record<string, unknown>;
	return 'value' in parts && isEmpty(parts.value);
}

/** What clears a built-in field: only these are declared nullable, or take an empty text or list (OpenAPI v2). */
const CLEARED_WITH: Record<string, unknown> = {
	address: { value: '' },
	annual_revenue: null,
	code: '',
	description: '',
	employee_count: null,
	industry: null,
	label_ids: [],
	linkedin: null,
	lost_reason: null,
	probability: null,
	unit: '',
	website: null,
};

// Every custom field is cleared with `null`. `undefined`: it cannot be cleared.
function emptyValueOf(field: Field): unknown {
	return field.isCustom ? null : CLEARED_WITH[field.key];
}

const WHOLE_NUMBER = 'a whole number is needed';

type Encoder = (field: Field, input: unknown) => Encoded;

const ENCODERS: Record<string, Encoder> = {
	varchar: asText,
	varchar_auto: asText,
	text: asText,
	phone: asText,
	double: (field, input) => asNumber(field, input, (value) => ({ value })),
	int: (field, input) =>
		asNumber(
			field,
			input,
			(value) => (Number.isInteger(value) ? { value } : misfit(field, input, WHOLE_NUMBER)),
			WHOLE_NUMBER,
		),
	monetary: asMoney,
	enum: (field, input) => asOption(field, input),
	set: asOptions,
	user: asId,
	org: asId,
	people: asId,
	date: (field, input) => {
		const day = dayOf(input);
		return day === undefined
			? misfit(field, input, 'a date like 2026-11-20 is needed')
			: { value: day };
	},
	daterange: (field, input) => {
		const [from, until] = rangeOf(input).map(dayOf);
		return from === undefined || until === undefined
			? misfit(field, input, 'two dates like 2026-11-01/2026-11-30 are needed')
			: { value: { value: from, until } };
	},
	time: (field, input) => {
		const { value, zone } = zoned(input);
		const time = clock(value);
		return time === undefined
			? misfit(field, input, 'a time like 09:00 is needed')
			: { value: { value: time, ...zone } };
	},
	timerange: (field, input) => {
		const { zone } = zoned(input);
		const [from, until] = rangeOf(input).map((part) => clock(String(part ?? '')));
		return from === undefined || until === undefined
			? misfit(field, input, 'two times like 09:00/17:00 are needed')
			: { value: { value: from, until, ...zone } };
	},
	address: asAddress,
};

/** The 16 types that a custom field can have, and `int` of built-in ones. */
export const WRITABLE_TYPES: readonly string[] = Object.keys(ENCODERS);

function misfit(field: Field, input: unknown, why: string): Misfit {
	const text = typeof input === 'object' ? JSON.stringify(input) : String(input);
	const excerpt = text.length > 60 ? `${text.slice(0, 60)}…` : text;
	const type = typeNameOf(field.type);
	return { reason: `Field "${field.name}" (${type}) cannot hold "${excerpt}": ${why}.` };
}

function asText(field: Field, input: unknown): Encoded {
	const text = Array.isArray(input)
		? input.map(String).join(', ')
		: typeof input === 'object'
			? JSON.stringify(input)
			: String(input).trim();
	const limit = TEXT_LIMITS[field.type];
	return text.length > limit
		? misfit(field, text, `it has ${text.length} characters and ${limit} are allowed`)
		: { value: text };
}

function asNumber(
	field: Field,
	input: unknown,
	then: (value: number) => Encoded,
	why = 'a number with a decimal point is needed',
): Encoded {
	const text = String(input).trim();
	if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) {
		return misfit(field, input, why);
	}
	const digits = text.replace(/^[+-]?0*/, '').replace('.', '');
	if (digits.length > MOST_DIGITS && digits.replace(/0+$/, '').length > MOST_DIGITS) {
		return misfit(field, input, `Pipedrive keeps only ${MOST_DIGITS} digits`);
	}
	return then(Number(text));
}

// Money arrives as text ("1200.50 EUR") or as {value, currency}; Pipedrive keeps two decimals.
function asMoney(field: Field, input: unknown): Encoded {
	const parts =
		typeof input === 'object'
			? (input as { value?: unknown; amount?: unknown; currency?: unknown })
			: moneyText(String(input));
	const currency = String(parts.currency ?? '')
		.trim()
		.toUpperCase();
	const amount = parts.value ?? (parts as { amount?: unknown }).amount;
	if (isEmpty(amount)) return { value: null };
	if (!/^[A-Z]{3}$/.test(currency)) {
		return misfit(field, input, 'a currency code like EUR is needed with the amount');
	}
	return asNumber(field, twoDecimals(String(amount).trim()), (value) => ({
		value: { value, currency },
	}));
}

function moneyText(text: string): { value: string; currency: string } {
	const match = /^([A-Za-z]{3})?\s*([+-]?[\d.]+)\s*([A-Za-z]{3})?$/.exec(text.trim());
	return { value: match?.[2] ?? text, currency: match?.[3] ?? match?.[1] ?? '' };
}

/** Half away from zero on the decimal digits, so that 1.005 becomes 1.01. */
function twoDecimals(text: string): string {
	const match = /^([+-]?)(\d*)\.(\d{2})(\d)\d*$/.exec(text);
	if (!match) return text;
	const [, sign, whole, cents, next] = match;
	const units = BigInt(`${whole || '0'}${cents}`) + (next >= '5' ? 1n : 0n);
	const digits = units.toString().padStart(3, '0');
	return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function asOption(field: Field, input: unknown): Encoded {
	const wanted = String(optionId(input)).trim();
	const labels = field.options.map((option) => option.label);
	const option =
		field.options.find(({ label }) => label === wanted) ??
		field.options.find(({ label }) => folded(label) === folded(wanted)) ??
		field.options.find(({ label }) => codeOf(label) !== '' && codeOf(label) === codeOf(wanted)) ??
		field.options.find(({ id }) => String(id) === wanted);
	if (option) return { value: option.id };
	const near = closest(wanted, labels);
	const meant = near === undefined ? '' : ` (did you mean "${near}"?)`;
	const remedy = field.isCustom
		? '"Create Missing Options" in the options of the node adds it'
		: "only a person can add it, in Pipedrive's settings of this field";
	const why = `it has no such option${meant}; ${remedy}`;
	return { ...misfit(field, input, why), missingOptions: [wanted] };
}

// `NT30 - 30 days net`: the code decides, the description may be renamed on either side.
function codeOf(label: string): string {
	return / - /.test(label) ? label.split(' - ')[0].trim().toLowerCase() : '';
}

function asOptions(field: Field, input: unknown): Encoded {
	const parts = Array.isArray(input) ? input : String(input).split(/[;,\n]/);
	const ids: unknown[] = [];
	const misfits: Misfit[] = [];
	for (const part of parts) {
		if (isEmpty(part)) continue;
		const one = asOption(field, part);
		if ('reason' in one) misfits.push(one);
		else ids.push(one.value);
	}
	if (misfits.length > 0) {
		const missingOptions = misfits.flatMap((misfit) => misfit.missingOptions ?? []);
		return { reason: misfits.map(({ reason }) => reason).join(' '), missingOptions };
	}
	// An empty list is refused by the API, null clears.
	return { value: ids.length === 0 ? null : [...new Set(ids)].sort(byNumber) };
}

function asId(field: Field, input: unknown): Encoded {
	const id = Number(idOf(input));
	return Number.isInteger(id) && id > 0
		? { value: id }
		: misfit(field, input, 'the number of a Pipedrive record or user is needed');
}

function asAddress(field: Field, input: unknown): Encoded {
	if (typeof input !== 'object') {
		return { value: { value: String(input).replace(/\s+/g, ' ').trim() } };
	}
	const parts = input as Record<string, unknown>;
	if (typeof parts.value === 'string') return { value: parts };
	if (!('street' in parts || 'city' in parts || 'postalCode' in parts || 'country' in parts)) {
		return misfit(field, input, 'an address as text or with street, postalCode, city is needed');
	}
	const { address, warning } = addressFor(input as ErpAddress);
	return { value: address ?? emptyValueOf(field), ...(warning ? { warning } : {}) };
}

function rangeOf(input: unknown): [unknown, unknown] {
	if (Array.isArray(input)) return [input[0], input[1]];
	if (typeof input === 'object' && input !== null) {
		const parts = input as Record<string, unknown>;
		return [parts.value ?? parts.from, parts.until ?? parts.to];
	}
	const text = String(input);
	const [from, until] = text.includes('/')
		? text.split('/')
		: text.split(/\s+-\s+|\s+to\s+|(?<=:\d\d)-/);
	return [from, until];
}

function zoned(input: unknown): { value: string; zone: { timezone_name?: string } } {
	if (typeof input !== 'object' || input === null) return { value: String(input), zone: {} };
	const parts = input as Record<string, unknown>;
	const name = parts.timezone_name ?? parts.timezone;
	return {
		value: String(parts.value ?? ''),
		zone: typeof name === 'string' && name !== '' ? { timezone_name: name } : {},
	};
}

function clock(text: string): string | undefined {
	const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
	if (!match || Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3] ?? 0) > 59) {
		return undefined;
	}
	return `${match[1].padStart(2, '0')}:${match[2]}:${match[3] ?? '00'}`;
}

function optionId(value: unknown): unknown {
	return value !== null && typeof value === 'object' ? (value as { id?: unknown }).id : value;
}

function idOf(value: unknown): unknown {
	return optionId(value);
}

function byNumber(a: unknown, b: unknown): number {
	return Number(a) - Number(b) || String(a).localeCompare(String(b));
}
