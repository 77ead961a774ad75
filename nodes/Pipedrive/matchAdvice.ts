import type { PipedriveRow } from './api';
import { KINDS, type EntityName } from './entities';
import { externalIdsOf } from './matchKeys';

/** What the sentences about candidates need to know of the company and the ERP's record. */
export interface Asked {
	entity: EntityName;
	externalId: string;
	/** Name of the custom field that holds the external ids, as Pipedrive shows it. */
	idField: string;
	/** Address of the company's pages. */
	webUrl: string;
}

/** Same name, address unknown. */
export function possibleMatch(asked: Asked, rows: readonly PipedriveRow[], idKey: string): string {
	const what = `${candidates(asked, rows)} the same name, but an address is missing on one side`;
	const taken = takenBy(rows, idKey);
	const { externalId, idField } = asked;
	if (rows.length === 1 && taken.length === 1) {
		return `${what}. It ${taken[0].stands}: leave that ID in "${idField}", and complete the address in Pipedrive and in the ERP; "When Linked to Another ERP Record" then says whether both are one`;
	}
	const target = rows.length === 1 ? `its "${idField}"` : `"${idField}" of the right one`;
	const link = `to link it, write ${externalId} into ${target} in Pipedrive; to keep both, complete the address`;
	return `${what}: ${link}${keep(taken)}`;
}

/** A match that a person wants to decide about. */
export function askedMatch(asked: Asked, row: PipedriveRow, by: string, idKey: string): string {
	const what = `${candidates(asked, [row])} the same ${by}`;
	const [taken] = takenBy([row], idKey);
	const { externalId, idField } = asked;
	if (!taken) return `${what}: to link it, write ${externalId} into its "${idField}" in Pipedrive`;
	return `${what}. It ${taken.stands}: leave that ID in "${idField}"; if both are one, set "Link Existing Records" to "By External ID and Content" and "When Linked to Another ERP Record" to "Add as Alias"`;
}

/** Several that fit equally well. */
export function severalMatches(
	asked: Asked,
	rows: readonly PipedriveRow[],
	by: string,
	idKey: string,
): string {
	const { entity, externalId, idField } = asked;
	const ids = rows.map(({ id }) => id).join(', ');
	return `${rows.length} ${KINDS[entity].plural} in Pipedrive have the same ${by} (${ids}): write ${externalId} into "${idField}" of the right one, or merge them${keep(takenBy(rows, idKey))}`;
}

/** A row of the id table names somebody else's record. */
export function strangerMatch(asked: Asked, row: PipedriveRow, idKey: string): string {
	const { entity, externalId, idField } = asked;
	const what = `Known IDs names ${entity} ${row.id} for ${externalId}, but that record shows neither this external id nor its name nor a value written for it`;
	const [taken] = takenBy([row], idKey);
	if (taken) return `${what}. It ${taken.stands}: remove the row from the table`;
	return `${what}: to link it, write ${externalId} into its "${idField}" in Pipedrive; else remove the row from the table`;
}

interface Taken {
	id: number;
	stands: string;
}

function takenBy(rows: readonly PipedriveRow[], idKey: string): Taken[] {
	return rows.flatMap((row) => {
		const others = externalIdsOf(row, idKey);
		if (others.length === 0) return [];
		return [{ id: row.id, stands: `stands for ${others.join(', ')}, another ERP record` }];
	});
}

function keep(taken: readonly Taken[]): string {
	if (taken.length === 0) return '';
	return `. ${taken.map(({ id, stands }) => `${id} ${stands}`).join('; ')}: leave that ID as it is`;
}

/** Records that have a page of their own in Pipedrive. */
const WITH_PAGE: readonly EntityName[] = ['organization', 'person', 'deal'];
const MOST_SHOWN = 80;

function candidates({ entity, webUrl }: Asked, rows: readonly PipedriveRow[]): string {
	const { label, plural, nameKey } = KINDS[entity];
	if (rows.length > 1) {
		const all = plural.charAt(0).toUpperCase() + plural.slice(1);
		return `${all} ${rows.map(({ id }) => id).join(', ')} have`;
	}
	const [row] = rows;
	const name = String(row[nameKey] ?? '').slice(0, MOST_SHOWN);
	const page = WITH_PAGE.includes(entity) ? ` (${webUrl}/${entity}/${row.id})` : '';
	return `${label} ${row.id}${name === '' ? '' : ` "${name}"`}${page} has`;
}
