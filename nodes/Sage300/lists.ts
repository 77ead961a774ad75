import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';
import { codeChoices } from '../../core/n8n/codeList';
import { neededSetting, searchNames } from '../../core/n8n/nameList';
import { codeName } from '../../core/n8n/names';
import { CUSTOMER_GROUPS, textsOf } from './descriptions';
import { openWebApi } from './open';
import { moduleOf } from './parameters';

/** The endpoints of the module that is typed, as the server names them. */
export async function searchEndpoints(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchNames(this, filter, async () => {
		const module = neededSetting(this, 'module', 'Module', 'the endpoints of that module');
		return await (await openWebApi(this)).endpoints(moduleOf(module));
	});
}

export async function getCustomerGroups(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await codeChoices(this, ['filters', 'groupIds'], async () => {
		const { resource, keys } = CUSTOMER_GROUPS;
		const groups = await textsOf(await openWebApi(this), resource, keys[0]);
		return [...groups].map(([value, text]) => ({ name: codeName(value, text), value }));
	});
}
