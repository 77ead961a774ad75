import { CoreError } from '../http/errors';
import { LONGEST_SECRET, redact } from '../http/redact';
import type { XmlElement } from './element';
import { resolveReferences } from './references';

/** Largest document, in characters. */
export const MAX_CHARACTERS = 32_000_000;
/** Deepest nesting of elements. */
export const MAX_DEPTH = 200;

const NAME = /[\p{L}_:][\p{L}\p{N}\p{M}_:.\u00b7-]*/uy;
const SPACE = /[\t\n\r ]+/y;
const ATTRIBUTE_END = /[\t\n\r ]*=[\t\n\r ]*(?=["'])/y;
const TAG_END = /[\t\n\r ]*(\/?)>/y;

/**
 * Reads one XML document: elements, attributes, text, the five named entities, numeric references, CDATA.
 * Document type declarations are refused, so nothing is ever expanded or fetched.
 *
 * @throws CoreError `protocol` for anything that is not one well-formed document within the limits
 */
export function parseXml(text: string): XmlElement {
	if (text.length > MAX_CHARACTERS) {
		throw new CoreError(
			'protocol',
			`The XML answer has ${text.length} characters, more than the ${MAX_CHARACTERS} that are read.`,
			{ remedy: 'Ask for fewer rows at a time.' },
		);
	}
	return new Reader(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).read();
}

class Reader {
	private at = 0;
	private root: XmlElement | undefined;
	/** Open elements with their names as written, which the end tags must repeat. */
	private readonly open: Array<{ element: XmlElement; written: string }> = [];

	constructor(private readonly source: string) {}

	read(): XmlElement {
		while (this.at < this.source.length) {
			if (this.source.startsWith('<', this.at)) this.readMarkup();
			else this.readText();
		}
		const unclosed = this.open.at(-1);
		if (unclosed) throw this.refusal(`ends inside <${unclosed.written}>`);
		if (!this.root) throw this.refusal('holds no element');
		return this.root;
	}

	private readMarkup(): void {
		const { source, at } = this;
		if (source.startsWith('<!--', at)) this.skipTo('-->', 4, 'a comment');
		else if (source.startsWith('<?', at)) this.skipTo('?>', 2, 'a processing instruction');
		else if (source.startsWith('<![CDATA[', at)) this.readCdata();
		else if (source.startsWith('<!', at)) {
			throw this.refusal('holds a document type declaration, which is refused');
		} else if (source.startsWith('</', at)) this.readEndTag();
		else this.readStartTag();
	}

	private readText(): void {
		const next = this.source.indexOf('<', this.at);
		const end = next < 0 ? this.source.length : next;
		const raw = this.source.slice(this.at, end);
		const element = this.open.at(-1)?.element;
		if (element) element.text += this.resolved(raw);
		else if (/[^\t\n ]/.test(raw)) throw this.refusal('has text outside its root element');
		this.at = end;
	}

	private readCdata(): void {
		const from = this.at + '<![CDATA['.length;
		const element = this.open.at(-1)?.element;
		if (!element) throw this.refusal('has a CDATA section outside its root element');
		this.skipTo(']]>', '<![CDATA['.length, 'a CDATA section');
		element.text += this.source.slice(from, this.at - ']]>'.length);
	}

	private readEndTag(): void {
		this.at += 2;
		const written = this.name();
		if (this.match(TAG_END)?.[1] !== '') throw this.refusal(`has a broken end tag </${written}`);
		const { written: expected } = this.open.pop() ?? {};
		if (expected === written) return;
		throw this.refusal(
			expected === undefined
				? `closes <${written}> that was never opened`
				: `closes <${written}> where <${expected}> is open`,
		);
	}

	private readStartTag(): void {
		this.at += 1;
		const written = this.name();
		const attributes = this.attributes(written);
		const end = this.match(TAG_END);
		if (!end) throw this.refusal(`has a broken tag <${written}`);
		const element: XmlElement = { name: localName(written), attributes, children: [], text: '' };
		const parent = this.open.at(-1)?.element;
		if (parent) parent.children.push(element);
		else if (this.root) throw this.refusal('has more than one root element');
		else this.root = element;
		if (end[1] === '/') return;
		this.open.push({ element, written });
		if (this.open.length > MAX_DEPTH) {
			throw this.refusal(`is nested deeper than ${MAX_DEPTH} elements`);
		}
	}

	private attributes(tag: string): Record<string, string> {
		const attributes = Object.create(null) as Record<string, string>;
		const written = new Set<string>();
		while (this.match(SPACE) && /[^/>]/.test(this.source.charAt(this.at))) {
			const name = this.name();
			if (written.has(name)) throw this.refusal(`repeats the attribute ${name} in <${tag}>`);
			written.add(name);
			const value = this.attributeValue(name);
			if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
			attributes[localName(name)] ??= value;
		}
		return attributes;
	}

	private attributeValue(name: string): string {
		if (!this.match(ATTRIBUTE_END)) throw this.refusal(`has the attribute ${name} without a value`);
		const quote = this.source.charAt(this.at);
		const end = this.source.indexOf(quote, this.at + 1);
		const raw = this.source.slice(this.at + 1, end);
		if (end < 0 || raw.includes('<')) {
			throw this.refusal(`does not close the value of the attribute ${name}`);
		}
		this.at = end + 1;
		return this.resolved(raw.replace(/[\t\n]/g, ' '));
	}

	private resolved(raw: string): string {
		const text = resolveReferences(raw);
		if (typeof text === 'string') return text;
		throw this.refusal(`holds the unknown entity "${text.unknown}"`);
	}

	private name(): string {
		const name = this.match(NAME)?.[0];
		if (name === undefined) throw this.refusal('has a tag or attribute without a name');
		return name;
	}

	private match(pattern: RegExp): RegExpExecArray | undefined {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.source);
		if (!found) return undefined;
		this.at = pattern.lastIndex;
		return found;
	}

	private skipTo(end: string, opening: number, what: string): void {
		const found = this.source.indexOf(end, this.at + opening);
		if (found < 0) throw this.refusal(`does not close ${what}`);
		this.at = found + end.length;
	}

	private refusal(why: string): CoreError {
		return new CoreError(
			'protocol',
			`The XML answer ${why} (at character ${this.at}, near "${this.surroundings()}").`,
		);
	}

	/** Secrets are hidden before anything is cut: a part of one would not be recognised. */
	private surroundings(): string {
		const { source, at } = this;
		const start = Math.max(0, at - LONGEST_SECRET);
		const clean = redact(source.slice(start, at + LONGEST_SECRET));
		// Where the place went to; a little off where it lies in a secret.
		const place = redact(source.slice(start, at)).length;
		return clean.slice(Math.max(0, place - 20), place + 40).replace(/\s+/g, ' ');
	}
}

function localName(written: string): string {
	return written.slice(written.lastIndexOf(':') + 1) || written;
}
