import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { CoreError } from '../../core/http/errors';
import { listOf, nameIn } from '../../core/n8n/names';
import { realPorts } from '../../core/n8n/ports';
import { checkedName } from '../../core/odata/literals';
import { v2 } from '../../core/odata/v2';
import type { ErpRecord } from '../../core/record/erpRecord';
import { checkedMessages } from './bapi';
import { allOf, compare, type Condition, type Operator } from './conditions';
import type { Connection } from './connection';
import type { FunctionParameters, FunctionValue } from './functionCall';
import { NO_FILTER } from './masterFilter';
import { MasterReader } from './masterReader';
import { openCaller, openGateway, openTables } from './open';
import { eccSettings, fieldName, type EccEntity, type Parameters } from './parameters';
import type { TableRead } from './readTable';
import { EccSource } from './source';

const READING = { pageSize: 500, keysPerRequest: 100 };

/** One operation on one item. */
export async function runOperation(
	context: IExecuteFunctions,
	connection: Connection,
	itemIndex: number,
): Promise<IDataObject[]> {
	const read: Parameters = (name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback as string);
	const resource = String(read('resource', 'customer'));
	switch (resource) {
		case 'table':
			return await readTable(context, connection, read);
		case 'function':
			return [await callFunction(context, connection, read)];
		case 'entitySet':
			return await readEntitySet(context, connection, read);
		default:
			return await readMasters(context, connection, read, resource as EccEntity);
	}
}

async function readMasters(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
	entity: EccEntity,
): Promise<IDataObject[]> {
	const settings = eccSettings(read, entity, connection.scope, READING);
	const tables = openTables(context, connection, READING.pageSize);
	const output = String(read('output', 'erpRecord'));
	if (read('operation', 'get') === 'get') {
		// Asked for by number: no filter stands in the way.
		const unfiltered = { ...settings, filter: NO_FILTER };
		const source = new EccSource(tables, realPorts, unfiltered);
		const number = String(read('number', '')).trim();
		const masters = await new MasterReader(tables, unfiltered).byKeys([storedKey(number)]);
		if (masters.length === 0) throw unknownNumber(entity, number);
		return source.toRecords(masters).map(({ record }) => toItem(record, output));
	}
	const limit = limitOf(read);
	const records: ErpRecord[] = [];
	for await (const page of new EccSource(tables, realPorts, settings).scan()) {
		records.push(...page.rows.map(({ record }) => record));
		if (records.length >= limit) break;
	}
	return records.slice(0, limit).map((record) => toItem(record, output));
}

async function readTable(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
): Promise<IDataObject[]> {
	const fields = listOf(read('tableFields', '')).map((name) => fieldName(name, 'Fields'));
	const key = listOf(read('tableKey', '')).map((name) => fieldName(name, 'Key Fields'));
	if (fields.length === 0) {
		throw new CoreError('configuration', 'No field is named that should be read.', {
			remedy: 'Fill in "Fields".',
		});
	}
	const tables = openTables(context, connection, READING.pageSize);
	const table = fieldName(nameIn(read('table', '')), 'Table');
	const request: TableRead = {
		table,
		fields: [...new Set([...key, ...fields])],
		key,
		where: whereOf(read),
	};
	const limit = limitOf(read);
	if (key.length === 0) {
		const rows = await tables.rows(request, Number.isFinite(limit) ? limit : 0);
		return rows.slice(0, limit);
	}
	const rows: IDataObject[] = [];
	for await (const page of tables.pages(request, key[0])) {
		rows.push(...page.rows);
		if (rows.length >= limit) break;
	}
	return rows.slice(0, limit);
}

function whereOf(read: Parameters): Condition {
	const { condition = [] } = read('conditions', {}) as {
		condition?: Array<{ field?: string; operator?: string; value?: unknown }>;
	};
	return allOf(
		...condition.map(({ field = '', operator = '=', value = '' }) =>
			compare(fieldName(field, 'Conditions'), operator as Operator, String(value)),
		),
	);
}

async function callFunction(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
): Promise<IDataObject> {
	const name = nameIn(read('functionName', '')).trim().toUpperCase();
	const parameters = parametersOf(read('functionParameters', '{}'));
	// A table that the request does not hold does not come back by SOAP.
	for (const table of listOf(read('returnTables', ''))) {
		parameters[fieldName(table, 'Tables to Return')] ??= [];
	}
	const result = await openCaller(context, connection).call(name, parameters);
	const { warnings } = checkedMessages(result, name);
	return {
		...(result.values as unknown as IDataObject),
		...(warnings.length > 0 && { warnings }),
	};
}

function parametersOf(given: unknown): FunctionParameters {
	const parsed = typeof given === 'string' ? parsedJson(given) : given;
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw new CoreError('configuration', 'The parameters are no JSON object.', {
			remedy: 'Write "Parameters" as {"CUSTOMERNO": "0000001234"}.',
		});
	}
	return Object.fromEntries(
		Object.entries(parsed).map(([name, value]) => [
			fieldName(name, 'Parameters'),
			functionValue(value),
		]),
	);
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text.trim() || '{}') as unknown;
	} catch {
		return undefined;
	}
}

function functionValue(value: unknown): FunctionValue {
	if (value === null || value === undefined || value === false) return '';
	if (value === true) return 'X';
	if (Array.isArray(value)) return value.map(functionValue);
	if (typeof value !== 'object') return String(value);
	return Object.fromEntries(
		Object.entries(value).map(([name, field]) => [
			fieldName(name, 'Parameters'),
			functionValue(field),
		]),
	);
}

async function readEntitySet(
	context: IExecuteFunctions,
	connection: Connection,
	read: Parameters,
): Promise<IDataObject[]> {
	const service = openGateway(context, connection, String(read('servicePath', '')));
	const entitySet = checkedName(nameIn(read('entitySet', '')), 'Entity Set');
	const select = listOf(read('fields', '')).map((name) => checkedName(name, 'Fields'));
	if (select.length === 0) {
		throw new CoreError('configuration', 'No field is named that should be read.', {
			remedy: 'Fill in "Fields".',
		});
	}
	const limit = limitOf(read);
	const query = {
		shape: { select },
		filter: String(read('filter', '')).trim() || undefined,
		top: Number.isFinite(limit) ? limit : undefined,
	};
	const rows: IDataObject[] = [];
	for await (const page of service.pages(entitySet, query)) {
		rows.push(...page.rows.map((row) => v2.plain(row) as IDataObject));
		if (rows.length >= limit) break;
	}
	return rows.slice(0, limit);
}

/** As SAP stores it: numbers are padded to ten places, other keys are upper case. */
function storedKey(number: string): string {
	return /^\d+$/.test(number) ? number.padStart(10, '0') : number.toUpperCase();
}

function limitOf(read: Parameters): number {
	return read('returnAll', false) === true ? Infinity : Number(read('limit', 50));
}

function unknownNumber(entity: EccEntity, number: string): CoreError {
	const what = entity === 'supplier' ? 'supplier' : 'customer';
	return new CoreError('notFound', `There is no ${what} "${number}" in SAP ECC.`, {
		remedy: 'Check the number, and that the user may see it.',
	});
}
