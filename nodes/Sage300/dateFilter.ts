import { CoreError, asCoreError } from '../../core/http/errors';
import { earlierBy } from '../../core/sync/cursorValue';
import type { Row } from './fields';

/** One way to say "on or after this day" in a `$filter`. */
export interface DateForm {
	since(property: string, day: string): string;
}

const LITERALS: ReadonlyArray<(day: string) => string> = [
	(day) => `${day}T00:00:00Z`,
	(day) => `datetime'${day}T00:00'`,
	(day) => `'${day}'`,
];

const DAY_SECONDS = 86_400;

/**
 * Builds differ in how they want a date, and `ge` is not in Sage's list of operators. In the order tried: the
 * literal of newer instructions, the one of the endpoint reference, a quoted date; each with `ge`, then with `gt`
 * of the day before.
 */
export const DATE_FORMS: readonly DateForm[] = LITERALS.flatMap((literal) => [
	{ since: (property, day) => `${property} ge ${literal(day)}` },
	{ since: (property, day) => `${property} gt ${literal(earlierBy(day, DAY_SECONDS))}` },
]);

/** Before any company kept its books here. */
const LONG_AGO = '1980-01-01';

/** The forms that worked, by company; as long as the process lives. */
export type FormMemory = Map<string, DateForm>;
export const formMemory: FormMemory = new Map();

/** Reads the property of the first row, with this filter. */
type FirstRow = (filter: string | undefined) => Promise<Row | undefined>;

/**
 * The form that this server understands. A form that is refused is passed over; so is one that is taken but
 * finds nothing although there are dates: it would hide every change. Found on data, and remembered.
 */
export async function dateFormFor(
	memory: FormMemory,
	key: string,
	property: string,
	firstRow: FirstRow,
): Promise<DateForm> {
	const known = memory.get(key);
	if (known) return known;
	let refused: CoreError | undefined;
	let silent: DateForm | undefined;
	for (const form of DATE_FORMS) {
		try {
			const row = await firstRow(form.since(property, LONG_AGO));
			if (row !== undefined) {
				memory.set(key, form);
				return form;
			}
			// Without any date to find, nothing can be told about the other forms.
			if (silent === undefined && !(await hasDate(property, firstRow))) return form;
			silent ??= form;
		} catch (error) {
			const core = asCoreError(error);
			if (!isAboutFilter(core)) throw core;
			refused ??= core;
		}
	}
	throw refused && silent === undefined ? refused : noForm(property);
}

/** Whether an error may come from the filter rather than from the server's health. */
export function isAboutFilter({ kind, code }: CoreError): boolean {
	const codes = ['InternalServerError', 'General', 'InvalidParameters'];
	return kind === 'invalid' || codes.includes(code ?? '');
}

async function hasDate(property: string, firstRow: FirstRow): Promise<boolean> {
	const row = await firstRow(undefined);
	return row?.[property] !== undefined && row[property] !== null;
}

function noForm(property: string): CoreError {
	return new CoreError(
		'protocol',
		`Sage 300 finds nothing by ${property}, in whichever form the date is written.`,
		{
			remedy:
				'Open the Web API in a browser and try $filter there; with "Start From: Everything" the full sweep still reads all records.',
		},
	);
}
