import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { CoreError } from '../../core/http/errors';
import { listOf } from '../../core/n8n/names';
import { checkedName } from '../../core/odata/literals';
import { entityPath } from '../../core/odata/query';
import type { ErpRecord } from '../../core/record/erpRecord';
import { cursorValueOf } from '../../core/n8n/pollProperties';
import type { DeltaSource } from '../../core/sync/source';
import type { Connection } from './connection';
import { EntitySetSource } from './entitySetSource';
import { dialectOf, openService } from './open';
import {
	entitySetName,
	entitySetSettings,
	partnerSettings,
	type Parameters,
	type PartnerEntity,
} from './parameters';
import { DEFAULT_FILTER } from './partnerFilter';
import { PartnerReader } from './partnerReader';
import { BusinessPartnerSource } from './source';

const READING = { pageSize: 500, keysPerRequest: 50 };

const NUMBER_FIELDS = {
	businessPartner: 'BusinessPartner',
	customer: 'Customer',
	supplier: 'Supplier',
} as const;

/** One operation on one item. All of them read. */
export async function runOperation(
	context: IExecuteFunctions,
	connection: Connection,
	itemIndex: number,
): Promise<IDataObject[]> {
	const read: Parameters = (name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback as string);
	const resource = String(read('resource', 'businessPartner'));
	const operation = String(read('operation', 'get'));
	return resource === 'entitySet'
		? await entitySetOperation(context, connection, read, operation)
		: await partnerOperation(context, connection, read, resource as PartnerEntity, operation);
}

async function partnerOperation(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
	entity: PartnerEntity,
	operation: string,
): Promise<IDataObject[]> {
	const service = openService(context, connection);
	const settings = partnerSettings(read, entity, connection.scope, READING);
	const output = String(read('output', 'erpRecord'));
	const items = (records: ErpRecord[]) => records.map((record) => toItem(record, output));
	if (operation === 'get') {
		// Asked for by number: no filter stands in the way.
		const filter = { ...DEFAULT_FILTER, categories: [], kinds: [], exclude: [] };
		const number = String(read('number', '')).trim();
		const reader = new PartnerReader(service, { ...settings, filter });
		const { loaded } = await reader.byKeys([number], NUMBER_FIELDS[entity]);
		if (loaded.length === 0) throw unknownNumber(entity, number);
		return items(loaded.map(({ record }) => record));
	}
	const source = new BusinessPartnerSource(service, settings);
	const limit = limitOf(read);
	return items(
		operation === 'getChanges'
			? await changesOf(source, since(read, connection.zone), limit)
			: await scanOf(source, limit),
	);
}

async function entitySetOperation(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
	operation: string,
): Promise<IDataObject[]> {
	const dialect = dialectOf(read('odataVersion', 'V2'));
	const isInstant = read('changeFieldType', 'dateTimeOffset') === 'dateTimeOffset';
	const zone = isInstant ? 'UTC' : connection.zone;
	const servicePath = String(read('servicePath', ''));
	const service = openService(context, { ...connection, zone }, { dialect, servicePath });
	const entitySet = entitySetName(read('entitySet', ''));
	if (operation === 'getChanges') {
		const settings = { ...entitySetSettings(read, connection.scope, 500), useDeltaLinks: false };
		const source = new EntitySetSource(service, settings);
		const records = await changesOf(source, since(read, zone), limitOf(read));
		return records.map((record) => toItem(record, 'raw'));
	}
	const select = listOf(read('fields', '')).map((name) => checkedName(name, 'Fields'));
	if (operation === 'get') {
		const key = keyLiteral(String(read('key', '')), dialect.literal.string);
		const path = entityPath(entitySet, { '': key });
		return [dialect.plain(await service.entity(path, { shape: { select } })) as IDataObject];
	}
	const limit = limitOf(read);
	const query = {
		shape: { select },
		filter: String(read('filter', '')).trim() || undefined,
		orderBy: listOf(read('orderBy', '')),
		top: Number.isFinite(limit) ? limit : undefined,
	};
	const rows: IDataObject[] = [];
	for await (const page of service.pages(entitySet, query)) {
		rows.push(...page.rows.map((row) => dialect.plain(row) as IDataObject));
		if (rows.length >= limit) break;
	}
	return rows.slice(0, limit);
}

/** `4711` and `'4711'` mean the same; `A='1',B='2'` is written as it is. */
function keyLiteral(key: string, quoted: (value: string) => string): string {
	const trimmed = key.trim();
	if (trimmed === '') {
		throw new CoreError('configuration', 'No key is given.', { remedy: 'Fill in "Key".' });
	}
	return /['=]/.test(trimmed) ? trimmed : quoted(trimmed);
}

async function scanOf(source: BusinessPartnerSource, limit: number): Promise<ErpRecord[]> {
	const records: ErpRecord[] = [];
	for await (const page of source.scan()) {
		records.push(...page.rows.map(({ record }) => record));
		if (records.length >= limit) break;
	}
	return records.slice(0, limit);
}

async function changesOf(
	source: DeltaSource<ErpRecord>,
	fromInclusive: string,
	limit: number,
): Promise<ErpRecord[]> {
	const records = new Map<string, ErpRecord>();
	for await (const page of source.changes?.({ fromInclusive }) ?? []) {
		for (const { key, record } of await source.load(page.changes)) records.set(key, record);
		if (records.size >= limit) break;
	}
	return [...records.values()].slice(0, limit);
}

function limitOf(read: Parameters): number {
	return read('returnAll', false) === true ? Infinity : Number(read('limit', 50));
}

function since(read: Parameters, zone: string): string {
	const value = cursorValueOf(read('since', ''), zone);
	if (value !== undefined) return value;
	throw new CoreError('configuration', 'No date is given to look for changes from.', {
		remedy: 'Fill in "Changed Since".',
	});
}

function unknownNumber(entity: PartnerEntity, number: string): CoreError {
	const what = { businessPartner: 'business partner', customer: 'customer', supplier: 'supplier' };
	return new CoreError('notFound', `There is no ${what[entity]} "${number}" in SAP S/4HANA.`, {
		remedy: 'Check the number, and that the user may see it.',
	});
}
