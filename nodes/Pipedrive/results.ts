import { ENTITY_ENDPOINTS } from './api';
import type { Intent } from './intents';
import type { Plan } from './plan';
import type { IntentResult } from './run';

export const keyOf = (intent: Intent) => `${intent.entity}|${intent.externalId}`;

/** Of several items with one external id only the newest is written; of a person's companies the standard one. */
export function settleDoubles(
	intents: readonly Intent[],
	results: Map<Intent, IntentResult>,
): Map<string, Intent> {
	const winners = new Map<string, Intent>();
	for (const intent of intents) {
		const rival = winners.get(keyOf(intent));
		if (!rival || isNewer(intent, rival)) winners.set(keyOf(intent), intent);
	}
	for (const intent of intents) {
		if (winners.get(keyOf(intent)) === intent) continue;
		results.set(intent, {
			...blank(intent, 'unchanged'),
			reasonCode: 'superseded',
			reason: 'The same batch holds a newer version of this record, which was used instead.',
		});
	}
	return winners;
}

function isNewer(intent: Intent, rival: Intent): boolean {
	// Who left one of several companies still works for the other.
	if (isGone(intent) !== isGone(rival)) return isGone(rival);
	if (intent.isStandard !== rival.isStandard) return intent.isStandard;
	return intent.erp.changedAt >= rival.erp.changedAt;
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

/** Nothing done yet. */
export function blank(intent: Intent, outcome: IntentResult['outcome']): IntentResult {
	return {
		intent,
		outcome,
		pipedriveId: null,
		changes: [],
		tokens: 0,
		attempts: 0,
		durationMs: 0,
		warnings: intent.warnings,
	};
}
