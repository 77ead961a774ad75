/** One webhook trigger inside n8n's own contexts, behind a loopback address that reads bodies as n8n's server does. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExecutionLifecycleHooks, HookContext, WebhookContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type INode,
	type INodeType,
	type IWebhookData,
	type IWebhookDescription,
	type IWebhookFunctions,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

export interface WebhookStage {
	/** What n8n gives the sender as address. */
	url: string;
	/** Items of each execution that a delivery started. */
	started: IDataObject[][];
	/** Errors that `webhook()` threw: n8n makes a failed execution of each. */
	failures: Error[];
	/** As publishing does: asks whether the hook exists, creates it if not. */
	publish(): Promise<void>;
	unpublish(): Promise<void>;
	/** After the node has answered: n8n cannot start the execution. */
	failToStart: boolean;
	close(): Promise<void>;
}

export interface WebhookStageOptions {
	node: INodeType;
	parameters?: IDataObject;
	/** Read at every use, as n8n does. */
	credentials: Record<string, ICredentialDataDecryptedObject>;
	/** The address of the editor's test run. */
	isTest?: boolean;
}

const TYPE = 'n8n-nodes-erp-pipedrive.nodeUnderTest';

export async function openWebhookStage(options: WebhookStageOptions): Promise<WebhookStage> {
	const { node: nodeType, credentials, isTest = false } = options;
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => void answer(request as never, response, Buffer.concat(chunks)));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const node = placed(nodeType, options);
	const workflow = new Workflow({
		id: 'engine-test',
		name: 'Engine test',
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
		settings: {},
	});
	const additionalData = {
		executionId: '7',
		hooks: new ExecutionLifecycleHooks('webhook', '7', { id: 'engine-test' } as never),
		webhookBaseUrl: `${base}/webhook`,
		webhookTestBaseUrl: `${base}/webhook-test`,
		instanceBaseUrl: base,
		restApiUrl: base,
		variables: {},
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getDecrypted: async (_: unknown, __: unknown, name: string) => {
				if (!credentials[name]) throw new Error(`no credential ${name}`);
				return credentials[name];
			},
			getParentTypes: () => [],
		},
	} as unknown as IWorkflowExecuteAdditionalData;
	const { webhooks = [] } = nodeType.description;
	const dataOf = (description: IWebhookDescription | undefined) =>
		({
			node: node.name,
			workflowId: 'engine-test',
			webhookDescription: description,
			isTest,
		}) as unknown as IWebhookData;
	const webhookDescription = webhooks.find(({ name }) => name === 'default')!;
	const webhookData = dataOf(webhookDescription);
	const mode = isTest ? 'manual' : 'webhook';

	async function answer(request: IDataObject, response: ServerResponse, rawBody: Buffer) {
		const body = parsed(rawBody);
		const data = { ...additionalData, httpRequest: Object.assign(request, { rawBody, body }) };
		const described = webhooks.find(({ httpMethod }) => httpMethod === request.method);
		const context = new WebhookContext(
			workflow,
			node,
			{ ...data, httpResponse: response } as never,
			mode,
			dataOf(described),
			[],
			null,
		);
		const send = (status: number, json: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(json));
		};
		try {
			const result = await nodeType.webhook!.call(context as unknown as IWebhookFunctions);
			if (result.noWebhookResponse) return;
			if (result.workflowData && stage.failToStart) return send(500, { message: 'no database' });
			if (result.workflowData) stage.started.push(result.workflowData[0].map(({ json }) => json));
			send(200, result.webhookResponse ?? { message: 'Webhook call received' });
		} catch (error) {
			stage.failures.push(error as Error);
			send(500, { message: 'Error in workflow' });
		}
	}

	const run = async (method: 'checkExists' | 'create' | 'delete') => {
		const context = new HookContext(
			workflow,
			node,
			additionalData,
			mode,
			isTest ? 'manual' : 'activate',
			webhookData,
		);
		return await nodeType.webhookMethods!.default![method].call(
			context as unknown as IHookFunctions,
		);
	};
	const stage: WebhookStage = {
		url: `${base}/webhook${isTest ? '-test' : ''}/${node.webhookId}/${webhookDescription.path}`,
		started: [],
		failures: [],
		failToStart: false,
		async publish() {
			if (!(await run('checkExists'))) await run('create');
		},
		async unpublish() {
			await run('delete');
		},
		close: async () =>
			await new Promise<void>((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
	return stage;
}

/** The node with the defaults of its description, as the editor saves it. */
function placed(nodeType: INodeType, options: WebhookStageOptions): INode {
	const node: INode = {
		id: 'trigger-1',
		name: 'Trigger',
		type: TYPE,
		typeVersion: 1,
		position: [0, 0],
		webhookId: '3f0f4b2e-7f0b-4a63-9d4e-5a1f0c6f2b11',
		parameters: (options.parameters ?? {}) as INode['parameters'],
		credentials: Object.fromEntries(
			Object.keys(options.credentials).map((name) => [name, { id: '1', name }]),
		),
	};
	const { properties } = nodeType.description;
	node.parameters =
		NodeHelpers.getNodeParameters(
			properties,
			node.parameters,
			true,
			false,
			node,
			nodeType.description,
		) ?? {};
	return node;
}

function parsed(rawBody: Buffer): unknown {
	try {
		return JSON.parse(rawBody.toString('utf8')) as unknown;
	} catch {
		return {};
	}
}
