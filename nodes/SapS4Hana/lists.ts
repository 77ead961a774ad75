import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { textOf } from '../../core/http/body';
import { neededSetting, searchNames, typedItems } from '../../core/n8n/nameList';
import { TYPE_THE_NAME } from '../../core/n8n/names';
import { byChangeTime, propertiesIn } from '../../core/odata/entityProperties';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { dialectOf, openConnection, openService, type Authentication } from './open';
import type { ODataService } from './service';

/** Names in the service document. */
export async function entitySetNames(service: ODataService): Promise<string[]> {
	const what = 'the service document';
	return entitySetNamesIn(await service.description('', 'application/json'), what, TYPE_THE_NAME);
}

export async function searchEntitySets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const service = await serviceInPanel(this, 'the entity sets of that service');
		return await entitySetNames(service);
	});
}

export async function searchChangeFields(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const shows = 'the fields of its rows';
		const service = await serviceInPanel(this, shows);
		const entitySet = neededSetting(this, 'entitySet', 'Entity Set', shows);
		const metadata = textOf(await service.description('$metadata', 'application/xml'));
		return typedItems(byChangeTime(propertiesIn(metadata, entitySet, '"Entity Set"')));
	});
}

async function serviceInPanel(
	context: ILoadOptionsFunctions,
	shows: string,
): Promise<ODataService> {
	const servicePath = neededSetting(context, 'servicePath', 'Service Path', shows);
	const authentication = context.getCurrentNodeParameter('authentication') as Authentication;
	const connection = await openConnection(context, authentication);
	const dialect = dialectOf(context.getCurrentNodeParameter('odataVersion'));
	return openService(context, connection, { servicePath, dialect });
}
