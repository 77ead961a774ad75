import { folded, normalisedEmail, normalisedName } from '../../core/record/matchKeys';
import type { EntityName, PipedriveRow } from './api';
import { contactEntries } from './contacts';

/** Keys under which a record can be found without its external id. '' never occurs. */
export const nameKey = (name: string): string => withText('n', normalisedName(name));
export const personEmailKey = (orgId: number, email: string): string =>
	withText(`e${orgId}`, normalisedEmail(email));
export const personNameKey = (orgId: number, name: string): string =>
	withText(`p${orgId}`, folded(name));

export function matchKeysOf(entity: EntityName, row: PipedriveRow): string[] {
	const name = row.name ?? '';
	if (entity === 'organization') return [nameKey(name)].filter(Boolean);
	const orgId = typeof row.org_id === 'number' ? row.org_id : undefined;
	if (orgId === undefined) return [];
	return [
		personNameKey(orgId, name),
		...contactEntries(row.emails).map((entry) => personEmailKey(orgId, entry.value)),
	].filter(Boolean);
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
