import type { PipedriveRow } from './api';
import { mergedPrices } from './builtInValues';
import { contactLists } from './contactLists';
import { dealRules } from './deals/dealRules';
import { digestOf, timesWritten, valueIn, type Digests } from './digests';
import { Draft } from './draft';
import { isName, type EntityName } from './entities';
import { SYNC_TIME } from './fieldMap';
import type { Field } from './fields';
import { isEmpty, isEqualValue } from './fieldValues';
import type { Intent, WantedValue } from './intents';
import type { Match } from './match';
import { externalIdsOf } from './matchKeys';
import { setAside, type Plan, type PlanSettings } from './plan';
import { alsoWorksFor, standingOf } from './standing';

const noKeys: ReadonlySet<string> = new Set();

/** What of a record that is there differs, and may be written. */
export function planUpdate(
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
