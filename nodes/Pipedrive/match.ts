import type { ErpAddress } from '../../core/record/erpRecord';
import { addressWords, isSameAddress } from '../../core/record/matchKeys';
import type { PipedriveRow } from './api';
import type { PipedriveAddress } from './address';
import type { Directory } from './recordStore';
import {
	askedMatch,
	possibleMatch,
	severalMatches,
	strangerMatch,
	type Asked,
} from './matchAdvice';
import {
	codeKey,
	externalIdsOf,
	nameKey,
	orderKey,
	personEmailKey,
	personNameKey,
} from './matchKeys';

export interface MatchQuery extends Asked {
	/** From the durable id table (Known Ids). */
	rememberedId?: number;
	/** Whether the remembered record still shows something of what it is remembered for. */
	isRecognised?: (row: PipedriveRow) => boolean;
	name: string;
	/** Organizations: parts from the ERP, or a text. */
	address?: ErpAddress | string;
	/** Persons. */
	email?: string;
	/** Persons and deals: the organization they belong to; unknown while it does not exist yet. */
	orgId?: number;
	/** Products. */
	code?: string;
	/** Deals: the ERP's number of the order and the customer's own. */
	orderNumbers?: readonly string[];
}

export interface MatchRules {
	/** Custom field that holds the external ids. */
	externalIdKey: string;
	/** What to do with existing records that do not carry the external id. */
	link: 'match' | 'ask' | 'never';
	/** A record found by match that already carries another external id. */
	secondIdentity: 'setAside' | 'alias' | 'separate';
}

export type AmbiguityCode = 'notRecognised' | 'ambiguous' | 'possibleMatch' | 'secondIdentity';

export type Match =
	| { outcome: 'found'; row: PipedriveRow; by: 'externalId' | 'rememberedId' | 'match' }
	| { outcome: 'absent' }
	| { outcome: 'ambiguous'; code: AmbiguityCode; ids: number[]; reason: string }
	/** Remembered, but not among the known records: has to be read before anything is decided. */
	| { outcome: 'unknown'; rememberedId: number };

/**
 * Which Pipedrive record stands for this ERP record. External id first, then the remembered id, then a unique
 * match by content. Ambiguous and unknown never create.
 */
export function matchOf(query: MatchQuery, directory: Directory, rules: MatchRules): Match {
	const carriers = directory.byExternalId(query.externalId);
	if (carriers.length > 1) {
		return ambiguous(
			'ambiguous',
			carriers,
			`${carriers.length} ${query.entity}s in Pipedrive (${carriers.join(', ')}) carry the external id ${query.externalId}: merge them, or clear "${query.idField}" on all but one`,
		);
	}
	const carrier = carriers.length === 1 ? directory.row(carriers[0]) : undefined;
	if (carrier) return { outcome: 'found', row: carrier, by: 'externalId' };

	if (query.rememberedId !== undefined) {
		const remembered = directory.row(query.rememberedId);
		if (!remembered) return { outcome: 'unknown', rememberedId: query.rememberedId };
		if (query.isRecognised && !query.isRecognised(remembered)) {
			return stranger(query, remembered, rules);
		}
		return withIdentity(query, remembered, 'rememberedId', rules);
	}
	if (rules.link === 'never') return { outcome: 'absent' };
	if (query.entity === 'organization') return matchOrganization(query, directory, rules);
	return matchByKeys(query, directory, rules);
}

/** A row of the id table may be wrong: it must never make us overwrite somebody else's record. */
function stranger(query: MatchQuery, row: PipedriveRow, { externalIdKey }: MatchRules): Match {
	return ambiguous('notRecognised', [row.id], strangerMatch(query, row, externalIdKey));
}

function matchOrganization(query: MatchQuery, directory: Directory, rules: MatchRules): Match {
	const named = rowsOf(directory, nameKey(query.name)).filter(isOpenTo(rules));
	const same = named.filter((row) => addressRelation(query.address, row) === 'same');
	if (same.length > 0) return uniqueOf(query, same, rules, 'name and address');
	const possible = named.filter((row) => addressRelation(query.address, row) === 'unknown');
	if (possible.length === 0) return { outcome: 'absent' };
	const ids = possible.map((row) => row.id);
	return ambiguous('possibleMatch', ids, possibleMatch(query, possible, rules.externalIdKey));
}

/** Steps from the surest to the least sure; the first that finds any decides. */
function keysToTry(query: MatchQuery): Array<[key: string, by: string]> {
	const { entity, orgId } = query;
	if (entity === 'product') return [[codeKey(query.code ?? ''), 'product code']];
	if (orgId === undefined) return [];
	if (entity === 'deal') {
		return (query.orderNumbers ?? []).map((number) => [
			orderKey(orgId, number),
			`order number ${number} within the organization`,
		]);
	}
	return [
		[personEmailKey(orgId, query.email ?? ''), 'e-mail within the organization'],
		[personNameKey(orgId, query.name), 'name within the organization'],
	];
}

function matchByKeys(query: MatchQuery, directory: Directory, rules: MatchRules): Match {
	for (const [key, by] of keysToTry(query)) {
		const rows = rowsOf(directory, key)
			.filter(isOpenTo(rules))
			.filter((row) => !isOtherOfSameOrigin(query.externalId, row, rules));
		if (rows.length > 0) return uniqueOf(query, rows, rules, by);
	}
	return { outcome: 'absent' };
}

function uniqueOf(
	query: MatchQuery,
	rows: readonly PipedriveRow[],
	rules: MatchRules,
	by: string,
): Match {
	const { externalIdKey } = rules;
	const ids = rows.map((row) => row.id);
	if (rows.length > 1) {
		return ambiguous('ambiguous', ids, severalMatches(query, rows, by, externalIdKey));
	}
	if (rules.link === 'ask') {
		return ambiguous('possibleMatch', ids, askedMatch(query, rows[0], by, externalIdKey));
	}
	return withIdentity(query, rows[0], 'match', rules);
}

function withIdentity(
	query: MatchQuery,
	row: PipedriveRow,
	by: 'rememberedId' | 'match',
	rules: MatchRules,
): Match {
	const others = externalIdsOf(row, rules.externalIdKey);
	if (others.length === 0 || rules.secondIdentity === 'alias') return { outcome: 'found', row, by };
	if (rules.secondIdentity === 'separate') return { outcome: 'absent' };
	return ambiguous(
		'secondIdentity',
		[row.id],
		`${query.entity} ${row.id} already stands for ${others.join(', ')}: set "When Linked to Another ERP Record" to "Add as Alias" or "Create Separately", or solve it in the ERP`,
	);
}

// "Create Separately": what already stands for another ERP record is no candidate at all.
function isOpenTo(rules: MatchRules): (row: PipedriveRow) => boolean {
	return (row) =>
		rules.secondIdentity !== 'separate' || externalIdsOf(row, rules.externalIdKey).length === 0;
}

// Contacts of one company often share a mailbox, orders a customer's reference: what stands for another record of the
// same ERP is another one.
function isOtherOfSameOrigin(externalId: string, row: PipedriveRow, rules: MatchRules): boolean {
	const origin = (id: string) => id.split(':').slice(0, 3).join(':');
	return externalIdsOf(row, rules.externalIdKey).some((id) => origin(id) === origin(externalId));
}

function addressRelation(
	address: ErpAddress | string | undefined,
	row: PipedriveRow,
): 'same' | 'different' | 'unknown' {
	const text = (row.address as PipedriveAddress | null | undefined)?.value ?? '';
	const wanted = typeof address === 'string' ? address : textOf(address);
	if (text.trim() === '' || wanted.trim() === '') return 'unknown';
	const isSame =
		typeof address === 'string' || address === undefined
			? equalWords(addressWords(wanted), addressWords(text))
			: isSameAddress(address, text);
	return isSame ? 'same' : 'different';
}

function textOf(address: ErpAddress | undefined): string {
	if (!address) return '';
	return [address.street, address.postalCode, address.city].filter(Boolean).join(' ');
}

function equalWords(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
	return a.size === b.size && [...a].every((word) => b.has(word));
}

function rowsOf(directory: Directory, key: string): PipedriveRow[] {
	return directory
		.byMatchKey(key)
		.map((id) => directory.row(id))
		.filter((row): row is PipedriveRow => row !== undefined);
}

function ambiguous(code: AmbiguityCode, ids: number[], reason: string): Match {
	return { outcome: 'ambiguous', code, ids, reason: `${reason}.` };
}
