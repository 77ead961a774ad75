import type { ErpAddress } from './erpRecord';

/**
 * Keys under which two spellings of the same thing meet. They are compared, never shown or stored in a CRM.
 * An empty key means "cannot be compared": two empty keys are not a match.
 */

const LEGAL_FORMS = new Set(
	`ag kg gmbh mbh ohg ug se eg ev gbr co kgaa ltd limited llc llp inc incorporated corp corporation plc
	 sa sas sarl srl spa bv nv oy oyj ab as aps kft zrt sro doo pty pte lda sl slu company cie`
		.split(/\s+/)
		.filter(Boolean),
);

const STREET_WORDS: ReadonlyArray<[RegExp, string]> = [
	[/strasse\b|str\b/g, 'str'],
	[/\bstreet\b|\bst\b/g, 'st'],
	[/\bavenue\b|\bave\b/g, 'ave'],
	[/\broad\b|\brd\b/g, 'rd'],
];

/** Lower case, without accents and punctuation, sharp s and umlauts as people type them: `Müller & Söhne` -> `mueller soehne`. */
export function folded(text: string): string {
	return text
		.toLowerCase()
		.replace(/ß/g, 'ss')
		.replace(/ä/g, 'ae')
		.replace(/ö/g, 'oe')
		.replace(/ü/g, 'ue')
		.replace(/ø/g, 'oe')
		.replace(/æ/g, 'ae')
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.replace(/&|\+/g, ' ')
		.replace(/['’`.]/g, '')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

/** Company or person name. The legal form does not count, unless nothing else is left. */
export function normalisedName(name: string): string {
	const words = folded(name).split(' ').filter(Boolean);
	const significant = words.filter((word) => !LEGAL_FORMS.has(word));
	return (significant.length > 0 ? significant : words).join(' ');
}

/** A free-text address as a CRM keeps it, for comparing with `addressWords`. */
export function addressWords(text: string): Set<string> {
	return new Set(normalisedStreet(text).split(' ').filter(Boolean));
}

function normalisedStreet(text: string): string {
	return STREET_WORDS.reduce((street, [word, short]) => street.replace(word, short), folded(text));
}

/**
 * True when every word of the ERP's street, postal code and city stands in the CRM's free text, in whatever order:
 * CRMs keep `Hauptstr. 5, 10115 Berlin, Germany` where the ERP has the parts.
 */
export function isSameAddress(address: ErpAddress | undefined, text: string): boolean {
	const words = addressWords(text);
	if (!address || words.size === 0) return false;
	const parts = normalisedStreet(
		`${address.street} ${address.houseNumber} ${address.postalCode} ${address.city}`,
	)
		.split(' ')
		.filter(Boolean);
	return parts.length > 0 && parts.every((part) => words.has(part));
}

/** Digits only; `00` and `+` become one form, so that `+49 (30) 1234-5` and `0049 30 12345` meet. */
export function normalisedPhone(phone: string): string {
	const trimmed = phone.trim();
	const digits = trimmed.replace(/\(0\)/g, '').replace(/\D/g, '');
	if (digits.length < 5) return '';
	if (trimmed.startsWith('+')) return `+${digits}`;
	return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}

/** Lower case and trimmed; empty when it is no e-mail address. */
export function normalisedEmail(email: string): string {
	const trimmed = email.trim().toLowerCase();
	return isEmail(trimmed) ? trimmed : '';
}

/** One @, something before it, a dotted host behind it, no blanks. Mail servers decide the rest. */
export function isEmail(text: string): boolean {
	return text.length <= 254 && /^[^\s@,;<>"]+@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$/.test(text.trim());
}
