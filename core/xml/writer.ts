import { excerptOf } from '../http/body';
import { CoreError } from '../http/errors';

/** Finished markup. Only `xml` makes it, so that text can never slip in unescaped. */
export class XmlMarkup {
	constructor(private readonly markup: string) {}

	/** ASCII only: every other character is a numeric reference, so no charset can spoil it. */
	toString(): string {
		return this.markup;
	}
}

/** Text and numbers are escaped; `undefined` and `null` are left out. */
export type XmlContent = XmlMarkup | string | number | undefined | null;

const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

/**
 * One element: `xml('Row', { Type: 'S' }, xml('Name', {}, 'Müller & Sohn'))`.
 * The document is its `toString()`.
 *
 * @throws CoreError `invalid` for a name or a character that XML cannot carry
 */
export function xml(
	name: string,
	attributes: Record<string, string | number | undefined> = {},
	...content: XmlContent[]
): XmlMarkup {
	const attributeText = Object.entries(attributes)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ` ${checkedName(key)}="${escapeXml(String(value))}"`)
		.join('');
	const inside = content
		.map((part) =>
			part instanceof XmlMarkup ? part.toString() : part == null ? '' : escapeXml(String(part)),
		)
		.join('');
	const tag = checkedName(name);
	return new XmlMarkup(
		inside === '' ? `<${tag}${attributeText}/>` : `<${tag}${attributeText}>${inside}</${tag}>`,
	);
}

function checkedName(name: string): string {
	if (NAME.test(name)) return name;
	throw new CoreError('invalid', `"${name}" cannot be the name of an XML element or attribute.`, {
		remedy: 'Use letters, digits, "_", "-" and "." only, beginning with a letter.',
	});
}

/** Escapes text for elements and attributes alike; the result is ASCII. */
function escapeXml(text: string): string {
	return text.replace(/[^\u0020-\u007e]|[&<>"']/gu, (char) => {
		const code = char.codePointAt(0) as number;
		const isAllowed =
			code >= 0x20
				? (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff
				: code === 0x9 || code === 0xa || code === 0xd;
		if (isAllowed) return `&#${code};`;
		throw new CoreError(
			'invalid',
			`The text "${excerptOf(text, 40)}" holds the character U+${code.toString(16).toUpperCase().padStart(4, '0')}, which XML cannot carry.`,
			{ remedy: 'Remove this character from the value.' },
		);
	});
}
