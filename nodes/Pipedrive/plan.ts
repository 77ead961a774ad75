import type { PipedriveRow } from './api';
import { mergedPrices } from './builtInValues';
import { contactDigest, contactEntries, mergedContacts, type ContactEntry } from './contacts';
import { digestOf, isOlder, slotKey, timesWritten, valueIn, type Digests } from './digests';
import { dealRules } from './deals/dealRules';
import { Draft, type Body, type FieldChange } from './draft';
import { isName, KINDS, type EntityName } from './entities';
import type { Field } from './fields';
import { isEmpty, isEqualValue } from './fieldValues';
import { LEFT_STATUS, SYNC_TIME } from './fieldMap';
import type { Intent, WantedContact, WantedValue } from './intents';
import type { Match } from './match';
import { externalIdsOf } from './matchKeys';

export type Plan =
	| { action: 'create'; body: Body; changes: FieldChange[]; warnings: string[] }
	| { action: 'update'; row: PipedriveRow; body: Body; changes: FieldChange[]; warnings: string[] }
	| {
			action: 'unchanged';
			row?: PipedriveRow;
			reason?: string;
			reasonCode?: string;
			warnings: string[];
	  }
	| { action: 'setAside'; reasonCode: string; reason: string; ids: number[]; warnings: string[] };

export interface PlanSettings {
	externalIdField: Field;
	/** Only on create. */
	ownerId?: number;
	visibleTo?: number;
	/** Whether this run is going to create the organization with this external id. */
	isPlanned?: (externalId: string) => boolean;
	/** Whether an organization stands for an ERP record, one that is gone from the ERP, or none. */
	hostState?: (organizationId: number) => 'linked' | 'ended' | 'unlinked';
}

/** What has to be sent so that Pipedrive's record says what the ERP says, and nothing else. Pure. */
export function planOf(
	intent: Intent,
	match: Match,
	remembered: Digests | undefined,
	settings: PlanSettings,
	orgId?: number,
): Plan {
	const { warnings } = intent;
	if (match.outcome === 'ambiguous') {
		return {
			action: 'setAside',
			reasonCode: match.code,
			reason: match.reason,
			ids: match.ids,
			warnings,
		};
	}
	if (match.outcome === 'unknown') {
		return setAside(intent, 'deleted', goneReason(intent, match.rememberedId), [
			match.rememberedId,
		]);
	}
	if (intent.rejected) return setAside(intent, 'rejected', `${intent.rejected}.`, []);
	if (isOlder(intent.erp, remembered ?? {})) {
		const at = remembered?.$at ?? remembered?.$read;
		return {
			action: 'unchanged',
			...(match.outcome === 'found' ? { row: match.row } : {}),
			reasonCode: 'superseded',
			reason: `A newer version (${at}) of this record was dealt with before: nothing to do.`,
			warnings,
		};
	}
	if (match.outcome === 'absent') return planCreate(intent, settings, orgId);
	if (standingOf(intent, match.row, orgId, settings) === 'other') {
		const warnings = intent.isBlocked
			? intent.warnings
			: [...intent.warnings, alsoWorksFor(orgId, match.row)];
		return { action: 'unchanged', row: match.row, reasonCode: 'otherCompany', warnings };
	}
	if (intent.entity === 'deal' && match.by === 'match' && intent.isBlocked) {
		return {
			action: 'unchanged',
			reasonCode: 'notCreated',
			reason: 'The order was cancelled before it was linked to a deal: nothing to do.',
			warnings,
		};
	}
	if (intent.entity === 'deal' && match.row.is_archived === true) {
		return {
			action: 'unchanged',
			row: match.row,
			reasonCode: 'archived',
			reason: `Deal ${match.row.id} is archived in Pipedrive and was left alone.`,
			warnings,
		};
	}
	return planUpdate(intent, match, remembered ?? {}, settings, orgId);
}

/**
 * Of a person with several companies only the company that Pipedrive shows, or the standard one, tells what the person
 * is: function, e-mail and whether they left. Else each company in turn would overwrite the other's view. Where the
 * person left the shown one, or that one is gone from the ERP, any other takes its place.
 */
function standingOf(
	intent: Intent,
	row: PipedriveRow,
	orgId: number | undefined,
	settings: PlanSettings,
): 'shown' | 'takesOver' | 'other' {
	if (intent.entity !== 'person' || intent.organization === undefined) return 'shown';
	if (orgId === undefined || typeof row.org_id !== 'number' || row.org_id === orgId) return 'shown';
	const host = settings.hostState?.(row.org_id) ?? 'linked';
	// A person was moved by hand to an organization that the ERP does not know.
	if (host === 'unlinked') return 'shown';
	if (intent.isBlocked) return 'other';
	const status = intent.values.find(({ source }) => source === 'status');
	const hasLeft =
		intent.hasLeftShown === true ||
		(status !== undefined && valueIn(row, status.field) === LEFT_STATUS);
	return intent.isStandard || hasLeft || host === 'ended' ? 'takesOver' : 'other';
}

function alsoWorksFor(orgId: number | undefined, row: PipedriveRow): string {
	return `The person also works for organization ${orgId}; Pipedrive keeps ${String(row.org_id)}.`;
}

export function goneReason({ entity }: Intent, id: number): string {
	const reason = `${entity} ${id} of Pipedrive was deleted or merged away: restore it there, or turn on "Create Again When Deleted".`;
	// A survivor that carries this order would have been found; one with an order of its own keeps to that.
	const merged =
		' If it was merged into the deal of another order, that deal follows the other order alone, and Pipedrive does not tell which deal it is.';
	return entity === 'deal' ? reason + merged : reason;
}

function setAside(intent: Intent, reasonCode: string, reason: string, ids: number[]): Plan {
	return { action: 'setAside', reasonCode, reason, ids, warnings: intent.warnings };
}

function planCreate(intent: Intent, settings: PlanSettings, orgId?: number): Plan {
	if (intent.isDeleted || intent.isBlocked) {
		const why = intent.isDeleted ? 'deleted' : 'blocked, cancelled or inactive';
		return {
			action: 'unchanged',
			reasonCode: 'notCreated',
			reason: `It is ${why} in the ERP and not in Pipedrive: nothing to create.`,
			warnings: intent.warnings,
		};
	}
	if (intent.name === '') {
		return setAside(
			intent,
			'rejected',
			`A new ${intent.entity} needs a name, and it has none.`,
			[],
		);
	}
	const { hostExternalId } = intent;
	const isComing = hostExternalId !== undefined && settings.isPlanned?.(hostExternalId) === true;
	if (hostExternalId !== undefined && orgId === undefined && !isComing) {
		return setAside(
			intent,
			'organizationMissing',
			`Its organization ${hostExternalId} is not in Pipedrive yet: it is tried again; if it never comes, run the customer template or check its filters.`,
			[],
		);
	}
	const draft = new Draft();
	draft.set(nameField(intent.entity), null, intent.name);
	draft.set(settings.externalIdField, null, intent.externalId);
	for (const { field, value } of intent.values) if (!isEmpty(value)) draft.set(field, null, value);
	if (intent.entity === 'deal') draft.drop(dealRules.notFor(draft.body.status));
	for (const { field, entries } of contactLists(intent, {}, {}, true)) {
		if (entries.length > 0) draft.set(field, [], entries);
	}
	if (orgId !== undefined) draft.body.org_id = orgId;
	if (settings.ownerId !== undefined) draft.body.owner_id ??= settings.ownerId;
	if (settings.visibleTo !== undefined) draft.body.visible_to ??= settings.visibleTo;
	return { action: 'create', body: draft.body, changes: draft.changes, warnings: intent.warnings };
}

function planUpdate(
	intent: Intent,
	match: Match & { outcome: 'found' },
	remembered: Digests,
	settings: PlanSettings,
	orgId?: number,
): Plan {
	const { row } = match;
	const warnings = [...intent.warnings];
	const draft = new Draft();
	const identityProblem = keepIdentity(intent, row, settings.externalIdField, draft);
	if (identityProblem) return setAside(intent, 'secondIdentity', identityProblem, [row.id]);
	const isLinking = match.by === 'match';
	const ids = externalIdsOf(row, settings.externalIdField.key);
	const hasAliases = ids.some((id) => id !== intent.externalId);
	const isLeftToPerson =
		intent.entity === 'deal'
			? dealRules.leftToPerson(intent, row, remembered, warnings, isLinking)
			: noKeys;
	for (const wanted of intent.values) {
		if (isLeftToPerson.has(wanted.field.key) || wanted.source === SYNC_TIME) continue;
		const current = valueIn(row, wanted.field);
		const value = merged(wanted, current, hasAliases);
		if (!isToWrite(intent.entity, { ...wanted, value }, current, remembered, isLinking)) continue;
		draft.set(wanted.field, current, value);
		if (timesWritten({ ...wanted, value }, remembered) >= 2) {
			warnings.push(
				`"${wanted.field.name}" is written for the third time with the same value: a person or another tool changes it back, or Pipedrive does not keep it.`,
			);
		}
	}
	if (intent.entity === 'deal') draft.drop(dealRules.notFor(draft.body.status ?? row.status));
	for (const { field, current, entries } of contactLists(intent, row, remembered, isLinking)) {
		if (JSON.stringify(current) !== JSON.stringify(entries)) draft.set(field, current, entries);
	}
	const takesOver = standingOf(intent, row, orgId, settings) === 'takesOver';
	linkOrganization(intent, row, orgId, takesOver, draft, warnings);
	if (draft.changes.length === 0) return { action: 'unchanged', row, warnings };
	for (const { field, value, source } of intent.values) {
		if (source === SYNC_TIME) draft.set(field, valueIn(row, field), value);
	}
	return { action: 'update', row, body: draft.body, changes: draft.changes, warnings };
}

const LONGEST_ID_FIELD = 255;

function keepIdentity(
	intent: Intent,
	row: PipedriveRow,
	field: Field,
	draft: Draft,
): string | undefined {
	const ids = externalIdsOf(row, field.key);
	if (ids.includes(intent.externalId)) return undefined;
	const text = [...ids, intent.externalId].join('\n');
	if (field.type !== 'text' && text.length > LONGEST_ID_FIELD) {
		return `The field "${field.name}" of ${intent.entity} ${row.id} has no room for one more external id.`;
	}
	draft.set(field, ids.length > 0 ? ids.join('\n') : null, text);
	return undefined;
}

const noKeys: ReadonlySet<string> = new Set();

function nameField(entity: EntityName): Field {
	const key = KINDS[entity].nameKey;
	const [name, type] = KINDS[entity].builtIn[key];
	return { key, name, type, isCustom: false, options: [] };
}

/** Lists of which only a part is ours. */
function merged(wanted: WantedValue, current: unknown, hasAliases: boolean): unknown {
	if (wanted.field.type === 'prices') return mergedPrices(current, wanted.value);
	return hasAliases ? unionOfTypes(wanted, current) : wanted.value;
}

// One organization that stands for a customer and a supplier is both.
function unionOfTypes(wanted: WantedValue, current: unknown): unknown {
	if (wanted.source !== 'organization.type' || !Array.isArray(current)) return wanted.value;
	const ours = Array.isArray(wanted.value) ? wanted.value : [];
	return [...new Set([...current, ...ours])].sort((a, b) => Number(a) - Number(b));
}

function isToWrite(
	entity: EntityName,
	wanted: WantedValue,
	current: unknown,
	remembered: Digests,
	isLinking: boolean,
): boolean {
	const { field, value, policy } = wanted;
	if (isEqualValue(field, current, value)) return false;
	// Emptying is for values that we wrote: a record that is only now linked keeps what it has.
	if (isEmpty(value) && (isLinking || isName(entity, field.key))) return false;
	if (isEmpty(current)) return true;
	if (policy === 'onlyWhenEmpty') return false;
	const known = remembered[field.key];
	const sent = digestOf(field, value);
	// Pipedrive spells it differently since we wrote it: equal.
	if (known === `${sent}>${digestOf(field, current)}`) return false;
	if (policy === 'erpWins') return true;
	if (known === undefined) return !isLinking;
	return known.split('>')[0] !== sent;
}

interface ContactList {
	field: Field;
	current: ContactEntry[];
	entries: ContactEntry[];
}

/** The lists of the record with the ERP's values merged in, one per field. */
function contactLists(
	intent: Intent,
	row: Partial<PipedriveRow>,
	remembered: Digests,
	isLinking: boolean,
): ContactList[] {
	const fields = new Map(intent.contacts.map((contact) => [contact.field.key, contact.field]));
	return [...fields.values()].map((field) => {
		const current = contactEntries(row[field.key]);
		const slots = intent.contacts
			.filter((contact) => contact.field.key === field.key)
			.filter((contact) => isContactToWrite(contact, current, remembered, isLinking))
			.map((contact) => ({
				slot: contact.slot,
				value: contact.value,
				label: contact.label,
				lastWritten: remembered[slotKey(contact)],
			}));
		const kind = field.type as WantedContact['kind'];
		return { field, current, entries: mergedContacts(kind, current, slots) };
	});
}

function isContactToWrite(
	contact: WantedContact,
	current: readonly ContactEntry[],
	remembered: Digests,
	isLinking: boolean,
): boolean {
	if (current.length === 0) return contact.value !== '';
	if (contact.policy === 'onlyWhenEmpty') return false;
	if (contact.policy === 'erpWins') return true;
	const known = remembered[slotKey(contact)];
	// Nothing is replaced without knowing our own value, so appending is harmless also when linking.
	if (known === undefined) return contact.value !== '' || !isLinking;
	return known !== contactDigest(contact.kind, contact.value);
}

function linkOrganization(
	intent: Intent,
	row: PipedriveRow,
	orgId: number | undefined,
	takesOver: boolean,
	draft: Draft,
	warnings: string[],
): void {
	const { entity } = intent;
	const belongs = entity === 'person' || entity === 'deal';
	if (!belongs || orgId === undefined || row.org_id === orgId) return;
	if (entity === 'deal' && typeof row.org_id === 'number') {
		warnings.push(`The deal belongs to organization ${row.org_id} in Pipedrive, not to ${orgId}.`);
		return;
	}
	if (typeof row.org_id === 'number' && !intent.isStandard && !takesOver) {
		warnings.push(alsoWorksFor(orgId, row));
		return;
	}
	draft.body.org_id = orgId;
	draft.changes.push({ field: 'Organization', from: row.org_id ?? null, to: orgId });
}
