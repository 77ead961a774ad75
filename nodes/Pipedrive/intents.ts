import { asCoreError } from '../../core/http/errors';
import type {
	ErpAddress,
	ErpDeal,
	ErpIdentity,
	ErpPerson,
	ErpRecord,
} from '../../core/record/erpRecord';
import { isEmail } from '../../core/record/matchKeys';
import type { ContactKind } from './contacts';
import type { DealSettings } from './deals/dealSettings';
import { stageOf } from './deals/dealSettings';
import { ENTITIES, isName, type EntityName } from './entities';
import { currencyOfAmount, erpValue, FLAGS, type MapRow, type WritePolicy } from './fieldMap';
import type { Field, FieldSet } from './fields';
import { encode } from './fieldValues';
import { withTruthValues } from './truthValues';

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
	/** Persons: another item of the batch says that they left the company that Pipedrive shows. */
	hasLeftShown?: boolean;
	/** Persons of an ERP record: the organization they belong to. */
	organization?: Intent;
	/** Persons and deals on their own: a Pipedrive organization. */
	organizationId?: number;
	/** Deals: their organization in the ERP; the batch or Pipedrive knows it. */
	hostExternalId?: string;
	/** Products: for matching. */
	code?: string;
	/** Deals: for matching, and the lines to be written. */
	orderNumbers?: readonly string[];
	deal?: ErpDeal;
	/** Deals: the lines cannot be written now. */
	withoutLines?: boolean;
	/** Options that the values would need. */
	missingOptions: Array<{ field: Field; label: string }>;
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
	/** Deals. */
	deal?: DealSettings;
	/** Whether a record whose value does not fit its field is held back; else the value is left out. */
	misfitsHoldBack?: boolean;
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

/** The intents of one ERP record: its organization with the contact persons, its product, its deal. */
export function intentsOf(
	record: ErpRecord,
	item: number,
	maps: Record<EntityName, ResolvedMap>,
): Intent[] {
	try {
		return wellFormedIntentsOf(withTruthValues(record), item, maps);
	} catch (error) {
		return [malformedIntent(record, item, error)];
	}
}

/** Whatever a workflow put in the place of a record's parts must cost that record only, not the whole run. */
function malformedIntent(record: ErpRecord, item: number, error: unknown): Intent {
	return {
		item,
		entity: mainEntityOf(record),
		externalId: String(record.erp.externalId),
		erp: record.erp,
		name: '',
		values: [],
		contacts: [],
		isBlocked: false,
		isDeleted: false,
		isStandard: true,
		missingOptions: [],
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
	const vanished = vanishedEntityOf(record);
	const organization =
		record.organization || vanished === 'organization'
			? organizationIntent(record, item, maps.organization)
			: undefined;
	const persons = (record.persons ?? []).map((person) => ({
		...personIntent(record, person, item, maps.person),
		...(organization ? { organization } : {}),
	}));
	const product =
		record.product || vanished === 'product' ? [productIntent(record, item, maps.product)] : [];
	const deal = record.deal || vanished === 'deal' ? [dealIntent(record, item, maps.deal)] : [];
	return [...(organization ? [organization] : []), ...persons, ...product, ...deal];
}

/** Which Pipedrive entities these records touch, in the order of writing. A deal needs its organization. */
export function entitiesIn(records: readonly ErpRecord[]): EntityName[] {
	const needed = new Set<EntityName>();
	for (const record of records) {
		const vanished = vanishedEntityOf(record);
		if (vanished) needed.add(vanished);
		if (record.organization || hostIn(record)) needed.add('organization');
		if (record.persons?.length) needed.add('person');
		if (record.product) needed.add('product');
		if (record.deal) needed.add('deal');
	}
	return ENTITIES.filter((entity) => needed.has(entity));
}

/** Entities of which these records only name one that is there already. */
export function lookedUpIn(records: readonly ErpRecord[]): EntityName[] {
	const isWritten = records.some((record) => record.organization);
	return !isWritten && records.some(hostIn) ? ['organization'] : [];
}

function hostIn({ deal, document }: ErpRecord): string | undefined {
	return deal?.organizationExternalId || document?.organizationExternalId;
}

export function mainEntityOf(record: ErpRecord): EntityName {
	if (record.organization) return 'organization';
	if (record.product) return 'product';
	if (record.deal) return 'deal';
	return record.persons?.length ? 'person' : (vanishedEntityOf(record) ?? 'organization');
}

/** A tombstone is only an identity: what it was is told by the ERP's name of the entity. `undefined` = no tombstone, or of a document. */
export function vanishedEntityOf(record: ErpRecord): EntityName | undefined {
	const { erp, organization, persons, deal, product, document } = record;
	if (!erp.isDeleted || organization || persons?.length || deal || product || document) {
		return undefined;
	}
	if (/order|quotation/i.test(erp.entity)) return 'deal';
	if (/item|stock|product/i.test(erp.entity)) return 'product';
	return /invoice|credit|payment|receipt|center/i.test(erp.entity) ? undefined : 'organization';
}

function organizationIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { organization = { name: '', type: [] } } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'organization', organization.name),
		address: organization.billingAddress,
		payload: { erp: { ...record.erp, readAt: '' }, organization },
	};
	if (intent.rejected === undefined && intent.name === '' && !record.erp.isDeleted) {
		intent.rejected = `The ERP record ${record.erp.key} has no name: give it one in the ERP`;
	}
	fill(intent, map, record, undefined);
	return intent;
}

function productIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const { product } = record;
	const intent: Intent = {
		...recordIntent(record, item, 'product', product?.name || product?.code),
		code: product?.code,
		payload: { erp: { ...record.erp, readAt: '' }, product },
	};
	fill(intent, map, record, undefined);
	return intent;
}

function dealIntent(record: ErpRecord, item: number, map: ResolvedMap): Intent {
	const deal = record.deal && wellFormedDeal(record.deal);
	const intent: Intent = {
		...recordIntent(record, item, 'deal', deal?.title),
		hostExternalId: deal?.organizationExternalId || undefined,
		orderNumbers: [deal?.number, deal?.customerReference].filter((text) => text !== undefined),
		deal,
		payload: { erp: { ...record.erp, readAt: '' }, deal },
	};
	if (!deal && record.deal) {
		intent.rejected ??=
			'"lines" of the deal is no list of lines: connect an ERP trigger, or correct what changes its items';
	}
	// What was cancelled before Pipedrive heard of it is no business lost.
	intent.isBlocked ||= deal?.state === 'cancelled';
	fill(intent, map, { ...record, deal }, undefined);
	return intent;
}

/** Numbers where texts are expected are harmless; `undefined` for lines that are no lines. */
function wellFormedDeal(deal: ErpDeal): ErpDeal | undefined {
	const lines: unknown = deal.lines ?? [];
	if (!Array.isArray(lines)) return undefined;
	const rows = lines as Array<Record<string, unknown> | null>;
	if (rows.some((row) => row === null || typeof row !== 'object')) return undefined;
	return {
		...texts(deal),
		lines: rows.map((row) => ({ ...EMPTY_LINE, ...texts(row!) })),
	};
}

const EMPTY_LINE = {
	productCode: '',
	description: '',
	quantity: '',
	unitPrice: '',
	discount: '',
	tax: '',
};

function texts<T extends object>(row: T): T {
	return Object.fromEntries(
		Object.entries(row).map(([name, value]) => [
			name,
			typeof value === 'number' ? String(value) : value === null ? '' : (value as unknown),
		]),
	) as T;
}

function recordIntent(
	record: ErpRecord,
	item: number,
	entity: EntityName,
	givenName: string | undefined,
): Intent {
	const { name, warning } = cleanName(givenName ?? '');
	return {
		item,
		entity,
		externalId: record.erp.externalId,
		erp: { ...record.erp, changedAt: String(record.erp.changedAt ?? '') },
		name,
		values: [],
		contacts: [],
		isBlocked: record.erp.isBlocked,
		isDeleted: record.erp.isDeleted,
		isStandard: true,
		missingOptions: [],
		warnings: [...(warning ? [warning] : []), ...(record.warnings ?? [])],
		rejected: unusableId(record.erp.externalId),
		payload: undefined,
	};
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
		missingOptions: [],
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
		if (intent.isDeleted && !FLAGS.includes(row.source)) continue;
		let input = chosenFor(row.source, record, map) ?? erpValue(record, row.source, person);
		if (input === undefined) continue;
		if (isName(intent.entity, row.field.key)) input = intent.name;
		const currency = currencyOfAmount(record, row.source);
		if (row.field.type === 'monetary' && currency !== undefined && input !== '') {
			if (currency === '') {
				intent.warnings.push(
					`"${row.field.name}" was left out: the ERP gives ${String(input)} without a currency. Name the company's currency in the ERP's credential or trigger.`,
				);
				continue;
			}
			input = { value: input, currency };
		}
		if (row.field.type === 'user' && typeof input === 'string' && input.includes('@')) {
			const userId = map.users?.get(input.trim().toLowerCase());
			if (userId === undefined) {
				intent.warnings.push(`Pipedrive has no active user "${input}": the owner was left alone.`);
				continue;
			}
			input = userId;
		}
		addWanted(intent, row, input, map.misfitsHoldBack);
	}
}

/** What the node's settings say instead of the ERP. */
function chosenFor(source: string, { deal }: ErpRecord, map: ResolvedMap): string | undefined {
	if (source === 'deal.stage') return stageOf(deal, map.deal);
	// Without lines in Pipedrive nothing else tells the value.
	if (source === 'deal.value' && map.deal?.writesLines === false) return deal?.value;
	if (source === 'deal.pipeline') return (deal && map.deal?.pipeline) || undefined;
	return undefined;
}

/**
 * Puts a value into the intent. What does not fit its field holds the record back where the user wants that, else it
 * becomes a warning and the rest of the record goes on; an option that does not exist is always only a warning.
 */
export function addWanted(
	intent: Intent,
	row: ResolvedRow,
	input: unknown,
	holdsBack = false,
): void {
	const { field, source, policy } = row;
	if (field.type === 'emails' || field.type === 'phones') {
		addContact(intent, row, String(input ?? ''));
		return;
	}
	if (/email$/i.test(source) && typeof input === 'string' && !isFitEmail(intent, source, input))
		return;
	const encoded = encode(field, input);
	if ('reason' in encoded) {
		for (const label of encoded.missingOptions ?? []) intent.missingOptions.push({ field, label });
		if (holdsBack && !encoded.missingOptions) intent.rejected ??= encoded.reason.replace(/\.$/, '');
		else intent.warnings.push(encoded.reason);
		return;
	}
	if (encoded.value === undefined) return;
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
