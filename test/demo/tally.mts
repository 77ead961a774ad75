import { itemsOf, type ExecutionWithData, type Item, type N8nApi } from '../n8n-host/api.mts';
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';

export const OUTCOMES = ['created', 'updated', 'unchanged', 'setAside'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Tally {
	organizations: Record<Outcome, number>;
	persons: Record<Outcome, number>;
	requests: number;
	tokens: number;
	/** Answers 429. */
	refused: number;
	seconds: number;
	/** Why records were set aside. */
	reasons: string[];
}

/** Runs something and counts what the workflow and Pipedrive did meanwhile. */
export async function tallied(
	crm: PipedriveSandbox,
	act: () => Promise<ExecutionWithData[]>,
): Promise<Tally> {
	const before = crm.log.totals();
	const startedAt = Date.now();
	const executions = await act();
	const after = crm.log.totals();
	const items = executions.flatMap(upsertItems);
	const persons = items.flatMap((item) => (item.persons ?? []) as Item[]);
	return {
		organizations: countedBy(items),
		persons: countedBy(persons),
		requests: after.requests - before.requests,
		tokens: after.tokens - before.tokens,
		refused: after.refused429 - before.refused429,
		seconds: (Date.now() - startedAt) / 1000,
		reasons: items
			.filter((item) => item.outcome === 'setAside')
			.map((item) => `${String(item.externalId)}: ${String(item.reason)}`),
	};
}

/** Waits until `api` shows executions beyond the first `known` and none is under way. */
export async function newExecutions(
	api: N8nApi,
	workflowId: string,
	known: number,
	timeoutMs: number,
): Promise<ExecutionWithData[]> {
	await api.executionEnded(workflowId, known + 1, timeoutMs);
	const all = (await api.executions(workflowId)).reverse();
	const ended = await Promise.all(all.slice(known).map((one) => api.ended(one.id, timeoutMs)));
	const failed = ended.find((execution) => execution.status !== 'success');
	if (failed) throw new Error(`A run failed. ${failureOf(failed)}`);
	return ended;
}

/** Which node failed and what it said. */
export function failureOf(execution: ExecutionWithData): string {
	const { error, lastNodeExecuted } = execution.data.resultData;
	const description = error?.description ? ` ${error.description}` : '';
	return `${lastNodeExecuted ?? 'The trigger'}: ${error?.message ?? execution.status}${description}`;
}

/** What Pipedrive Upsert gave on both outputs. */
export function upsertItems(execution: ExecutionWithData): Item[] {
	const nodes = Object.keys(execution.data.resultData.runData);
	return nodes
		.flatMap((node) => [...itemsOf(execution, node, 0), ...itemsOf(execution, node, 1)])
		.filter((item) => 'outcome' in item && 'pipedriveType' in item && 'idRows' in item);
}

function countedBy(items: Item[]): Record<Outcome, number> {
	const count = (outcome: Outcome) => items.filter((item) => item.outcome === outcome).length;
	return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<
		Outcome,
		number
	>;
}

/** Two tallies side by side. */
export function tableOf(columns: Array<{ title: string; tally: Tally }>): string {
	const line = (label: string, cell: (tally: Tally) => string | number) => [
		label,
		...columns.map(({ tally }) => String(cell(tally))),
	];
	const rows = [
		['', ...columns.map(({ title }) => title)],
		line('Organizations created', (tally) => tally.organizations.created),
		line('Organizations updated', (tally) => tally.organizations.updated),
		line('Organizations unchanged', (tally) => tally.organizations.unchanged),
		line('Persons created', (tally) => tally.persons.created),
		line('Persons updated', (tally) => tally.persons.updated),
		line('Persons unchanged', (tally) => tally.persons.unchanged),
		line('Set aside', (tally) => tally.organizations.setAside),
		line('Pipedrive requests', (tally) => tally.requests),
		line('Pipedrive tokens', (tally) => tally.tokens),
		line('Refused as too fast (429)', (tally) => tally.refused),
		line('Seconds', (tally) => tally.seconds.toFixed(1)),
	];
	const widths =
		rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
	return rows
		.map((row) =>
			row
				.map((cell, at) =>
					at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0),
				)
				.join('   ')
				.trimEnd(),
		)
		.join('\n');
}
