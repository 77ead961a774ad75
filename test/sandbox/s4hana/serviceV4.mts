/** Answers reads of the generic OData V4 service: one entity set, no navigations. */
import { valueOf, type EntitySet, type Property, type Row } from './edm.mts';
import { answerDelta, deltaLinkV4, wantsChanges } from './delta.mts';
import { parseOptions, type Shape } from './query/options.mts';
import { parsePath } from './query/path.mts';
import { readByKey } from './reader.mts';
import { keyPath, localText } from './render/text.mts';
import { encodedQuery, type Served, type ServiceRequest } from './serviceV2.mts';
import { select } from './selection.mts';

/** @throws Refusal */
export function serveV4(request: ServiceRequest): Served {
	const { reader, path, exchange, paging, changes } = request;
	const context = `${reader.root}/$metadata`;
	if (path === '') {
		const value = [...reader.schema.keys()].map((name) => ({ name, kind: 'EntitySet', url: name }));
		return json(request, { '@odata.context': context, value }, 0);
	}
	const { set, key, isCount } = parsePath(path, reader.schema, 'V4');
	const options = parseOptions(exchange.query, set, reader.schema, 'V4');
	const contextOfSet = `${context}#${set.name}`;
	if (key) {
		const row = readByKey(reader, set, key);
		const entity = entityV4(request, set, row, options.shape);
		return json(request, { '@odata.context': `${contextOfSet}/$entity`, ...entity }, 1);
	}
	const delta = changes && answerDelta(changes, paging, set, options, exchange.query);
	const rows = delta ? [] : select(reader.table(set), options, exchange.query);
	if (isCount) return plainCount(rows.length);
	const mark = wantsChanges(exchange) ? changes?.sequence : undefined;
	const fullPage = delta?.page ?? paging.page(rows, options, exchange.query, mark);
	const page = request.isPageEmptied ? paging.emptied(fullPage, options, exchange.query) : fullPage;
	const removed = (delta?.removed ?? []).map((gone) => ({
		'@odata.context': `${contextOfSet}/$deletedEntity`,
		'@removed': { reason: 'deleted' },
		'@odata.id': keyPath(set, gone),
		...gone,
	}));
	const entities = page.items.map((row) => entityV4(request, set, row, options.shape));
	const deltaLink = deltaLinkV4(request, set, page);
	const body = {
		'@odata.context': delta ? `${contextOfSet}/$delta` : contextOfSet,
		...(options.wantsCount ? { '@odata.count': page.count } : {}),
		value: [...entities, ...removed],
		...(page.token ? { '@odata.nextLink': nextLink(request, set, page.token) } : {}),
		...(deltaLink ? { '@odata.deltaLink': deltaLink } : {}),
	};
	return json(request, body, page.items.length);
}

function entityV4(request: ServiceRequest, set: EntitySet, row: Row, shape: Shape) {
	const accept = request.exchange.headers.accept ?? '';
	const isExact = accept.toLowerCase().includes('ieee754compatible=true');
	const properties = [...set.properties.values()].filter(
		({ name }) => !shape.selected || shape.selected.has(name),
	);
	return Object.fromEntries(
		properties.map((property) => [property.name, jsonValueV4(row, property, isExact)]),
	);
}

function jsonValueV4(row: Row, property: Property, isExact: boolean): unknown {
	const value = valueOf(row, property);
	if (value === null) return null;
	if (property.type === 'DateTime') return localText(value as number).slice(0, 10);
	if (property.type === 'DateTimeOffset') return `${localText(value as number)}Z`;
	if (property.type === 'Decimal') return isExact ? String(value) : Number(value);
	return value;
}

/** V4 next links may stand relative to the service root. */
function nextLink(request: ServiceRequest, set: EntitySet, token: string): string {
	const query = new URLSearchParams(request.exchange.query);
	query.set('$skiptoken', token);
	return `${set.name}?${encodedQuery(query)}`;
}

function plainCount(count: number): Served {
	const headers = { 'content-type': 'text/plain', 'odata-version': '4.0' };
	return { answer: { status: 200, headers, body: String(count) }, rows: 0 };
}

function json(request: ServiceRequest, body: object, rows: number): Served {
	const headers: Record<string, string> = {
		'content-type': 'application/json;odata.metadata=minimal;charset=utf-8',
		'odata-version': '4.0',
	};
	if (wantsChanges(request.exchange)) headers['preference-applied'] = 'odata.track-changes';
	return { answer: { status: 200, headers, body }, rows };
}
