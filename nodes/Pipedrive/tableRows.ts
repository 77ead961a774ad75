import { CoreError } from '../../core/http/errors';

export type TableRow = Readonly<Record<string, unknown>>;

/**
 * Rows of a table as a parameter holds them: a list of rows or of n8n's items, JSON text of one, or nothing. What is no
 * row is left out.
 *
 * @throws CoreError `configuration` for anything else, naming the parameter
 */
export function tableRowsOf(parameter: unknown, label: string, node: string): TableRow[] {
	const rows = typeof parameter === 'string' ? parsedJson(parameter) : parameter;
	if (rows === null || rows === undefined) return [];
	if (!Array.isArray(rows)) {
		throw new CoreError('configuration', `"${label}" is no list.`, {
			remedy: `Give it the rows of the table, for example {{ $("${node}").all().map(row => row.json) }}, or leave it empty.`,
		});
	}
	return rows
		.map((row) => (row as { json?: unknown } | null)?.json ?? (row as unknown))
		.filter((row): row is TableRow => typeof row === 'object' && row !== null);
}

/** `undefined` for an empty text, a text for what is no JSON. */
export function parsedJson(text: string): unknown {
	if (text.trim() === '') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return 'no JSON';
	}
}
