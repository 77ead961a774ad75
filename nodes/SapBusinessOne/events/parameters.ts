import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { realPorts } from '../../../core/n8n/ports';
import { hideSecret } from '../../../core/http/redact';
import { openConnection, openServiceLayer } from '../open';
import { sourceSettings, type Parameters } from '../parameters';
import type { ServiceLayer } from '../serviceLayer';
import { eventsOf, type EventEntity, type EventOf, type Transaction } from './objects';
import type { EventSettings } from './receive';
import { eventSecretsOf, type EventSecrets, type HmacAlgorithm } from './secrets';
import type { WantedSubscription } from './subscriptions';

export const EVENT_CREDENTIAL = 'erpSapBusinessOneWebhookApi';

type Context = IHookFunctions | IWebhookFunctions;

const READING = { pageSize: 500, keysPerRequest: 40 };

function reader(context: Context): Parameters {
	return (name, fallback) =>
		(context as IHookFunctions).getNodeParameter(name, fallback as object) as unknown;
}

function optionsOf(context: Context): IDataObject {
	return reader(context)('options', {}) as IDataObject;
}

export async function eventSecrets(context: Context): Promise<EventSecrets> {
	const credential = await context.getCredentials<IDataObject>(EVENT_CREDENTIAL);
	for (const name of ['signingSecret', 'previousSigningSecret']) {
		hideSecret(String(credential[name] ?? ''));
	}
	// Alone: an error in another option is nothing that a stranger could notice.
	const algorithm = reader(context)('options.signatureAlgorithm', 'sha256');
	return eventSecretsOf(credential, algorithm as HmacAlgorithm);
}

function subscribed(context: Context): EventOf[] {
	const read = reader(context);
	const entity = read('entity', 'businessPartner') as EventEntity;
	const name =
		entity === 'businessPartner' || entity === 'item' ? 'masterEvents' : 'documentEvents';
	const { orderAmounts = 'rows' } = read('values', {}) as IDataObject;
	const withLinked = entity === 'order' && orderAmounts !== 'off';
	return eventsOf(entity, read(name, ['Created', 'Updated']) as Transaction[], withLinked);
}

export async function wantedSubscription(context: IHookFunctions): Promise<WantedSubscription> {
	const { current, algorithm } = await eventSecrets(context);
	const { handshake = true, verifyCertificate = true } = optionsOf(context);
	return {
		url: webhookUrl(context),
		events: subscribed(context),
		secret: current,
		algorithm,
		handshake: handshake === true,
		verifyCertificate: verifyCertificate === true,
	};
}

export function webhookUrl(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

/** Publishing waits for a server that is slow, not for one that never ends. */
const PUBLISH_WITHIN_MS = 60_000;

export async function openForPublishing(context: IHookFunctions): Promise<ServiceLayer> {
	const at = realPorts.now() + PUBLISH_WITHIN_MS;
	const deadline = () => at;
	const patience = { deadline, pausesAfterRefusal: false };
	return openServiceLayer(context, await openConnection(context), deadline, patience);
}

/** The sender comes again and again, also with a login that is refused. */
export async function openForDelivery(
	context: IWebhookFunctions,
	deadline: () => number,
): Promise<ServiceLayer> {
	const patience = { deadline, pausesAfterRefusal: true };
	return openServiceLayer(context, await openConnection(context), deadline, patience);
}

/** The sender waits ten seconds from the time at which its delivery came. */
export function answerDeadline(context: IWebhookFunctions, cameAt: number): () => number {
	const { answerWithin = 8 } = optionsOf(context);
	const at = cameAt + Number(answerWithin) * 1000;
	return () => at;
}

export async function eventSettings(context: IWebhookFunctions): Promise<EventSettings> {
	const read = reader(context);
	const entity = read('entity', 'businessPartner') as EventEntity;
	const { scope } = await openConnection(context);
	return {
		source: { ...sourceSettings(read, entity, scope, READING), entity },
		events: subscribed(context),
		output: String(read('output', 'erpRecord')),
		failsUnread: optionsOf(context).whenUnread === 'fail',
		triggerKey: `${context.getWorkflow().id ?? ''}|${context.getNode().id}|${context.getMode()}`,
	};
}
