import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { asCoreError, CoreError } from '../../core/http/errors';
import { listOf, nameIn } from '../../core/n8n/names';
import { checkedName, quoted } from '../../core/odata/literals';
import type { ErpRecord } from '../../core/record/erpRecord';
import { CustomerReader } from './customerReader';
import { CustomerSource } from './customerSource';
import type { Row } from './fields';
import { openWebApi } from './open';
import {
	customerReading,
	customerSettings,
	moduleOf,
	postedSettings,
	type Parameters,
} from './parameters';
import { POSTED, toPostedRecord, type PostedEntity } from './posted';
import { PostedSource } from './postedSource';
import type { WebApi } from './webApi';

/** One operation on one item. All of them read. */
export async function runOperation(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<IDataObject[]> {
	const read: Parameters = (name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback as string);
	const api = await openWebApi(context);
	const resource = String(read('resource', 'customer'));
	const isGet = read('operation', 'get') === 'get';
	if (resource === 'endpoint') return isGet ? [await oneRow(api, read)] : await rows(api, read);
	const output = String(read('output', 'erpRecord'));
	const records =
		resource === 'customer'
			? await customers(api, read, isGet)
			: await documents(api, read, resource as PostedEntity, isGet);
	return records.map((record) => toItem(record, output));
}

async function customers(api: WebApi, read: Parameters, isGet: boolean): Promise<ErpRecord[]> {
	const settings = customerSettings(read, api.connection.scope);
	if (!isGet) {
		const source = new CustomerSource(new CustomerReader(api, settings), customerReading(read));
		return await upTo(limitOf(read), source.scan());
	}
	const number = required(read, 'number', 'Customer Number').toUpperCase();
	// Asked for by number: no filter stands in the way.
	const reader = new CustomerReader(api, { ...settings, groups: [] });
	const [loaded] = await reader.toRecords(await reader.rowsByKeys([number]));
	if (loaded) return [loaded.record];
	throw unknown(`customer "${number}"`);
}

async function documents(
	api: WebApi,
	read: Parameters,
	entity: PostedEntity,
	isGet: boolean,
): Promise<ErpRecord[]> {
	const { resource, fields } = POSTED[entity];
	const settings = postedSettings(read);
	const source = new PostedSource(api, entity, settings);
	if (!isGet && source.scan) return await upTo(limitOf(read), source.scan());
	const filter = isGet ? documentFilter(read, entity) : undefined;
	const readAt = new Date(api.ports.now()).toISOString();
	const limit = isGet ? Infinity : limitOf(read);
	const { scope } = api.connection;
	const found: ErpRecord[] = [];
	for await (const page of api.walk(resource, { select: fields, filter })) {
		for (const row of page.rows) {
			const record = toPostedRecord(entity, row, { ...settings, scope, readAt });
			if (record) found.push(record);
		}
		if (found.length >= limit) break;
	}
	if (isGet && found.length === 0) {
		throw unknown(`${entity} "${String(read('document', ''))}" of this customer`);
	}
	return found.slice(0, limit);
}

/** A receipt has a long key of its own; by customer and number it is found as a person knows it. */
function documentFilter(read: Parameters, entity: PostedEntity): string {
	const customer = required(read, 'number', 'Customer Number').toUpperCase();
	const document = required(read, 'document', 'Document Number');
	const property = entity === 'invoice' ? 'DocumentNumber' : 'CheckReceiptNumber';
	return `CustomerNumber eq ${quoted(customer)} and ${property} eq ${quoted(document)}`;
}

async function oneRow(api: WebApi, read: Parameters): Promise<IDataObject> {
	const key = required(read, 'key', 'Key');
	try {
		return asItem(await api.record(addressOf(read), keyOf(key), fieldsOf(read)));
	} catch (error) {
		const refused = asCoreError(error);
		throw refused.kind === 'notFound' ? unknown(`record with the key ${key}`) : refused;
	}
}

async function rows(api: WebApi, read: Parameters): Promise<IDataObject[]> {
	const limit = limitOf(read);
	const filter = String(read('filter', '')).trim() || undefined;
	const found: IDataObject[] = [];
	const top = Number.isFinite(limit) ? limit : undefined;
	for await (const page of api.walk(addressOf(read), { select: fieldsOf(read), filter, top })) {
		found.push(...page.rows.map(asItem));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}

/** Names only: nothing in them can lead to another company. */
function addressOf(read: Parameters): string {
	const module = moduleOf(String(read('module', 'AR')));
	return `${module}/${checkedName(nameIn(read('endpoint', '')), 'Endpoint')}`;
}

function fieldsOf(read: Parameters): string[] {
	const names = listOf(read('fields', '')).map((name) => checkedName(name, 'Fields'));
	if (names.length > 0) return names;
	throw new CoreError('configuration', 'No fields are named to read.', {
		remedy: 'Fill in "Fields".',
	});
}

const KEY_PART = /^(\w+=)?('([^']|'')*'|-?\d+(\.\d+)?)$/;

/** `1200` and `'1200'` mean the same; `BatchRecordType='CA',BatchNumber=65` is written as it is. */
function keyOf(key: string): string {
	if (!/['=]/.test(key)) return quoted(key);
	const parts = key.split(/,(?=(?:[^']*'[^']*')*[^']*$)/).map((part) => part.trim());
	if (parts.every((part) => KEY_PART.test(part))) return parts.join(',');
	throw new CoreError('configuration', `"${key}" is not a key.`, {
		remedy: `Correct "Key": a value alone, or BatchRecordType='CA',BatchNumber=65.`,
	});
}

async function upTo(
	limit: number,
	pages: AsyncIterable<{ rows: Array<{ record: ErpRecord }> }>,
): Promise<ErpRecord[]> {
	const records: ErpRecord[] = [];
	for await (const page of pages) {
		records.push(...page.rows.map(({ record }) => record));
		if (records.length >= limit) break;
	}
	return records.slice(0, limit);
}

function limitOf(read: Parameters): number {
	return read('returnAll', false) === true ? Infinity : Number(read('limit', 50));
}

function required(read: Parameters, name: string, setting: string): string {
	const value = String(read(name, '')).trim();
	if (value !== '') return value;
	throw new CoreError('configuration', `"${setting}" is empty.`, {
		remedy: `Fill in "${setting}".`,
	});
}

function unknown(what: string): CoreError {
	return new CoreError('notFound', `There is no ${what} in Sage 300.`, {
		remedy: 'Check the number, the company in the credential, and that the user may see it.',
	});
}

function asItem(row: Row): IDataObject {
	return row as IDataObject;
}
