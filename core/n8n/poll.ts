import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { CoreError } from '../http/errors';
import type { Ports } from '../http/ports';
import { newCheckpoint } from '../sync/checkpoint';
import { drain } from '../sync/drain';
import { isPausing, LONGEST_PAUSE_MS } from '../sync/failures';
import { startSweep } from '../sync/sweep';
import { toNodeError } from './errors';
import { LONG_AGO } from './firstPoll';
import type { PollHost, PollPlan } from './pollPlan';
import { budgetMsOf, DEFAULT_BUDGET_MS } from './pollBudget';
import { localNow } from './pollProperties';
import { realPorts } from './ports';
import { ProcessMemory, type TriggerMemory } from './runs';
import { Tick } from './tick';

export { pollDeadline } from './pollBudget';
export type { PollHost, PollPlan } from './pollPlan';
export { pollProperties, startProperties } from './pollProperties';

const MANUAL_SAMPLE_SIZE = 10;
const thisHost: PollHost = { ports: realPorts, process: new ProcessMemory() };

/**
 * One poll: judges the batch that was in flight, reads what changed, hands it to n8n. The mark moves only once the
 * run of the batch succeeded; a failed run is repeated. Returns items only in a manual test and where the mark moves
 * when handed over; else the items are emitted from inside and `null` is returned.
 */
export async function pollSource<R>(
	context: IPollFunctions,
	plan: PollPlan<R> | (() => Promise<PollPlan<R>>),
	host: PollHost = thisHost,
): Promise<INodeExecutionData[][] | null> {
	const { ports, process } = host;
	const node = context.getNode();
	if (context.getMode() === 'manual') {
		try {
			return await sample(await resolved(plan), ports);
		} catch (error) {
			throw toNodeError(node, error);
		}
	}
	const memory = process.of(`${context.getWorkflow().id ?? ''}:${node.id}`);
	if (memory.isPolling) return null;
	const isFirst = process.isFirstPollOf(context);
	const isPublished = isFirst && isPublishing(context);
	if (!isPublished && isPausing(memory.quietUntil, ports.now())) return null;
	memory.isPolling = true;
	try {
		const tick = new Tick(context, await resolved(plan), memory, host, { isFirst, isPublished });
		const items = await tick.run();
		memory.failedPolls = 0;
		// The durable engine saves a poll without items only on a tick, not while it publishes.
		if (items === null) await context.__commitCursor?.();
		return items;
	} catch (error) {
		const nothing = reportFailedPoll(context, error, memory, ports, isFirst);
		await context.__commitCursor?.();
		return nothing;
	} finally {
		memory.isPolling = false;
	}
}

async function resolved<R>(plan: PollPlan<R> | (() => Promise<PollPlan<R>>)): Promise<PollPlan<R>> {
	return typeof plan === 'function' ? await plan() : plan;
}

/**
 * Whether a person has just published, which says that something was mended. The durable engine calls each of its
 * ticks an update; only the legacy one states the long budget.
 */
function isPublishing(context: IPollFunctions): boolean {
	const mode = context.getActivationMode();
	return mode === 'activate' || (mode === 'update' && budgetMsOf(context) === DEFAULT_BUDGET_MS);
}

/** A manual test reads a few records and touches no state: a production cursor could be behind it. */
async function sample<R>(plan: PollPlan<R>, ports: Ports): Promise<INodeExecutionData[][] | null> {
	const start = newCheckpoint(plan.scope, LONG_AGO);
	const isSnapshot = plan.source.changes === undefined;
	const checkpoint = isSnapshot ? { ...start, sweep: startSweep({ nextAt: 0 }, false) } : start;
	const { records } = await drain(plan.source, checkpoint, {
		maxRecords: MANUAL_SAMPLE_SIZE,
		hasTime: () => true,
		lookbackSeconds: 0,
		localNow: localNow(ports.now(), plan.zone),
		now: ports.now(),
		...(isSnapshot ? { sweep: { maxVanishedShare: 1, alwaysAllowedVanished: 0, nextAt: 0 } } : {}),
	});
	const items = records
		.slice(0, MANUAL_SAMPLE_SIZE)
		.map(({ record }) => ({ json: plan.toItem(record) }));
	return items.length === 0 ? null : [items];
}

/**
 * A poll that found the ERP down must not kill the trigger: n8n gives a trigger up when its activation poll throws.
 * So only what a person has to correct throws, and only at publish; everything else is reported as a failed execution
 * (at the 1st, 2nd, 4th, 8th ... time in a row) and the next tick tries again.
 */
function reportFailedPoll(
	context: IPollFunctions,
	error: unknown,
	memory: TriggerMemory,
	ports: Ports,
	isFirst: boolean,
): null {
	const nodeError = toNodeError(context.getNode(), error);
	const kind = error instanceof CoreError ? error.kind : undefined;
	const isPublish = isFirst && !['init', 'leadershipChange'].includes(context.getActivationMode());
	if (isPublish && kind !== 'transient' && kind !== 'rateLimited' && kind !== 'blocked')
		throw nodeError;
	memory.failedPolls++;
	// A login that is refused again and again locks the account in many ERPs.
	if (kind === 'auth') {
		memory.quietUntil = ports.now() + Math.min(60, 2 ** (memory.failedPolls - 1)) * 60_000;
	} else if (error instanceof CoreError && error.retryAfterMs !== undefined) {
		// Whatever a server asks for: a wrong header must not silence a trigger until the next restart.
		memory.quietUntil = ports.now() + Math.min(LONGEST_PAUSE_MS, error.retryAfterMs);
	}
	const isPowerOfTwo = (memory.failedPolls & (memory.failedPolls - 1)) === 0;
	if (isPowerOfTwo) context.__emitError(nodeError);
	else
		context.logger.warn(`Poll failed ${memory.failedPolls} times in a row: ${nodeError.message}`);
	return null;
}
