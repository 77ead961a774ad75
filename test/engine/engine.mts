/** Runs one node inside n8n's own execution engine: a source of items before it, a sink behind each output. */
import { ExecutionLifecycleHooks, LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

export interface EngineRun {
	run: IRun;
	/** What left by each output; an output that was not reached is empty. */
	outputs: INodeExecutionData[][];
	error?: Error & { description?: string | null };
	hints: string[];
}

export interface EngineOptions {
	/** How the workflow was started; by hand when absent. */
	mode?: 'manual' | 'trigger';
	/** Outputs that nothing is connected to. */
	looseOutputs?: readonly number[];
	node: INodeType;
	/** Defaults of the description are filled in, as the editor does. */
	parameters: IDataObject;
	items: IDataObject[];
	credentials: Record<string, { type: ICredentialType; data: ICredentialDataDecryptedObject }>;
	onError?: INode['onError'];
	/** As n8n names the node when an agent uses it. */
	asTool?: boolean;
}

const SOURCE = 'test.source';
const SINK = 'test.sink';
const TESTED = 'n8n-nodes-erp-pipedrive.nodeUnderTest';

function sourceOf(items: readonly IDataObject[]): INodeType {
	return {
		description: {
			displayName: 'Source',
			name: 'source',
			group: ['trigger'],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			return [items.map((json) => ({ json }))];
		},
	};
}

const sink: INodeType = {
	description: { ...sourceOf([]).description, name: 'sink', group: ['output'], inputs: ['main'] },
	async execute() {
		return [this.getInputData()];
	},
};

/** The workflow around the node, with defaults filled in as the editor does. */
function stageOf(options: EngineOptions) {
	const { node: nodeType, credentials } = options;
	const TYPE = options.asTool ? `${TESTED}Tool` : TESTED;
	const types: Record<string, INodeType> = {
		[SOURCE]: sourceOf(options.items),
		[SINK]: sink,
		[TYPE]: nodeType,
	};
	const place = (name: string, type: string, more: Partial<INode> = {}): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...more,
	});
	const tested = place('Node', TYPE, {
		parameters: options.parameters as INode['parameters'],
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: '1', name }]),
		),
		...(options.onError ? { onError: options.onError } : {}),
	});
	tested.parameters =
		NodeHelpers.getNodeParameters(
			nodeType.description.properties,
			tested.parameters,
			true,
			false,
			tested,
			nodeType.description,
		) ?? {};
	const outputs = nodeType.description.outputs as string[];
	const sinks = outputs.map((_, index) => place(`Sink ${index}`, SINK));
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const workflow = new Workflow({
		id: 'engine-test',
		nodes: [place('Source', SOURCE), tested, ...sinks],
		connections: {
			Source: { main: [to('Node')] },
			Node: {
				main: sinks.map(({ name }, index) =>
					options.looseOutputs?.includes(index) ? [] : to(name),
				),
			},
		},
		active: false,
		nodeTypes: {
			getByName: (type) => types[type],
			getByNameAndVersion: (type) => types[type],
			getKnownTypes: () => ({}),
		},
		settings: {},
	});
	const hooks = new ExecutionLifecycleHooks('manual', '7', {
		id: 'engine-test',
		name: 'Engine test',
		active: false,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: [],
		connections: {},
	} as never);
	const additionalData = {
		executionId: '7',
		hooks,
		currentNodeExecutionIndex: 0,
		restApiUrl: 'http://localhost/',
		instanceBaseUrl: 'http://localhost/',
		webhookBaseUrl: 'http://localhost/',
		webhookWaitingBaseUrl: 'http://localhost/',
		formWaitingBaseUrl: 'http://localhost/',
		webhookTestBaseUrl: 'http://localhost/',
		variables: {},
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		credentialsHelper: credentialsHelper(credentials),
	} as unknown as IWorkflowExecuteAdditionalData;
	return { workflow, tested, outputs, additionalData };
}

export async function runInEngine(options: EngineOptions): Promise<EngineRun> {
	const { workflow, outputs, additionalData } = stageOf(options);
	const run = await new WorkflowExecute(additionalData, options.mode ?? 'manual').run({
		workflow,
		startNode: workflow.getNode('Source')!,
	});
	const data: ITaskData[] = run.data.resultData.runData.Node ?? [];
	const last = data[data.length - 1];
	return {
		run,
		outputs: outputs.map((_, index) => last?.data?.main?.[index] ?? []),
		error: (run.data.resultData.error ?? last?.error) as EngineRun['error'],
		hints: (last?.hints ?? []).map(({ message }) => message),
	};
}

/** What the editor calls to fill a list or the columns of a mapper. */
export function editorContext(options: EngineOptions): ILoadOptionsFunctions {
	const { workflow, tested, additionalData } = stageOf(options);
	additionalData.currentNodeParameters = tested.parameters;
	return new LoadOptionsContext(workflow, tested, additionalData, '') as ILoadOptionsFunctions;
}

/** What n8n does with a generic credential: headers with the decrypted values. */
function credentialsHelper(credentials: EngineOptions['credentials']) {
	return {
		getParentTypes: (name: string) => credentials[name]?.type.extends ?? [],
		isCredentialUsableByNode: () => true,
		getDecrypted: async (_: unknown, __: unknown, name: string) => credentials[name].data,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		updateCredentials: async () => undefined,
		getCredentialsProperties: (name: string) => credentials[name].type.properties,
		authenticate: async (
			data: ICredentialDataDecryptedObject,
			name: string,
			request: IHttpRequestOptions,
		) => {
			const generic = credentials[name].type.authenticate as {
				properties: { headers: Record<string, string> };
			};
			const headers = { ...request.headers } as Record<string, string>;
			for (const [header, template] of Object.entries(generic.properties.headers)) {
				headers[header] = template
					.replace(/^=/, '')
					.replace(/\{\{\$credentials\.(\w+)\}\}/g, (_, key) => String(data[key]));
			}
			return { ...request, headers };
		},
	};
}
