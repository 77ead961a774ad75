/** What n8n gives a function that fills a list of the panel. */
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { n8nHelpers, nodeOf } from './n8nContext.mts';

const NODE = nodeOf('ERP', 'erp');

type Values = Record<string, unknown>;

export function panelContext(credential: Values, parameters: Values = {}): ILoadOptionsFunctions {
	const read = (name: string, fallback?: unknown) => parameters[name] ?? fallback;
	return {
		helpers: n8nHelpers,
		getNode: () => NODE,
		getCredentials: async () => credential,
		getCurrentNodeParameter: read,
		getCurrentNodeParameters: () => parameters,
		getNodeParameter: read,
	} as unknown as ILoadOptionsFunctions;
}

/** Of a list that has to be refused: its message, which is all of it that the panel shows. */
export async function refusalOf(list: Promise<unknown>): Promise<string> {
	const error = await list.then(
		() => undefined,
		(caught: unknown) => caught as Error,
	);
	if (!error) throw new Error('Expected the list to be refused');
	return error.message;
}
