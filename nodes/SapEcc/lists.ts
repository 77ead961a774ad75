import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { neededSetting, searchNames, typedItems } from '../../core/n8n/nameList';
import { byChangeTime } from '../../core/odata/entityProperties';
import { openCaller, openConnection, openGateway } from './open';
import { permittedFunctions, permittedTables } from './permissions';

export async function searchEntitySets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const shows = 'the entity sets of that service';
		const servicePath = neededSetting(this, 'servicePath', 'Service Path', shows);
		return await openGateway(this, await openConnection(this), servicePath).entitySets();
	});
}

export async function searchChangeFields(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const shows = 'the fields of its rows';
		const servicePath = neededSetting(this, 'servicePath', 'Service Path', shows);
		const entitySet = neededSetting(this, 'entitySet', 'Entity Set', shows);
		const service = openGateway(this, await openConnection(this), servicePath);
		return typedItems(byChangeTime(await service.propertiesOf(entitySet)));
	});
}

export async function searchTables(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => permittedTables(await permissionsOf(this)));
}

export async function searchFunctions(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => permittedFunctions(await permissionsOf(this)));
}

async function permissionsOf(context: ILoadOptionsFunctions) {
	const connection = await openConnection(context);
	// Tells here already where the credential gives no access to functions.
	openCaller(context, connection);
	return connection.permissions;
}
