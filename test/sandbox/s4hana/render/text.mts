/** How typed values look in V2 JSON, in Atom and in key predicates. */
import type { EntitySet, Property, Row, Value } from '../edm.mts';
import { valueOf } from '../edm.mts';

/** `/Date(ms)/`, `/Date(ms+0000)/`, `PT10H12M30S`; decimals and GUIDs as strings. */
export function jsonValueV2(value: Value, property: Property): unknown {
	if (value === null) return null;
	if (property.type === 'DateTime') return `/Date(${value})/`;
	if (property.type === 'DateTimeOffset') return `/Date(${value}+0000)/`;
	if (property.type === 'Time') return durationText(value as number);
	return value;
}

export function xmlValue(value: Value, property: Property): string {
	if (property.type === 'DateTime') return localText(value as number);
	if (property.type === 'DateTimeOffset') return `${localText(value as number)}Z`;
	if (property.type === 'Time') return durationText(value as number);
	return escapeXml(String(value));
}

/** `A_BusinessPartner('1')` or `A_BPRelationship(RelationshipNumber='7',...)`, percent-encoded. */
export function keyPath(set: EntitySet, row: Row): string {
	const parts = set.key.map((name) => {
		const property = set.properties.get(name) as Property;
		const literal = keyLiteral(valueOf(row, property), property);
		return set.key.length === 1 ? literal : `${name}=${literal}`;
	});
	return `${set.name}(${parts.join(',')})`;
}

function keyLiteral(value: Value, property: Property): string {
	switch (property.type) {
		case 'DateTime':
			return `datetime'${encodeURIComponent(localText(value as number))}'`;
		case 'DateTimeOffset':
			return `datetimeoffset'${encodeURIComponent(`${localText(value as number)}Z`)}'`;
		case 'Boolean':
			return String(value);
		default:
			return `'${encodeURIComponent(String(value).replaceAll("'", "''"))}'`;
	}
}

export function durationText(seconds: number): string {
	const two = (count: number) => String(Math.floor(count)).padStart(2, '0');
	return `PT${two(seconds / 3600)}H${two((seconds % 3600) / 60)}M${two(seconds % 60)}S`;
}

/** `2026-11-20T00:00:00` */
export function localText(ms: number): string {
	return new Date(ms).toISOString().slice(0, 19);
}

export function escapeXml(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}
