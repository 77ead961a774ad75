import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CoreError } from '../../../core/http/errors';
import { toNodeError } from '../../../core/n8n/errors';

/** One item after the other; what fails stops the run, or becomes an item with `error` where the user wants to go on. */
export async function eachItem(
	context: IExecuteFunctions,
	work: (item: number) => Promise<readonly unknown[]>,
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	for (const [item, { json: input }] of context.getInputData().entries()) {
		try {
			for (const json of await work(item)) {
				items.push({ json: json as IDataObject, pairedItem: { item } });
			}
		} catch (error) {
			const shown = toNodeError(context.getNode(), error, item);
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), shown, item);
			items.push({ json: { ...input, error: shown.message }, error: shown, pairedItem: { item } });
		}
	}
	return items;
}

/** @throws CoreError `configuration` for what is no number of a record */
export function recordId(context: IExecuteFunctions, name: string, item: number): number {
	const given: unknown = context.getNodeParameter(name, item, 0);
	const id = Number(given);
	if (Number.isSafeInteger(id) && id > 0) return id;
	const what = name === 'dealId' ? 'deal' : 'person';
	throw new CoreError(
		'configuration',
		`"${what === 'deal' ? 'Deal' : 'Person'} ID" must be the number of a Pipedrive ${what}, not ${JSON.stringify(given)}.`,
	);
}
