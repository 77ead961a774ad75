import { escapeHtml, visibleLines, type VisibleLine } from './html';

/**
 * The part of a note that is ours: from a heading line to a line with the external id, both visible, because
 * Pipedrive may strip comments and attributes. What a person writes before or after it is never touched.
 */
export interface Block {
	heading: string;
	/** HTML between heading and id. */
	body: string;
	externalId: string;
}

/** Of a note of an activity; a note by itself is assumed to have the same limit. */
export const MOST_NOTE_BYTES = 100 * 1024;

const ID_LABEL = 'ERP ID: ';

/**
 * One word or line for each text and one text for each line: what separates cells or could get lost on the way
 * (blanks at the ends, control characters, characters outside the basic plane) is percent-encoded.
 */
export function encodeCell(text: string): string {
	return text.replace(
		/[%|]|[^\p{L}\p{N}\p{P}\p{S} ]|[\u{10000}-\u{10ffff}]|^ | $| (?= )/gu,
		(character) =>
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

export function blockHtml({ heading, body, externalId }: Block): string {
	const id = `<small>${escapeHtml(ID_LABEL + encodeCell(externalId))}</small>`;
	return `<b>${escapeHtml(heading)}</b>${body}${id}`;
}

/** The external id whose block ends in this line; a line that only looks alike has none. */
function idIn({ text }: VisibleLine): string | undefined {
	if (!text.startsWith(ID_LABEL)) return undefined;
	const shown = text.slice(ID_LABEL.length);
	const externalId = decodeCell(shown);
	return encodeCell(externalId) === shown ? externalId : undefined;
}

/** External ids whose blocks a note holds. */
export function idsIn(html: string): string[] {
	return visibleLines(html).flatMap((line) => idIn(line) ?? []);
}

export function isOurs(html: string, externalId: string): boolean {
	return idsIn(html).includes(externalId);
}

interface Place {
	start: number;
	end: number;
	lines: VisibleLine[];
}

/** Without its heading only the line with the id is ours: what stands above it may be a person's. */
function placeOf(html: string, heading: string, externalId: string): Place | undefined {
	const lines = visibleLines(html);
	const last = lines.findIndex((line) => idIn(line) === externalId);
	if (last < 0) return undefined;
	let first = last - 1;
	while (first >= 0 && lines[first].text !== heading && idIn(lines[first]) === undefined) first--;
	if (first < 0 || lines[first].text !== heading) first = last;
	return {
		start: lines[first].start,
		end: lines[last].end,
		lines: lines.slice(first + 1, last),
	};
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
	return html.slice(0, place.start) + mine + html.slice(place.end);
}

/**
 * Text of the ERP as lines of a block. A line that reads like our own heading or id is marked as quoted,
 * so that it can never end or begin a block.
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
		.map((line) =>
			line.startsWith(ID_LABEL.trim()) || headings.includes(line) ? `> ${line}` : line,
		);
}
