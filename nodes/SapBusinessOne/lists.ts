import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { asCoreError, type CoreErrorKind } from '../../core/http/errors';
import { searchNames } from '../../core/n8n/nameList';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { openConnection, openServiceLayer } from './open';
import type { ServiceLayer } from './serviceLayer';

/** How a server answers that has no service document. */
const NOT_THERE: readonly CoreErrorKind[] = ['configuration', 'invalid', 'notFound', 'protocol'];

/** Names in the service document; where the server has none, in the far longer `$metadata`. */
export async function entitySetNames(service: ServiceLayer): Promise<string[]> {
	try {
		const document = await service.send({ method: 'GET', path: '' });
		return entitySetNamesIn(document, 'the service document');
	} catch (caught) {
		const error = asCoreError(caught);
		if (error.status === undefined || !NOT_THERE.includes(error.kind)) throw error;
		const headers = { accept: 'application/xml' };
		const metadata = await service.send({ method: 'GET', path: '$metadata', headers });
		return entitySetNamesIn(metadata, '$metadata');
	}
}

export async function searchEntitySets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const connection = await openConnection(this);
		return await entitySetNames(openServiceLayer(this, connection));
	});
}
