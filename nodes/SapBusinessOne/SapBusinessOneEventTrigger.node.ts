import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { toNodeError } from '../../core/n8n/errors';
import { outputProperty, shownFor } from '../../core/n8n/output';
import { realPorts } from '../../core/n8n/ports';
import { postponeDelivery, refuseDelivery, settleOnceAnswered } from '../../core/n8n/webhook';
import { asCoreError } from '../../core/http/errors';
import { createDuplicates } from '../../core/webhook/duplicates';
import {
	answerDeadline,
	eventSecrets,
	eventSettings,
	openForDelivery,
	openForPublishing,
	wantedSubscription,
	webhookUrl,
} from './events/parameters';
import { eventProperties } from './events/properties';
import { receive } from './events/receive';
import { eventSecretsOf, isHandshake, type EventSecrets } from './events/secrets';
import { addSubscription, keepSubscription, removeSubscriptions } from './events/subscriptions';
import { codeLists } from './lists';
import {
	documentFilterProperties,
	itemFilterProperties,
	partnerFilterProperties,
	valueProperties,
} from './properties';

const duplicates = createDuplicates();

const DOCUMENTS = ['creditNote', 'incomingPayment', 'invoice', 'order'];

export class SapBusinessOneEventTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP Business One Event Trigger',
		name: 'sapBusinessOneEventTrigger',
		icon: { light: 'file:sapBusinessOne.svg', dark: 'file:sapBusinessOne.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ businessPartner: "Business Partner", creditNote: "Credit Note", incomingPayment: "Incoming Payment", invoice: "Invoice", item: "Item", order: "Sales Order" })[$parameter["entity"]] }}',
		description:
			'Starts the workflow the moment a record changes in SAP Business One 10.0 FP 2602 or later',
		defaults: { name: 'SAP Business One Event Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'erpSapBusinessOneApi', required: true },
			{
				name: 'erpSapBusinessOneWebhookApi',
				displayName: 'Signing Secret (Your Choice, SAP Business One Signs With It)',
				required: true,
				testedBy: 'testSigningSecret',
			},
		],
		webhooks: [
			// First: while the other one is registered, the server asks this one for its answer.
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				responseData: '',
				path: 'sap-business-one',
			},
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty: the answer is what the node says, not the first item.
				responseData: '',
				path: 'sap-business-one',
			},
		],
		properties: [
			...eventProperties,
			...shownFor({ entity: ['businessPartner'] }, partnerFilterProperties),
			...shownFor({ entity: ['item'] }, itemFilterProperties),
			...shownFor({ entity: DOCUMENTS }, documentFilterProperties),
			...valueProperties,
			outputProperty,
		],
	};

	methods = {
		loadOptions: codeLists,
		credentialTest: {
			async testSigningSecret(
				this: ICredentialTestFunctions,
				{ data }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				try {
					eventSecretsOf((data ?? {}) as IDataObject, 'sha256');
					return { status: 'OK', message: 'The secret can be used.' };
				} catch (error) {
					return { status: 'Error', message: asCoreError(error).message };
				}
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await attempt(
					this,
					async () =>
						await keepSubscription(await openForPublishing(this), await wantedSubscription(this)),
				);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await attempt(this, async () => {
					await addSubscription(await openForPublishing(this), await wantedSubscription(this));
					return true;
				});
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await attempt(this, async () => {
					await removeSubscriptions(await openForPublishing(this), webhookUrl(this));
					return true;
				});
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const cameAt = realPorts.now();
		const secrets = await secretsOrNone(this);
		if (!secrets) return refuseDelivery(this);
		if (this.getWebhookName() === 'setup') return answerHandshake(this, secrets);
		const { rawBody } = this.getRequestObject();
		const delivery = {
			headers: this.getHeaderData(),
			rawBody: Buffer.isBuffer(rawBody) ? rawBody : undefined,
		};
		const receipt = await receive(delivery, secrets, async () => await eventSettings(this), {
			duplicates,
			ports: realPorts,
			open: async () => await openForDelivery(this, answerDeadline(this, cameAt)),
			onSkipped: (count) =>
				this.logger.warn(`SAP Business One sent ${count} events that cannot be read: skipped`),
		}).catch((error: unknown) => {
			throw toNodeError(this.getNode(), error);
		});
		if (receipt.outcome === 'refused') return refuseDelivery(this);
		if (receipt.outcome === 'underWay') return postponeDelivery(this);
		if (receipt.outcome === 'dropped')
			return { webhookResponse: { received: true, started: false } };
		settleOnceAnswered(this, duplicates, receipt.eventKeys);
		return {
			webhookResponse: { received: true, started: true },
			workflowData: [receipt.items.map((json) => ({ json }))],
		};
	}
}

/** Nothing but the token goes back. */
function answerHandshake(context: IWebhookFunctions, secrets: EventSecrets): IWebhookResponseData {
	const headers = context.getHeaderData();
	const token = headers['x-b1-webhook-token'];
	const isToken = typeof token === 'string' && /^[\x21-\x7e]{1,256}$/.test(token);
	if (!isToken || !isHandshake(token, { headers }, secrets)) return refuseDelivery(context);
	return { webhookResponse: { Challenge: token } };
}

/** n8n shows other errors without their message. */
async function attempt<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await work().catch((error: unknown) => {
		throw toNodeError(context.getNode(), error);
	});
}

/** Without a secret nothing can be checked, so nothing gets in. */
async function secretsOrNone(context: IWebhookFunctions): Promise<EventSecrets | undefined> {
	return await eventSecrets(context).catch((error: unknown) => {
		context.logger.warn(`SAP Business One event refused: ${asCoreError(error).message}`);
		return undefined;
	});
}
