import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { listError } from './nameList';

/**
 * Choices of an option of the panel, sorted by name. Codes that the workflow holds stay choices.
 *
 * @param place the option's collection and its own name
 */
export async function codeChoices(
	context: ILoadOptionsFunctions,
	place: readonly [collection: string, option: string],
	load: () => Promise<INodePropertyOptions[]>,
): Promise<INodePropertyOptions[]> {
	const [collection, option] = place;
	const chosen = (context.getCurrentNodeParameters()?.[collection] ?? {}) as IDataObject;
	return await heldChoices(context, [chosen[option]].flat(), async () =>
		(await load()).sort((a, b) => a.name.localeCompare(b.name)),
	);
}

/** Choices in the order of the list, and what the workflow holds already. Errors can be read in the panel. */
export async function heldChoices(
	context: ILoadOptionsFunctions,
	held: readonly unknown[],
	load: () => Promise<readonly INodePropertyOptions[]>,
): Promise<INodePropertyOptions[]> {
	try {
		return withHeld(await load(), held);
	} catch (error) {
		throw listError(context, error);
	}
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

/** A code with its name, `Dealers (102)`. */
export function codeName(code: string, name: string): string {
	return `${name} (${code})`.trim();
}

/** A text from before there was a list, shown only where a workflow has one. It counts beside what is chosen. */
export function whereHeld(option: string): INodeProperties['displayOptions'] {
	return { show: { [option]: [{ _cnd: { exists: true } }] } };
}

/** Codes that were chosen, or typed with commas between them; each once. */
export function codesIn(...values: unknown[]): string[] {
	const texts = values.flat().map((value) => String(value ?? ''));
	const codes = texts.flatMap((text) => text.split(/[,\n]/)).map((code) => code.trim());
	return [...new Set(codes)].filter((code) => code !== '');
}
