import type { PipedriveRow } from './api';
import { valueIn } from './digests';
import { LEFT_STATUS } from './fieldMap';
import type { Intent } from './intents';
import type { PlanSettings } from './plan';

/**
 * Of a person with several companies only the company that Pipedrive shows, or the standard one, tells what the person
 * is: function, e-mail and whether they left. Else each company in turn would overwrite the other's view. Where the
 * person left the shown one, or that one is gone from the ERP, any other takes its place.
 */
export function standingOf(
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

export function alsoWorksFor(orgId: number | undefined, row: PipedriveRow): string {
	return `The person also works for organization ${orgId}; Pipedrive keeps ${String(row.org_id)}.`;
}
