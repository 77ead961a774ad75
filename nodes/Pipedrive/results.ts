import { ENTITY_ENDPOINTS } from './api';
import { isOlder } from './digests';
import type { Intent } from './intents';
import type { Plan } from './plan';
import { blank } from './result';
import type { IntentResult } from './run';

export const keyOf = (intent: Intent) => `${intent.entity}|${intent.externalId}`;

/**
 * Of several items with one external id only the newest is written, with the persons that it holds. Persons are told by
 * each of their companies; those views are settled apart, see `settleCompanies`.
 */
export function settleDoubles(
	intents: readonly Intent[],
	results: Map<Intent, IntentResult>,
): Map<string, Intent> {
	const winners = new Map<string, Intent>();
	const hosts = intents.filter(({ organization }) => organization === undefined);
	settle(hosts, keyOf, isNewer, winners);
	const guests = intents.filter(
		({ organization }) => organization && winners.get(keyOf(organization)) === organization,
	);
	settle(guests, viewOf, isSaidBefore, winners);
	const kept = new Set(winners.values());
	for (const intent of intents) {
		if (!kept.has(intent)) results.set(intent, superseded(intent));
	}
	return winners;
}

const viewOf = (person: Intent) => `${keyOf(person)}|${person.organization?.externalId}`;

function settle(
	intents: readonly Intent[],
	key: (intent: Intent) => string,
	wins: (intent: Intent, rival: Intent) => boolean,
	winners: Map<string, Intent>,
): void {
	for (const intent of intents) {
		const rival = winners.get(key(intent));
		if (!rival || wins(intent, rival)) winners.set(key(intent), intent);
	}
}

function isNewer({ erp }: Intent, rival: Intent): boolean {
	return !isOlder(erp, { $at: rival.erp.changedAt, $read: rival.erp.readAt });
}

/** Of several relationships with one company: an ended one says nothing beside another that goes on. */
function isSaidBefore(intent: Intent, rival: Intent): boolean {
	if (isGone(intent) !== isGone(rival)) return isGone(rival);
	return intent.isStandard || !rival.isStandard;
}

/**
 * Of the companies that tell about one person in this batch the standard one is heard, else the one that Pipedrive
 * shows. Where the person left that one, another takes its place at once.
 *
 * @param isShown whether Pipedrive shows the person at this intent's company
 */
export function settleCompanies(
	persons: readonly Intent[],
	isShown: (intent: Intent) => boolean,
	results: Map<Intent, IntentResult>,
): Intent[] {
	const heard = new Map<string, Intent>();
	const shown = new Map<string, Intent>();
	for (const intent of persons) {
		const key = keyOf(intent);
		if (isShown(intent)) shown.set(key, intent);
		const rival = heard.get(key);
		if (!rival || isHeardBefore(intent, rival, shown.get(key))) heard.set(key, intent);
	}
	for (const intent of persons) {
		const best = heard.get(keyOf(intent));
		if (best !== intent) results.set(intent, superseded(intent, OTHER_COMPANY));
		const left = shown.get(keyOf(intent));
		if (best === intent && left && isGone(left) && !isGone(intent)) intent.hasLeftShown = true;
	}
	return persons.filter((intent) => heard.get(keyOf(intent)) === intent);
}

function isHeardBefore(intent: Intent, rival: Intent, shown: Intent | undefined): boolean {
	if (isGone(intent) !== isGone(rival)) return isGone(rival);
	// What a company that Pipedrive does not show says about the end of a relationship changes nothing.
	if (!isGone(intent) && intent.isStandard !== rival.isStandard) return intent.isStandard;
	if (shown === intent || shown === rival) return shown === intent;
	return isNewer(intent, rival);
}

const NEWER_VERSION =
	'The same batch holds a newer version of this record, which was used instead.';
const OTHER_COMPANY = 'Another company of this person in the same batch was used instead.';

function superseded(intent: Intent, reason: string = NEWER_VERSION): IntentResult {
	return { ...blank(intent, 'unchanged'), reasonCode: 'superseded', reason };
}

function isGone(intent: Intent): boolean {
	return intent.entity === 'person' && intent.isBlocked;
}

/** A person whose organization is not in Pipedrive waits with it. */
export function withoutHost(intent: Intent, host: IntentResult): IntentResult | undefined {
	if (host.outcome === 'unchanged' && host.pipedriveId === null) {
		return { ...blank(intent, 'unchanged'), reasonCode: 'notCreated', reason: host.reason };
	}
	if (host.outcome !== 'setAside') return undefined;
	return {
		...blank(intent, 'setAside'),
		reasonCode: host.reasonCode,
		reason: 'Its organization was set aside.',
		...(host.retryAt ? { retryAt: host.retryAt } : {}),
	};
}

/** What a dry run shows instead of writing. */
export function foreseen(intent: Intent, plan: Plan): IntentResult {
	const endpoints = ENTITY_ENDPOINTS[intent.entity];
	switch (plan.action) {
		case 'create':
			return {
				...blank(intent, 'created'),
				changes: plan.changes,
				tokens: endpoints.create.cost,
				warnings: plan.warnings,
			};
		case 'update':
			return {
				...blank(intent, 'updated'),
				pipedriveId: plan.row.id,
				changes: plan.changes,
				tokens: endpoints.update.cost,
				warnings: plan.warnings,
			};
		case 'unchanged':
			return {
				...blank(intent, 'unchanged'),
				pipedriveId: plan.row?.id ?? null,
				reason: plan.reason,
				reasonCode: plan.reasonCode,
				warnings: plan.warnings,
			};
		case 'setAside':
			return {
				...blank(intent, 'setAside'),
				pipedriveId: plan.ids.length === 1 ? plan.ids[0] : null,
				reason: plan.reason,
				reasonCode: plan.reasonCode,
			};
	}
}

/** A superseded item names the record that its newer twin was written to. */
export function pointToWinners(
	intents: readonly Intent[],
	results: Map<Intent, IntentResult>,
): void {
	const ids = new Map<string, number | null>();
	for (const [intent, result] of results) {
		if (result.pipedriveId !== null) ids.set(keyOf(intent), result.pipedriveId);
	}
	for (const intent of intents) {
		const result = results.get(intent);
		if (result && result.pipedriveId === null && result.reasonCode === 'superseded') {
			results.set(intent, { ...result, pipedriveId: ids.get(keyOf(intent)) ?? null });
		}
	}
}
