import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type INodeCredentialTestResult,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { heldChoices } from '../../core/n8n/codeList';
import { toNodeError } from '../../core/n8n/errors';
import { realPorts } from '../../core/n8n/ports';
import { postponeDelivery, refuseDelivery, settleOnceAnswered } from '../../core/n8n/webhook';
import { asCoreError } from '../../core/http/errors';
import { createDuplicates } from '../../core/webhook/duplicates';
import { dealChoices } from './companyChoices';
import { secretsOf, type Secrets } from './events/authentication';
import { addHook, keepOne, removeHooks } from './events/hooks';
import { openEvents } from './events/open';
import { receiveSettings, wantedHook, webhookSecrets, webhookUrl } from './events/parameters';
import { receive } from './events/receive';

const duplicates = createDuplicates();

const DEALS = { object: ['deal'] };

export class PipedriveEventTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pipedrive Event Trigger',
		name: 'pipedriveEventTrigger',
		icon: { light: 'file:pipedrive.svg', dark: 'file:pipedrive.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ "*": "Any Object", activity: "Activity", deal: "Deal", lead: "Lead", note: "Note", organization: "Organization", person: "Person", pipeline: "Pipeline", product: "Product", stage: "Stage", user: "User" })[$parameter["object"]] }}',
		description:
			'Starts the workflow when something happens in Pipedrive, such as a deal that is won',
		defaults: { name: 'Pipedrive Event Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'erpPipedriveApi',
				required: true,
				displayOptions: { show: { authentication: ['apiToken'] } },
			},
			{
				name: 'erpPipedriveOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
			{
				name: 'erpPipedriveWebhookApi',
				displayName: 'Webhook Login (Your Choice, Pipedrive Sends It)',
				required: true,
				testedBy: 'testWebhookLogin',
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty: the answer is what the node says, not the first item.
				responseData: '',
				path: 'pipedrive',
			},
		],
		properties: [
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{ name: 'API Token', value: 'apiToken' },
					{ name: 'OAuth2', value: 'oAuth2' },
				],
				default: 'apiToken',
			},
			{
				displayName: 'Object',
				name: 'object',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Activity', value: 'activity' },
					{ name: 'Any', value: '*' },
					{ name: 'Deal', value: 'deal' },
					{ name: 'Lead', value: 'lead' },
					{ name: 'Note', value: 'note' },
					{ name: 'Organization', value: 'organization' },
					{ name: 'Person', value: 'person' },
					{ name: 'Pipeline', value: 'pipeline' },
					{ name: 'Product', value: 'product' },
					{ name: 'Stage', value: 'stage' },
					{ name: 'User', value: 'user' },
				],
				default: 'deal',
			},
			{
				displayName: 'Actions',
				name: 'actions',
				type: 'multiOptions',
				options: [
					{ name: 'Change', value: 'change' },
					{ name: 'Create', value: 'create' },
					{ name: 'Delete', value: 'delete' },
					{
						name: 'Merge',
						value: 'merge',
						description: 'A deletion and a change that name the other record',
					},
				],
				default: ['create', 'change'],
				description: 'What happened. None = everything.',
			},
			{
				displayName: 'Status Becomes',
				name: 'statuses',
				type: 'multiOptions',
				displayOptions: { show: DEALS },
				options: [
					{ name: 'Lost', value: 'lost' },
					{ name: 'Open', value: 'open', description: 'Created open, or reopened' },
					{ name: 'Won', value: 'won' },
				],
				default: [],
				description: 'Only when the deal got this status by this event. None = any event.',
			},
			{
				displayName: 'Pipeline Names or IDs',
				name: 'pipelines',
				type: 'multiOptions',
				displayOptions: { show: DEALS },
				typeOptions: { loadOptionsMethod: 'getPipelines' },
				default: [],
				description:
					'Only deals in these pipelines. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'Stage Entered Names or IDs',
				name: 'stages',
				type: 'multiOptions',
				displayOptions: { show: DEALS },
				typeOptions: { loadOptionsMethod: 'getStages' },
				default: [],
				description:
					'Only when the deal came into one of these stages by this event. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Ignore Own Changes',
						name: 'ignoreOwn',
						type: 'boolean',
						default: true,
						description:
							"Whether to drop what the integration's user changed through the API. What people do in the browser is never dropped.",
					},
					{
						displayName: 'Integration User ID',
						name: 'integrationUserId',
						type: 'number',
						default: 0,
						description:
							'Pipedrive user whose changes through the API are own changes. 0 = the user of the API token.',
					},
					{
						displayName: 'Read the Record Again',
						name: 'readAgain',
						type: 'boolean',
						default: false,
						description:
							'Whether to read the record when the event arrives (1 token), so that "current" is as it is now and not as it was sent',
					},
					{
						displayName: 'Signature Encoding',
						name: 'signatureEncoding',
						type: 'options',
						options: [
							{ name: 'Base64', value: 'base64' },
							{ name: 'Hexadecimal', value: 'hex' },
						],
						default: 'hex',
						description: 'Spelling of the HMAC-SHA256 signature in the header',
					},
					{
						displayName: 'Signature Header',
						name: 'signatureHeader',
						type: 'string',
						default: 'X-Signature-256',
						description:
							'Where a gateway or relay puts its signature. Only used with a Signing Secret in the webhook credential; Pipedrive itself does not sign.',
					},
					{
						displayName: 'Signature Prefix',
						name: 'signaturePrefix',
						type: 'string',
						default: 'sha256=',
						description: 'What stands before the signature in the header',
					},
					{
						displayName: 'Webhook Version',
						name: 'webhookVersion',
						type: 'options',
						options: [
							{ name: '1.0', value: '1.0' },
							{ name: '2.0', value: '2.0' },
						],
						default: '2.0',
						description: 'Form in which Pipedrive sends. Items look the same with both.',
					},
				],
			},
		],
	};

	methods = {
		loadOptions: {
			async getPipelines(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await choicesOf(this, 'pipeline_id');
			},
			async getStages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await choicesOf(this, 'stage_id');
			},
		},
		credentialTest: {
			async testWebhookLogin(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return testWebhookLogin(credential);
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await attempt(this, async () => {
					const kept = await keepOne((await openEvents(this)).call, await wantedHook(this));
					rememberOwner(this, kept?.ownerId);
					return kept !== undefined;
				});
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await attempt(this, async () => {
					const hook = await addHook((await openEvents(this)).call, await wantedHook(this));
					rememberOwner(this, hook.ownerId);
					return true;
				});
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await attempt(this, async () => {
					await removeHooks((await openEvents(this)).call, webhookUrl(this));
					return true;
				});
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const secrets = await secretsOrNone(this);
		if (!secrets) return refuse(this);
		const request = this.getRequestObject();
		const delivery = {
			headers: this.getHeaderData(),
			rawBody: Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined,
			body: this.getBodyData(),
		};
		const receipt = await receive(delivery, secrets, () => receiveSettings(this), {
			duplicates,
			ports: realPorts,
			open: async () => await openEvents(this),
		}).catch((error: unknown) => {
			throw toNodeError(this.getNode(), error);
		});
		if (receipt.outcome === 'refused') return refuse(this);
		if (receipt.outcome === 'underWay') return postponeDelivery(this);
		if (receipt.outcome === 'dropped') {
			return { webhookResponse: { received: true, started: false, why: receipt.why } };
		}
		settleOnceAnswered(this, duplicates, [receipt.eventKey]);
		return {
			webhookResponse: { received: true, started: true },
			workflowData: [[{ json: receipt.item as unknown as IDataObject }]],
		};
	}
}

/** n8n shows other errors without their message. */
async function attempt<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await work().catch((error: unknown) => {
		throw toNodeError(context.getNode(), error);
	});
}

/** Without secrets nothing can be checked, so nothing gets in. */
async function secretsOrNone(context: IWebhookFunctions): Promise<Secrets | undefined> {
	return await webhookSecrets(context).catch((error: unknown) => {
		context.logger.warn(`Pipedrive delivery refused: ${asCoreError(error).message}`);
		return undefined;
	});
}

function refuse(context: IWebhookFunctions): IWebhookResponseData {
	return refuseDelivery(context, 'Basic realm="n8n"');
}

function rememberOwner(context: IHookFunctions, ownerId: number | undefined): void {
	if (ownerId !== undefined) context.getWorkflowStaticData('node').hookOwnerId = ownerId;
}

async function choicesOf(
	context: ILoadOptionsFunctions,
	key: 'pipeline_id' | 'stage_id',
): Promise<INodePropertyOptions[]> {
	const parameters = context.getCurrentNodeParameters() ?? {};
	const held = [parameters[key === 'pipeline_id' ? 'pipelines' : 'stages']].flat();
	return await heldChoices(context, held, async () => {
		const choices = await dealChoices(await openEvents(context), key);
		if (choices.length > 0) return choices;
		throw new NodeOperationError(context.getNode(), 'Pipedrive lists no pipelines.');
	});
}

/** There is no server to ask: what can be tested is that the login is fit to be sent. */
function testWebhookLogin({ data }: ICredentialsDecrypted): INodeCredentialTestResult {
	try {
		secretsOf((data ?? {}) as IDataObject, { header: 'any', encoding: 'hex', prefix: '' });
		return { status: 'OK', message: 'User and password can be used.' };
	} catch (error) {
		return { status: 'Error', message: asCoreError(error).message };
	}
}
