import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { Duplicates } from '../webhook/duplicates';

/** Answers 401 and starts nothing. `challenge` goes out as `WWW-Authenticate`. */
export function refuseDelivery(
	context: IWebhookFunctions,
	challenge?: string,
): IWebhookResponseData {
	const response = context.getResponseObject();
	response.writeHead(401, {
		'content-type': 'application/json',
		...(challenge !== undefined && { 'www-authenticate': challenge }),
	});
	response.end('{"message":"Unauthorized"}');
	return { noWebhookResponse: true };
}

/** An execution that n8n could not start is answered with an error, and the sender's next attempt is no duplicate. */
export function forgetUnlessAnswered(
	context: IWebhookFunctions,
	duplicates: Duplicates,
	eventKeys: readonly string[],
): void {
	const response = context.getResponseObject();
	response.once('close', () => {
		const isAnswered = response.writableFinished && response.statusCode < 300;
		if (!isAnswered) for (const key of eventKeys) duplicates.forget(key);
	});
}
