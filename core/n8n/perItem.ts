import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from './errors';

/**
 * What an operation gives for each input item, paired with it. Where the node continues on fail, an item that fails
 * leaves with its error and the others go on; else the first error ends the node.
 */
export async function perItem(
	context: IExecuteFunctions,
	operation: (itemIndex: number) => Promise<readonly unknown[]>,
): Promise<INodeExecutionData[]> {
	const returned: INodeExecutionData[] = [];
	for (const [item, { json: input }] of context.getInputData().entries()) {
		try {
			for (const json of await operation(item)) {
				returned.push({ json: json as IDataObject, pairedItem: { item } });
			}
		} catch (error) {
			const shown = toNodeError(context.getNode(), error, item);
			// Again, because a node may throw nothing that it caught.
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), shown, item);
			const json = { ...input, error: shown.message };
			returned.push({ json, error: shown, pairedItem: { item } });
		}
	}
	return returned;
}
