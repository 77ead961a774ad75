import { CoreError } from '../../../core/http/errors';
import { followPages } from '../../../core/http/paging';
import { PAGE_SIZE } from '../api';
import { listOf, type Caller } from '../call';
import type { Environment } from '../run';
import { EVENT_ENDPOINTS } from './endpoints';
import { namedRow } from './names';
import type { Row } from './values';
import type { EventItem } from './records';

/** What changed while the first page was made may lie before the answer's clock. */
const OVERLAP_MS = 2 * 60 * 1000;

export interface ReconcileSettings {
	/** ISO instant; what changed at or after it is looked at. */
	since: string;
	/** `won`, `lost` or `open`. */
	status: string;
	/** Ids of deals that were handled already. */
	handled: ReadonlySet<number>;
	/** Empty: all. */
	pipelineIds: readonly number[];
	/** Archived deals stand in a list of their own (20 tokens per 500). */
	includesArchived: boolean;
}

export interface Reconciled {
	/** Deals that nobody handled, by id, in the form of the event trigger. */
	items: EventItem[];
	/** Deals of this status that changed, handled or not. */
	seen: number;
	/** `since` of the next time. */
	nextSince: string;
}

/**
 * Deals that got or kept a status since then and that no event brought through. 10 tokens for each 500 deals, 20 for
 * archived ones, and the field list where it is not known yet.
 */
export async function reconcile(
	environment: Environment,
	settings: ReconcileSettings,
): Promise<Reconciled> {
	const since = wholeSeconds(settings.since);
	const lists = [
		EVENT_ENDPOINTS.listDeals,
		...(settings.includesArchived ? [EVENT_ENDPOINTS.listArchivedDeals] : []),
	];
	const found = new Map<number, Row>();
	let answeredAt: number | undefined;
	for (const endpoint of lists) {
		const query = { status: settings.status, updated_since: since };
		for await (const page of dealPages(environment.call, endpoint, query)) {
			answeredAt ??= page.serverTime ?? environment.ports.now();
			for (const row of page.rows) found.set(Number(row.id), row);
		}
	}
	const missing = missingOf([...found.values()], settings);
	const fields =
		missing.length === 0
			? undefined
			: await environment.memory.fields.get(
					environment.company.credentialKey,
					'deal',
					environment.api,
					environment.ports.now(),
				);
	return {
		items: missing.map((row) => itemOf(fields ? namedRow(row, fields) : row)),
		seen: found.size,
		nextSince: nextSince(since, answeredAt),
	};
}

/** By id; a deal that moved from one list to the other while they were read comes once. */
export function missingOf(
	rows: readonly Row[],
	{ handled, pipelineIds, status }: Pick<ReconcileSettings, 'handled' | 'pipelineIds' | 'status'>,
): Row[] {
	return rows
		.filter((row) => row.status === status && row.is_deleted !== true)
		.filter((row) => pipelineIds.length === 0 || pipelineIds.includes(Number(row.pipeline_id)))
		.filter((row) => !handled.has(Number(row.id)))
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

/** Never before the last `since`, whatever a clock says. */
function nextSince(since: string, answeredAt: number | undefined): string {
	const next = (answeredAt ?? 0) - OVERLAP_MS;
	return next > Date.parse(since) ? wholeSeconds(new Date(next).toISOString()) : since;
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
	return followPages<{ rows: Row[]; next?: string; serverTime?: number }>(
		async (cursor) => {
			const answer = await call(endpoint, what, {
				query: { ...query, limit: PAGE_SIZE, sort_by: 'id', sort_direction: 'asc', cursor },
			});
			const serverTime = Date.parse(answer.response.headers.date ?? '');
			return {
				rows: listOf(answer.data, what) as Row[],
				next: answer.nextPageToken,
				...(Number.isNaN(serverTime) ? {} : { serverTime }),
			};
		},
		() => new CoreError('protocol', "Pipedrive's list of changed deals has no end."),
	);
}
