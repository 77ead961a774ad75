import { differences } from '../demo/compare.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';
import type { PollEngine } from '../n8n-host/n8n.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

jest.setTimeout(480_000);

const HOUR_MS = 3_600_000;
const NEW_CUSTOMERS = 40;

/** One n8n life: the second trouble comes when the first is over. */
describe.each<PollEngine>(['legacy', 'durable'])('when things break (%s engine)', (engine) => {
	let scene: Scene;
	let workflowId: string;
	beforeAll(async () => {
		scene = await openScene({ engine, partners: 30 });
		workflowId = await scene.importPartners();
	});
	afterAll(async () => scene?.close());

	const wrong = () => differences(expectedFrom(scene.erp.store), scene.crm);

	it('Pipedrive down: the run fails, and all of it comes again once Pipedrive is back', async () => {
		const { n8n, crm } = scene;
		crm.faults.goDown(Date.now() + HOUR_MS);
		await n8n.api.publish(workflowId);
		const failed = await n8n.api.executionEnded(workflowId, 1, 200_000);
		expect(failed.status).toBe('error');
		expect(failed.data.resultData.error?.message).toMatch(/^No answer from/);
		expect(crm.records('organizations')).toEqual([]);
		crm.faults.clear();
		// A failed batch is repeated after a minute: polls before that do nothing.
		await waitFor('all records after the repeated run', 200_000, async () => {
			await n8n.api.pollAgain(workflowId);
			return wrong().length === 0;
		});
		expect(wrong()).toEqual([]);
	});

	it('n8n killed in the middle of a run: after the restart every partner is there exactly once', async () => {
		const { n8n, crm, erp } = scene;
		for (let at = 0; at < NEW_CUSTOMERS; at++) {
			erp.store.createPartner({ name: `Neukunde ${at} GmbH`, customer: {} });
		}
		expect(wrong()).toHaveLength(NEW_CUSTOMERS);
		crm.faults.add({ kind: 'slow', ms: 120, times: 10_000, match: { method: 'POST' } });
		await n8n.api.pollAgain(workflowId);
		await waitFor('a part of the records', 90_000, () => wrong().length <= NEW_CUSTOMERS - 10);
		await n8n.kill();
		const atTheCrash = wrong().length;
		expect(atTheCrash).toBeGreaterThan(5);
		crm.faults.clear();
		await n8n.start();
		await waitFor('the rest of the records', 200_000, () => wrong().length === 0);
		expect(wrong()).toEqual([]);
	});
});
