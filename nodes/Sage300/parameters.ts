import { CoreError } from '../../core/http/errors';
import { codesIn, listOf } from '../../core/n8n/names';
import { checkedName } from '../../core/odata/literals';
import { currencyMap, type Currencies } from './currencies';
import type { CustomerReading } from './customerSource';
import type { PostedSettings } from './postedSource';
import type { CustomerPart, CustomerSettings } from './mapping';

/** Reads one node parameter of the poll, or of the item at hand. */
export type Parameters = (name: string, fallback: unknown) => unknown;

export const ALL_PARTS: readonly CustomerPart[] = ['contacts', 'descriptions', 'shipTo'];

/** Numbers that every poll reads again: a batch may be posted late. */
export const REREAD_NUMBERS = 500;

export function customerSettings(read: Parameters, scope: string): CustomerSettings {
	const values = read('values', {}) as Record<string, unknown>;
	const filters = read('filters', {}) as Record<string, unknown>;
	return {
		scope,
		parts: new Set(read('parts', ALL_PARTS) as CustomerPart[]),
		optionalFields: listOf(values.optionalFields).map(optionalField),
		moreFields: listOf(values.moreFields).map(moreField),
		groups: codesIn(filters.groupIds, filters.groups),
		currencies: currenciesIn(values),
		taxNumber: Math.min(5, Math.max(1, Math.trunc(Number(values.taxNumber ?? 1)) || 1)),
		withRaw: read('output', 'erpRecord') === 'raw',
	};
}

export function customerReading(read: Parameters): CustomerReading {
	const reading = read('reading', {}) as Record<string, unknown>;
	return {
		followsActivity: reading.followActivity === true,
		sortsByKey: reading.sortByKey === true,
	};
}

export function postedSettings(read: Parameters): PostedSettings {
	const reading = read('reading', {}) as Record<string, unknown>;
	const numbers = Number(reading.rereadNumbers ?? REREAD_NUMBERS);
	return {
		rereadNumbers: Number.isFinite(numbers) ? Math.max(0, Math.trunc(numbers)) : REREAD_NUMBERS,
		sortsByKey: reading.sortByKey === true,
		withRaw: read('output', 'erpRecord') === 'raw',
		currencies: currenciesIn(read('values', {}) as Record<string, unknown>),
	};
}

function currenciesIn(values: Record<string, unknown>): Currencies {
	const company = String(values.companyCurrency ?? '')
		.trim()
		.toUpperCase();
	return { company, iso: currencyMap(String(values.currencyCodes ?? '')) };
}

function optionalField(name: string): string {
	if (/^[A-Za-z0-9_-]{1,60}$/.test(name)) return name;
	throw new CoreError('configuration', `"${name}" is not the name of an optional field.`, {
		remedy: 'Correct "Optional Fields": names consist of letters and digits.',
	});
}

const PERSONAL = /^(Card|CreditBureau|CreditCard)|Birth|Bank/i;

function moreField(name: string): string {
	checkedName(name, 'More Fields');
	if (!PERSONAL.test(name)) return name;
	throw new CoreError('configuration', `"${name}" holds data that is never mapped.`, {
		remedy: 'Take it out of "More Fields".',
	});
}

/** A module as it stands in addresses: `AR`. */
export function moduleOf(typed: string): string {
	return checkedName(typed, 'Module').toUpperCase();
}
