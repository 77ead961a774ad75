import { DateTime } from 'luxon';
import { excerptOf, jsonOf } from '../../core/http/body';
import { createClient, type ClientRequest } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import { followPages } from '../../core/http/paging';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { quoted } from '../../core/odata/literals';
import type { Connection } from './connection';
import { classifyAnswer, isSessionLost } from './refusal';
import type { Row } from './rows';
import type { Session } from './session';

export interface ListQuery {
	select?: readonly string[];
	filter?: string;
	orderBy?: readonly string[];
	/** Caps the whole list, not the page. */
	top?: number;
	pageSize?: number;
}

export interface ListPage {
	rows: Row[];
	/** Absolute address on the configured host; absent on the last page. */
	next?: string;
	/** The server's present in the ERP's local time, `''` when it does not say. */
	serverNow: string;
}

/** The Service Layer of one company. Sends requests within the shared session and renews it when it is lost. */
export interface ServiceLayer {
	readonly connection: Connection;
	readonly ports: Ports;
	/** One page; empty pages that go on are skipped. */
	page(entitySet: string, query: ListQuery): Promise<ListPage>;
	/** A list to its end by the server's next links. */
	pages(entitySet: string, query: ListQuery): AsyncGenerator<ListPage>;
	/** One entity by its key predicate, `('C1')` or `(4711)`. */
	entity(entitySet: string, predicate: string, select?: readonly string[]): Promise<Row>;
	/** Any request below the root, with the session. */
	send(request: Omit<ClientRequest, 'url'> & { path: string }): Promise<HttpResponse>;
	/** The ERP's local date and time now, by our clock. */
	localNow(): string;
}

export interface ServiceLayerOptions {
	connection: Connection;
	session: Session;
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
}

export function createServiceLayer(options: ServiceLayerOptions): ServiceLayer {
	const { connection, session, ports, transport, deadline } = options;
	const client = createClient({ transport, ports, deadline, classify: classifyAnswer });

	/** One more try after a lost session: it was refused before anything was done. */
	async function sendTo(request: ClientRequest): Promise<HttpResponse> {
		for (let renewed = false; ; renewed = true) {
			const cookie = await session.cookie();
			try {
				const headers = { accept: 'application/json', ...request.headers, cookie };
				return await client.send({ ...request, headers });
			} catch (caught) {
				const error = asCoreError(caught);
				if (!isSessionLost(error)) throw error;
				session.drop(cookie);
				if (renewed) throw error;
			}
		}
	}

	async function pageAt(url: string, entitySet: string, pageSize = 0): Promise<ListPage> {
		// The page size is forgotten between pages unless it is said again.
		const headers: Record<string, string> =
			pageSize > 0 ? { prefer: `odata.maxpagesize=${pageSize}` } : {};
		const response = await sendTo({ method: 'GET', url, headers });
		const body = jsonOf(response, entitySet) as Row | null;
		if (!Array.isArray(body?.value)) throw noList(entitySet);
		const link = body['@odata.nextLink'] ?? body['odata.nextLink'];
		return {
			rows: body.value as Row[],
			...(typeof link === 'string' && link !== '' && { next: rebased(link, connection) }),
			serverNow: localTime(response.headers.date, connection.zone),
		};
	}

	async function* pages(entitySet: string, query: ListQuery): AsyncGenerator<ListPage> {
		const url = listUrl(connection.root, entitySet, query);
		yield* followPages(
			async (link: string | undefined) => await pageAt(link ?? url, entitySet, query.pageSize),
			() =>
				new CoreError(
					'protocol',
					`${entitySet}: the next links repeat or never stop, the list has no end.`,
				),
		);
	}

	return {
		connection,
		ports,
		pages,
		async page(entitySet, query) {
			let last: ListPage | undefined;
			for await (const page of pages(entitySet, query)) {
				last = page;
				if (page.rows.length > 0) break;
			}
			return last ?? { rows: [], serverNow: '' };
		},
		async entity(entitySet, predicate, select) {
			const url = listUrl(connection.root, `${entitySet}${predicate}`, { select });
			return jsonOf(await sendTo({ method: 'GET', url }), entitySet) as Row;
		},
		send: async ({ path, ...request }) =>
			await sendTo({ ...request, url: `${connection.root}/${path}` }),
		localNow: () => localOf(DateTime.fromMillis(ports.now()), connection.zone),
	};
}

function noList(entitySet: string): CoreError {
	return new CoreError('protocol', `The answer for ${entitySet} is no list: it has no "value".`, {
		remedy: 'Check "Base URL" in the credential: another program answered.',
	});
}

/**
 * Next links come relative in several forms, or absolute with the server's inner host. What follows the version's
 * path goes to the configured root; the session must not travel anywhere else.
 */
export function rebased(link: string, { root, version }: Connection): string {
	const marker = `/b1s/${version}/`;
	const at = link.split('?')[0].indexOf(marker);
	const isElsewhere = at < 0 && /^([a-z][a-z0-9+.-]*:|\/\/|\/)/i.test(link);
	const target = `${root}/${at < 0 ? link : link.slice(at + marker.length)}`;
	if (!isElsewhere && isBelow(root, target)) return target;
	throw new CoreError(
		'protocol',
		`The Service Layer linked to another place: ${excerptOf(link, 120)}`,
		{ remedy: 'Check "Base URL" and "Service Layer Version" in the credential.' },
	);
}

/** Dots, also encoded ones, may lead out of a path: what counts is where the request goes. */
function isBelow(root: string, target: string): boolean {
	if (!URL.canParse(target)) return false;
	const [base, { origin, pathname }] = [new URL(root), new URL(target)];
	const climbs = /(^|\/|%2f|%5c)(\.|%2e){2}(%2f|%5c|$)/i.test(pathname);
	return origin === base.origin && pathname.startsWith(`${base.pathname}/`) && !climbs;
}

/** The absolute, encoded address of a list or an entity. */
export function listUrl(root: string, resource: string, query: ListQuery): string {
	const options: Array<[string, string | undefined]> = [
		['$select', query.select?.join(',')],
		['$filter', query.filter],
		['$orderby', query.orderBy?.join(',')],
		['$top', query.top?.toString()],
	];
	const text = options
		.filter(([, value]) => Boolean(value))
		.map(([name, value]) => `${name}=${encoded(value ?? '')}`)
		.join('&');
	const path = `${root}/${encoded(resource)}`;
	return text === '' ? path : `${path}?${text}`;
}

function encoded(value: string): string {
	return encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%24/g, '$');
}

/** `('C''1')` for a text key, `(4711)` for a number. */
export function keyPredicate(key: string, kind: 'text' | 'number'): string {
	if (kind === 'text') return `(${quoted(key)})`;
	if (/^-?\d+$/.test(key.trim())) return `(${Number(key)})`;
	throw new CoreError('invalid', `"${key}" is not a number.`, {
		remedy: 'Documents are found by their internal number (DocEntry), which has digits only.',
	});
}

/** An HTTP date as `2026-11-20T10:12:30` in a zone. */
function localTime(httpDate: string | undefined, zone: string): string {
	const at = DateTime.fromHTTP(httpDate ?? '');
	return at.isValid ? localOf(at, zone) : '';
}

function localOf(at: DateTime, zone: string): string {
	return at.setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}
