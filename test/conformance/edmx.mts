/** Holds an OData V2 service and requests to it against the vendor's own metadata document. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { checkFilter } from './edmxFilter.mts';

export interface EdmxProperty {
	/** `Edm.String`, `Edm.DateTime`, ... */
	type: string;
	nullable: boolean;
	maxLength?: number;
	precision?: number;
	scale?: number;
	/** False where the vendor marks the property as not filterable. */
	filterable: boolean;
}

export interface EdmxNavigation {
	/** Name of the target's entity set. */
	target: string;
	multiplicity: '0..1' | '1' | '*';
}

export interface EdmxEntitySet {
	name: string;
	typeName: string;
	key: string[];
	properties: Map<string, EdmxProperty>;
	navigations: Map<string, EdmxNavigation>;
}

export interface Edmx {
	namespace: string;
	entitySets: Map<string, EdmxEntitySet>;
}

/** Where the vendor's business-partner metadata lies on a machine that has it. */
export const VENDOR_EDMX = join(process.cwd(), '../shared/reference/sap/API_BUSINESS_PARTNER.edmx');

/** The vendor's metadata, or undefined where the reference files are absent. */
export function vendorEdmx(): Edmx | undefined {
	return existsSync(VENDOR_EDMX) ? readEdmx(VENDOR_EDMX) : undefined;
}

export function readEdmx(path: string): Edmx {
	return parseEdmx(readFileSync(path, 'utf8'));
}

type Element = Record<string, unknown>;

const children = (element: Element | undefined, name: string) =>
	(element?.[name] ?? []) as Element[];
const attribute = (element: Element | undefined, name: string) =>
	element?.[`@${name}`] as string | undefined;
const nameOf = (element: Element) => attribute(element, 'Name') ?? '';

export function parseEdmx(xml: string): Edmx {
	const parser = new XMLParser({
		ignoreAttributes: false,
		attributeNamePrefix: '@',
		removeNSPrefix: true,
		isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
	});
	const [root] = children(parser.parse(xml) as Element, 'Edmx');
	const [schema] = children(children(root, 'DataServices')[0], 'Schema');
	if (!schema) throw new Error('The document is no EDMX: it has no Schema');
	const namespace = attribute(schema, 'Namespace') ?? '';
	const setOfType = new Map(
		children(children(schema, 'EntityContainer')[0], 'EntitySet').map((set) => [
			attribute(set, 'EntityType') ?? '',
			nameOf(set),
		]),
	);
	const ends = new Map(
		children(schema, 'Association').map((item) => [nameOf(item), children(item, 'End')]),
	);
	const sets = children(schema, 'EntityType').flatMap((type) => {
		const name = setOfType.get(`${namespace}.${nameOf(type)}`);
		return name ? [entitySetOf(name, type, ends, setOfType)] : [];
	});
	return { namespace, entitySets: new Map(sets.map((set) => [set.name, set])) };
}

function entitySetOf(
	name: string,
	type: Element,
	ends: Map<string, Element[]>,
	setOfType: Map<string, string>,
): EdmxEntitySet {
	const navigations = children(type, 'NavigationProperty').map((navigation) => {
		const association = (attribute(navigation, 'Relationship') ?? '').split('.').pop() ?? '';
		const role = attribute(navigation, 'ToRole');
		const end = ends.get(association)?.find((item) => attribute(item, 'Role') === role);
		const target = setOfType.get(attribute(end, 'Type') ?? '') ?? '';
		const multiplicity = attribute(end, 'Multiplicity') as EdmxNavigation['multiplicity'];
		return [nameOf(navigation), { target, multiplicity }] as const;
	});
	return {
		name,
		typeName: nameOf(type),
		key: children(children(type, 'Key')[0], 'PropertyRef').map(nameOf),
		properties: new Map(children(type, 'Property').map((item) => [nameOf(item), propertyOf(item)])),
		navigations: new Map(navigations),
	};
}

function propertyOf(element: Element): EdmxProperty {
	const numberOf = (name: string) => {
		const text = attribute(element, name);
		return text === undefined ? undefined : Number(text);
	};
	return {
		type: attribute(element, 'Type') ?? '',
		nullable: attribute(element, 'Nullable') !== 'false',
		maxLength: numberOf('MaxLength'),
		precision: numberOf('Precision'),
		scale: numberOf('Scale'),
		filterable: attribute(element, 'filterable') !== 'false',
	};
}

const OPTIONS = [
	'$filter',
	'$orderby',
	'$top',
	'$skip',
	'$skiptoken',
	'$select',
	'$expand',
	'$inlinecount',
	'$format',
];

/**
 * What a GET request names that the metadata does not have: one sentence each, none when all is well.
 * `url` may be absolute or a path; it must hold the service's name.
 */
export function checkODataUrl(edmx: Edmx, url: string): string[] {
	const { pathname, searchParams } = new URL(url, 'http://localhost');
	const [, path] = decodeURIComponent(pathname).split(`/${edmx.namespace}`);
	if (path === undefined) return [`${pathname} is no address of the service ${edmx.namespace}`];
	const resource = path.replace(/^\/|\/$/g, '');
	if (resource === '' || resource === '$metadata') return [];
	const violations: string[] = [];
	const set = resolvePath(edmx, resource, violations);
	for (const name of searchParams.keys()) {
		if (name.startsWith('$') && !OPTIONS.includes(name)) violations.push(`${name} is no V2 option`);
	}
	if (!set) return violations;
	const expand = list(searchParams.get('$expand'));
	for (const item of expand) violations.push(...checkExpand(edmx, set, item));
	for (const item of list(searchParams.get('$select'))) {
		violations.push(...checkSelect(edmx, set, item, expand));
	}
	for (const item of list(searchParams.get('$orderby'))) violations.push(...checkOrder(set, item));
	const filter = searchParams.get('$filter');
	if (filter !== null) violations.push(...checkFilter(set, filter));
	for (const name of ['$top', '$skip']) {
		const text = searchParams.get(name);
		if (text !== null && !/^\d+$/.test(text)) violations.push(`${name}=${text} is no whole number`);
	}
	return violations;
}

function list(text: string | null): string[] {
	return text ? text.split(',').map((item) => item.trim()) : [];
}

/** Entity set, key predicates and navigations of a path; the set it ends in. */
function resolvePath(edmx: Edmx, path: string, violations: string[]): EdmxEntitySet | undefined {
	const quoted = path.replace(/'(?:[^']|'')*'/g, (text) => text.replaceAll('/', '\u0000'));
	const [head, ...steps] = quoted.split('/').map((segment) => segment.replaceAll('\u0000', '/'));
	const name = head.replace(/\(.*$/s, '');
	let set = edmx.entitySets.get(name);
	if (!set) violations.push(`There is no entity set ${name}`);
	const key = /\((.*)\)$/s.exec(head)?.[1];
	if (set && key !== undefined) violations.push(...checkKey(set, key));
	for (const step of steps.filter((segment) => segment !== '$count')) {
		set = set && navigate(edmx, set, step, violations);
	}
	return set;
}

function navigate(edmx: Edmx, set: EdmxEntitySet, name: string, violations: string[]) {
	const navigation = set.navigations.get(name);
	if (!navigation) violations.push(`${set.name} has no navigation ${name}`);
	return navigation && edmx.entitySets.get(navigation.target);
}

function checkKey(set: EdmxEntitySet, text: string): string[] {
	const named = [...text.matchAll(/(\w+)=(?:\w*'(?:[^']|'')*'|\w+)/g)].map((match) => match[1]);
	if (named.length === 0) {
		return set.key.length === 1 ? [] : [`The key of ${set.name} is ${set.key.join(', ')}`];
	}
	const isWhole = set.key.every((name) => named.includes(name)) && named.length === set.key.length;
	return isWhole
		? []
		: [`The key of ${set.name} is ${set.key.join(', ')}, not ${named.join(', ')}`];
}

function checkExpand(edmx: Edmx, start: EdmxEntitySet, path: string): string[] {
	const violations: string[] = [];
	let set: EdmxEntitySet | undefined = start;
	for (const name of path.split('/')) set = set && navigate(edmx, set, name, violations);
	return violations;
}

function checkSelect(edmx: Edmx, start: EdmxEntitySet, path: string, expand: string[]): string[] {
	const steps = path.split('/');
	const last = steps.pop() as string;
	const violations: string[] = [];
	let set: EdmxEntitySet | undefined = start;
	for (const name of steps) set = set && navigate(edmx, set, name, violations);
	if (set && last !== '*' && !set.properties.has(last) && !set.navigations.has(last)) {
		violations.push(`${set.name} has neither property nor navigation ${last}`);
	}
	const opened = steps.join('/');
	const isOpen = expand.some((item) => item === opened || item.startsWith(`${opened}/`));
	if (opened && !isOpen)
		violations.push(`$select names ${path}, but $expand does not open ${opened}`);
	return violations;
}

function checkOrder(set: EdmxEntitySet, term: string): string[] {
	const [name, direction = 'asc'] = term.split(/ +/);
	if (!set.properties.has(name)) return [`${set.name} has no property ${name} to order by`];
	return ['asc', 'desc'].includes(direction) ? [] : [`${direction} is no order`];
}
