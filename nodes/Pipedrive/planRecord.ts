import { contactLists } from './contactLists';
import { dealRules } from './deals/dealRules';
import { isOlder, type Digests } from './digests';
import { Draft } from './draft';
import { KINDS, type EntityName } from './entities';
import type { Field } from './fields';
import { isEmpty } from './fieldValues';
import type { Intent } from './intents';
import type { Match } from './match';
import { goneReason, setAside, type Plan, type PlanSettings } from './plan';
import { planUpdate } from './planUpdate';
import { alsoWorksFor, standingOf } from './standing';

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
		return setAside(intent, match.code, match.reason, [...match.ids]);
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
		const { nameKey, builtIn } = KINDS[intent.entity];
		return setAside(
			intent,
			'rejected',
			`A new ${intent.entity} needs a "${builtIn[nameKey][0]}", and it has none: fill it in the ERP, or under "Fields" where you map it.`,
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

function nameField(entity: EntityName): Field {
	const key = KINDS[entity].nameKey;
	const [name, type] = KINDS[entity].builtIn[key];
	return { key, name, type, isCustom: false, options: [] };
}
