import { owner } from '../n8n-host/connection.mts';
import { ensureN8nHost, pinned } from '../n8n-host/install.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { changeTwoCustomers } from './changes.mts';
import { differences, strangersIn } from './compare.mts';
import { expectedFrom } from './expected.mts';
import { newExecutions, tableOf, tallied } from './tally.mts';

/** `npm run demo`: an ERP and a Pipedrive in a box, a real n8n between them. `-- --once` ends by itself. */

const isOnce = process.argv.includes('--once');
const PARTNERS = 120;
const startedAt = Date.now();

function say(text: string): void {
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	console.log(`${String(seconds).padStart(4)} s  ${text}`);
}

let scene: Scene | undefined;
let isLeaving = false;

async function leave(code: number): Promise<void> {
	if (isLeaving) return;
	isLeaving = true;
	await scene?.close().catch((error: Error) => console.error(error.message));
	process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		console.log('\nStopping everything …');
		void leave(130);
	});
}

async function main(): Promise<number> {
	console.log('SAP S/4HANA to Pipedrive, in a real n8n on this machine. Nothing leaves it.\n');
	await ensureN8nHost(say);
	scene = await openScene({ partners: PARTNERS, say });
	const { erp, crm, n8n } = scene;
	crm.seed({ organizations: 40, persons: 25 });
	const strangers = strangersIn(crm);
	const wrongNow = () => differences(expectedFrom(erp.store), crm, strangers);
	say(
		`n8n ${pinned().n8n} is ready; the ERP holds ${expectedFrom(erp.store).companies.length} companies, Pipedrive ${crm.records('organizations').length} others`,
	);

	const workflowId = await scene.importPartners();
	say('importing and publishing the template: everything goes over for the first time');
	const firstLoad = await tallied(crm, async () => {
		await n8n.api.publish(workflowId);
		return await newExecutions(n8n.api, workflowId, 0, 180_000);
	});
	report('first load', wrongNow());

	const customers = expectedFrom(erp.store).companies.map((company) => company.key);
	for (const change of changeTwoCustomers(erp.store, customers)) say(`in the ERP: ${change}`);
	say(isOnce ? 'polling again' : 'waiting for the next minute, as in real life');
	const afterChange = await tallied(crm, async () => {
		const known = (await n8n.api.executions(workflowId)).length;
		if (isOnce) await n8n.api.pollAgain(workflowId);
		await arrived(scene as Scene, workflowId, known);
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
	if (isOnce) return wrong.length === 0 ? 0 : 1;
	inviteToLook(scene, workflowId);
	await new Promise(() => undefined);
	return 0;
}

/** A tick that read before the change leaves no execution: the first new one is the one that brings it. */
async function arrived({ n8n }: Scene, workflowId: string, known: number): Promise<void> {
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

function inviteToLook({ erp, crm, n8n }: Scene, workflowId: string): void {
	const body = `{"key":"1000001","fields":{"CityName":"Kiel"},"bump":true}`;
	console.log(`\nHave a look around. Ctrl-C ends everything.

  Editor       ${n8n.baseUrl}/workflow/${workflowId}
  Login        ${owner.email}  ${owner.password}
  Data Tables  ${n8n.baseUrl}/home/datatables

  What Pipedrive holds:
    curl -H 'x-api-token: ${crm.token}' '${crm.url}/api/v2/organizations?limit=5'
  Change a customer in the ERP yourself; it arrives within a minute:
    curl -X POST '${erp.url}/__control/changeAddress' -d '${body}'
`);
}

main()
	.then((code) => leave(code))
	.catch((error: Error) => {
		console.error(`\nThe demo stopped: ${error.message}`);
		if (scene) console.error(scene.n8n.tail(15));
		return leave(1);
	});
