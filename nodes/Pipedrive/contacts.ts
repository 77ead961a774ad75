import { fingerprintOf } from '../../core/record/fingerprint';
import { normalisedEmail, normalisedPhone } from '../../core/record/matchKeys';

/** One entry of `emails` or `phones`. Pipedrive replaces the list whole, so it is always merged first. */
export interface ContactEntry {
	value: string;
	primary: boolean;
	label: string;
}

export type ContactKind = 'emails' | 'phones';

/** One value of the ERP that lives in a list, such as the mobile number. */
export interface ContactSlot {
	/** Distinguishes the slots of one list: `phone`, `mobile`. */
	slot: string;
	/** '' = the ERP has it empty. */
	value: string;
	label: string;
	/** Digest of the value that we wrote last, where known. */
	lastWritten?: string;
}

/** How two spellings of one number or address meet; never stored. */
export function contactKey(kind: ContactKind, value: string): string {
	const normal = kind === 'emails' ? normalisedEmail(value) : normalisedPhone(value);
	return normal === '' ? value.trim().toLowerCase() : normal;
}

export function contactDigest(kind: ContactKind, value: string): string {
	return value === '' ? '' : fingerprintOf(contactKey(kind, value)).slice(0, 8);
}

/**
 * The list with our values in it: replaces only the value that we wrote before, appends what is absent,
 * keeps every other entry with its label and place. `primary` is ours only where it was.
 * The same list comes back (by content) when nothing is to be done.
 */
export function mergedContacts(
	kind: ContactKind,
	current: readonly ContactEntry[],
	slots: readonly ContactSlot[],
): ContactEntry[] {
	let entries = current.map((entry) => ({ ...entry }));
	let isChanged = false;
	const wanted = new Set(slots.map((slot) => contactKey(kind, slot.value)));
	for (const slot of slots) {
		const key = contactKey(kind, slot.value);
		const ours = entries.findIndex(
			(entry) =>
				slot.lastWritten !== undefined &&
				contactDigest(kind, entry.value) === slot.lastWritten &&
				// What we wrote for this slot may by now be the wanted value of another one.
				!wanted.has(contactKey(kind, entry.value)),
		);
		const isPresent = slot.value !== '' && entries.some((e) => contactKey(kind, e.value) === key);
		if (slot.value === '' || isPresent) {
			if (ours < 0) continue;
			entries = entries.filter((_, index) => index !== ours);
		} else if (ours >= 0) {
			entries[ours] = { ...entries[ours], value: slot.value.trim() };
		} else {
			entries.push({ value: slot.value.trim(), primary: false, label: slot.label });
		}
		isChanged = true;
	}
	if (isChanged && entries.length > 0 && !entries.some((entry) => entry.primary)) {
		entries[0].primary = true;
	}
	return entries;
}

/** As Pipedrive gives it; anything else counts as an empty list. */
export function contactEntries(value: unknown): ContactEntry[] {
	if (!Array.isArray(value)) return [];
	return value
		.filter(
			(entry): entry is Record<string, unknown> => entry !== null && typeof entry === 'object',
		)
		.filter((entry) => typeof entry.value === 'string' && entry.value !== '')
		.map((entry) => ({
			value: String(entry.value),
			primary: entry.primary === true,
			label: typeof entry.label === 'string' && entry.label !== '' ? entry.label : 'work',
		}));
}
