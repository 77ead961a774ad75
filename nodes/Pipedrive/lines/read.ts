import { CoreError } from '../../../core/http/errors';
import { followPages } from '../../../core/http/paging';
import { listOf, type Caller } from '../call';
import { dealLineOf, type DealLine } from './dealLine';
import { LINE_ENDPOINTS, LINE_PAGE_SIZE, MOST_DEALS } from './endpoints';

/**
 * The lines of the deals, in the order in which they were added; 10 tokens for each hundred deals and each further
 * 500 lines. A deal that does not exist has none.
 */
export async function readLines(
	call: Caller,
	dealIds: readonly number[],
): Promise<Map<number, DealLine[]>> {
	const lines = new Map<number, DealLine[]>(dealIds.map((id) => [id, []]));
	const ids = [...lines.keys()];
	const seen = new Set<number>();
	for (let at = 0; at < ids.length; at += MOST_DEALS) {
		for await (const page of pagesOf(call, ids.slice(at, at + MOST_DEALS))) {
			for (const line of page.rows) {
				if (seen.has(line.id)) continue;
				seen.add(line.id);
				lines.get(line.dealId)?.push(line);
			}
		}
	}
	return lines;
}

function pagesOf(call: Caller, dealIds: readonly number[]) {
	const what = 'the list of deal lines';
	return followPages<{ rows: DealLine[]; next?: string }>(
		async (pageToken) => {
			const answer = await call(LINE_ENDPOINTS.list, what, {
				query: {
					deal_ids: dealIds.join(','),
					limit: LINE_PAGE_SIZE,
					sort_by: 'id',
					sort_direction: 'asc',
					cursor: pageToken,
				},
			});
			return {
				rows: listOf(answer.data, what).map((row) => dealLineOf(row, what)),
				next: answer.nextPageToken,
			};
		},
		() => new CoreError('protocol', "Pipedrive's list of deal lines has no end."),
	);
}
