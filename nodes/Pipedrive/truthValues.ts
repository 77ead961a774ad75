import { CoreError } from '../../core/http/errors';
import type { ErpPerson, ErpRecord } from '../../core/record/erpRecord';

const YES: readonly string[] = ['true', 'yes', '1', 'y'];
const NO: readonly string[] = ['false', 'no', '0', 'n'];

/** `undefined` for what is neither. */
export function truthOf(input: unknown): boolean | undefined {
	const text = String(input).trim().toLowerCase();
	if (YES.includes(text)) return true;
	return NO.includes(text) ? false : undefined;
}

/**
 * A workflow that builds or stores records may turn truth values into text, and any text counts as true.
 * @throws CoreError `invalid` for a value that is neither true nor false
 */
export function withTruthValues(record: ErpRecord): ErpRecord {
	const { erp, persons } = record;
	return {
		...record,
		erp: read(erp, ['isDeleted', 'isBlocked']),
		...(Array.isArray(persons)
			? { persons: persons.map((person) => read<ErpPerson>(person, PERSON_VALUES)) }
			: {}),
	};
}

const PERSON_VALUES = ['isActive', 'isBlocked', 'isStandard'] as const;

/** What is absent stays absent; what is empty is false. */
function read<T extends object>(part: T, names: ReadonlyArray<keyof T & string>): T {
	if (part === null || typeof part !== 'object') return part;
	const values = { ...part };
	for (const name of names) {
		const given: unknown = part[name];
		if (given === undefined || typeof given === 'boolean') continue;
		const truth = given === null || given === '' ? false : truthOf(given);
		if (truth === undefined) {
			throw new CoreError(
				'invalid',
				`"${name}" must be true or false, not ${JSON.stringify(given)}`,
			);
		}
		Object.assign(values, { [name]: truth });
	}
	return values;
}
