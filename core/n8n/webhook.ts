import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { Duplicates } from '../webhook/duplicates';

/** Answers 401 and starts nothing. `challenge` goes out as `WWW-Authenticate`. */
export function refuseDelivery(
	context: IWebhookFunctions,
	challenge?: string,
): IWebhookResponseData {
	return answerAlone(context, 401, 'Unauthorized', {
		...(challenge !== undefined && { 'www-authenticate': challenge }),
	});
}

/** Answers 503 while an earlier attempt is under way: should that one fail, the sender's next attempt is needed. */
export function postponeDelivery(context: IWebhookFunctions): IWebhookResponseData {
	return answerAlone(context, 503, 'Under way', { 'retry-after': '2' });
}

function answerAlone(
	context: IWebhookFunctions,
	status: number,
	message: string,
	headers: Record<string, string>,
): IWebhookResponseData {
	const response = context.getResponseObject();
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(JSON.stringify({ message }));
	return { noWebhookResponse: true };
}

/**
 * What was taken is done once n8n has answered. An execution that n8n could not start is answered with an error, and the
 * sender's next attempt is no duplicate.
 */
export function settleOnceAnswered(
	context: IWebhookFunctions,
	duplicates: Duplicates,
	eventKeys: readonly string[],
): void {
	const response = context.getResponseObject();
	const isGood = () => response.writableFinished && response.statusCode < 300;
	response.once('finish', () => {
		if (isGood()) for (const key of eventKeys) duplicates.done(key);
	});
	response.once('close', () => {
		if (!isGood()) for (const key of eventKeys) duplicates.forget(key);
	});
}
