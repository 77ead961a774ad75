import { escapeHtml, htmlOf, visibleLines, visibleText, type VisibleLine } from './html';
import { ID_LABEL, idsByLine, markerOf, ownParts } from './marker';

/**
 * The part of a note that is ours: from a heading line to a marker with the external id, both visible, because
 * Pipedrive may strip comments and attributes. What a person writes before it, behind it or into the marker's line is kept.
 */
export interface Block {
	heading: string;
	/** HTML between heading and id. */
	body: string;
	externalId: string;
}

/** Of a note of an activity; a note by itself is assumed to have the same limit. */
export const MOST_NOTE_BYTES = 100 * 1024;

export function blockHtml({ heading, body, externalId }: Block): string {
	const id = `<small>${escapeHtml(markerOf(externalId))}</small>`;
	return `<b>${escapeHtml(heading)}</b>${body}${id}`;
}

/** External ids whose blocks a note holds. */
export function idsIn(html: string): string[] {
	return idsByLine(visibleLines(html)).flat();
}

/** Whether somebody should look closer: it holds a block, or what was one. */
export function mayBeOurs(html: string): boolean {
	return visibleLines(html).some(({ text }) => text.includes(ID_LABEL));
}

export function isOurs(html: string, externalId: string): boolean {
	return idsIn(html).includes(externalId);
}

/** A person wrote into the very id: it may be this one, and it may be another's. */
export function isTorn(html: string, heading: string, externalId: string): boolean {
	return !isOurs(html, externalId) && placeOf(html, heading, externalId) !== undefined;
}

interface Place {
	start: number;
	end: number;
	lines: VisibleLine[];
	/** HTML of what a person wrote into the line with the id. */
	own: string;
}

/** Without its heading only the line with the id is ours: what stands above it may be a person's. */
function placeOf(html: string, heading: string, externalId: string): Place | undefined {
	const lines = visibleLines(html);
	const ids = idsByLine(lines);
	const whole = ids.findIndex((found) => found.includes(externalId));
	const last = whole < 0 ? tornLine(lines, heading, externalId) : whole;
	if (last < 0) return undefined;
	let first = last - 1;
	while (first >= 0 && lines[first].text !== heading && ids[first].length === 0) first--;
	if (first < 0 || lines[first].text !== heading) first = last;
	const { text, start, end } = lines[last];
	const own = ownParts(text, externalId, whole < 0) ?? [];
	return {
		start: lines[first].start,
		end,
		lines: lines.slice(first + 1, last),
		own: own
			.map((part) => htmlOf(html.slice(start, end), part))
			.filter((part) => visibleText(part) !== '')
			.join(' '),
	};
}

function tornLine(lines: readonly VisibleLine[], heading: string, externalId: string): number {
	const first = lines.findIndex(({ text }) => text === heading);
	if (first < 0) return -1;
	return lines.findIndex(
		({ text }, at) => at > first && ownParts(text, externalId, true) !== undefined,
	);
}

/** What our block says, line by line; `undefined` where the note has no such block. */
export function blockLines(
	html: string,
	heading: string,
	externalId: string,
): string[] | undefined {
	return placeOf(html, heading, externalId)?.lines.map(({ text }) => text);
}

/** The note with the new block in the place of the old one, else behind what is there. */
export function withBlock(html: string | undefined, block: Block): string {
	const mine = blockHtml(block);
	if (html === undefined || html.trim() === '') return mine;
	const place = placeOf(html, block.heading, block.externalId);
	if (!place) return `${html}<br><br>${mine}`;
	const own = place.own === '' ? '' : `<br>${place.own}`;
	return html.slice(0, place.start) + mine + own + html.slice(place.end);
}

/**
 * Text of the ERP as lines of a block. A line that reads like our own heading is marked as quoted and our
 * label gets a blank, so that it can never begin or end a block.
 */
export function quotedLines(text: string, headings: readonly string[]): string[] {
	return text
		.split(/\r\n|[\r\n\u2028\u2029]/)
		.map((line) =>
			line
				.replace(/[\p{Cc}\p{Cs}\u200b\u00ad\ufeff]+/gu, ' ')
				.replace(/\s+/g, ' ')
				.trim(),
		)
		.map((line) => line.replaceAll(ID_LABEL, ID_LABEL.replace(':', ' :')))
		.map((line) => (headings.includes(line) ? `> ${line}` : line));
}
