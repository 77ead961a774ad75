import type { VisibleLine } from './html';

/** Of single notes and of activities. */
export const NOTE_HEADING = 'From the ERP';
export const SUMMARY_HEADING = 'Documents in the ERP';
const HEADINGS = [NOTE_HEADING, SUMMARY_HEADING];

export const ID_LABEL = 'ERP ID:';

/**
 * One word or line for each text and one text for each line: what separates cells or could get lost on the way
 * (blanks at the ends, control characters, characters outside the basic plane) is percent-encoded, and so is
 * our label.
 */
export function encodeCell(text: string): string {
	return encoded(
		text,
		/[%|]|(?<=ERP) (?=ID:)|[^\p{L}\p{N}\p{P}\p{S} ]|[\u{10000}-\u{10ffff}]|^ | $| (?= )/gu,
	);
}

/** An id is one word without brackets: so a marker has an end, whatever is written behind it. */
function encodeId(externalId: string): string {
	return encoded(encodeCell(externalId), /[ [\]]/g);
}

function encoded(text: string, what: RegExp): string {
	return text.replace(what, (character) =>
		[...Buffer.from(character, 'utf8')]
			.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
			.join(''),
	);
}

/** The reverse; what is no encoding stays as it is. */
export function decodeCell(text: string): string {
	return text.replace(/(?:%[0-9A-F]{2})+/g, (run) =>
		Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
	);
}

/** `[ERP ID: b1:SBO:invoice:4711]` */
export function markerOf(externalId: string): string {
	return `[${ID_LABEL} ${encodeId(externalId)}]`;
}

/** A part of the text of a line. */
export interface Span {
	from: number;
	to: number;
}

interface Marker extends Span {
	externalId: string;
}

const BRACKETED = /\[ERP ID: ?([^\s[\]]+)\]/g;
/** A line of its own whose brackets a person or an editor removed. */
const PLAIN = /^ERP ID: ?([^\s[\]]+)$/g;

/** Wherever they stand in the line; what only looks alike is none. */
function markersIn(text: string): Marker[] {
	return [BRACKETED, PLAIN].flatMap((form) =>
		[...text.matchAll(form)].flatMap((match) => {
			const externalId = decodeCell(match[1]);
			const isOurs = encodeId(externalId) === match[1];
			return isOurs ? [{ externalId, from: match.index, to: match.index + match[0].length }] : [];
		}),
	);
}

/**
 * The words of a line in which a person wrote into the marker, `[ERP ID: paid! b1:SBO:invoice:4711]`. Believed only
 * below a heading of ours: anybody may write about an ERP ID.
 */
function wornIds(text: string): string[] {
	const words = text.slice(text.indexOf(ID_LABEL) + ID_LABEL.length).split(/[\s[\]]+/);
	return words
		.flatMap((word) => [word, word.replace(/[.,;:!?)]+$/, '')])
		.filter((word) => word !== '')
		.map(decodeCell);
}

/** External ids whose blocks end in each line. */
export function idsByLine(lines: readonly VisibleLine[]): string[][] {
	let isBelowHeading = false;
	return lines.map(({ text }) => {
		isBelowHeading ||= HEADINGS.includes(text);
		const ids = markersIn(text).map(({ externalId }) => externalId);
		const isWorn = ids.length === 0 && isBelowHeading && text.includes(ID_LABEL);
		if (ids.length > 0) isBelowHeading = false;
		return isWorn ? wornIds(text) : ids;
	});
}

/**
 * What a person wrote into the line that ends the block of this id; `undefined` where it is another line. Of a line whose
 * id was torn apart only with `isTorn`.
 */
export function ownParts(text: string, externalId: string, isTorn = false): Span[] | undefined {
	const marker = markersIn(text).find((one) => one.externalId === externalId);
	if (marker) return [before(marker.from), { from: marker.to, to: text.length }];
	const label = text.indexOf(ID_LABEL);
	// A whole marker is somebody's, however much it looks like this id with something behind it.
	if (label < 0 || markersIn(text).length > 0) return undefined;
	const from = label + ID_LABEL.length;
	const shown = encodeId(externalId);
	const id = isTorn ? tornId(text, from, shown) : wholeId(text, from, shown);
	if (!id) return undefined;
	const [start, between, end] = id;
	const isOpened = text[label - 1] === '[';
	const closing = isOpened ? text.indexOf(']', end) : -1;
	const behind = closing < 0 ? [] : [{ from: end, to: closing }];
	return [
		before(isOpened ? label - 1 : label),
		{ from, to: start },
		between,
		...behind,
		{ from: closing < 0 ? end : closing + 1, to: text.length },
	];
}

const before = (to: number): Span => ({ from: 0, to });

type Id = [start: number, between: Span, end: number];

function wholeId(text: string, from: number, shown: string): Id | undefined {
	for (let at = text.indexOf(shown, from); at >= 0; at = text.indexOf(shown, at + 1)) {
		const end = at + shown.length;
		const isWord =
			/^[\s[\]:]?$/.test(text[at - 1] ?? '') &&
			/^(?:[.,;:!?)]*(?:[\s[\]]|$))/.test(text.slice(end));
		if (isWord) return [at, { from: end, to: end }, end];
	}
	return undefined;
}

/** Something was written into the middle of the id, or right behind it. */
function tornId(text: string, from: number, shown: string): Id | undefined {
	const closing = text.indexOf(']', from);
	const end = closing < 0 ? text.length : closing;
	const start = from + (/^ */.exec(text.slice(from))?.[0].length ?? 0);
	const word = text.slice(start, end);
	for (let head = shown.length; head > 0; head--) {
		if (!word.startsWith(shown.slice(0, head)) || word.length <= shown.length) continue;
		if (!word.endsWith(shown.slice(head))) continue;
		return [start, { from: start + head, to: end - (shown.length - head) }, end];
	}
	return undefined;
}
