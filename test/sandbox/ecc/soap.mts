/** `/sap/bc/soap/rfc`: reads the envelope with a parser that is not ours, and writes answers as SAP does. */
import { XMLParser } from 'fast-xml-parser';
import type { Answer } from '../http.mts';
import type { FunctionModule, Parameters, Value } from './functions.mts';
import type { Row } from './condition.mts';

const FUNCTIONS = 'urn:sap-com:document:sap:rfc:functions';
const XML = { 'content-type': 'text/xml; charset=utf-8' };

const parser = new XMLParser({
	ignoreAttributes: false,
	parseTagValue: false,
	trimValues: false,
	// Numeric references are XML's own; this parser knows them under another name.
	htmlEntities: true,
	alwaysCreateTextNode: false,
	isArray: (name) => name === 'item',
});

export interface SoapCall {
	name: string;
	parameters: Parameters;
}

type Node = string | { [name: string]: Node } | Node[];

/** @throws Error for what is no call of a function */
export function readSoap(text: string, modules: Map<string, FunctionModule>): SoapCall {
	const document = parser.parse(text) as Record<string, Node>;
	const envelope = pick(document, 'Envelope');
	const body = pick(envelope, 'Body');
	const element = Object.entries(body).find(([name]) => !name.startsWith('@_') && name !== '#text');
	if (!element) throw new Error('the body is empty');
	const [tag, inside] = element;
	const [prefix, local] = tag.split(':');
	const node = typeof inside === 'object' && !Array.isArray(inside) ? inside : {};
	if (node[`@_xmlns:${prefix}`] !== FUNCTIONS) throw new Error(`${tag} is in no known namespace`);
	const name = local.replaceAll('_-', '/');
	const tables = modules.get(name)?.tables ?? [];
	const parameters: Parameters = {};
	for (const [key, value] of Object.entries(node)) {
		if (key.startsWith('@_') || key === '#text') continue;
		if (key.includes(':')) throw new Error(`${key} must carry no prefix`);
		parameters[key] = tables.includes(key) ? rowsIn(value) : (value as Value);
	}
	return { name, parameters };
}

function pick(node: Record<string, Node>, name: string): Record<string, Node> {
	const found = Object.entries(node).find(([key]) => key.replace(/^.*:/, '') === name)?.[1];
	if (typeof found !== 'object' || Array.isArray(found)) throw new Error(`there is no ${name}`);
	return found;
}

function rowsIn(value: Node): Row[] {
	if (typeof value === 'string') return [];
	const items = (value as Record<string, Node>).item;
	return Array.isArray(items) ? (items as Row[]) : [];
}

/** Tables come back only if the request held them. */
export function soapAnswer(
	{ name, parameters }: SoapCall,
	module: FunctionModule,
	result: Parameters,
	prefix: string,
): Answer {
	const fields = Object.entries(result)
		.filter(([key]) => !module.tables.includes(key) || parameters[key] !== undefined)
		.map(([key, value]) => element(key, value))
		.join('');
	const tag = `${prefix}:${name.replaceAll('/', '_-')}.Response`;
	return {
		status: 200,
		headers: XML,
		body: envelope(`<${tag} xmlns:${prefix}="${FUNCTIONS}">${fields}</${tag}>`),
	};
}

export type FaultForm = 'error' | 'exception' | 'faultstring';

export function soapFault(
	type: string,
	message: string,
	form: FaultForm,
	status: number,
	name = '',
): Answer {
	const detail = {
		error: `<detail><rfc:Error xmlns:rfc="urn:sap-com:document:sap:soap:functions"><type>${type}</type><message>${escaped(message)}</message></rfc:Error></detail>`,
		exception: `<detail><rfc:${name}.Exception xmlns:rfc="${FUNCTIONS}"><Name>${type}</Name><Text>${escaped(message)}</Text></rfc:${name}.Exception></detail>`,
		faultstring: '',
	}[form];
	const said = form === 'faultstring' ? `${type} ${escaped(message)}` : 'Internal Server Error';
	const fault = `<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>${said}</faultstring>${detail}</SOAP-ENV:Fault>`;
	return { status, headers: XML, body: envelope(fault) };
}

function envelope(body: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
}

function element(name: string, value: Value): string {
	const inside = Array.isArray(value)
		? value.map((row) => element('item', row)).join('')
		: typeof value === 'string'
			? escaped(value)
			: Object.entries(value)
					.map(([key, field]) => element(key, field))
					.join('');
	return inside === '' ? `<${name}/>` : `<${name}>${inside}</${name}>`;
}

function escaped(text: string): string {
	return text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
}
