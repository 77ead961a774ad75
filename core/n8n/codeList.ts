import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { listError } from './nameList';
import { withHeld } from './names';

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

/** A text from before there was a list, shown only where a workflow has one. It counts beside what is chosen. */
export function whereHeld(option: string): INodeProperties['displayOptions'] {
	return { show: { [option]: [{ _cnd: { exists: true } }] } };
}
