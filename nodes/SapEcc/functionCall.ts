import { CoreError } from '../../core/http/errors';

/** A scalar, a structure by field name, or the rows of a table. Everything is text: no zero of a number is lost. */
export type FunctionValue = string | FunctionValue[] | { [name: string]: FunctionValue };

/** By parameter name, upper case. A table that is wanted back must be there, at least as `[]`. */
export type FunctionParameters = Record<string, FunctionValue>;

export type FunctionRow = Record<string, string>;

/** What a function gave back. */
export interface FunctionResult {
	/** EXPORT, CHANGING and TABLES parameters by name, upper case. */
	values: Record<string, FunctionValue>;
	/** The server's present in the ERP's local time, `''` when it does not say. */
	serverNow: string;
}

/** The one way to SAP's functions, whichever road the calls take. */
export interface FunctionCaller {
	call(name: string, parameters: FunctionParameters): Promise<FunctionResult>;
}

/** The rows of a table parameter. @throws CoreError `protocol` when the answer does not have it */
export function tableIn(result: FunctionResult, name: string, functionName: string): FunctionRow[] {
	const value = result.values[name];
	// In XML an empty table cannot be told from an empty text.
	if (value === '') return [];
	if (!Array.isArray(value)) {
		throw new CoreError('protocol', `The answer of ${functionName} has no table ${name}.`, {
			remedy: 'Check the path of the endpoint in the credential, and the name of the function.',
		});
	}
	return value.map((row) => rowOf(row));
}

function rowOf(value: FunctionValue): FunctionRow {
	if (typeof value === 'string') return { '': value };
	return Object.fromEntries(
		Object.entries(value).map(([name, field]) => [name, typeof field === 'string' ? field : '']),
	);
}
