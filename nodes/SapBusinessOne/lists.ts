import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';
import { asCoreError, type CoreErrorKind } from '../../core/http/errors';
import { codeChoices } from '../../core/n8n/codeList';
import { searchNames } from '../../core/n8n/nameList';
import { codeName, TYPE_THE_NAME } from '../../core/n8n/names';
import { entitySetNamesIn } from '../../core/odata/entitySetNames';
import { NAME_TABLES, WAREHOUSES } from './entities';
import { openConnection, openServiceLayer } from './open';
import { text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** How a server answers that has no service document. */
const NOT_THERE: readonly CoreErrorKind[] = ['configuration', 'invalid', 'notFound', 'protocol'];

/** Names in the service document; where the server has none, in the far longer `$metadata`. */
export async function entitySetNames(service: ServiceLayer): Promise<string[]> {
	try {
		const document = await service.send({ method: 'GET', path: '' });
		return entitySetNamesIn(document, 'the service document', TYPE_THE_NAME);
	} catch (caught) {
		const error = asCoreError(caught);
		if (error.status === undefined || !NOT_THERE.includes(error.kind)) throw error;
		const headers = { accept: 'application/xml' };
		const metadata = await service.send({ method: 'GET', path: '$metadata', headers });
		return entitySetNamesIn(metadata, '$metadata', TYPE_THE_NAME);
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

interface CodeTable {
	entitySet: string;
	key: string;
	name: string;
}

/** Codes of the company with their names. */
export const codeLists = {
	async getGroups(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return await choices(this, NAME_TABLES.group, ['filters', 'groupIds'], text);
	},

	async getPriceLists(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const number = (row: Row, name: string) => Number(text(row, name));
		return await choices(this, NAME_TABLES.priceList, ['values', 'priceList'], number);
	},

	async getWarehouses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return await choices(this, WAREHOUSES, ['values', 'warehouseIds'], text);
	},
};

async function choices(
	context: ILoadOptionsFunctions,
	{ entitySet, key, name }: CodeTable,
	place: readonly [collection: string, option: string],
	codeOf: (row: Row, name: string) => string | number,
): Promise<INodePropertyOptions[]> {
	return await codeChoices(context, place, async () => {
		const service = openServiceLayer(context, await openConnection(context));
		const query = { select: [key, name], orderBy: [key], pageSize: 500 };
		const listed: INodePropertyOptions[] = [];
		for await (const { rows } of service.pages(entitySet, query)) {
			for (const row of rows) {
				const shown = codeName(text(row, key), text(row, name));
				listed.push({ name: shown, value: codeOf(row, key) });
			}
		}
		return listed;
	});
}
