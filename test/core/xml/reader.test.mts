import fc from 'fast-check';
import { textOf } from '../../../core/http/body';
import { CoreError } from '../../../core/http/errors';
import { hideSecret } from '../../../core/http/redact';
import {
	childOf,
	childrenOf,
	descendantsOf,
	elementAt,
	textAt,
	type XmlElement,
} from '../../../core/xml/element';
import { MAX_CHARACTERS, MAX_DEPTH, parseXml } from '../../../core/xml/reader';
import { xml, type XmlMarkup } from '../../../core/xml/writer';

function refusalOf(text: string): CoreError {
	try {
		parseXml(text);
	} catch (error) {
		if (error instanceof CoreError) return error;
		throw error;
	}
	throw new Error(`was read: ${text.slice(0, 80)}`);
}

describe('reading XML', () => {
	it('finds elements by local name, whatever the prefix', () => {
		const root = parseXml(
			`<?xml version="1.0"?><!-- hi --><S:Envelope xmlns:S="urn:soap"><S:Body><n0:F xmlns:n0="urn:f"><A>1</A><A>2</A></n0:F></S:Body></S:Envelope>`,
		);
		expect(root.name).toBe('Envelope');
		expect(childrenOf(elementAt(root, 'Body', 'F'), 'A').map((a) => a.text)).toEqual(['1', '2']);
		expect(textAt(root, 'Body', 'F', 'A')).toBe('1');
		expect(textAt(root, 'Body', 'Fault', 'faultstring')).toBeUndefined();
		expect(childOf(root, 'Nothing')).toBeUndefined();
		expect(descendantsOf(root, 'A').map((a) => a.text)).toEqual(['1', '2']);
	});

	it('reads attributes in either quote, without the declarations of namespaces', () => {
		const root = parseXml(
			`<ARStatement Language='05' xmlns='urn:x' xmlns:i="urn:i" i:nil="true" Note="a&amp;b &#228;"/>`,
		);
		expect({ ...root.attributes }).toEqual({ Language: '05', nil: 'true', Note: 'a&b ä' });
		expect(root.attributes.constructor).toBeUndefined();
	});

	it.each([
		['M&#252;ller &amp; S&#xF6;hne &lt;GmbH&gt;', 'Müller & Söhne <GmbH>'],
		['&amp;lt;', '&lt;'],
		['<![CDATA[<b>&amp;</b>]]>x', '<b>&amp;</b>x'],
		['  0001 ', '  0001 '],
		['a\r\nb\rc', 'a\nb\nc'],
		['&#x1F600;', '😀'],
		['one<!-- not this -->two<?nor this?>', 'onetwo'],
	])('gives the text of <a>%s</a> as a person means it', (inside, text) => {
		expect(parseXml(`<a>${inside}</a>`).text).toBe(text);
	});

	it('keeps the text of an element apart from that of its children', () => {
		expect(parseXml('<a>x<b>y</b>z</a>')).toMatchObject({ text: 'xz', children: [{ text: 'y' }] });
	});

	it.each([
		['', 'holds no element'],
		['   ', 'holds no element'],
		['ERROR: Invalid operator password', 'text outside its root'],
		['<a>', 'ends inside <a>'],
		['<a></b>', 'closes <b> where <a> is open'],
		['<x:a></a>', 'closes <a> where <x:a> is open'],
		['</a>', 'never opened'],
		['<a/><b/>', 'more than one root'],
		['<a/>rest', 'text outside its root'],
		['<a b=1/>', 'attribute b without a value'],
		['<a b="1/>', 'does not close the value of the attribute b'],
		['<a b="1" b="2"/>', 'repeats the attribute b'],
		['<a b="1"c="2"/>', 'broken tag <a'],
		['<a>&nbsp;</a>', 'unknown entity "&nbsp;"'],
		['<a>&</a>', 'unknown entity "&"'],
		['<a>&#0;</a>', 'unknown entity "&#0;"'],
		['<a>&#xD800;</a>', 'unknown entity "&#xD800;"'],
		['<a>&constructor;</a>', 'unknown entity'],
		['<a><!-- x</a>', 'does not close a comment'],
		['<a><![CDATA[x</a>', 'does not close a CDATA section'],
		['<?xml version="1.0"', 'does not close a processing instruction'],
		['<1/>', 'without a name'],
		['<!DOCTYPE html><html/>', 'document type declaration'],
	])('refuses %j and says why', (text, why) => {
		const error = refusalOf(text);
		expect(error.kind).toBe('protocol');
		expect(error.message).toContain(why);
	});

	it('expands nothing that a document declares itself', () => {
		const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "${'x'.repeat(1000)}"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&b;&f;</a>`;
		expect(refusalOf(bomb).message).toContain('document type declaration');
	});

	it('shows no part of a login that a broken answer repeats, wherever it breaks', () => {
		const login = Buffer.from('RFC_N8N:a-long-pass-word-of-the-erp-user-2026').toString('base64');
		const pin = 'Zx9-another pass_word+of/the=user';
		hideSecret(pin);
		const secrets = [login, pin];
		const broken = (head: string) => [
			`${head} Basic ${login}`,
			`<a>Basic ${login}<1/>`,
			`<a><b>${'x'.repeat(9)} Basic ${login}</c></a>`,
			`<a>${pin}</b><c/>Basic ${login}</a>`,
			`<a><1/>${pin}</a>`,
			`<a b="Basic ${login}></a>`,
			`${pin}<a/>`,
			`<a>${pin}&${pin}</a>`,
		];
		for (const far of ['', '<!-- x -->'.repeat(900), ' '.repeat(5_000)]) {
			for (const text of broken('ERROR:').map((one) => far + one)) {
				const { message } = refusalOf(text);
				for (const secret of secrets) {
					const pieces = Array.from({ length: secret.length - 5 }, (_, at) =>
						secret.slice(at, at + 6),
					);
					expect(pieces.filter((piece) => message.includes(piece))).toEqual([]);
				}
				if (!far.startsWith(' ')) expect(message).toMatch(/near ".*\[hidden\]/);
			}
		}
	});

	it('shows what stands around the break', () => {
		const text = `<a>${'b'.repeat(30)}<1/>${'c'.repeat(60)}</a>`;
		expect(refusalOf(text).message).toContain(
			`at character 34, near "${'b'.repeat(19)}<1/>${'c'.repeat(37)}"`,
		);
		const behind = `<a>Basic abcdefghijkl</a><1/>${'c'.repeat(60)}`;
		expect(refusalOf(behind).message).toContain(`sic [hidden]</a><1/>${'c'.repeat(37)}"`);
	});

	it('stops at the limits of depth and size', () => {
		const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
		expect(parseXml(nested(MAX_DEPTH)).name).toBe('a');
		expect(refusalOf(nested(MAX_DEPTH + 1)).message).toContain(`deeper than ${MAX_DEPTH}`);
		expect(refusalOf('x'.repeat(MAX_CHARACTERS + 1)).message).toContain('more than');
	});

	it('reads 20,000 rows and a megabyte of stray ampersands quickly', () => {
		const rows = '<Row><A>1</A><B>Text</B></Row>'.repeat(20_000);
		expect(childrenOf(parseXml(`<T>${rows}</T>`), 'Row')).toHaveLength(20_000);
		for (const text of ['&', '& ', '&#', '<', '<a ', '<a b="', ' ']) {
			expect(refusalOf(text.repeat(1_000_000 / text.length))).toBeInstanceOf(CoreError);
		}
	});
});

describe('any text at all', () => {
	const piece = fc.oneof(
		fc.constantFrom(
			'<',
			'>',
			'</',
			'/>',
			'<a',
			'<a>',
			'</a>',
			'<b:c ',
			'x="',
			"'",
			'"',
			'&',
			'&#x',
		),
		fc.constantFrom(
			'&amp;',
			'&#65;',
			';',
			'<!--',
			'-->',
			'<![CDATA[',
			']]>',
			'<?',
			'?>',
			'<!DOCTYPE',
		),
		fc.string({ unit: 'binary', maxLength: 5 }),
	);

	it('is read, or refused with an error of our own', () => {
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
				const text = pieces.join('');
				try {
					expect(typeof parseXml(text).name).toBe('string');
				} catch (error) {
					expect(error).toBeInstanceOf(CoreError);
					expect((error as CoreError).kind).toBe('protocol');
				}
			}),
			{ numRuns: 3000 },
		);
	});

	const value = fc
		.string({ unit: 'grapheme' })
		.filter((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text));
	const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,6}$/).filter((one) => one !== 'xmlns');
	const tree: fc.Memo<XmlElement> = fc.memo((depth) =>
		fc.record({
			name,
			attributes: fc.dictionary(name, value, { maxKeys: 3 }),
			text: value,
			children: depth > 1 ? fc.array(tree(depth - 1), { maxLength: 3 }) : fc.constant([]),
		}),
	);
	const written = (element: XmlElement): XmlMarkup =>
		xml(element.name, element.attributes, element.text, ...element.children.map(written));
	const plain = (element: XmlElement): unknown => ({
		...element,
		attributes: Object.entries(element.attributes),
		children: element.children.map(plain),
	});

	it('comes back unchanged when it was written and read again, and was ASCII on the way', () => {
		fc.assert(
			fc.property(tree(3), (element) => {
				const text = written(element).toString();
				expect(text).toMatch(/^[\u0020-\u007e]*$/);
				expect(plain(parseXml(text))).toEqual(plain(element));
			}),
			{ numRuns: 500 },
		);
	});
});

describe('the charset of an XML answer', () => {
	const read = (body: Buffer, contentType = 'application/octet-stream') =>
		parseXml(textOf({ status: 200, headers: { 'content-type': contentType }, body })).text;
	const document = (charset: string) => `<?xml version="1.0" encoding="${charset}"?><a>Müller</a>`;

	it('is the one of the XML declaration', () => {
		expect(read(Buffer.from(document('Windows-1252'), 'latin1'))).toBe('Müller');
		expect(read(Buffer.from(document('utf-8'), 'utf8'))).toBe('Müller');
		expect(read(Buffer.from(document('Windows-1252').replace('ü', '\u0080'), 'latin1'))).toBe(
			'M€ller',
		);
	});

	it('is the one of the Content-Type where that names one', () => {
		expect(read(Buffer.from(document('Windows-1252')), 'text/xml; charset=utf-8')).toBe('Müller');
	});

	it('is the one of the byte order mark before all', () => {
		const utf16 = Buffer.from(`\ufeff${document('utf-16')}`, 'utf16le');
		expect(read(utf16, 'text/xml; charset=utf-8')).toBe('Müller');
		expect(read(Buffer.from(`\ufeff${document('Windows-1252')}`))).toBe('Müller');
	});
});
