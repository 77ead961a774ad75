import type { Priority } from '../../core/http/budget';
import type { HttpClient } from '../../core/http/client';
import { CoreError } from '../../core/http/errors';
import type { HttpMethod, HttpResponse } from '../../core/http/ports';
import { envelopeOf } from './answers';

/**
 * A Pipedrive address that the package calls, with its token cost (`x-token-cost` in Pipedrive's
 * OpenAPI files; a conformance test compares). v2 wherever v2 has it.
 */
export interface Endpoint {
	method: HttpMethod;
	/** With `{id}` and the like as in the OpenAPI file, behind `/api/v1` or `/api/v2`. */
	path: string;
	version: 1 | 2;
	cost: number;
	lane?: 'search';
	/** `high`: goes on when updates are deferred. Default: by the ledger. */
	priority?: Priority;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface CallOptions {
	/** For the places in the path. */
	ids?: Record<string, string>;
	/** What is `undefined` or '' is left out. */
	query?: Query;
	json?: unknown;
	/** Instead of the endpoint's. */
	priority?: Priority;
}

export interface Answer {
	response: HttpResponse;
	data: unknown;
	/** Pipedrive's "cursor"; absent on the last page. */
	nextPageToken?: string;
	/** v1 lists: where the next page starts. */
	nextStart?: number;
}

/** Calls one endpoint. `what` names the record or list in errors. A lost answer to a POST is `transient` with `neverSent` false. */
export type Caller = (endpoint: Endpoint, what: string, options?: CallOptions) => Promise<Answer>;

export function createCaller(client: HttpClient, baseUrl: string): Caller {
	return async (endpoint, what, options = {}) => {
		const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
			encodeURIComponent(options.ids?.[name] ?? ''),
		);
		const priority = options.priority ?? endpoint.priority;
		const response = await client.send({
			method: endpoint.method,
			url: `${baseUrl}/api/v${endpoint.version}${path}${queryText(options.query)}`,
			headers: { accept: 'application/json' },
			...(options.json === undefined ? {} : { json: options.json }),
			// PATCH sets the same values again: harmless. A POST would make a second record.
			repeatable: endpoint.method !== 'POST',
			cost: endpoint.cost,
			lane: endpoint.lane ?? 'default',
			...(priority === undefined ? {} : { priority }),
		});
		const { data, nextPageToken, nextStart } = envelopeOf(response, what);
		return {
			response,
			data,
			...(nextPageToken === undefined ? {} : { nextPageToken }),
			...(nextStart === undefined ? {} : { nextStart }),
		};
	};
}

function queryText(query: Query = {}): string {
	const pairs = Object.entries(query)
		.filter(([, value]) => value !== undefined && value !== '')
		.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
	return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** An empty list comes as [] from v2 and as null from some v1 endpoints. */
export function listOf(data: unknown, what: string): unknown[] {
	if (data === null) return [];
	if (Array.isArray(data)) return data;
	throw new CoreError('protocol', `Pipedrive's answer for ${what} is no list.`);
}
