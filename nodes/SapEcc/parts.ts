/** What can be read beside the master record. */
export type Part =
	| 'addresses'
	| 'communication'
	| 'companyCodes'
	| 'contacts'
	| 'salesAreas'
	| 'shipTo';

export const DEFAULT_PARTS: readonly Part[] = [
	'addresses',
	'communication',
	'companyCodes',
	'contacts',
];

export const PART_NAMES: Readonly<Record<Part, string>> = {
	addresses: 'Addresses (ADRC)',
	communication: 'E-Mails and Phones (ADR6, ADR2)',
	companyCodes: 'Payment Terms (KNB1, LFB1)',
	contacts: 'Contact Persons (KNVK)',
	salesAreas: 'Sales Areas (KNVV)',
	shipTo: 'Ship-To Party (KNVP)',
};
