/** HTML that may stand on the page as it is; nothing that came as data is ever one. */
export class Markup {
	constructor(readonly html: string) {}
}

export type Shown = string | number | Markup | readonly Markup[];

/** Whatever is put in is text, unless it was made by this function itself. Attributes stand in double quotes. */
export function markup(parts: readonly string[], ...shown: Shown[]): Markup {
	return new Markup(
		parts.map((part, at) => (at === 0 ? '' : markupOf(shown[at - 1])) + part).join(''),
	);
}

function markupOf(shown: Shown): string {
	if (shown instanceof Markup) return shown.html;
	if (Array.isArray(shown)) return shown.map(markupOf).join('');
	return escaped(String(shown));
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

export const NOTHING = new Markup('');

/** Of the ERP or of Pipedrive: kept apart, so that its writing direction stays its own, and never too long. */
export function foreign(text: string, most = 400): Markup {
	const characters = [...text];
	const cut = characters.length > most ? `${characters.slice(0, most).join('')} …` : text;
	return markup`<bdi>${cut}</bdi>`;
}
