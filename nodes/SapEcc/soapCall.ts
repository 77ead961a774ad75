import { isHtml, textOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import { childOf, descendantsOf, elementAt, textAt, type XmlElement } from '../../core/xml/element';
import { parseXml } from '../../core/xml/reader';
import { xml, type XmlMarkup } from '../../core/xml/writer';
import type { FunctionParameters, FunctionValue } from './functionCall';
import { functionError, type CallSettings } from './refusal';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
/** Namespace of every function; the parameters inside carry none. */
export const FUNCTIONS = 'urn:sap-com:document:sap:rfc:functions';

/**
 * The request of `/sap/bc/soap/rfc`. A table parameter comes back only if the request holds it, so an empty
 * array is written as an empty element. `/NS/NAME` cannot be an element and is written `_-NS_-NAME`.
 */
export function soapRequest(name: string, parameters: FunctionParameters): string {
	const body = xml(
		`urn:${elementName(name)}`,
		{ 'xmlns:urn': FUNCTIONS },
		...Object.entries(parameters).map(([key, value]) => parameterElement(key, value)),
	);
	const envelope = xml('soap:Envelope', { 'xmlns:soap': ENVELOPE }, xml('soap:Body', {}, body));
	return `<?xml version="1.0" encoding="utf-8"?>${envelope.toString()}`;
}

function parameterElement(name: string, value: FunctionValue): XmlMarkup {
	const tag = elementName(name);
	if (typeof value === 'string') return xml(tag, {}, value);
	if (Array.isArray(value))
		return xml(tag, {}, ...value.map((row) => parameterElement('item', row)));
	const fields = Object.entries(value).map(([key, field]) => parameterElement(key, field));
	return xml(tag, {}, ...fields);
}

function elementName(name: string): string {
	return name.replace(/\//g, '_-');
}

/**
 * The answer's parameters. Some stacks answer `FM.Response`, some `FMResponse`; prefixes vary.
 *
 * @throws CoreError for a fault, also one that comes with status 200, and for anything that is no SOAP answer
 */
export function soapValues(
	response: HttpResponse,
	name: string,
	settings: CallSettings,
): Record<string, FunctionValue> {
	const body = elementAt(parseXml(textOf(response)), 'Body');
	const fault = faultIn(body);
	if (fault) throw functionError(fault.type, fault.message, response.status, name, settings);
	const tag = elementName(name);
	const answer = childOf(body, `${tag}.Response`) ?? childOf(body, `${tag}Response`);
	if (!answer) {
		throw new CoreError('protocol', `The answer of ${name} is no SOAP answer of this function.`, {
			status: response.status,
			remedy: `Check ${settings.baseUrl}: something else answered in place of SAP.`,
		});
	}
	return Object.fromEntries(answer.children.map((child) => [nameOf(child), valueOf(child)]));
}

/** The fault in an answer that did not succeed, where it is one. */
export function soapFault(response: HttpResponse): { type: string; message: string } | undefined {
	if (isHtml(response)) return undefined;
	try {
		return faultIn(elementAt(parseXml(textOf(response)), 'Body'));
	} catch (error) {
		asCoreError(error);
		return undefined;
	}
}

/**
 * SAP puts the reason into `detail/Error{type,message}`; an ABAP exception may come as
 * `detail/FM.Exception` or as `FM.Exception` in the body, with its name in the text.
 */
function faultIn(body: XmlElement | undefined): { type: string; message: string } | undefined {
	const exception = body?.children.find((child) => child.name.endsWith('.Exception'));
	if (exception) return { type: wordsOf(exception), message: '' };
	const fault = childOf(body, 'Fault');
	if (!fault) return undefined;
	const detail = childOf(fault, 'detail');
	const error = elementAt(detail, 'Error');
	const said = textAt(error, 'message')?.trim() ?? '';
	const type = textAt(error, 'type')?.trim() ?? '';
	if (type !== '' || said !== '') return { type, message: said };
	const inside = detail?.children.find((child) => child.name.endsWith('.Exception'));
	const faultText = textAt(fault, 'faultstring')?.trim() ?? '';
	return { type: inside ? wordsOf(inside) : '', message: faultText };
}

function wordsOf(element: XmlElement): string {
	const name = descendantsOf(element, 'Name')[0] ?? descendantsOf(element, 'name')[0];
	const texts = [element, ...element.children].map((part) => part.text.trim());
	return name?.text.trim() || texts.filter((text) => text !== '').join(' ');
}

function nameOf(element: XmlElement): string {
	return element.name.replace(/_-/g, '/').toUpperCase();
}

/** Rows are `<item>`; a structure has named fields; anything else is text, with its blanks. */
function valueOf(element: XmlElement): FunctionValue {
	const { children } = element;
	if (children.length === 0) return element.text;
	if (children.every((child) => child.name === 'item')) return children.map(valueOf);
	return Object.fromEntries(children.map((child) => [nameOf(child), valueOf(child)]));
}
