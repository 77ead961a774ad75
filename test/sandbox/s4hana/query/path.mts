/** The part of the URL behind the service root: entity set, key, navigations, $count. */
import type { EntitySet, Row } from '../edm.mts';
import { badRequest, unknownSegment } from '../refusal.mts';
import type { Schema } from '../schema.mts';
import { fits, readLiteral, type Dialect } from './literal.mts';

export interface ResourcePath {
	set: EntitySet;
	key?: Row;
	/** Navigation names behind the key. */
	steps: string[];
	isCount: boolean;
}

/** `A_BusinessPartner('1')/to_Customer/$count`, already without the service root, still encoded. */
export function parsePath(path: string, schema: Schema, dialect: Dialect = 'V2'): ResourcePath {
	const segments = splitSegments(decode(path));
	const head = /^(\w+)(?:\((.*)\))?$/s.exec(segments[0]);
	const set = schema.get(head?.[1] ?? '');
	if (!head || !set) throw unknownSegment(segments[0]);
	const isCount = segments.at(-1) === '$count';
	const steps = segments.slice(1, isCount ? -1 : undefined);
	const key = head[2] === undefined ? undefined : parseKey(head[2], set, dialect);
	if (steps.length > 0 && !key) throw badRequest(`Navigation from the collection ${set.name}`);
	return { set, key, steps, isCount };
}

function decode(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		throw badRequest('Malformed percent-encoding in the URI');
	}
}

/** A slash inside a quoted key is no separator. */
function splitSegments(path: string): string[] {
	const segments = [''];
	let isQuoted = false;
	for (const character of path.replace(/\/$/, '')) {
		if (character === "'") isQuoted = !isQuoted;
		if (character === '/' && !isQuoted) segments.push('');
		else segments[segments.length - 1] += character;
	}
	return segments;
}

function parseKey(text: string, set: EntitySet, dialect: Dialect): Row {
	const key: Row = {};
	let rest = text.trim();
	while (rest) {
		const named = /^(\w+)\s*=\s*/.exec(rest);
		if (named) rest = rest.slice(named[0].length);
		const name = named?.[1] ?? (set.key.length === 1 ? set.key[0] : undefined);
		const property = name ? set.properties.get(name) : undefined;
		const found = readLiteral(rest, dialect);
		if (!name || !property || !set.key.includes(name) || !found || !fits(found.literal, property)) {
			throw badRequest(`Malformed key predicate (${text}) for ${set.name}`);
		}
		key[name] = found.literal.value;
		rest = rest.slice(found.length).replace(/^\s*,\s*/, '');
	}
	if (Object.keys(key).length !== set.key.length) {
		throw badRequest(`The key predicate of ${set.name} needs ${set.key.join(', ')}`);
	}
	return key;
}
