/** A process with n8n's engine, made to be killed. Orders come by IPC; time is virtual. */
import { letTimePass, resetTime, setClocks, worldNow } from './virtualTime.mts';
import { Random } from '../random.mts';
import type { Order, StartOrder, TickOrder, Told } from '../orders.mts';
import { ActiveWorkflow } from './activeWorkflow.mts';
import { forgetModules } from './workflow.mts';

const tell = (told: Told) => void process.send?.(told);
let active: ActiveWorkflow | undefined;

async function start(order: StartOrder): Promise<void> {
	resetTime();
	setClocks(order);
	const random = new Random(order.seed);
	Math.random = () => random.next();
	forgetModules();
	active = new ActiveWorkflow(order, tell);
	await active.activate();
	await active.settled();
}

async function tick(order: TickOrder): Promise<void> {
	if (!active) return;
	setClocks(order);
	active.credentials = order.credentials;
	const { beside } = order;
	const work = [active.tick()];
	if (beside?.kind === 'retry') work.push(active.retry(beside.rows));
	if (beside?.kind === 'sameAgain') work.push(active.sameAgain());
	if (beside?.kind === 'tick') work.push(active.tick());
	await Promise.all(work);
	await active.settled();
}

async function obey(order: Order): Promise<void> {
	letTimePass(true);
	try {
		await (order.order === 'start' ? start(order) : tick(order));
		tell({ told: 'done', world: worldNow() });
	} catch (error) {
		tell({ told: 'broken', message: error instanceof Error ? String(error.stack) : String(error) });
	} finally {
		letTimePass(false);
	}
}

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit(0));
tell({ told: 'ready' });
