import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { toNodeError } from '../../../core/n8n/errors';
import { readDeal } from '../readDeal';
import type { Environment } from '../run';

/** Resource Deal, operation Get: one item each, with lines and the external ids that an ERP needs. */
export async function getDeals(
	context: IExecuteFunctions,
	environment: Environment,
	externalIdField: string,
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		try {
			const dealId = Number(context.getNodeParameter('dealId', item, 0));
			if (!Number.isInteger(dealId) || dealId <= 0) throw noDealId(context, item);
			const deal = await readDeal(environment, dealId, externalIdField).catch((error: unknown) => {
				throw named(dealId, asCoreError(error));
			});
			items.push({ json: deal as unknown as IDataObject, pairedItem: { item } });
		} catch (error) {
			const shown =
				error instanceof NodeOperationError
					? error
					: toNodeError(context.getNode(), asCoreError(error), item);
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), shown, item);
			const { json } = context.getInputData()[item];
			items.push({ json: { ...json, error: shown.message }, error: shown, pairedItem: { item } });
		}
	}
	return items;
}

function named(dealId: number, error: CoreError): CoreError {
	if (error.kind !== 'notFound') return error;
	return new CoreError(
		'notFound',
		`Pipedrive has no deal ${dealId}: it was deleted, merged or never there.`,
		{
			status: error.status,
		},
	);
}

function noDealId(context: IExecuteFunctions, item: number): NodeOperationError {
	const given = JSON.stringify(context.getNodeParameter('dealId', item, 0));
	return new NodeOperationError(
		context.getNode(),
		`"Deal ID" must be the number of a Pipedrive deal, not ${given}.`,
		{ itemIndex: item },
	);
}
