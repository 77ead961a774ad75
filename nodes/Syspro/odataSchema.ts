import { isHtml, textOf } from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import { descendantsOf, childrenOf } from '../../core/xml/element';
import { parseXml } from '../../core/xml/reader';

export interface Schema {
	/** Property -> `Edm.…` type of an entity set. */
	typesOf(entitySet: string): ReadonlyMap<string, string>;
}

/** What a service's `$metadata` says about its entity sets. */
export function schemaIn(response: HttpResponse): Schema {
	if (isHtml(response)) {
		throw new CoreError(
			'configuration',
			'A web page came back instead of the metadata of SYSPRO.',
			{
				status: response.status,
				remedy:
					'Check "Base URL" in the credential: a login page, a proxy or another host answered.',
			},
		);
	}
	const root = parseXml(textOf(response));
	const types = new Map(
		descendantsOf(root, 'EntityType').map((type) => [
			type.attributes.Name,
			new Map(
				childrenOf(type, 'Property').map(({ attributes }) => [attributes.Name, attributes.Type]),
			),
		]),
	);
	const sets = new Map(
		descendantsOf(root, 'EntitySet').map(({ attributes }) => [
			attributes.Name,
			types.get((attributes.EntityType ?? '').replace(/^.*\./, '')),
		]),
	);
	if (sets.size === 0) {
		throw new CoreError('protocol', 'The metadata of SYSPRO names no entity set.', {
			remedy: 'Check "Base URL" in the credential.',
		});
	}
	return {
		typesOf(entitySet) {
			const found = sets.get(entitySet);
			if (found) return found;
			throw new CoreError(
				'configuration',
				`SYSPRO's OData service has no entity set ${entitySet}.`,
				{
					remedy: 'Publish the table to this operator in SYSPRO, then restart the OData service.',
				},
			);
		},
	};
}
