/** System query options of one request, checked against the entity set they are asked of. */
import { comparable, compareValues, valueOf, type EntitySet, type Row } from '../edm.mts';
import { badRequest, Refusal, unknownProperty } from '../refusal.mts';
import type { Schema } from '../schema.mts';
import { parseFilter, type RowTest } from './filter.mts';
import type { Dialect } from './literal.mts';

/** What to show of an entity: which properties, which navigations, and how far to open those. */
export interface Shape {
	/** Undefined shows all. */
	selected?: Set<string>;
	expanded: Map<string, Shape>;
}

export interface QueryOptions {
	filter?: RowTest;
	/** `key` is the database's own order; undefined is no order at all. */
	order?: 'key' | ((left: Row, right: Row) => number);
	top?: number;
	skip: number;
	skipToken?: string;
	shape: Shape;
	wantsCount: boolean;
}

const KNOWN: Record<Dialect, string[]> = {
	V2: [
		'$filter',
		'$orderby',
		'$top',
		'$skip',
		'$skiptoken',
		'$select',
		'$expand',
		'$inlinecount',
		'$format',
	],
	V4: [
		'$filter',
		'$orderby',
		'$top',
		'$skip',
		'$skiptoken',
		'$select',
		'$count',
		'$format',
		'$deltatoken',
	],
};

/** @throws Refusal 400 for anything unknown or malformed. */
export function parseOptions(
	query: URLSearchParams,
	set: EntitySet,
	schema: Schema,
	dialect: Dialect = 'V2',
): QueryOptions {
	for (const name of query.keys()) {
		if (name.startsWith('$') && !KNOWN[dialect].includes(name)) {
			throw badRequest(`The query option ${name} is not supported`);
		}
	}
	const filter = query.get('$filter');
	return {
		filter: filter ? parseFilter(filter, set, dialect) : undefined,
		order: parseOrder(query.get('$orderby'), set),
		top: parseCount(query, '$top'),
		skip: parseCount(query, '$skip') ?? 0,
		skipToken: query.get('$skiptoken') ?? undefined,
		shape: parseShape(list(query.get('$select')), list(query.get('$expand')), set, schema),
		wantsCount: dialect === 'V2' ? wantsInlineCount(query) : query.get('$count') === 'true',
	};
}

function list(text: string | null): string[] {
	return text ? text.split(',').map((item) => item.trim()) : [];
}

function parseCount(query: URLSearchParams, name: string): number | undefined {
	const text = query.get(name);
	if (text === null) return undefined;
	if (!/^\d+$/.test(text)) throw badRequest(`${name} takes a whole number, not '${text}'`);
	return Number(text);
}

function wantsInlineCount(query: URLSearchParams): boolean {
	const text = query.get('$inlinecount');
	if (text === null || text === 'none') return false;
	if (text !== 'allpages') throw badRequest(`Invalid value '${text}' for $inlinecount`);
	return true;
}

function parseOrder(text: string | null, set: EntitySet): QueryOptions['order'] {
	if (!text) return undefined;
	const terms = list(text).map((term) => {
		const [name, direction = 'asc', ...rest] = term.split(/ +/);
		const property = set.properties.get(name);
		if (!property) throw unknownProperty(name, `${set.name}Type`);
		if (!['asc', 'desc'].includes(direction) || rest.length > 0) {
			throw badRequest(`Invalid token '${term}' in $orderby`);
		}
		return { property, sign: direction === 'desc' ? -1 : 1 };
	});
	const isKeyOrder = terms.every((term, at) => term.sign > 0 && term.property.name === set.key[at]);
	if (isKeyOrder) return 'key';
	return (left, right) => {
		for (const { property, sign } of terms) {
			const a = comparable(valueOf(left, property), property);
			const b = comparable(valueOf(right, property), property);
			const order = compareValues(a, b);
			if (order !== 0) return order * sign;
		}
		return 0;
	};
}

/** V2: a navigation that `$select` leaves out stays out, even if `$expand` names it. */
function parseShape(select: string[], expand: string[], set: EntitySet, schema: Schema): Shape {
	const shape: Shape = { expanded: new Map() };
	for (const [name, paths] of byHead(expand)) {
		const target = navigationTarget(name, set, schema);
		const inner = select.filter((path) => path.startsWith(`${name}/`));
		const isWhole = select.includes(name) || inner.length === 0;
		const innerSelect = isWhole ? [] : inner.map((path) => path.slice(name.length + 1));
		shape.expanded.set(name, parseShape(innerSelect, paths, target, schema));
	}
	if (select.length > 0 && !select.includes('*'))
		shape.selected = selectedNames(select, set, shape);
	return shape;
}

function selectedNames(select: string[], set: EntitySet, shape: Shape): Set<string> {
	const names = new Set<string>();
	for (const path of select) {
		const [head, ...rest] = path.split('/');
		const isNavigation = set.navigations.has(head);
		if (!isNavigation && (rest.length > 0 || !set.properties.has(head))) {
			throw unknownProperty(head, `${set.name}Type`);
		}
		if (rest.length > 0 && !shape.expanded.has(head)) {
			throw badRequest(`$select names ${path}, but ${head} is not in $expand`);
		}
		names.add(head);
	}
	return names;
}

function byHead(paths: string[]): Map<string, string[]> {
	const heads = new Map<string, string[]>();
	for (const path of paths) {
		const [head, ...rest] = path.split('/');
		const inner = heads.get(head) ?? [];
		if (rest.length > 0) inner.push(rest.join('/'));
		heads.set(head, inner);
	}
	return heads;
}

export function navigationTarget(name: string, set: EntitySet, schema: Schema): EntitySet {
	const target = schema.get(set.navigations.get(name)?.target ?? '');
	if (!target) {
		throw new Refusal(
			400,
			'/IWBEP/CM_MGW_RT/021',
			`Navigation property ${name} not found in type ${set.name}Type`,
			name,
		);
	}
	return target;
}
