import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { jsonOf } from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import { toNodeError } from '../../core/n8n/errors';
import { dialectOf, openConnection, openService, type Authentication } from './open';
import type { ODataService } from './service';

/** Names in the service document: `d.EntitySets` in V2, `value[].name` in V4. */
export async function entitySetNames(service: ODataService): Promise<string[]> {
	const document = jsonOf(await service.raw('', 'application/json'), 'the service document');
	const { d, value } = document as {
		d?: { EntitySets?: unknown };
		value?: unknown;
	};
	if (Array.isArray(d?.EntitySets)) return d.EntitySets.map(String).sort();
	if (!Array.isArray(value)) return [];
	const entries = value as Array<{ name?: unknown; kind?: unknown }>;
	return entries
		.filter(({ kind }) => kind === undefined || kind === 'EntitySet')
		.map(({ name }) => String(name))
		.sort();
}

export async function searchEntitySets(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	try {
		const authentication = this.getCurrentNodeParameter('authentication') as Authentication;
		const connection = await openConnection(this, authentication);
		const service = openService(this, connection, {
			servicePath: typedPath(this.getCurrentNodeParameter('servicePath')),
			dialect: dialectOf(this.getCurrentNodeParameter('odataVersion')),
		});
		const names = await entitySetNames(service);
		const wanted = (filter ?? '').toLowerCase();
		const found = names.filter((name) => name.toLowerCase().includes(wanted));
		return { results: found.map((name) => ({ name, value: name })) };
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

function typedPath(value: unknown): string {
	const path = String(value ?? '').trim();
	if (path !== '') return path;
	throw new CoreError('configuration', '"Service Path" is empty.', {
		remedy: 'Enter it first; the list then shows the entity sets of that service.',
	});
}
