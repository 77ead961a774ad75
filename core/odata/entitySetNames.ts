import { excerptOf, isHtml, jsonOf, textOf } from '../http/body';
import { CoreError } from '../http/errors';
import type { HttpResponse } from '../http/ports';
import { descendantsOf, type XmlElement } from '../xml/element';
import { parseXml } from '../xml/reader';
import { isObject, textIn } from './errorBody';

/**
 * Names of the entity sets that a service tells of itself, sorted. Reads its service document, as JSON of V2, V3 or V4
 * or as Atom, and its `$metadata`.
 *
 * @param what what was asked for, as a person would name it
 * @param remedy what a person can do who needs the name and gets no list
 * @throws CoreError `protocol` for anything else: an empty list would say that the service has none
 */
export function entitySetNamesIn(response: HttpResponse, what: string, remedy: string): string[] {
	const text = textOf(response);
	const isXml = !isHtml(response) && /^\s*</.test(text);
	const names = isXml ? namesInXml(parseXml(text)) : namesInJson(jsonOf(response, what));
	if (names) return [...new Set(names.filter((name) => name !== ''))].sort();
	throw new CoreError(
		'protocol',
		`The answer for ${what} has no list of entity sets: "${excerptOf(text)}".`,
		{ status: response.status, remedy },
	);
}

function namesInJson(document: unknown): string[] | undefined {
	const { d, value } = isObject(document) ? document : {};
	if (isObject(d) && Array.isArray(d.EntitySets)) return d.EntitySets.map(textIn);
	if (!Array.isArray(value)) return undefined;
	return value
		.filter(isObject)
		.filter(({ kind }) => kind === undefined || kind === 'EntitySet')
		.map(({ name }) => textIn(name));
}

function namesInXml(root: XmlElement): string[] | undefined {
	if (root.name === 'service') {
		return descendantsOf(root, 'collection').map(({ attributes }) => lastSegment(attributes.href));
	}
	if (root.name !== 'Edmx') return undefined;
	return descendantsOf(root, 'EntitySet').map(({ attributes }) => textIn(attributes.Name));
}

/** An address below the service's own, or a whole one. */
function lastSegment(href = ''): string {
	return href.trim().split(/[?#]/)[0].replace(/\/+$/, '').split('/').at(-1) ?? '';
}
