/** How stored values differ from sent ones: trimmed, rounded, geocoded, defaulted. */
import { addressParts } from './fieldDefinitions.mts';
import type { WorldOptions } from './world.mts';

export type Address = Record<string, string | null>;

export interface ContactValue {
	value: string;
	primary: boolean;
	label: string;
}

/** Half up on the decimal digits that were sent, so that 1.005 becomes 1.01. */
export function money(amount: number): number {
	const scaled = Number(`${Math.abs(amount)}e2`);
	if (Number.isNaN(scaled)) return amount;
	const rounded = Number(`${Math.round(scaled)}e-2`);
	return amount < 0 ? -rounded : rounded;
}

/** Trimmed; blank becomes null. */
export function text(value: unknown): string | null {
	const trimmed = (value as string | null)?.trim() ?? '';
	return trimmed === '' ? null : trimmed;
}

/** Parts that the client left out become null, then geocoding fills in. Blank value: no address. */
export function address(
	sent: Record<string, unknown> | null,
	geocoding: WorldOptions['geocoding'],
): Address | null {
	if (sent === null) return null;
	const value = text(sent.value)?.replace(/\s+/g, ' ') ?? null;
	if (value === null) return null;
	const parts: Address = {};
	for (const key of addressParts) parts[key] = text(sent[key]);
	parts.value = value;
	if (geocoding === 'off') return { ...parts, formatted_address: null };
	if (geocoding === 'full') {
		for (const [key, found] of Object.entries(geocode(value))) parts[key] ??= found;
	}
	return { ...parts, formatted_address: formatted(value) };
}

/** "Hauptstr.  5,10115 Berlin" → "Hauptstr. 5, 10115 Berlin" */
function formatted(value: string): string {
	return value
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '')
		.join(', ');
}

function geocode(value: string): Record<string, string> {
	const [street = '', town = '', country = ''] = value.split(',').map((part) => part.trim());
	const found: Record<string, string> = {};
	const house = /^(.*\D)\s+(\d+\s?\w?)$/.exec(street);
	if (house) Object.assign(found, { route: house[1], street_number: house[2] });
	const place = /^(\d{4,6})\s+(.+)$/.exec(town);
	if (place) Object.assign(found, { postal_code: place[1], locality: place[2] });
	if (country !== '') found.country = country;
	return found;
}

/** Label `work` unless given; exactly one primary: the first that claims it, else the first. */
export function contactValues(sent: Array<Record<string, unknown>>): ContactValue[] {
	const kept = sent.filter((entry) => text(entry.value) !== null);
	const claimed = kept.findIndex((entry) => entry.primary === true);
	return kept.map((entry, index) => ({
		value: text(entry.value) as string,
		primary: index === Math.max(claimed, 0),
		label: text(entry.label) ?? 'work',
	}));
}
