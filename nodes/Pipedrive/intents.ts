import { asCoreError } from '../../core/http/errors';
import type { ErpAddress, ErpIdentity, ErpPerson, ErpRecord } from '../../core/record/erpRecord';
import { isEmail } from '../../core/record/matchKeys';
import type { EntityName } from './api';
import type { ContactKind } from './contacts';
import { erpValue, isAmount, type MapRow, type WritePolicy } from './fieldMap';
import type { Field, FieldSet } from './fields';
import { encode } from './fieldValues';

/** One Pipedrive record that should come to look like the ERP's; nothing is decided yet. */
export interface Intent {
	/** Index of the input item. */
	item: number;
	entity: EntityName;
	externalId: string;
	erp: ErpIdentity;
	name: string;
	/** Organizations: for matching. */
	address?: ErpAddress | string;
	/** Persons: for matching. */
	email?: string;
	values: WantedValue[];
	contacts: WantedContact[];
	/** Not created while true; flagged when there. */
	isBlocked: boolean;
	isDeleted: boolean;
	/** Persons: the standard relationship decides the organization. */
	isStandard: boolean;
	/** Persons of an ERP record: the organization they belong to. */
	organization?: Intent;
	/** Persons on their own: a Pipedrive organization. */
	organizationId?: number;
	warnings: string[];
	/** Why it cannot be written at all. */
	rejected?: string;
	/** As the ERP gave it, for the fingerprint of the audit. */
	payload: unknown;
}

export interface WantedValue {
	field: Field;
	/** Path in the ERP record or name of the column. */
	source: string;
	policy: WritePolicy;
	/** Encoded for the request body; `null` clears. */
	value: unknown;
}

export interface WantedContact {
	field: Field;
	kind: ContactKind;
	slot: string;
	label: string;
	value: string;
	policy: WritePolicy;
}

/** The field map, resolved once per run. */
export interface ResolvedMap {
	rows: ResolvedRow[];
	/** Rows whose Pipedrive field does not exist: left out, reported once per run. */
	missing: string[];
	/** Pipedrive's users by e-mail in lower case, where a row writes an owner. */
	users?: ReadonlyMap<string, number>;
}

interface ResolvedRow {
	source: string;
	field: Field;
	policy: WritePolicy;
}

export function resolveMap(rows: readonly MapRow[], fields: FieldSet): ResolvedMap {
	const resolved: ResolvedMap = { rows: [], missing: [] };
	for (const row of rows) {
		if (!row.isActive || row.erpField === '' || row.pipedriveField === '') continue;
		const field = fields.find(row.pipedriveField);
		if (field) resolved.rows.push({ source: row.erpField, field, policy: row.policy });
		else resolved.missing.push(row.pipedriveField);
	}
	return resolved;
}

const LONGEST_NAME = 255;
/** Half of a surrogate pair is no character: it would come back from Pipedrive as something else. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}\u200b\ufeff]+/gu;

/** One line, no control characters, at most 255 characters. */
export function cleanName(name: string): { name: string; warning?: string } {
	const clean = name.replace(CONTROL_CHARACTERS, ' ').replace(/\s+/g, ' ').trim();
	if (clean.length <= LONGEST_NAME) return { name: clean };
	return {
		name: clean
			.slice(0, LONGEST_NAME)
			.replace(/\p{Cs}/gu, '')
			.trim(),
		warning: `The name has ${clean.length} characters; Pipedrive takes ${LONGEST_NAME}, so it was cut.`,
	};
}

const LONGEST_EXTERNAL_ID = 255;

/**
 * Why a record cannot be found again by this id. The field holds one id per line and is trimmed: an id that does
 * not come back as it was sent would make a new record in every run.
 */
export function unusableId(externalId: unknown): string | undefined {
	if (typeof externalId !== 'string' || externalId.trim() === '') return 'It has no external id';
	const shown = JSON.stringify(externalId.slice(0, 60));
	if (/\p{Cc}|\p{Cs}/u.test(externalId) || externalId !== externalId.trim()) {
		return `The external id ${shown} begins or ends with a blank or holds a line break or another control character: correct it`;
	}
	if (externalId.length <= LONGEST_EXTERNAL_ID) return undefined;
	return `The external id ${shown}… has ${externalId.length} characters and ${LONGEST_EXTERNAL_ID} are allowed: shorten it`;
}

/** The intents of one ERP record: its organization first, then its contact persons. */
export function intentsOf(
	record: ErpRecord,
	item: number,
	maps: Record<EntityName, ResolvedMap>,
): Intent[] {
	try {
		return wellFormedIntentsOf(record, item, maps);
	} catch (error) {
		return [malformedIntent(record, item, error)];
	}
}

/** Whatever a workflow put in the place of a record's parts must cost that record only, not the whole run. */
function malformedIntent(record: ErpRecord, item: number, error: unknown): Intent {
	return {
		item,
		entity: record.organization ? 'organization' : 'person',
		externalId: String(record.erp.externalId),
		erp: record.erp,
		name: '',
		values: [],
		contacts: [],
		isBlocked: false,
		isDeleted: false,
		isStandard: true,
		warnings: [],
		rejected: `The item has not the shape of an ERP Record (${asCoreError(error).message}): connect an ERP trigger, or correct what changes its items`,
		payload: record,
	};
}

function wellFormedIntentsOf(
	record: ErpRecord,
	item: number,
	maps: Record<EntityName, ResolvedMap>,
): Intent[] {
	const organization =
		record.organization || isVanished(record)
			? organizationIntent(record, item, maps.organization)
			: undefined;
	const persons = (record.persons ?? []).map((person) => ({
		...personIntent(record, person, item, maps.person),
		...(organization ? { organization } : {}),
	}));
	return organization ? [organization, ...persons] : persons;
}

// A tombstone is only an identity: there is nothing left to read.
function isVanished(record: ErpRecord): boolean {
	const { persons, deal, product, document } = record;
	return record.erp.isDeleted && !persons?.length && !deal && !product && !document;
}

function organizationIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const source = record.organization ?? { name: '', type: [] };
	const { name, warning } = cleanName(source.name ?? '');
	const intent: Intent = {
		item,
		entity: 'organization',
		externalId: record.erp.externalId,
		erp: record.erp,
		name,
		address: source.billingAddress,
		values: [],
		contacts: [],
		isBlocked: record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: true,
		warnings: [...(warning ? [warning] : []), ...(record.warnings ?? [])],
		payload: { erp: { ...record.erp, readAt: '' }, organization: source },
	};
	intent.rejected = unusableId(intent.externalId);
	if (intent.rejected === undefined && name === '' && !record.erp.isDeleted) {
		intent.rejected = `The ERP record ${record.erp.key} has no name: give it one in the ERP`;
	}
	fill(intent, map, record, undefined);
	return intent;
}

function personIntent(
	record: ErpRecord,
	person: ErpPerson,
	item: number,
	map: ResolvedMap,
): Intent {
	const named = cleanName(personName(record, person));
	const intent: Intent = {
		item,
		entity: 'person',
		externalId: person.externalId,
		erp: { ...record.erp, entity: 'contactPerson', key: person.key, externalId: person.externalId },
		name: named.name,
		email: person.email && isEmail(person.email) ? person.email.trim() : undefined,
		values: [],
		contacts: [],
		isBlocked: !person.isActive || record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: person.isStandard !== false,
		warnings: named.warning ? [named.warning] : [],
		rejected: unusableId(person.externalId),
		payload: person,
	};
	if (intent.rejected === undefined && named.name === '') {
		intent.rejected = `The contact person ${person.key} has no name, e-mail or function: give it a name in the ERP`;
	}
	fill(intent, map, record, { ...person, name: named.name });
	return intent;
}

function personName(record: ErpRecord, person: ErpPerson): string {
	const full = person.name || [person.firstName, person.lastName].filter(Boolean).join(' ');
	if (full.trim() !== '') return full;
	if (person.email && isEmail(person.email)) return person.email.split('@')[0];
	const company = record.organization?.name ?? '';
	return person.function ? [person.function, company].filter(Boolean).join(' - ') : '';
}

function fill(intent: Intent, map: ResolvedMap, record: ErpRecord, person?: ErpPerson): void {
	for (const row of map.rows) {
		// A deleted record is only flagged: what the ERP still shows of it is no news.
		if (intent.isDeleted && row.source !== 'status') continue;
		let input = erpValue(record, row.source, person);
		if (input === undefined) continue;
		if (row.field.key === 'name') input = intent.name;
		if (row.field.type === 'monetary' && isAmount(row.source) && input !== '') {
			input = { value: input, currency: record.organization?.currency ?? '' };
		}
		if (row.field.type === 'user' && typeof input === 'string' && input.includes('@')) {
			const userId = map.users?.get(input.trim().toLowerCase());
			if (userId === undefined) {
				intent.warnings.push(`Pipedrive has no active user "${input}": the owner was left alone.`);
				continue;
			}
			input = userId;
		}
		addWanted(intent, row, input);
	}
}

/** Puts a value into the intent; what does not fit becomes a warning and the rest of the record goes on. */
export function addWanted(intent: Intent, row: ResolvedRow, input: unknown): void {
	const { field, source, policy } = row;
	if (field.type === 'emails' || field.type === 'phones') {
		addContact(intent, row, String(input ?? ''));
		return;
	}
	if (/email$/i.test(source) && typeof input === 'string' && !isFitEmail(intent, source, input))
		return;
	const encoded = encode(field, input);
	if ('reason' in encoded) {
		intent.warnings.push(encoded.reason);
		return;
	}
	if (encoded.warning) intent.warnings.push(encoded.warning);
	intent.values.push({ field, source, policy, value: encoded.value });
}

function addContact(intent: Intent, row: ResolvedRow, text: string): void {
	const value = text.trim();
	const kind = row.field.type as ContactKind;
	if (kind === 'emails' && !isFitEmail(intent, row.source, value)) return;
	const slot = row.source.split('.').pop() ?? row.source;
	const label = /mobile/i.test(slot) ? 'mobile' : 'work';
	intent.contacts.push({ field: row.field, kind, slot, label, value, policy: row.policy });
}

function isFitEmail(intent: Intent, source: string, value: string): boolean {
	if (value.trim() === '' || isEmail(value)) return true;
	// A list of addresses in one field is common in ERPs; none of them is more right than the others.
	intent.warnings.push(
		`"${value.slice(0, 80)}" (${source}) is no e-mail address and was left out: correct it in the ERP.`,
	);
	return false;
}
