/** Several templates of one or more ERPs in one n8n, with one Pipedrive behind them. */
import { join } from 'node:path';
import { repoRoot } from '../n8n-host/paths.mts';
import { openStage, type Stage } from '../n8n-host/stage.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

export interface TradeStage extends Stage {
	/** Imports a template as a person would; the workflow's id. */
	bring(template: string): Promise<string>;
	/** The same, published; waits until a run of it went well. */
	run(template: string): Promise<string>;
	/** Polls again. What that cost, after everything of before has ended. */
	costOfPolling(workflowId: string): Promise<number>;
	/** Waits until nothing is wrong any more; what is still wrong after that time. */
	settled(wrong: () => string[]): Promise<string[]>;
	/** Runs that did not go well. */
	failures(workflowId: string): Promise<unknown[]>;
	rows(table: string): Promise<Array<Record<string, unknown>>>;
}

export async function openTradeStage(): Promise<TradeStage> {
	const stage = await openStage({ pipedrive: { plan: 'ultimate' } });
	const { n8n, crm, credentials } = stage;
	const { api } = n8n;
	const bring = async (template: string) => {
		const file = join(repoRoot, 'workflows', `${template}.json`);
		const settings = { saveDataSuccessExecution: 'all' };
		return await importTemplate(api, readTemplate(file), { credentials, settings });
	};
	const ended = async (workflowId: string) => {
		await waitFor(`the runs of ${workflowId} to end`, 90_000, async () => {
			const runs = await api.executions(workflowId);
			return runs.length > 0 && runs.every(({ status }) => OVER.has(status));
		});
	};
	return {
		...stage,
		bring,
		async run(template) {
			const workflowId = await bring(template);
			await api.publish(workflowId);
			await ended(workflowId);
			return workflowId;
		},
		async costOfPolling(workflowId) {
			await ended(workflowId);
			const before = crm.log.totals().tokens;
			await api.pollAgain(workflowId);
			await ended(workflowId);
			return crm.log.totals().tokens - before;
		},
		async settled(wrong) {
			await waitFor('nothing to be wrong', 60_000, () => wrong().length === 0).catch(
				() => undefined,
			);
			return wrong();
		},
		async failures(workflowId) {
			await ended(workflowId);
			const runs = await api.executions(workflowId);
			return runs
				.filter(({ status }) => status !== 'success')
				.map(({ id, status }) => [id, status]);
		},
		rows: async (table) => await api.tables.rows(table),
	};
}

const OVER = new Set(['success', 'error', 'crashed', 'canceled']);
