import type { PipedriveEvent, ReadEvent } from './payload';

export type EventKind = 'create' | 'change' | 'delete' | 'merge';

/** Empty lists let everything pass. */
export interface EventFilter {
	/** `*` for all. */
	entity: string;
	kinds: readonly EventKind[];
	/** Deals in one of these pipelines. */
	pipelineIds: readonly number[];
	/** Deals that entered one of these stages by this event. */
	stageIds: readonly number[];
	/** Deals that got one of these statuses by this event. */
	statuses: readonly string[];
}

export function passes({ event, current, previous }: ReadEvent, filter: EventFilter): boolean {
	if (filter.entity !== '*' && event.entity !== filter.entity) return false;
	if (filter.kinds.length > 0 && !kindsOf(event).some((kind) => filter.kinds.includes(kind))) {
		return false;
	}
	if (event.entity !== 'deal') return true;
	const { pipelineIds, stageIds, statuses } = filter;
	const pipeline = Number((current ?? previous ?? {}).pipeline_id);
	if (pipelineIds.length > 0 && !pipelineIds.includes(pipeline)) return false;
	const entered = (key: string) =>
		event.action !== 'delete' && (event.action === 'create' || (previous && key in previous))
			? current?.[key]
			: undefined;
	if (stageIds.length > 0 && !stageIds.includes(Number(entered('stage_id')))) return false;
	return statuses.length === 0 || statuses.includes(String(entered('status')));
}

function kindsOf(event: PipedriveEvent): EventKind[] {
	const isMerge = event.mergedToId !== undefined || event.mergedFromId !== undefined;
	return isMerge ? [event.action, 'merge'] : [event.action];
}

/** A change that this integration made itself: by its user and through the API. People's edits always count. */
export function isOwnEcho(event: PipedriveEvent, integrationUserId: number | undefined): boolean {
	return (
		integrationUserId !== undefined && event.source === 'api' && event.userId === integrationUserId
	);
}
