import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { toItem } from '../../core/n8n/output';
import { CoreError } from '../../core/http/errors';
import { realPorts } from '../../core/n8n/ports';
import type { ErpRecord } from '../../core/record/erpRecord';
import { parseXml } from '../../core/xml/reader';
import { EnetAccess } from './enetAccess';
import type { Opened } from './open';
import { readerFor, type Reader } from './readers';
import type { Entity, Parameters } from './settings';
import { jsonOf } from './xmlJson';

/** One operation on one item. All of them read. */
export async function runOperation(
	context: IExecuteFunctions,
	opened: Opened,
	itemIndex: number,
): Promise<IDataObject[]> {
	const read: Parameters = (name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback as string);
	const resource = String(read('resource', 'customer'));
	if (resource === 'businessObject') return [await queryBusinessObject(opened, read)];
	const { access, connection } = opened;
	const reader = readerFor(resource as Entity, access, connection, read, realPorts);
	const records =
		read('operation', 'get') === 'get'
			? await recordsOf(reader, resource, String(read('number', '')).trim())
			: await listOf(reader, limitOf(read));
	const output = read('output', 'erpRecord');
	return records.map((record) => toItem(record, output));
}

async function recordsOf(reader: Reader, resource: string, number: string): Promise<ErpRecord[]> {
	const found = number === '' ? [] : await reader.get(number);
	if (found.length > 0) return found.map(({ record }) => record);
	throw new CoreError('notFound', `SYSPRO has no ${NOUNS[resource]} "${number}".`, {
		remedy: 'Check "Number" with its leading zeros, and that the operator may see the record.',
	});
}

const NOUNS: Readonly<Record<string, string>> = {
	customer: 'customer',
	invoice: 'invoice',
	salesOrder: 'sales order',
	stock: 'stock code',
	stockCode: 'stock code',
};

async function listOf(reader: Reader, limit: number): Promise<ErpRecord[]> {
	const records: ErpRecord[] = [];
	for await (const page of reader.list()) {
		records.push(...page.map(({ record }) => record));
		if (records.length >= limit) break;
	}
	return records.slice(0, limit);
}

function limitOf(read: Parameters): number {
	return read('returnAll', false) === true ? Infinity : Number(read('limit', 50));
}

async function queryBusinessObject({ access }: Opened, read: Parameters): Promise<IDataObject> {
	if (!(access instanceof EnetAccess)) {
		throw new CoreError('configuration', "SYSPRO's OData service has no business objects.", {
			remedy: 'Choose "E.net REST (Operator)" under "Authentication".',
		});
	}
	const name = String(read('businessObject', '')).trim().toUpperCase();
	if (!/^[A-Z0-9]{6}$/.test(name)) {
		throw new CoreError('configuration', `"${name}" is not the name of a business object.`, {
			remedy: 'Correct "Business Object": it has six letters and digits, for example ARSQRY.',
		});
	}
	const xmlIn = String(read('xmlIn', '')).trim();
	// SYSPRO's own message for broken XML says less.
	parseXml(xmlIn);
	return jsonOf(await access.query(name, inAscii(xmlIn)));
}

/** No charset can spoil what is ASCII. */
function inAscii(xml: string): string {
	return xml.replace(/[^\t\n\r -~]/gu, (char) => `&#${char.codePointAt(0)};`);
}
