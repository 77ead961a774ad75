import { CoreError } from '../../core/http/errors';

/** Words of an ABAP condition; a literal is one word, quotes included. */
export type Condition = readonly string[];

export type Operator = '=' | '<>' | '>' | '>=' | '<' | '<=' | 'LIKE';

/** Characters of one line of the parameter OPTIONS. Vendors stay one below the 72 of the field. */
export const LINE_LENGTH = 71;

const OPERATORS: readonly string[] = ['=', '<>', '>', '>=', '<', '<=', 'LIKE'];

/** `KUNNR > '0000001234'`. */
export function compare(field: string, operator: Operator, value: string): Condition {
	if (!OPERATORS.includes(operator)) {
		throw new CoreError('configuration', `"${String(operator)}" is no comparison SAP knows.`, {
			remedy: `Use one of ${OPERATORS.join(', ')}.`,
		});
	}
	return [field, operator, literal(field, value)];
}

/** `( KUNNR = '1' OR KUNNR = '2' )`: known to every release, unlike IN. */
export function anyOf(field: string, values: readonly string[]): Condition {
	return either(...values.map((value) => compare(field, '=', value)));
}

export function either(...conditions: Condition[]): Condition {
	return ['(', ...joined(conditions, 'OR'), ')'];
}

export function allOf(...conditions: Array<Condition | undefined>): Condition {
	return joined(
		conditions.filter((condition): condition is Condition => (condition?.length ?? 0) > 0),
		'AND',
	);
}

function joined(conditions: readonly Condition[], word: string): Condition {
	return conditions.flatMap((condition, at) => (at === 0 ? condition : [word, ...condition]));
}

/** Lines for OPTIONS: broken between words only, never inside a literal. */
export function optionLines(condition: Condition): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of condition) {
		if (word.length > LINE_LENGTH) {
			throw new CoreError(
				'invalid',
				`The value ${word.slice(0, 30)}… is too long for a condition.`,
				{
					remedy: `A condition of SAP's table reader takes at most ${LINE_LENGTH - 2} characters.`,
				},
			);
		}
		if (line !== '' && line.length + 1 + word.length > LINE_LENGTH) {
			lines.push(line);
			line = word;
		} else {
			line = line === '' ? word : `${line} ${word}`;
		}
	}
	return line === '' ? lines : [...lines, line];
}

function literal(field: string, value: string): string {
	if (/\p{Cc}/u.test(value)) {
		throw new CoreError('invalid', `The value for ${field} holds a control character.`, {
			remedy: 'Take it out: SAP would read it as the end of a line.',
		});
	}
	return `'${value.replace(/'/g, "''")}'`;
}
