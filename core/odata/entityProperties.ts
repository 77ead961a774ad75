import { CoreError } from '../http/errors';
import { descendantsOf } from '../xml/element';
import { parseXml } from '../xml/reader';

export interface EntityProperty {
	name: string;
	/** As the service writes it: `Edm.DateTime`. */
	type: string;
}

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
		const known = sets.map(({ attributes }) => attributes.Name).join(', ');
		throw new CoreError('notFound', `The service has no entity set ${entitySet}.`, {
			remedy: `Correct ${setting}; there is ${known || 'none'}.`,
		});
	}
	const typeName = (found.attributes.EntityType ?? '').replace(/^.*\./, '');
	const type = descendantsOf(root, 'EntityType').find(
		({ attributes }) => attributes.Name === typeName,
	);
	const properties = type?.children.filter(({ name }) => name === 'Property') ?? [];
	return properties.map(({ attributes }) => ({
		name: attributes.Name ?? '',
		type: attributes.Type ?? '',
	}));
}

/** Dates and times, which tell of changes, come first; by name within both. */
export function byChangeTime(properties: readonly EntityProperty[]): EntityProperty[] {
	const isTime = ({ type }: EntityProperty) => /Date|Time/.test(type);
	return [...properties].sort(
		(a, b) => Number(isTime(b)) - Number(isTime(a)) || (a.name < b.name ? -1 : 1),
	);
}
