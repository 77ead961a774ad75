/** Field types of Pipedrive's API in the words that a person reads in Pipedrive. */
const NAMES: Readonly<Record<string, string>> = {
	boolean: 'yes or no',
	daterange: 'date range',
	double: 'numerical',
	enum: 'single option',
	int: 'whole number',
	moment: 'date and time',
	org: 'organization',
	people: 'person',
	set: 'multiple options',
	text: 'large text',
	timerange: 'time range',
	varchar: 'text',
	varchar_auto: 'autocomplete text',
};

/** The other types are called as in the API. */
export function typeNameOf(type: string): string {
	return NAMES[type] ?? type;
}
