import { CoreError } from '../http/errors';
import { descendantsOf, type XmlElement } from '../xml/element';
import { parseXml } from '../xml/reader';

export interface EntityProperty {
	name: string;
	/** As the service writes it: `Edm.DateTime`. */
	type: string;
}

/** So many names fit into a panel. */
const MOST_NAMES = 40;

/**
 * Properties of an entity set, from the text of `$metadata`, in its order.
 *
 * @param setting what a person calls the field that holds the name of the set
 * @throws CoreError `notFound` for an unknown set, naming those that exist; `protocol` for what is no XML
 */
export function propertiesIn(
	metadata: string,
	entitySet: string,
	setting: string,
): EntityProperty[] {
	const root = parseXml(metadata);
	const sets = descendantsOf(root, 'EntitySet');
	const found = sets.find(({ attributes }) => attributes.Name === entitySet);
	if (!found) {
		const names = sets.map(({ attributes }) => attributes.Name);
		const shown = names.slice(0, MOST_NAMES).join(', ');
		const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
		throw new CoreError('notFound', `The service has no entity set ${entitySet}.`, {
			remedy: `Correct ${setting}; there is ${shown || 'none'}${more}.`,
		});
	}
	const types = typesIn(root);
	const properties: XmlElement[] = [];
	const met = new Set<XmlElement>();
	let type = types.get(found.attributes.EntityType ?? '');
	// What a type inherits stands before its own.
	while (type && !met.has(type)) {
		met.add(type);
		properties.unshift(...type.children.filter(({ name }) => name === 'Property'));
		type = types.get(type.attributes.BaseType ?? '');
	}
	return properties.map(({ attributes }) => ({
		name: attributes.Name ?? '',
		type: attributes.Type ?? '',
	}));
}

/** Entity types by their full names: two schemas of a service may have one of the same name. */
function typesIn(root: XmlElement): Map<string, XmlElement> {
	const types = new Map<string, XmlElement>();
	for (const schema of descendantsOf(root, 'Schema')) {
		const { Namespace, Alias } = schema.attributes;
		for (const type of schema.children.filter(({ name }) => name === 'EntityType')) {
			for (const prefix of [Namespace, Alias]) {
				if (prefix) types.set(`${prefix}.${type.attributes.Name ?? ''}`, type);
			}
		}
	}
	return types;
}

/** Dates and times, which tell of changes, come first; by name within both. */
export function byChangeTime(properties: readonly EntityProperty[]): EntityProperty[] {
	const isTime = ({ type }: EntityProperty) => /Date|Time/.test(type);
	return [...properties].sort(
		(a, b) => Number(isTime(b)) - Number(isTime(a)) || (a.name < b.name ? -1 : 1),
	);
}
