/** Atom XML: what a client gets that does not ask for JSON. */
import { valueOf, type EntitySet, type Row } from '../edm.mts';
import type { Shape } from '../query/options.mts';
import { follow, targetOf, type Reader } from '../reader.mts';
import { escapeXml, keyPath, xmlValue } from './text.mts';

const NAMESPACES =
	'xmlns="http://www.w3.org/2005/Atom"' +
	' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"' +
	' xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"';
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';

export interface AtomFeed {
	rows: Row[];
	count?: number;
	next?: string;
	delta?: string;
	/** Addresses of deleted entities, in the form of RFC 6721. */
	deleted?: Array<{ uri: string; when: string }>;
}

export function feedDocument(reader: Reader, set: EntitySet, feed: AtomFeed, shape: Shape): string {
	const entries = feed.rows.map((row) => entry(reader, set, row, shape, ''));
	const tombstones = (feed.deleted ?? []).map(
		({ uri, when }) =>
			`<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0"` +
			` ref="${escapeXml(uri)}" when="${when}"/>`,
	);
	const count = feed.count === undefined ? '' : `<m:count>${feed.count}</m:count>`;
	const links = link('next', feed.next) + link('delta', feed.delta);
	return (
		`${DECLARATION}<feed ${NAMESPACES}><title type="text">${set.name}</title>${count}` +
		`${entries.join('')}${tombstones.join('')}${links}</feed>`
	);
}

export function entryDocument(reader: Reader, set: EntitySet, row: Row, shape: Shape): string {
	return DECLARATION + entry(reader, set, row, shape, ` ${NAMESPACES}`);
}

function link(rel: string, href: string | undefined): string {
	return href ? `<link rel="${rel}" href="${escapeXml(href)}"/>` : '';
}

function entry(reader: Reader, set: EntitySet, row: Row, shape: Shape, attributes: string): string {
	const uri = escapeXml(`${reader.root}/${keyPath(set, row)}`);
	const isShown = (name: string) => !shape.selected || shape.selected.has(name);
	const properties = [...set.properties.values()].filter((item) => isShown(item.name));
	const content = properties.map((property) => {
		const value = valueOf(row, property);
		if (value === null) return `<d:${property.name} m:null="true"/>`;
		return `<d:${property.name}>${xmlValue(value, property)}</d:${property.name}>`;
	});
	const links = [...set.navigations.keys()].filter(isShown).map((name) => {
		const inner = shape.expanded.get(name);
		const expanded = inner ? inlined(reader, set, row, name, inner) : '';
		return `<link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/${name}" href="${uri}/${name}">${expanded}</link>`;
	});
	return (
		`<entry${attributes}><id>${uri}</id><category term="${set.namespace}.${set.name}Type"` +
		' scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>' +
		`${links.join('')}<content type="application/xml"><m:properties>${content.join('')}` +
		'</m:properties></content></entry>'
	);
}

function inlined(reader: Reader, set: EntitySet, row: Row, name: string, shape: Shape): string {
	const target = targetOf(reader, set, name);
	const entries = follow(reader, set, row, name).map((found) =>
		entry(reader, target, found, shape, ''),
	);
	const isMany = set.navigations.get(name)?.many;
	return `<m:inline>${isMany ? `<feed>${entries.join('')}</feed>` : entries.join('')}</m:inline>`;
}
