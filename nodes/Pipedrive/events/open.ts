import type { IHookFunctions, ILoadOptionsFunctions, IWebhookFunctions } from 'n8n-workflow';
import { openEnvironment } from '../environment';
import type { Environment } from '../run';

/** Pipedrive as the trigger's credential opens it, with the ledger and field lists that all nodes of the process share. */
export async function openEvents(
	context: IHookFunctions | IWebhookFunctions | ILoadOptionsFunctions,
): Promise<Environment> {
	const authentication = (context as ILoadOptionsFunctions).getNodeParameter('authentication', '');
	return await openEnvironment(context as ILoadOptionsFunctions, String(authentication));
}
