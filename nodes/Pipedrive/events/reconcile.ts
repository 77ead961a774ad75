import { CoreError } from '../../../core/http/errors';
import { followPages } from '../../../core/http/paging';
import { PAGE_SIZE } from '../api';
import { listOf, type Caller } from '../call';
import type { Environment } from '../run';
import { EVENT_ENDPOINTS } from './endpoints';
import { namedRow } from './names';
import type { Row } from './values';
import type { EventItem } from './records';

export interface ReconcileSettings {
	/** ISO instant; what changed at or after it is looked at. */
	since: string;
	/** `won`, `lost` or `open`. */
	status: string;
	/** Empty: all. */
	pipelineIds: readonly number[];
	/** Archived deals stand in a list of their own (20 tokens per 500). */
	includesArchived: boolean;
}

/**
 * Deals that got or kept a status since then, by id, in the form of the event trigger: also those whose event was
 * lost. 10 tokens for each 500 deals, 20 for archived ones, and the field list where it is not known yet.
 */
export async function reconcile(
	environment: Environment,
	settings: ReconcileSettings,
): Promise<EventItem[]> {
	const lists = [
		EVENT_ENDPOINTS.listDeals,
		...(settings.includesArchived ? [EVENT_ENDPOINTS.listArchivedDeals] : []),
	];
	const query = { status: settings.status, updated_since: wholeSeconds(settings.since) };
	const found = new Map<number, Row>();
	for (const endpoint of lists) {
		for await (const page of dealPages(environment.call, endpoint, query)) {
			for (const row of page.rows) found.set(Number(row.id), row);
		}
	}
	const wanted = wantedOf([...found.values()], settings);
	if (wanted.length === 0) return [];
	const { memory, company, api, ports } = environment;
	const fields = await memory.fields.get(company.credentialKey, 'deal', api, ports.now());
	return wanted.map((row) => itemOf(namedRow(row, fields)));
}

/** By id; a deal that moved from one list to the other while they were read comes once. */
export function wantedOf(
	rows: readonly Row[],
	{ pipelineIds, status }: Pick<ReconcileSettings, 'pipelineIds' | 'status'>,
): Row[] {
	return rows
		.filter((row) => row.status === status && row.is_deleted !== true)
		.filter((row) => pipelineIds.length === 0 || pipelineIds.includes(Number(row.pipeline_id)))
		.sort((a, b) => Number(a.id) - Number(b.id));
}

function itemOf(row: Row): EventItem {
	const at = String(row.won_time ?? row.lost_time ?? row.update_time ?? '');
	return {
		event: {
			// One event for one state: the same deal found twice is the same event.
			id: `reconcile-deal-${String(row.id)}-${at}`,
			action: 'change',
			entity: 'deal',
			entityId: Number(row.id),
			userId: null,
			at,
			source: '',
			attempt: 1,
		},
		current: row,
		previous: null,
		warnings: [],
	};
}

/** v2 refuses fractions of seconds. */
function wholeSeconds(instant: string): string {
	const ms = Date.parse(instant);
	if (Number.isNaN(ms)) {
		throw new CoreError('configuration', `"${instant}" is no instant to look for changes since.`, {
			remedy: 'Enter it like 2026-11-20T08:00:00Z.',
		});
	}
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function dealPages(
	call: Caller,
	endpoint: typeof EVENT_ENDPOINTS.listDeals | typeof EVENT_ENDPOINTS.listArchivedDeals,
	query: Record<string, string>,
) {
	const what = 'the list of changed deals';
	return followPages<{ rows: Row[]; next?: string }>(
		async (pageToken) => {
			const answer = await call(endpoint, what, {
				query: {
					...query,
					limit: PAGE_SIZE,
					sort_by: 'id',
					sort_direction: 'asc',
					cursor: pageToken,
				},
			});
			return { rows: listOf(answer.data, what) as Row[], next: answer.nextPageToken };
		},
		() => new CoreError('protocol', "Pipedrive's list of changed deals has no end."),
	);
}
