import { ensureN8nHost, pinned } from '../n8n-host/install.mts';
import type { RunningN8n } from '../n8n-host/n8n.mts';
import { openStage, type Stage } from '../n8n-host/stage.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { differences, strangersIn } from './compare.mts';
import { invitation } from './invitation.mts';
import { demoOptions, type DemoOptions } from './options.mts';
import { newExecutions, tableOf, tallied } from './tally.mts';

/**
 * `npm run demo`: an ERP and a Pipedrive in a box, a real n8n between them. `-- --source b1` takes another ERP,
 * `-- --once` ends by itself.
 */

const CUSTOMERS = 120;
const startedAt = Date.now();

function say(text: string): void {
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	console.log(`${String(seconds).padStart(4)} s  ${text}`);
}

let stage: Stage | undefined;
let isLeaving = false;

async function leave(code: number): Promise<void> {
	if (isLeaving) return;
	isLeaving = true;
	await stage?.close().catch((error: Error) => console.error(error.message));
	process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		console.log('\nStopping everything …');
		void leave(130);
	});
}

async function main({ erp, isOnce }: DemoOptions): Promise<number> {
	console.log(`${erp.title} to Pipedrive, in a real n8n on this machine. Nothing leaves it.\n`);
	await ensureN8nHost(say);
	stage = await openStage({ say });
	const { crm, n8n } = stage;
	const sync = await stage.add(erp, { count: CUSTOMERS });
	const { system, workflowId } = sync;
	crm.seed({ organizations: 40, persons: 25 });
	const strangers = strangersIn(crm);
	const wrongNow = () => differences(system.expected(), crm, strangers);
	say(
		`n8n ${pinned().n8n} is ready; the ERP holds ${system.expected().companies.length} companies, Pipedrive ${crm.records('organizations').length} others`,
	);

	say('publishing the template: everything goes over for the first time');
	const firstLoad = await tallied(crm, async () => {
		await n8n.api.publish(workflowId);
		return await newExecutions(n8n.api, workflowId, 0, 180_000);
	});
	const wrongAtFirst = wrongNow();
	report('first load', wrongAtFirst);

	for (const change of system.clerk()) say(`in the ERP: ${change}`);
	say(isOnce ? 'polling again' : 'waiting for the next minute, as in real life');
	const afterChange = await tallied(crm, async () => {
		const known = (await n8n.api.executions(workflowId)).length;
		if (isOnce) await n8n.api.pollAgain(workflowId);
		await arrived(n8n, workflowId, known);
		return await newExecutions(n8n.api, workflowId, known, 150_000);
	});
	const wrong = wrongNow();
	report('after the change', wrong);

	console.log(
		`\n${tableOf([
			{ title: 'First load', tally: firstLoad },
			{ title: 'After the change', tally: afterChange },
		])}\n`,
	);
	for (const reason of firstLoad.reasons) console.log(`  set aside: ${reason}`);
	if (isOnce) return wrongAtFirst.length + wrong.length === 0 ? 0 : 1;
	console.log(invitation({ ...sync, n8nUrl: n8n.baseUrl, crm }));
	await new Promise(() => undefined);
	return 0;
}

/** A tick that read before the change leaves no execution: the first new one is the one that brings it. */
async function arrived(n8n: RunningN8n, workflowId: string, known: number): Promise<void> {
	await waitFor('the change to arrive', 150_000, async () => {
		return (await n8n.api.executions(workflowId)).length > known;
	});
}

function report(when: string, wrong: string[]): void {
	if (wrong.length === 0) {
		say(`${when}: Pipedrive holds what the ERP holds, each once, and the others are untouched`);
		return;
	}
	say(`${when}: Pipedrive differs from the ERP in ${wrong.length} points`);
	for (const difference of wrong.slice(0, 20)) console.log(`        ${difference}`);
}

/** A wrong option ends at once with its sentence: nothing is running yet. */
function chosen(): DemoOptions {
	try {
		return demoOptions(process.argv.slice(2));
	} catch (error) {
		console.error((error as Error).message);
		process.exit(2);
	}
}

main(chosen())
	.then((code) => leave(code))
	.catch((error: Error) => {
		console.error(`\nThe demo stopped: ${error.message}`);
		if (stage) console.error(stage.n8n.tail(15));
		return leave(1);
	});
