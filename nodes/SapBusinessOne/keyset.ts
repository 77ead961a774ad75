import { CoreError } from '../../core/http/errors';
import { text, type Row } from './rows';

export interface KeyedRows {
	entitySet: string;
	key: string;
	keyKind: 'text' | 'number';
}

const HIGHEST = 2 ** 31 - 1;

/** An internal number as filters write it; absent for anything else, which must not get into a filter. */
export function numberKey(key: string): string | undefined {
	const isNumber = /^\d{1,10}$/.test(key) && Number(key) <= HIGHEST;
	return isNumber ? String(Number(key)) : undefined;
}

/**
 * A page behind a key must not hold what comes before it: paging would never end. Texts are sorted by the database's
 * own rules, so of them only the key itself tells.
 */
export function assertBehind(
	rows: readonly Row[],
	{ entitySet, key, keyKind }: KeyedRows,
	after: string | undefined,
): void {
	if (after === undefined || after === '') return;
	const isBehind = (found: string) =>
		keyKind === 'number' ? Number(found) > Number(after) : found !== after;
	const wrong = rows.map((row) => text(row, key)).find((found) => !isBehind(found));
	if (wrong !== undefined) throw conditionIgnored(entitySet, `${key} "${wrong}"`, after);
}

export function conditionIgnored(entitySet: string, found: string, after: string): CoreError {
	return new CoreError(
		'protocol',
		`SAP Business One returned ${entitySet} with ${found} although only those after "${after}" were asked for.`,
		{ remedy: 'A condition was ignored: check what stands between n8n and the Service Layer.' },
	);
}
