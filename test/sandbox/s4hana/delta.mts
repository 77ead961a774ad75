/** Delta links: what changed since a complete read. Generic; the business-partner service offers none. */
import type { Exchange } from '../http.mts';
import type { EntitySet, Row } from './edm.mts';
import type { Page, Paging } from './paging.mts';
import type { QueryOptions } from './query/options.mts';
import type { SalesOrders } from './salesOrders.mts';
import { encodedQuery, type ServiceRequest } from './serviceV2.mts';

export interface DeltaPage {
	page: Page<Row>;
	/** Keys of what was deleted, or left the filter. */
	removed: Row[];
}

export function wantsChanges(exchange: Exchange): boolean {
	return (exchange.headers.prefer ?? '').includes('odata.track-changes');
}

/** The answer to a delta link, or nothing when the request is none. */
export function answerDelta(
	changes: SalesOrders,
	paging: Paging,
	set: EntitySet,
	options: QueryOptions,
	query: URLSearchParams,
): DeltaPage | undefined {
	const token = query.get('!deltatoken') ?? query.get('$deltatoken');
	if (token === null) return undefined;
	const to = paging.markOf(options, query) ?? changes.sequence;
	const keys = changes.changedKeys(Number(token.replaceAll("'", '').slice(1)), to);
	const page = paging.page(keys, options, query, to);
	const rows: Row[] = [];
	const removed: Row[] = [];
	for (const key of page.items) {
		const row = changes.table.get({ SalesOrder: key });
		if (row && (!options.filter || options.filter(row))) rows.push(row);
		else removed.push({ [set.key[0]]: key });
	}
	return { page: { ...page, items: rows }, removed };
}

/** On the last page only, and only where the run was asked to track changes. */
export function deltaLinkV2(request: ServiceRequest, set: EntitySet, page: Page<Row>) {
	return deltaLink(request, set, page, (token) => `!deltatoken='${token}'`);
}

export function deltaLinkV4(request: ServiceRequest, set: EntitySet, page: Page<Row>) {
	return deltaLink(request, set, page, (token) => `$deltatoken=${token}`);
}

function deltaLink(
	request: ServiceRequest,
	set: EntitySet,
	page: Page<Row>,
	option: (token: string) => string,
): string | undefined {
	if (page.token || page.mark === undefined || !request.changes) return undefined;
	const query = new URLSearchParams(request.exchange.query);
	for (const name of ['$skiptoken', '$deltatoken', '!deltatoken', '$top', '$skip']) {
		query.delete(name);
	}
	const words = [encodedQuery(query), option(`D${page.mark}`)].filter(Boolean);
	return `${request.reader.root}/${set.name}?${words.join('&')}`;
}
