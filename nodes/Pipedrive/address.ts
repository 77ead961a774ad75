import type { ErpAddress } from '../../core/record/erpRecord';
import { addressWords } from '../../core/record/matchKeys';

/** Pipedrive's address as it is written and read. Parts that are left out of a write become empty there. */
export interface PipedriveAddress {
	value: string;
	route?: string | null;
	street_number?: string | null;
	postal_code?: string | null;
	locality?: string | null;
	admin_area_level_1?: string | null;
	country?: string | null;
	[part: string]: string | null | undefined;
}

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** `DE` -> `Germany`; `undefined` for what is no country. */
export function countryName(code: string): string | undefined {
	if (!/^[A-Z]{2}$/.test(code.trim().toUpperCase())) return undefined;
	const name = countryNames.of(code.trim().toUpperCase());
	return name === 'Unknown Region' ? undefined : name;
}

/** Whole, as one text and in parts: Pipedrive would empty what a write leaves out. `null` when nothing is known. */
export function addressFor(address: ErpAddress): {
	address: PipedriveAddress | null;
	warning?: string;
} {
	const clean = (part: string | undefined) => (part ?? '').replace(/\s+/g, ' ').trim();
	const [street, number, postalCode, city, region, code] = [
		address.street,
		address.houseNumber,
		address.postalCode,
		address.city,
		address.region,
		address.country,
	].map(clean);
	const country = code === '' ? undefined : countryName(code);
	const lines = [
		[street, number].filter(Boolean).join(' '),
		[postalCode, city].filter(Boolean).join(' '),
		country ?? code,
	].filter(Boolean);
	if (lines.length === 0) return { address: null };
	const parts: Record<string, string | undefined> = {
		route: street,
		street_number: number,
		postal_code: postalCode,
		locality: city,
		admin_area_level_1: region,
		country,
	};
	const known = Object.entries(parts).filter(([, part]) => part !== undefined && part !== '');
	return {
		address: { value: lines.join(', '), ...Object.fromEntries(known) },
		...(code !== '' && country === undefined
			? { warning: `The country code "${code}" is unknown: it stands in the address text only.` }
			: {}),
	};
}

/** Geocoding rewrites spelling and order, not words: the same words in text or in all parts are the same address. */
export function isEqualAddress(
	a: PipedriveAddress | null | undefined,
	b: PipedriveAddress | null | undefined,
): boolean {
	const [left, right] = [wordsOf(a?.value), wordsOf(b?.value)];
	return left === right;
}

function wordsOf(text: string | null | undefined): string {
	return [...addressWords(text ?? '')].sort().join(' ');
}
