/** OData V2 verbose JSON, as SAP Gateway writes it. */
import { valueOf, type EntitySet, type Row } from '../edm.mts';
import type { Shape } from '../query/options.mts';
import { follow, targetOf, type Reader } from '../reader.mts';
import { jsonValueV2, keyPath } from './text.mts';

export type Json = Record<string, unknown>;

export function entityJson(reader: Reader, set: EntitySet, row: Row, shape: Shape): Json {
	const uri = `${reader.root}/${keyPath(set, row)}`;
	const json: Json = { __metadata: metadataOf(set, row, uri) };
	for (const property of set.properties.values()) {
		if (shape.selected && !shape.selected.has(property.name)) continue;
		json[property.name] = jsonValueV2(valueOf(row, property), property);
	}
	for (const name of set.navigations.keys()) {
		if (shape.selected && !shape.selected.has(name)) continue;
		const inner = shape.expanded.get(name);
		json[name] = inner
			? expandedJson(reader, set, row, name, inner)
			: { __deferred: { uri: `${uri}/${name}` } };
	}
	return json;
}

function expandedJson(reader: Reader, set: EntitySet, row: Row, name: string, shape: Shape) {
	const target = targetOf(reader, set, name);
	const entities = follow(reader, set, row, name).map((found) =>
		entityJson(reader, target, found, shape),
	);
	return set.navigations.get(name)?.many ? { results: entities } : (entities[0] ?? null);
}

function metadataOf(set: EntitySet, row: Row, uri: string): Json {
	const type = `${set.namespace}.${set.name}Type`;
	const etag = typeof row.ETag === 'string' ? { etag: `W/"'${row.ETag}'"` } : {};
	return { id: uri, uri, type, ...etag };
}
