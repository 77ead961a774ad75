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
 * @throws CoreError `notFound` for an unknown set, naming those that exist; `protocol` for what is no XML
 */
export function propertiesIn(metadata: string, entitySet: string): EntityProperty[] {
	const root = parseXml(metadata);
	const sets = descendantsOf(root, 'EntitySet');
	const found = sets.find(({ attributes }) => attributes.Name === entitySet);
	if (!found) {
		const known = sets.map(({ attributes }) => attributes.Name).join(', ');
		throw new CoreError('notFound', `The service has no entity set ${entitySet}.`, {
			remedy: `Correct "Entity Set"; there is ${known || 'none'}.`,
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
