import type { IPollFunctions } from 'n8n-workflow';
import type { Ports } from '../http/ports';
import { realPorts } from './ports';

/** What the legacy engine states, and what holds where no budget is known. */
export const DEFAULT_BUDGET_MS = 5 * 60_000;
const REQUEST_SHARE = 0.9;

/** Milliseconds this poll may take. Before n8n 2.38 the engine does not say. */
export function budgetMsOf(context: IPollFunctions): number {
	return typeof context.getPollBudgetMs === 'function'
		? context.getPollBudgetMs()
		: DEFAULT_BUDGET_MS;
}

/** Epoch milliseconds that no request of this poll may outlive: for the `deadline` of the HTTP client. */
export function pollDeadline(context: IPollFunctions, ports: Ports = realPorts): () => number {
	const at = ports.now() + budgetMsOf(context) * REQUEST_SHARE;
	return () => at;
}
