/** One element of a document that was read. Names are local: prefixes are dropped, declarations of namespaces too. */
export interface XmlElement {
	/** `Body` for `<SOAP-ENV:Body>`. */
	name: string;
	/** By local name; without a prototype, so that any name is safe to look up. */
	attributes: Record<string, string>;
	children: XmlElement[];
	/** All text directly inside this element, entities and CDATA resolved, not trimmed. */
	text: string;
}

/** The direct children of that local name, in document order. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
	return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first direct child of that local name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return element?.children.find((child) => child.name === name);
}

/** The element at the end of a path of local names: `elementAt(root, 'Body', 'Fault')`. */
export function elementAt(
	element: XmlElement | undefined,
	...path: string[]
): XmlElement | undefined {
	return path.reduce(childOf, element);
}

/** The text at the end of a path, not trimmed; `undefined` when an element on the way is absent. */
export function textAt(element: XmlElement | undefined, ...path: string[]): string | undefined {
	return elementAt(element, ...path)?.text;
}

/** All elements of that local name at any depth, in document order, the given one included. */
export function descendantsOf(element: XmlElement, name: string): XmlElement[] {
	const found: XmlElement[] = [];
	const waiting = [element];
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		if (next.name === name) found.push(next);
		for (let at = next.children.length - 1; at >= 0; at--) waiting.push(next.children[at]);
	}
	return found;
}
