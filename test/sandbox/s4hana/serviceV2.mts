/** Answers reads of an OData V2 service: collections, single entities, navigations, $count, $metadata. */
import type { Answer, Exchange } from '../http.mts';
import type { EntitySet, Row } from './edm.mts';
import { answerDelta, deltaLinkV2, wantsChanges } from './delta.mts';
import type { Page, Paging } from './paging.mts';
import { parseOptions, type QueryOptions } from './query/options.mts';
import { parsePath, type ResourcePath } from './query/path.mts';
import { assertAllowed, follow, readByKey, targetOf, type Reader } from './reader.mts';
import { badRequest, Refusal } from './refusal.mts';
import { entryDocument, feedDocument } from './render/atom.mts';
import { entityJson } from './render/jsonV2.mts';
import { metadataDocument } from './render/metadata.mts';
import { keyPath } from './render/text.mts';
import type { SalesOrders } from './salesOrders.mts';
import { select } from './selection.mts';

export interface ServiceRequest {
	exchange: Exchange;
	reader: Reader;
	paging: Paging;
	/** Behind the service root, no leading slash. */
	path: string;
	/** The fault `emptyPage` is due. */
	isPageEmptied: boolean;
	/** Where the service reports changes by delta links. */
	changes?: SalesOrders;
}

export interface Served {
	answer: Answer;
	rows: number;
}

const JSON_TYPE = 'application/json;charset=utf-8';

/** @throws Refusal */
export function serveV2(request: ServiceRequest): Served {
	const { reader, path, exchange } = request;
	if (path === '') return json(request, { d: { EntitySets: [...reader.schema.keys()] } }, 0);
	if (path === '$metadata') {
		const headers = { 'content-type': 'application/xml;charset=utf-8', dataserviceversion: '2.0' };
		return { answer: { status: 200, headers, body: metadataDocument(reader.schema) }, rows: 0 };
	}
	const resource = parsePath(path, reader.schema);
	assertAllowed(reader, resource.set);
	if (resource.key) return serveKeyed(request, resource, resource.key);
	const options = parseOptions(exchange.query, resource.set, reader.schema);
	if (resource.isCount) {
		const rows = select(reader.table(resource.set), options, exchange.query);
		return text(String(rows.length));
	}
	return serveCollection(request, resource.set, options);
}

export function wantsJson(exchange: Exchange): boolean {
	const format = exchange.query.get('$format');
	if (format !== null) return format === 'json';
	return (exchange.headers.accept ?? '').includes('application/json');
}

function serveCollection(request: ServiceRequest, set: EntitySet, options: QueryOptions): Served {
	const { exchange, reader, paging, changes } = request;
	const delta = changes && answerDelta(changes, paging, set, options, exchange.query);
	if (delta) return collection(request, set, options, delta.page, delta.removed);
	const most = paging.most(options);
	const rows = select(reader.table(set), options, exchange.query, most);
	const mark = wantsChanges(exchange) ? changes?.sequence : undefined;
	return collection(request, set, options, paging.page(rows, options, exchange.query, mark), []);
}

function collection(
	request: ServiceRequest,
	set: EntitySet,
	options: QueryOptions,
	fullPage: Page<Row>,
	removed: Row[],
): Served {
	const { exchange, reader, paging } = request;
	const page = request.isPageEmptied ? paging.emptied(fullPage, options, exchange.query) : fullPage;
	const next = page.token ? nextLink(request, set, page.token) : undefined;
	const delta = deltaLinkV2(request, set, page);
	const count = options.wantsCount ? page.count : undefined;
	if (!wantsJson(exchange)) {
		const when = new Date(0).toISOString();
		const deleted = removed.map((key) => ({ uri: `${reader.root}/${keyPath(set, key)}`, when }));
		const feed = { rows: page.items, count, next, delta, deleted };
		return xml(feedDocument(reader, set, feed, options.shape), page.items.length);
	}
	const results = [
		...page.items.map((row) => entityJson(reader, set, row, options.shape)),
		...removed.map((key) => tombstone(reader, set, key)),
	];
	const d = {
		results,
		...(count === undefined ? {} : { __count: String(count) }),
		...(next ? { __next: next } : {}),
		...(delta ? { __delta: delta } : {}),
	};
	return json(request, { d }, page.items.length, wantsChanges(exchange));
}

/** The gateway knows no standard JSON form for a deleted entity; this one marks it in the metadata. */
function tombstone(reader: Reader, set: EntitySet, key: Row) {
	const uri = `${reader.root}/${keyPath(set, key)}`;
	const type = `${set.namespace}.${set.name}Type`;
	return { __metadata: { id: uri, uri, type, deleted: true }, ...key };
}

function serveKeyed(request: ServiceRequest, resource: ResourcePath, key: Row): Served {
	const { reader, exchange } = request;
	let set = resource.set;
	let rows: Row[] = [readByKey(reader, set, key)];
	let isMany = false;
	for (const name of resource.steps) {
		if (isMany) throw badRequest(`Navigation from a collection to ${name}`);
		const navigation = set.navigations.get(name);
		if (!navigation) {
			throw new Refusal(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${name}'`);
		}
		rows = rows.flatMap((row) => follow(reader, set, row, name));
		set = targetOf(reader, set, name);
		isMany = navigation.many;
	}
	const options = parseOptions(exchange.query, set, reader.schema);
	if (isMany) return serveRelated(request, set, options, rows, resource.isCount);
	if (rows.length === 0) throw new Refusal(404, '/IWBEP/CM_MGW_RT/020', 'Resource not found');
	if (!wantsJson(exchange)) return xml(entryDocument(reader, set, rows[0], options.shape), 1);
	return json(request, { d: entityJson(reader, set, rows[0], options.shape) }, 1);
}

function serveRelated(
	request: ServiceRequest,
	set: EntitySet,
	options: QueryOptions,
	related: Row[],
	isCount: boolean,
): Served {
	const rows = options.filter ? related.filter(options.filter) : related;
	if (typeof options.order === 'function') rows.sort(options.order);
	if (isCount) return text(String(rows.length));
	const page = request.paging.page(rows, options, request.exchange.query);
	return collection(request, set, options, page, []);
}

/** The request's own address with the token in it. */
function nextLink(request: ServiceRequest, set: EntitySet, token: string): string {
	const query = new URLSearchParams(request.exchange.query);
	query.set('$skiptoken', token);
	const path = request.path.includes('(') ? request.path : set.name;
	return `${request.reader.root}/${path}?${encodedQuery(query)}`;
}

/** `%20` for a blank, and the dollar sign of system options left as it is. */
export function encodedQuery(query: URLSearchParams): string {
	return [...query]
		.map(([name, value]) => `${encodeURI(name)}=${encodeURIComponent(value)}`)
		.join('&');
}

function json(request: ServiceRequest, body: object, rows: number, isTracked = false): Served {
	const headers: Record<string, string> = { 'content-type': JSON_TYPE, dataserviceversion: '2.0' };
	if (isTracked && request.changes) headers['preference-applied'] = 'odata.track-changes';
	return { answer: { status: 200, headers, body }, rows };
}

function xml(body: string, rows: number): Served {
	const headers = {
		'content-type': 'application/atom+xml;charset=utf-8',
		dataserviceversion: '2.0',
	};
	return { answer: { status: 200, headers, body }, rows };
}

function text(body: string): Served {
	return { answer: { status: 200, headers: { 'content-type': 'text/plain' }, body }, rows: 0 };
}
