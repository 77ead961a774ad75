import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { perItem } from '../../../core/n8n/perItem';
import { readDeal } from '../readDeal';
import type { Environment } from '../run';
import { recordId } from './recordId';

/** Resource Deal, operation Get: one item each, with lines and the external ids that an ERP needs. */
export async function getDeals(
	context: IExecuteFunctions,
	environment: Environment,
	externalIdField: string,
): Promise<INodeExecutionData[]> {
	return await perItem(context, async (item) => {
		const dealId = recordId(context, 'dealId', item);
		const deal = await readDeal(environment, dealId, externalIdField).catch((error: unknown) => {
			throw named(dealId, asCoreError(error));
		});
		return [deal];
	});
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
