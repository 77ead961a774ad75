/** What a person may change in every customer template. */
export const CUSTOMER_CHANGES = [
	'*Show Field Maps Of* in Pipedrive Upsert: choose Organization or Person to see what goes where, and who wins',
];
