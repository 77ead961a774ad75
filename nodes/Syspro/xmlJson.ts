import type { IDataObject } from 'n8n-workflow';
import type { XmlElement } from '../../core/xml/element';

/**
 * An answer as JSON: elements by name, repeated ones as a list, attributes with `@` in front, a leaf as its trimmed
 * text. `{ "<root>": { … } }`.
 */
export function jsonOf(root: XmlElement): IDataObject {
	return { [root.name]: valueOf(root) } as IDataObject;
}

function valueOf(element: XmlElement): unknown {
	const attributes = Object.entries(element.attributes).map(([name, value]) => [`@${name}`, value]);
	const text = element.text.trim();
	if (element.children.length === 0 && attributes.length === 0) return text;
	const members = new Map<string, unknown[]>();
	for (const child of element.children) {
		const known = members.get(child.name) ?? [];
		known.push(valueOf(child));
		members.set(child.name, known);
	}
	return Object.fromEntries([
		...attributes,
		...[...members].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
		...(text === '' ? [] : [['#text', text]]),
	]);
}
