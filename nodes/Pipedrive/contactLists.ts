import type { PipedriveRow } from './api';
import { contactDigest, contactEntries, mergedContacts, type ContactEntry } from './contacts';
import { slotKey, type Digests } from './digests';
import type { Field } from './fields';
import type { Intent, WantedContact } from './intents';

interface ContactList {
	field: Field;
	current: ContactEntry[];
	entries: ContactEntry[];
}

/** The lists of the record with the ERP's values merged in, one per field. */
export function contactLists(
	intent: Intent,
	row: Partial<PipedriveRow>,
	remembered: Digests,
	isLinking: boolean,
): ContactList[] {
	const fields = new Map(intent.contacts.map((contact) => [contact.field.key, contact.field]));
	return [...fields.values()].map((field) => {
		const current = contactEntries(row[field.key]);
		const slots = intent.contacts
			.filter((contact) => contact.field.key === field.key)
			.filter((contact) => isContactToWrite(contact, current, remembered, isLinking))
			.map((contact) => ({
				slot: contact.slot,
				value: contact.value,
				label: contact.label,
				lastWritten: remembered[slotKey(contact)],
			}));
		const kind = field.type as WantedContact['kind'];
		return { field, current, entries: mergedContacts(kind, current, slots) };
	});
}

function isContactToWrite(
	contact: WantedContact,
	current: readonly ContactEntry[],
	remembered: Digests,
	isLinking: boolean,
): boolean {
	if (current.length === 0) return contact.value !== '';
	if (contact.policy === 'onlyWhenEmpty') return false;
	if (contact.policy === 'erpWins') return true;
	const known = remembered[slotKey(contact)];
	// Nothing is replaced without knowing our own value, so appending is harmless also when linking.
	if (known === undefined) return contact.value !== '' || !isLinking;
	return known !== contactDigest(contact.kind, contact.value);
}
