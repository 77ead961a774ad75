import type { INodeTypeDescription } from 'n8n-workflow';
import type {
	DynamicRequest,
	Execution,
	ExecutionWithData,
	Item,
	PublicationStatus,
	WorkflowJson,
} from './apiTypes.mts';
import { N8nConnection } from './connection.mts';
import { DataTables } from './dataTables.mts';
import { waitFor } from './waitFor.mts';

export type * from './apiTypes.mts';

const ENDED = new Set(['success', 'error', 'crashed', 'canceled']);

/** n8n's public API and the part of its editor's own API that the public one lacks. */
export class N8nApi {
	readonly tables: DataTables;
	private readonly n8n: N8nConnection;

	constructor(readonly baseUrl: string) {
		this.n8n = new N8nConnection(baseUrl);
		this.tables = new DataTables(this.n8n);
	}

	/** Sets the owner up on a fresh n8n, logs in, and makes an API key once. */
	async logIn(): Promise<void> {
		await this.n8n.logIn();
	}

	/** `n8n-auth=…`: logs a browser in. */
	get cookie(): string {
		return this.n8n.cookie;
	}

	// Node types

	/** Names of the loaded node types that start with `prefix`. */
	async nodeTypes(prefix: string): Promise<string[]> {
		return await this.typeNames('nodes', prefix);
	}

	async credentialTypes(prefix: string): Promise<string[]> {
		return await this.typeNames('credentials', prefix);
	}

	/** All node types, as the editor loads them; one of several versions may stand there more than once. */
	async nodeDescriptions(): Promise<INodeTypeDescription[]> {
		return await this.n8n.file('/types/nodes.json');
	}

	/** What a dropdown of a node shows: `method` is the name in the node's `loadOptions`. */
	async dynamicOptions(request: DynamicRequest): Promise<Array<{ name: string; value: unknown }>> {
		return await this.n8n.restPost('/dynamic-node-parameters/options', bodyOf(request));
	}

	async listSearch(
		request: DynamicRequest,
	): Promise<{ results: Array<{ name: string; value: unknown }> }> {
		return await this.n8n.restPost(
			'/dynamic-node-parameters/resource-locator-results',
			bodyOf(request),
		);
	}

	/** The columns that a resource mapper shows. */
	async mapperFields(request: DynamicRequest): Promise<{
		fields: Array<{ id: string; displayName: string; type?: string; required: boolean }>;
	}> {
		return await this.n8n.restPost(
			'/dynamic-node-parameters/resource-mapper-fields',
			bodyOf(request),
		);
	}

	// Credentials

	async createCredential(
		type: string,
		data: Item,
		name = `${type} test`,
	): Promise<{ id: string; name: string }> {
		const made = await this.n8n.restPost<{ id: string; name: string }>('/credentials', {
			name,
			type,
			data,
		});
		return { id: made.id, name: made.name };
	}

	async updateCredential(id: string, data: Item): Promise<void> {
		await this.n8n.patch(`/credentials/${id}`, { data });
	}

	async deleteCredential(id: string): Promise<void> {
		await this.n8n.delete(`/credentials/${id}`);
	}

	/** As the editor does on Save: what is stored with the change, and the test of both. */
	async saveAndTestCredential(
		id: string,
		change: Record<string, unknown>,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const path = `/credentials/${id}`;
		const stored = await this.n8n.restGet<{
			name: string;
			type: string;
			data: Record<string, unknown>;
		}>(`${path}?includeData=true`);
		const { name, type } = stored;
		const credentials = { id, name, type, data: { ...stored.data, ...change } };
		await this.n8n.restPatch(path, credentials);
		return await this.n8n.restPost('/credentials/test', { credentials });
	}

	/** The status is the answer, never the HTTP code. */
	async testCredential(id: string): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return await this.n8n.post(`/credentials/${id}/test`);
	}

	// Workflows

	async createWorkflow(workflow: WorkflowJson): Promise<string> {
		const { name, nodes, connections, settings, pinData } = workflow;
		const body = {
			name,
			nodes,
			connections,
			settings: settings ?? { executionOrder: 'v1' },
			pinData,
		};
		return (await this.n8n.post<{ id: string }>('/workflows', body)).id;
	}

	async getWorkflow(id: string): Promise<WorkflowJson & { staticData: unknown; active: boolean }> {
		return await this.n8n.get(`/workflows/${id}`);
	}

	/** Publishes and waits until the first poll went well; throws with the trigger's message when it did not. */
	async publish(id: string): Promise<void> {
		const { status, triggers } = await this.tryPublish(id);
		if (status === 'published') return;
		const reasons = (triggers ?? []).map((trigger) => trigger.errorMessage ?? '').join('; ');
		throw new Error(`Publishing ended as ${status}: ${reasons}`);
	}

	async tryPublish(id: string): Promise<PublicationStatus> {
		await this.n8n.post(`/workflows/${id}/publish`);
		return await waitFor(`workflow ${id} to be published`, 90_000, async () => {
			const answer = await this.n8n.restGet<PublicationStatus>(
				`/workflows/${id}/publication-status`,
			);
			return answer.status !== 'in_progress' && answer;
		});
	}

	async unpublish(id: string): Promise<void> {
		await this.n8n.post(`/workflows/${id}/unpublish`);
	}

	/** A published trigger polls at once; this makes it do so again. */
	async pollAgain(id: string): Promise<void> {
		await this.unpublish(id);
		await this.publish(id);
	}

	async deleteWorkflow(id: string): Promise<void> {
		// Unpublishing goes on for a moment after its answer; until then deleting is answered 409.
		await waitFor(`workflow ${id} to be unpublished`, 20_000, () =>
			this.n8n.delete(`/workflows/${id}`),
		);
	}

	/** Starts the saved draft from one trigger, as the editor's button does; the execution's id. */
	async runManually(id: string, trigger: string): Promise<string> {
		const body = { triggerToStartFrom: { name: trigger } };
		const run = await this.n8n.restPost<{ executionId: string }>(`/workflows/${id}/run`, body);
		return run.executionId;
	}

	// Executions

	/** Newest first, queued and running ones included. */
	async executions(workflowId: string): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const page = await this.n8n.restGet<{ results: Execution[] }>(
			`/executions?filter=${filter}&limit=100`,
		);
		return page.results;
	}

	async execution(id: string): Promise<ExecutionWithData> {
		const query = '?includeData=true';
		return await this.n8n.get(`/executions/${id}${query}`);
	}

	/** Waits for the `count`-th execution of the workflow to end and gives it with its data. */
	async executionEnded(
		workflowId: string,
		count: number,
		timeoutMs = 60_000,
	): Promise<ExecutionWithData> {
		const what = `execution ${count} of workflow ${workflowId} to end`;
		const found = await waitFor(what, timeoutMs, async () => {
			const oldestFirst = (await this.executions(workflowId)).reverse();
			const wanted = oldestFirst[count - 1];
			return wanted && ENDED.has(wanted.status) && wanted;
		});
		return await this.execution(found.id);
	}

	/** Waits until this execution ended and gives it with its data. */
	async ended(executionId: string, timeoutMs = 60_000): Promise<ExecutionWithData> {
		return await waitFor(`execution ${executionId} to end`, timeoutMs, async () => {
			const execution = await this.execution(executionId);
			return ENDED.has(execution.status) && execution;
		});
	}

	private async typeNames(kind: 'nodes' | 'credentials', prefix: string): Promise<string[]> {
		const types = await this.n8n.file<Array<{ name: string }>>(`/types/${kind}.json`);
		return types.map((type) => type.name).filter((name) => name.startsWith(prefix));
	}
}

function bodyOf(request: DynamicRequest): Item {
	return {
		path: `parameters.${request.parameter}`,
		methodName: request.method,
		nodeTypeAndVersion: { name: request.nodeType, version: request.version ?? 1 },
		currentNodeParameters: request.parameters ?? {},
		credentials: request.credentials ?? {},
	};
}

/** The items that a node gave in its last run, on one of its outputs. */
export function itemsOf(execution: ExecutionWithData, node: string, output = 0): Item[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap((run) => run.data?.main[output] ?? []).map((item) => item.json);
}
