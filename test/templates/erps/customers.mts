/** What a person may change in every customer template. */
export const CUSTOMER_CHANGES = [
	'*Organization Fields* and *Person Fields* in Pipedrive Upsert: what goes where, and who wins',
];
