import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { CoreError } from '../../core/http/errors';
import { listOf, nameIn } from '../../core/n8n/names';
import { checkedName } from '../../core/odata/literals';
import { ENTITIES, type EntityName } from './entities';
import { shownRow, type B1Record } from './mapping';
import { openConnection, openServiceLayer } from './open';
import { sourceSettings, type Parameters } from './parameters';
import { keyPredicate, type ServiceLayer } from './serviceLayer';
import { B1Source } from './source';
import { findByReference, isWriting, write } from './writeActions';

/** One operation on one item. */
export async function runOperation(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<IDataObject[]> {
	const read: Parameters = (name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback as string);
	const connection = await openConnection(context);
	const service = openServiceLayer(context, connection);
	const resource = String(read('resource', 'businessPartner'));
	const operation = String(read('operation', 'get'));
	if (isWriting(operation)) {
		if (isTool(context) && !connection.mayWriteAsTool) throw writingIsOff();
		return [await write(service, read, resource, operation)];
	}
	if (operation === 'findByReference') return [await findByReference(service, read, resource)];
	if (resource === 'entitySet') return await entitySetOperation(service, read, operation);
	const items = await entityOperation(service, read, resource as EntityName, operation);
	const output = String(read('output', 'erpRecord'));
	return items.map((record) => toItem(record, output));
}

/** n8n gives the tool made of a node the node's name with this ending. */
function isTool(context: IExecuteFunctions): boolean {
	return /Tool$/.test(context.getNode().type);
}

function writingIsOff(): CoreError {
	return new CoreError('forbidden', 'As a tool this node may not change SAP Business One.', {
		remedy: 'Turn on "Allow Writing as a Tool" in the credential if an AI agent may do that.',
	});
}

async function entityOperation(
	service: ServiceLayer,
	read: Parameters,
	entity: EntityName,
	operation: string,
): Promise<B1Record[]> {
	const reading = { pageSize: 500, keysPerRequest: 40 };
	const settings = sourceSettings(read, entity, service.connection.scope, reading);
	const source = new B1Source(service, settings);
	if (operation === 'get') {
		const key = String(read('key', '')).trim();
		if (key === '') {
			throw new CoreError('configuration', 'No key is given.', { remedy: 'Fill in "Key".' });
		}
		// A wrong form of number is told before the server is asked.
		keyPredicate(key, ENTITIES[entity].keyKind);
		const records = await source.byKeys([key]);
		if (records.length > 0) return records;
		throw new CoreError(
			'notFound',
			`SAP Business One has no ${ENTITIES[entity].entitySet} "${key}".`,
			{
				remedy: 'Check "Key": documents are found by DocEntry, not by their document number.',
			},
		);
	}
	const limit = limitOf(read);
	const records: B1Record[] = [];
	for await (const page of source.scan()) {
		records.push(...page.rows.map(({ record }) => record));
		if (records.length >= limit) break;
	}
	return records.slice(0, limit);
}

async function entitySetOperation(
	service: ServiceLayer,
	read: Parameters,
	operation: string,
): Promise<IDataObject[]> {
	const entitySet = checkedName(nameIn(read('entitySet', '')), 'Entity Set');
	const select = listOf(read('fields', '')).map((name) => checkedName(name, 'Fields'));
	if (operation === 'get') {
		const key = String(read('key', '')).trim();
		const predicate = /['=]/.test(key)
			? `(${key})`
			: keyPredicate(key, read('keyType', 'text') === 'number' ? 'number' : 'text');
		return [shownRow(await service.entity(entitySet, predicate, select)) as IDataObject];
	}
	const limit = limitOf(read);
	const query = {
		select,
		filter: String(read('filter', '')).trim() || undefined,
		orderBy: listOf(read('orderBy', '')),
		top: Number.isFinite(limit) ? limit : undefined,
		pageSize: Math.min(500, limit),
	};
	const rows: IDataObject[] = [];
	for await (const page of service.pages(entitySet, query)) {
		rows.push(...page.rows.map((row) => shownRow(row) as IDataObject));
		if (rows.length >= limit) break;
	}
	return rows.slice(0, limit);
}

function limitOf(read: Parameters): number {
	return read('returnAll', false) === true ? Infinity : Number(read('limit', 50));
}
