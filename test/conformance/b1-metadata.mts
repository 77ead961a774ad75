/** The vendor's own metadata of the Service Layer (OData 3): sets, types, enumerations, functions. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

export interface B1Metadata {
	/** Entity set -> name of its type. */
	sets: Map<string, string>;
	/** Entity or complex type -> property -> type as the file writes it, without `SAPB1.` and `Edm.`. */
	types: Map<string, Map<string, string>>;
	keys: Map<string, string[]>;
	enums: Map<string, Map<string, string>>;
	/** Function -> the parameters of each of its forms, `Name:Type`. */
	functions: Map<string, string[][]>;
}

const FILE = join(process.cwd(), '../shared/reference/sap-b1/metadata-v3.edmx.xml');

/** Undefined where the reference files are absent. */
export function b1Metadata(): B1Metadata | undefined {
	return existsSync(FILE) ? parse(readFileSync(FILE, 'utf8')) : undefined;
}

type Element = Record<string, unknown>;
const children = (element: Element | undefined, name: string) =>
	(element?.[name] ?? []) as Element[];
const attribute = (element: Element, name: string) => String(element[`@${name}`] ?? '');
const plainType = (type: string) => type.replace(/SAPB1\.|Edm\./g, '');

function parse(xml: string): B1Metadata {
	const parser = new XMLParser({
		ignoreAttributes: false,
		attributeNamePrefix: '@',
		removeNSPrefix: true,
		isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
	});
	const [root] = children(parser.parse(xml) as Element, 'Edmx');
	const schemas = children(children(root, 'DataServices')[0], 'Schema');
	const all = (name: string) => schemas.flatMap((schema) => children(schema, name));
	const containers = all('EntityContainer');
	const inContainer = (name: string) => containers.flatMap((one) => children(one, name));
	const types = [...all('EntityType'), ...all('ComplexType')];
	const functions = new Map<string, string[][]>();
	for (const item of inContainer('FunctionImport')) {
		const name = attribute(item, 'Name');
		const parameters = children(item, 'Parameter').map(
			(one) => `${attribute(one, 'Name')}:${plainType(attribute(one, 'Type'))}`,
		);
		functions.set(name, [...(functions.get(name) ?? []), parameters]);
	}
	return {
		sets: new Map(
			inContainer('EntitySet').map((set) => [
				attribute(set, 'Name'),
				plainType(attribute(set, 'EntityType')),
			]),
		),
		types: new Map(types.map((type) => [attribute(type, 'Name'), propertiesOf(type)])),
		keys: new Map(
			types.map((type) => [
				attribute(type, 'Name'),
				children(children(type, 'Key')[0], 'PropertyRef').map((one) => attribute(one, 'Name')),
			]),
		),
		enums: new Map(
			all('EnumType').map((item) => [
				attribute(item, 'Name'),
				new Map(
					children(item, 'Member').map((one) => [attribute(one, 'Name'), attribute(one, 'Value')]),
				),
			]),
		),
		functions,
	};
}

function propertiesOf(type: Element): Map<string, string> {
	return new Map(
		children(type, 'Property').map((item) => [
			attribute(item, 'Name'),
			plainType(attribute(item, 'Type')),
		]),
	);
}
