import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { SECRET } from '../../core/audit/auditTable.mts';
import type { ExecutionWithData, Item } from '../../n8n-host/apiTypes.mts';
import { missingIn } from '../../n8n-host/missing.mts';
import { startN8n, type PollEngine, type RunningN8n } from '../../n8n-host/n8n.mts';
import { packRepository } from '../../n8n-host/pack.mts';
import { repoRoot } from '../../n8n-host/paths.mts';
import { pipedriveToken } from '../../n8n-host/stage.mts';
import {
	importTemplate,
	readTemplate,
	type CredentialReference,
} from '../../n8n-host/template.mts';
import { waitFor } from '../../n8n-host/waitFor.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../../sandbox/pipedrive/server.mts';

/** Credentials by type, as a person types them. */
export type Logins = Record<string, Item>;

/** An ERP with a Pipedrive of its own. */
export interface Company {
	crm: PipedriveSandbox;
	credentials: Record<string, CredentialReference>;
}

const OVER = new Set(['success', 'error', 'crashed', 'canceled']);

/** One n8n in which every template has its turn: imported, credentials chosen, nothing else. */
export class Bench {
	private readonly opened: Array<() => Promise<void>> = [];
	private readonly made = new Map<string, Promise<unknown>>();

	private constructor(
		readonly n8n: RunningN8n,
		private readonly types: readonly INodeTypeDescription[],
	) {
		this.onClose(() => n8n.stop());
	}

	static async open(engine: PollEngine): Promise<Bench> {
		const n8n = await startN8n({ engine, packages: [packRepository()] });
		return new Bench(n8n, await n8n.api.nodeDescriptions());
	}

	onClose(end: () => Promise<void>): void {
		this.opened.push(end);
	}

	async close(): Promise<void> {
		for (const end of this.opened.splice(0).reverse()) await end();
	}

	/** What several templates share: made when the first one asks. */
	async once<T>(name: string, make: () => Promise<T>): Promise<T> {
		const known = (this.made.get(name) as Promise<T> | undefined) ?? make();
		this.made.set(name, known);
		return await known;
	}

	/** A Pipedrive for these logins, and all of them in n8n. */
	async company(name: string, logins: Logins): Promise<Company> {
		const crm = await startPipedriveSandbox({ plan: 'ultimate', seats: 5 });
		this.onClose(() => crm.close());
		const credentials: Company['credentials'] = {};
		for (const [type, data] of Object.entries({
			erpPipedriveApi: { ...pipedriveToken(crm), auditSecret: SECRET },
			...logins,
		})) {
			credentials[type] = await this.n8n.api.createCredential(type, data, `${name}: ${type}`);
		}
		return { crm, credentials };
	}

	/** Throws when the editor would mark anything red. */
	async import(file: string, { credentials }: Pick<Company, 'credentials'>): Promise<string> {
		const { api } = this.n8n;
		const template = readTemplate(join(repoRoot, 'workflows', file));
		const id = await importTemplate(api, template, { credentials });
		const missing = missingIn(await api.getWorkflow(id), this.types);
		if (missing.length > 0) throw new Error(`${file} is incomplete: ${missing.join(' ')}`);
		return id;
	}

	/** What the editor would mark red in this node. */
	redIn(node: Item): string {
		const complete = { name: 'Node', typeVersion: 1.1, position: [0, 0], ...node };
		return missingIn({ nodes: [complete] }, this.types).join(' ');
	}

	/** Publishes a template, waits until nothing is wrong any more and no run is under way, and unpublishes it. */
	async sync(file: string, company: Company, wrong: () => string[]): Promise<void> {
		const id = await this.import(file, company);
		await this.whilePublished(id, async () => {
			await waitFor(`the first result of ${file}`, 120_000, () => wrong().length === 0).catch(
				() => undefined,
			);
			await this.idle(id);
			expect(wrong()).toEqual([]);
		});
	}

	/** Asserts that no run of it failed, too. */
	async whilePublished(id: string, act: () => Promise<void>): Promise<void> {
		const { api } = this.n8n;
		await api.publish(id);
		await act();
		await this.idle(id);
		await api.unpublish(id);
		const runs = await api.executions(id);
		expect(runs.filter(({ status }) => status !== 'success')).toEqual([]);
		// Unpublishing goes on behind its answer; the next template may want the same webhook.
		await api.deleteWorkflow(id);
	}

	/** What its trigger does when a person presses it. */
	async press(file: string, company: Pick<Company, 'credentials'>, trigger: string) {
		const { api } = this.n8n;
		const id = await this.import(file, company);
		const execution: ExecutionWithData = await api.ended(
			await api.runManually(id, trigger),
			90_000,
		);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	}

	private async idle(id: string): Promise<void> {
		await waitFor(`the runs of ${id} to end`, 90_000, async () =>
			(await this.n8n.api.executions(id)).every(({ status }) => OVER.has(status)),
		);
	}
}
