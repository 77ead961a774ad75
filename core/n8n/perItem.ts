import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from './errors';

/**
 * What an operation gives for each input item, paired with it. Where the node continues on fail, an item that fails
 * leaves as its error and the others go on; else the first error ends the node.
 */
export async function perItem(
	context: IExecuteFunctions,
	operation: (itemIndex: number) => Promise<IDataObject[]>,
): Promise<INodeExecutionData[][]> {
	const returned: INodeExecutionData[] = [];
	for (let item = 0; item < context.getInputData().length; item++) {
		try {
			for (const json of await operation(item)) returned.push({ json, pairedItem: { item } });
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), error, item);
			if (!context.continueOnFail()) throw nodeError;
			returned.push({ json: { error: nodeError.message }, error: nodeError, pairedItem: { item } });
		}
	}
	return [returned];
}
