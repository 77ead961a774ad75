/** A line of a note as a person sees it, and where it stands in the HTML: between two block-level tags. */
export interface VisibleLine {
	/** Without tags, entities resolved, every run of white space one blank. */
	text: string;
	start: number;
	end: number;
}

/** Pipedrive cleans the HTML of notes: text outlives everything else, so only text is ever relied on. */
const TAG = /<(?:\/?([a-z][a-z0-9]*)|!)[^<>]*>/gi;
const BREAKING = new Set(
	'address article aside blockquote br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tbody tfoot thead tr ul'.split(
		' ',
	),
);
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,7}));/gi;

/** HTML 4 names of U+00A0 to U+00FF in their order. */
const LATIN_1 =
	'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const NAMED: ReadonlyMap<string, string> = new Map([
	...LATIN_1.split(' ').map((name, at): [string, string] => [name, String.fromCharCode(160 + at)]),
	['amp', '&'],
	['lt', '<'],
	['gt', '>'],
	['quot', '"'],
	['apos', "'"],
	['euro', '€'],
	['ndash', '–'],
	['mdash', '—'],
	['bull', '•'],
	['hellip', '…'],
]);

/** Text that a browser shows as it is. */
export function escapeHtml(text: string): string {
	return text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;')
		.replace(/'/g, '&#39;');
}

/** The lines of a note in their order, empty ones left out. */
export function visibleLines(html: string): VisibleLine[] {
	const lines: VisibleLine[] = [];
	let start = 0;
	const close = (end: number) => {
		const text = visibleText(html.slice(start, end));
		if (text !== '') lines.push({ text, start, end });
	};
	for (const tag of html.matchAll(TAG)) {
		if (!BREAKING.has((tag[1] ?? '').toLowerCase())) continue;
		close(tag.index);
		start = tag.index + tag[0].length;
	}
	close(html.length);
	return lines;
}

export function visibleText(html: string): string {
	return html
		.replace(TAG, '')
		.replace(ENTITY, decodeEntity)
		.replace(/[\u200b\u00ad\ufeff]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
}

const PIECE = new RegExp(`${TAG.source}|${ENTITY.source}|[^]`, 'gi');
const LOST = /^[\u200b\u00ad\ufeff]*$/;

/** The HTML of a part of a line, given by places in its visible text; tags that are left without their pair go. */
export function htmlOf(line: string, { from, to }: { from: number; to: number }): string {
	let at = 0;
	let isBlank = true;
	let kept = '';
	for (const [piece] of line.matchAll(PIECE)) {
		const isTag = piece.length > 1 && piece.startsWith('<');
		const text = isTag ? '' : piece.replace(ENTITY, decodeEntity);
		if (!isTag && LOST.test(text)) continue;
		const isAgain = isBlank && /^\s+$/.test(text);
		if (isTag || (at >= from && at < to && !isAgain)) kept += piece;
		if (isTag || isAgain) continue;
		isBlank = /^\s+$/.test(text);
		at += text.length;
	}
	return paired(kept).trim();
}

const VOID = new Set(['img', 'input', 'wbr']);

/** An empty pair says nothing either. */
function paired(html: string): string {
	const open: Array<{ name: string; at: number }> = [];
	const pieces: string[] = [];
	for (const [piece, name] of html.matchAll(PIECE)) {
		pieces.push(piece);
		if (name === undefined || VOID.has(name.toLowerCase())) continue;
		const last = open.at(-1);
		const isClosing = piece.startsWith('</');
		if (!isClosing) open.push({ name: name.toLowerCase(), at: pieces.length - 1 });
		else if (last?.name === name.toLowerCase()) {
			open.pop();
			const isEmpty = pieces.slice(last.at + 1, -1).every((inner) => inner === '');
			if (isEmpty) pieces[last.at] = pieces[pieces.length - 1] = '';
		} else pieces[pieces.length - 1] = '';
	}
	for (const { at } of open) pieces[at] = '';
	return pieces.join('');
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
	if (name !== undefined) return NAMED.get(name) ?? whole;
	const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
	const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
	return isCharacter ? String.fromCodePoint(code) : whole;
}
