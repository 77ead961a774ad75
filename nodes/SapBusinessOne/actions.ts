import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { CoreError } from '../../core/http/errors';
import { checkedName } from '../../core/odata/literals';
import { ENTITIES, type EntityName } from './entities';
import { shownRow, type B1Record } from './mapping';
import { openConnection, openServiceLayer } from './open';
import { listOf, sourceSettings, type Parameters } from './parameters';
import type { Row } from './rows';
import { keyPredicate, type ServiceLayer } from './serviceLayer';
import { B1Source } from './source';
import { cancelDocument, createOrder, type OrderKind } from './writing';

/** Entity sets behind the resources that can be cancelled. */
const DOCUMENT_SETS: Readonly<Record<string, string>> = {
	creditNote: 'CreditNotes',
	incomingPayment: 'IncomingPayments',
	invoice: 'Invoices',
	order: 'Orders',
	purchaseOrder: 'PurchaseOrders',
};

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
	if (operation === 'create' || operation === 'cancel') {
		if (isTool(context) && !connection.mayWriteAsTool) throw writingIsOff();
		return [await write(service, read, resource, operation)];
	}
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

async function write(
	service: ServiceLayer,
	read: Parameters,
	resource: string,
	operation: 'create' | 'cancel',
): Promise<IDataObject> {
	const result =
		operation === 'cancel'
			? await cancelDocument(service, DOCUMENT_SETS[resource], String(read('docEntry', '')))
			: await createOrder(service, {
					kind: resource as OrderKind,
					reference: String(read('reference', '') ?? '').trim(),
					referenceField: referenceField(read),
					body: orderBody(read),
				});
	return result as unknown as IDataObject;
}

function referenceField(read: Parameters): string {
	const name = checkedName(String(read('referenceField', 'NumAtCard')), 'Reference Field');
	if (name === 'NumAtCard' || name.startsWith('U_')) return name;
	throw new CoreError('configuration', `"${name}" cannot hold the reference.`, {
		remedy: 'In "Reference Field", use NumAtCard or a user-defined field that begins with U_.',
	});
}

function orderBody(read: Parameters): Row {
	const more = read('additionalFields', {}) as Row;
	const chosen = Object.entries(more).filter(
		([name, value]) => name !== 'json' && value !== '' && value !== null && value !== 0,
	);
	const lines = (read('lines', {}) as { line?: Row[] }).line ?? [];
	const body: Row = {
		CardCode: String(read('cardCode', '')).trim(),
		DocDueDate: String(read('dueDate', '')).slice(0, 10),
		...Object.fromEntries(chosen.map(([name, value]) => [name, dayOnly(name, value)])),
		DocumentLines: lines.map(orderLine),
		...jsonObject(more.json),
	};
	for (const [name, setting] of [
		['CardCode', 'Business Partner'],
		['DocDueDate', 'Due Date'],
	]) {
		if (!body[name]) {
			throw new CoreError('configuration', `"${setting}" is empty.`, {
				remedy: `Fill in "${setting}".`,
			});
		}
	}
	return body;
}

function orderLine(line: Row): Row {
	const filled = Object.entries(line).filter(([, value]) => value !== '' && value !== null);
	return Object.fromEntries(
		filled.map(([name, value]) => [name, name === 'UnitPrice' ? Number(value) : value]),
	);
}

function dayOnly(name: string, value: unknown): unknown {
	return /Date$/.test(name) ? String(value).slice(0, 10) : value;
}

function jsonObject(value: unknown): Row {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
	const source = String(value ?? '').trim();
	if (source === '') return {};
	const parsed = parsedJson(source);
	if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Row;
	throw new CoreError('configuration', '"Further Fields (JSON)" is no JSON object.', {
		remedy: 'Write it as {"Series": 12, "U_Source": "CRM"}.',
	});
}

function parsedJson(source: string): unknown {
	try {
		return JSON.parse(source);
	} catch {
		return undefined;
	}
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
	const entitySet = checkedName(String(read('entitySet', '')), 'Entity Set');
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
