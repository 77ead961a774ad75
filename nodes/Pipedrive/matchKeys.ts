import { folded, normalisedEmail, normalisedName } from '../../core/record/matchKeys';
import type { PipedriveRow } from './api';
import { contactEntries } from './contacts';
import type { EntityName } from './entities';

/** Keys under which a record can be found without its external id. '' never occurs. */
export const nameKey = (name: string): string => withText('n', normalisedName(name));
export const personEmailKey = (orgId: number, email: string): string =>
	withText(`e${orgId}`, normalisedEmail(email));
export const personNameKey = (orgId: number, name: string): string =>
	withText(`p${orgId}`, folded(name));

/** Case and outer blanks make no other product. */
export const codeKey = (code: string): string => withText('c', folded(code));
export const orderKey = (orgId: number, number: string): string =>
	isOrderNumber(number) ? `d${orgId}:${folded(number)}` : '';

export function matchKeysOf(entity: EntityName, row: PipedriveRow): string[] {
	const name = row.name ?? '';
	if (entity === 'organization') return [nameKey(name)].filter(Boolean);
	if (entity === 'product') {
		return [codeKey(typeof row.code === 'string' ? row.code : '')].filter(Boolean);
	}
	const orgId = typeof row.org_id === 'number' ? row.org_id : undefined;
	if (orgId === undefined) return [];
	if (entity === 'deal') return orderKeysOf(orgId, row);
	return [
		personNameKey(orgId, name),
		...contactEntries(row.emails).map((entry) => personEmailKey(orgId, entry.value)),
	].filter(Boolean);
}

/** Numbers that stand in a deal's title or are the whole of one of its text fields. */
function orderKeysOf(orgId: number, row: PipedriveRow): string[] {
	const custom = Object.values(row.custom_fields ?? {});
	const texts = custom.filter((value): value is string => typeof value === 'string');
	// A postcode in a title is no order number.
	const words = (row.name ?? '').split(/[\s,;:()#]+/).filter((word) => !/^\d{1,5}$/.test(word));
	const keys = [...words, ...texts].map((text) => orderKey(orgId, text.trim()));
	return [...new Set(keys)].filter(Boolean);
}

/** Long enough and with a digit: a year or a quantity in a title is no order number. */
function isOrderNumber(text: string): boolean {
	return /^(?=.*\d)[^\s:]{5,40}$/.test(text);
}

function withText(prefix: string, text: string): string {
	return text === '' ? '' : `${prefix}:${text}`;
}

/** One id per line: an organization may stand for several ERP records. */
export function externalIdsOf(row: PipedriveRow, externalIdKey: string): string[] {
	const text = row.custom_fields?.[externalIdKey];
	if (typeof text !== 'string') return [];
	return text
		.split(/[\r\n]+/)
		.map((line) => line.trim())
		.filter(Boolean);
}
