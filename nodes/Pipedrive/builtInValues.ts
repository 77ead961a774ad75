import { folded } from '../../core/record/matchKeys';
import type { Field } from './fields';
import { exactOf, MOST_DIGITS, numberOf, roundedTo } from './lines/decimal';
import { truthOf } from './truthValues';

/** What goes into a request body, or why it does not fit. */
type Encoded = { value: unknown } | { why: string };

/** One entry of a product's `prices`. Pipedrive replaces the list whole. */
export interface ProductPrice {
	currency: string;
	price: number;
	cost?: number;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/**
 * Types that only built-in fields have. Shapes: `POST /deals`, `POST /products` of Pipedrive's OpenAPI v2.
 * `undefined` for every other type.
 */
export function encodeBuiltIn(field: Field, input: unknown): Encoded | undefined {
	switch (field.type) {
		case 'status':
			return oneOf(input, ['open', 'won', 'lost']);
		case 'currency':
			return asCurrency(input);
		case 'boolean':
			return asBoolean(input);
		case 'moment':
			return asMoment(input);
		case 'pipeline':
		case 'stage':
			return asStage(field, input);
		case 'prices':
			return asPrices(input);
		default:
			return undefined;
	}
}

/** One text for every spelling of a price list; other currencies and order do not matter to a comparison of ours. */
export function pricesText(value: unknown): string {
	return pricesIn(value)
		.map(({ currency, price, cost }) => `${currency} ${price} ${cost ?? 0}`)
		.sort()
		.join(', ');
}

/** Our currencies replaced, those of others kept; a cost that we do not know stays. */
export function mergedPrices(current: unknown, wanted: unknown): ProductPrice[] {
	const ours = pricesIn(wanted);
	const theirs = pricesIn(current);
	const kept = theirs.filter(({ currency }) => !ours.some((our) => our.currency === currency));
	const merged = ours.map((our) => {
		const before = theirs.find(({ currency }) => currency === our.currency);
		const cost = our.cost ?? before?.cost;
		return { currency: our.currency, price: our.price, ...(cost ? { cost } : {}) };
	});
	return [...kept, ...merged];
}

function pricesIn(value: unknown): ProductPrice[] {
	if (!Array.isArray(value)) return [];
	return value.map((entry) => {
		const { currency, price, cost } = entry as Record<string, unknown>;
		return {
			currency: String(currency ?? '').toUpperCase(),
			price: Number(price ?? 0),
			...(cost === undefined || cost === null ? {} : { cost: Number(cost) }),
		};
	});
}

function oneOf(input: unknown, values: readonly string[]): Encoded {
	const value = values.find((one) => one === String(input).trim().toLowerCase());
	return value ? { value } : { why: `one of ${values.join(', ')} is needed` };
}

function asCurrency(input: unknown): Encoded {
	const code = String(input).trim().toUpperCase();
	return /^[A-Z]{3}$/.test(code) ? { value: code } : { why: 'a currency code like EUR is needed' };
}

function asBoolean(input: unknown): Encoded {
	const value = truthOf(input);
	return value === undefined ? { why: 'true or false is needed' } : { value };
}

/** The calendar day at the beginning of the text; `undefined` where there is none, or none of that number. */
export function dayOf(input: unknown): string | undefined {
	const [, day] = /^(\d{4}-\d{2}-\d{2})([T ].*)?$/.exec(String(input ?? '').trim()) ?? [];
	if (day === undefined) return undefined;
	const instant = Date.parse(`${day}T00:00:00Z`);
	// 2026-02-30 rolls over into March: the round trip tells.
	return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day)
		? day
		: undefined;
}

/** A day counts from its midnight in UTC; v2 takes whole seconds only. */
function asMoment(input: unknown): Encoded {
	const text = String(input).trim();
	const day = dayOf(text);
	const instant = day === undefined ? NaN : Date.parse(day === text ? `${text}T00:00:00Z` : text);
	if (Number.isNaN(instant)) return { why: 'a date like 2026-11-20 is needed' };
	return { value: `${new Date(instant).toISOString().slice(0, 19)}Z` };
}

/** By number, by name, or as `Pipeline / Stage` where several pipelines have a stage of that name. */
function asStage(field: Field, input: unknown): Encoded {
	const wanted = folded(String(input).trim());
	const byId = field.options.find(({ id }) => String(id) === String(input).trim());
	const exact = field.options.find(({ label }) => folded(label) === wanted);
	const found = exact ?? byId;
	if (found) return { value: found.id };
	const named = field.options.filter(({ label }) => folded(stageName(label)) === wanted);
	if (named.length === 1) return { value: named[0].id };
	if (named.length > 1) {
		return { why: `several pipelines have it: ${named.map(({ label }) => label).join(', ')}` };
	}
	const labels = field.options.map(({ label }) => label);
	return { why: `Pipedrive has ${labels.join(', ') || 'none'}` };
}

export const STAGE_SEPARATOR = ' / ';

function stageName(label: string): string {
	const at = label.indexOf(STAGE_SEPARATOR);
	return at < 0 ? label : label.slice(at + STAGE_SEPARATOR.length);
}

function asPrices(input: unknown): Encoded {
	const entries = typeof input === 'string' ? input.split(/[;\n]/) : input;
	if (!Array.isArray(entries)) return { why: 'prices like "12.50 EUR; 14 USD" are needed' };
	const prices: ProductPrice[] = [];
	for (const entry of entries as unknown[]) {
		const parts = typeof entry === 'string' ? priceText(entry) : (entry as Record<string, unknown>);
		const currency = asCurrency(parts.currency);
		if ('why' in currency) return currency;
		const [price, cost] = [parts.price, parts.cost].map((part) => String(part ?? '').trim());
		if (!NUMBER.test(price) || (cost !== '' && !NUMBER.test(cost))) {
			return { why: 'a number with a decimal point is needed as price' };
		}
		if (prices.some((one) => one.currency === currency.value)) {
			return { why: `${String(currency.value)} occurs twice` };
		}
		const [priceNumber, costNumber] = [cents(price), cost === '' ? 0 : cents(cost)];
		if (priceNumber === undefined || costNumber === undefined) {
			return { why: `Pipedrive keeps only ${MOST_DIGITS} digits` };
		}
		prices.push({
			currency: String(currency.value),
			price: priceNumber,
			...(cost === '' ? {} : { cost: costNumber }),
		});
	}
	return { value: prices };
}

function priceText(text: string): Record<string, unknown> {
	const match = /^([+-]?[\d.]+)\s*([A-Za-z]{3})$/.exec(text.trim());
	return match ? { price: match[1], currency: match[2] } : {};
}

/** Pipedrive keeps two decimals; `undefined` for more digits than it keeps. */
function cents(text: string): number | undefined {
	return numberOf(roundedTo(exactOf(text)!, 2));
}
