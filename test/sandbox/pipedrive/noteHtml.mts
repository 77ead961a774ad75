/**
 * What is left of the HTML of a note: scripts, styles and comments go with their content, tags that the editor does not
 * know go without it, attributes go except a link's address, quotes lose their entities, ends are trimmed.
 * Pipedrive says only that it sanitises; this is meant to be harsher.
 */
import { invalid } from './apiError.mts';

const kept = new Set(
	'a b br blockquote code div em h1 h2 h3 i li ol p pre s span strong sub sup u ul'.split(' '),
);

export const mostNoteBytes = 100 * 1024;

export function noteHtml(html: string): string {
	return html
		.replace(/<(script|style)\b[^>]*>.*?<\/\1\s*>/gis, '')
		.replace(/<!--.*?-->/gs, '')
		.replace(
			/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/gi,
			(_, slash: string, name: string, rest: string) => {
				const tag = name.toLowerCase();
				if (!kept.has(tag)) return '';
				const address = tag === 'a' ? /\shref="(https?:[^"]*)"/i.exec(rest) : null;
				return `<${slash}${tag}${address ? ` href="${address[1]}"` : ''}>`;
			},
		)
		.replace(/&quot;/g, '"')
		.replace(/&(?:#39|apos);/g, "'")
		.replace(/\r\n?/g, '\n')
		.trim();
}

export function checkNoteSize(key: string, html: unknown): void {
	if (typeof html === 'string' && Buffer.byteLength(html) > mostNoteBytes) {
		throw invalid(`${key}: must not be larger than 100 KB`);
	}
}
