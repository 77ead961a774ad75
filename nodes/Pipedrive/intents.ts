import type { ErpAddress, ErpDeal, ErpIdentity } from '../../core/record/erpRecord';
import { isEmail } from '../../core/record/matchKeys';
import type { ContactKind } from './contacts';
import type { DealSettings } from './deals/dealSettings';
import type { EntityName } from './entities';
import { ERP_FIELDS, type MapRow, type WritePolicy } from './fieldMap';
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

/** Of a record about which nothing but its identity is known yet. */
export function blankIntent(
	identity: Pick<Intent, 'item' | 'entity' | 'externalId' | 'erp'>,
): Intent {
	return {
		...identity,
		name: '',
		values: [],
		contacts: [],
		isBlocked: false,
		isDeleted: false,
		isStandard: true,
		missingOptions: [],
		warnings: [],
		payload: undefined,
	};
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
		const { missingOptions } = encoded;
		for (const label of missingOptions ?? []) intent.missingOptions.push({ field, label });
		const reason = `${originOf(intent.entity, source)}${encoded.reason}`;
		if (holdsBack && !missingOptions) intent.rejected ??= `${reason} ${HOLDS_BACK}`;
		else intent.warnings.push(reason);
		return;
	}
	if (encoded.value === undefined) return;
	if (encoded.warning) intent.warnings.push(encoded.warning);
	intent.values.push({ field, source, policy, value: encoded.value });
}

const HOLDS_BACK =
	'Correct the value, or what is mapped; or choose "Leave Out the Value" in the option "When a Value Does Not Fit"';

/** Which field of the ERP it was, as the field map calls it; '' of a column, which a person mapped with a value. */
function originOf(entity: EntityName, source: string): string {
	const listed = ERP_FIELDS[entity].find(([path]) => path === source);
	if (!listed && !/^[a-z]+\./.test(source)) return '';
	return `${listed?.[1] ?? source} of the ERP: `;
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
