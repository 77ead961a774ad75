/** A published workflow: polls as n8n's own executor does, runs what a poll emits, saves static data when n8n saves it. */
import {
	ExecutionLifecycleHooks,
	PollContext,
	PollTriggerExecutor,
	TriggersAndPollers,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
} from 'n8n-workflow';
import type { Published, RunReport, StartOrder, Told } from '../orders.mts';
import { nodeTypesOf, workflowOf, WORKFLOW_ID } from './workflow.mts';

interface Done {
	resolve(run: IRun | undefined): void;
	reject(error: Error): void;
}

export class ActiveWorkflow {
	credentials: Published['credentials'];
	private readonly types: Record<string, INodeType>;
	private readonly workflow: Workflow;
	private readonly poll: (isActivation?: boolean) => Promise<void>;
	private readonly runs = new Set<Promise<unknown>>();
	private saved: string;
	private executions: number;
	private lastBatch: INodeExecutionData[][] | undefined;

	constructor(
		private readonly published: StartOrder,
		private readonly tell: (told: Told) => void,
	) {
		this.credentials = published.credentials;
		this.saved = published.staticData;
		this.executions = published.executionsBefore;
		this.types = nodeTypesOf(published);
		this.workflow = workflowOf(published, this.types, 'trigger', this.saved);
		const node = this.workflow.getNode('Start')!;
		const context = new PollContext(
			this.workflow,
			node,
			this.additionalData(),
			'trigger',
			published.activation,
			(data, _, done) => this.emit(data, done),
			(error) => tell({ told: 'pollFailed', message: error.message }),
		);
		this.poll = pollExecutor().create(this.workflow, node, context as never, () => true) as never;
	}

	/** n8n polls while it publishes, and saves afterwards. */
	async activate(): Promise<void> {
		await this.poll(true).catch((error: Error) =>
			this.tell({ told: 'pollFailed', message: `publishing: ${error.message}` }),
		);
		this.save();
	}

	async tick(): Promise<void> {
		await this.poll(false);
	}

	/** What was set aside, tried again beside the sync. */
	async retry(rows: IDataObject[]): Promise<void> {
		await this.track(this.execute('retry', [rows.map((json) => ({ json }))]));
	}

	/** A person takes an execution and runs it again. */
	async sameAgain(): Promise<void> {
		if (this.lastBatch) await this.track(this.execute('sameAgain', this.lastBatch));
	}

	/** Until no run is under way. */
	async settled(): Promise<void> {
		while (this.runs.size > 0) await Promise.allSettled([...this.runs]);
	}

	private emit(data: INodeExecutionData[][], done?: Done): void {
		this.save();
		this.lastBatch = data;
		const run = this.track(this.execute('poll', data));
		if (done) void run.then(done.resolve, done.reject);
	}

	private async track<T>(run: Promise<T>): Promise<T> {
		this.runs.add(run);
		return await run.finally(() => this.runs.delete(run));
	}

	private save(): void {
		if (this.workflow.staticData.__dataChanged !== true) return;
		this.saved = JSON.stringify(this.workflow.staticData);
		this.tell({ told: 'staticData', staticData: this.saved });
		this.workflow.staticData.__dataChanged = false;
	}

	private async execute(kind: RunReport['kind'], data: INodeExecutionData[][]): Promise<IRun> {
		const executionId = String(++this.executions);
		const first = kind === 'retry' ? 'source' : 'trigger';
		const workflow = workflowOf(this.published, this.types, first, this.saved);
		const records = data[0].map(({ json }) => String((json.erp as IDataObject).externalId));
		this.tell({ told: 'begun', executionId, kind, records });
		const main = JSON.parse(JSON.stringify(data)) as INodeExecutionData[][];
		const node = workflow.getNode('Start')!;
		const run = await new WorkflowExecute(
			this.additionalData(executionId),
			'trigger',
			createRunExecutionData({
				executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] },
			}),
		).processRunExecutionData(workflow);
		this.tell({ told: 'ended', run: { ...reportOf(run), kind, executionId, records } });
		return run;
	}

	private additionalData(executionId?: string): IWorkflowExecuteAdditionalData {
		const hooks = new ExecutionLifecycleHooks('trigger', executionId ?? '', {
			id: WORKFLOW_ID,
			name: 'Sync',
			active: true,
			createdAt: new Date(),
			updatedAt: new Date(),
			nodes: [],
			connections: {},
		} as never);
		return {
			executionId,
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
			credentialsHelper: {
				getParentTypes: () => [],
				isCredentialUsableByNode: () => true,
				getDecrypted: async (_: unknown, __: unknown, name: string) => this.credentials[name],
				getCredentialsProperties: () => [],
			},
		} as unknown as IWorkflowExecuteAdditionalData;
	}
}

function reportOf(run: IRun): Pick<RunReport, 'isSuccess' | 'error' | 'results'> {
	const { resultData } = run.data;
	const outputs = resultData.runData['Pipedrive Upsert']?.[0]?.data?.main ?? [];
	const items = outputs.flatMap((items) => (items ?? []).map(({ json }) => json));
	return {
		isSuccess: run.status === 'success',
		error: resultData.error?.message,
		results: items.flatMap((item) =>
			[item, ...((item.persons ?? []) as IDataObject[])].map((one) => ({
				externalId: String(one.externalId),
				outcome: String(one.outcome),
				...(one.reason ? { reason: `${String(one.reasonCode)}: ${String(one.reason)}` } : {}),
			})),
		),
	};
}

/** n8n's own, without its log and its telemetry. */
function pollExecutor(): PollTriggerExecutor {
	const logger = { scoped: () => logger, debug() {}, info() {}, warn() {}, error() {} };
	const span = { setStatus() {} };
	const traced = async (_: unknown, work: (one: typeof span) => unknown) => await work(span);
	const tracing = {
		startSpan: traced,
		startNewTraceSpan: traced,
		pickWorkflowAttributes: () => ({}),
		pickNodeAttributes: () => ({}),
	};
	return new PollTriggerExecutor(
		logger as never,
		new TriggersAndPollers(),
		tracing as never,
		{ error() {} } as never,
	);
}
