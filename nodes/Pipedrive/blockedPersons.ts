import type { ErpPerson } from '../../core/record/erpRecord';
import type { Intent } from './intents';

export const PERSON_BLOCKED = 'personBlocked';

export function isBlockedPerson({ entity, payload }: Intent): boolean {
	return entity === 'person' && (payload as Partial<ErpPerson> | undefined)?.isBlocked === true;
}

interface Written {
	intent: Intent;
	pipedriveId: number | null;
	remembered?: { digests: Readonly<Record<string, string>> };
}

/** What to tell about a person that the ERP blocked since the last reading; once, while Pipedrive holds the person. */
export function blockedNews({ intent, remembered, pipedriveId }: Written): string | undefined {
	const isNews =
		pipedriveId !== null &&
		isBlockedPerson(intent) &&
		remembered?.digests.$blocked === intent.erp.readAt;
	return isNews
		? `The ERP blocked or archived person ${intent.externalId}: erase the person from Pipedrive, too, when it must go (template erase-person), or leave it flagged.`
		: undefined;
}
