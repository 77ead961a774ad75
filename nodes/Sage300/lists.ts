import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { neededSetting, searchNames } from '../../core/n8n/nameList';
import { moduleOf } from './actions';
import { openWebApi } from './open';

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
