import { blockHtml, MOST_NOTE_BYTES, quotedLines } from './block';
import { escapeHtml } from './html';
import { NOTE_HEADING, SUMMARY_HEADING } from './marker';

const HEADINGS = [NOTE_HEADING, SUMMARY_HEADING];
const ELLIPSIS = '<br>…<br>';

/** A text of the ERP as the body of a block, cut where it would not fit into a note. */
export function textBody(text: string, externalId: string): { body: string; isCut: boolean } {
	const empty = blockHtml({ heading: NOTE_HEADING, body: '', externalId });
	const room = MOST_NOTE_BYTES - Buffer.byteLength(empty + ELLIPSIS);
	let body = '';
	let size = 0;
	for (const line of quotedLines(text.slice(0, MOST_NOTE_BYTES), HEADINGS)) {
		const html = `<br>${escapeHtml(line)}`;
		size += Buffer.byteLength(html);
		if (size > room) return { body: body + cutLine(line, room - size, html), isCut: true };
		body += html;
	}
	const isCut = text.length > MOST_NOTE_BYTES;
	return { body: `${body}${isCut ? ELLIPSIS : '<br>'}`, isCut };
}

/** As much of the line as fits; `missing` bytes are too many. */
function cutLine(line: string, missing: number, html: string): string {
	let room = Buffer.byteLength(html) + missing - '<br>'.length;
	let kept = '';
	for (const character of line) {
		room -= Buffer.byteLength(escapeHtml(character));
		if (room < 0) break;
		kept += escapeHtml(character);
	}
	return kept === '' ? ELLIPSIS : `<br>${kept}${ELLIPSIS}`;
}
