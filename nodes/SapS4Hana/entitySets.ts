import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { neededSetting, searchNames } from '../../core/n8n/nameList';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { dialectOf, openConnection, openService, type Authentication } from './open';
import type { ODataService } from './service';

/** Names in the service document. */
export async function entitySetNames(service: ODataService): Promise<string[]> {
	const what = 'the service document';
	return entitySetNamesIn(await service.raw('', 'application/json'), what);
}

export async function searchEntitySets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const shows = 'the entity sets of that service';
		const servicePath = neededSetting(this, 'servicePath', 'Service Path', shows);
		const authentication = this.getCurrentNodeParameter('authentication') as Authentication;
		const connection = await openConnection(this, authentication);
		const dialect = dialectOf(this.getCurrentNodeParameter('odataVersion'));
		return await entitySetNames(openService(this, connection, { servicePath, dialect }));
	});
}
