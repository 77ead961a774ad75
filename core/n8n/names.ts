import type { INodePropertyOptions } from 'n8n-workflow';

/** What to do where a list of names cannot be shown: its panel has "By Name" beside "From List". */
export const TYPE_THE_NAME = 'Choose "By Name" and type the name.';

/** The name in a parameter: chosen, typed, or the plain text of an expression or of an older workflow. */
export function nameIn(parameter: unknown): string {
	const isLocator = typeof parameter === 'object' && parameter !== null;
	const name = isLocator ? (parameter as { value?: unknown }).value : parameter;
	return String(name ?? '');
}

/** The parts of a text between commas or line breaks, or those of an array, which are whole. */
export function listOf(value: unknown): string[] {
	const parts: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[,\n]/);
	return parts.map((part) => String(part ?? '').trim()).filter((part) => part !== '');
}

/** Codes that were chosen, or typed with commas between them; each once. */
export function codesIn(...values: unknown[]): string[] {
	return [...new Set(values.flatMap(listOf))];
}

/** A code with its name, `Dealers (102)`. */
export function codeName(code: string, name: string): string {
	return `${name} (${code})`.trim();
}

/**
 * Choices of a list of codes, and those that the workflow holds already and the ERP does not list: the editor marks a
 * value that is no choice.
 */
export function withHeld(
	listed: readonly INodePropertyOptions[],
	held: readonly unknown[],
): INodePropertyOptions[] {
	const known = ['', ...listed.map(({ value }) => value)];
	const others = held.filter(
		(value): value is string | number =>
			(typeof value === 'string' || typeof value === 'number') && !known.includes(value),
	);
	return [...listed, ...[...new Set(others)].map((value) => ({ name: String(value), value }))];
}
