import { differences } from '../demo/compare.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';
import type { PollEngine } from '../n8n-host/n8n.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

jest.setTimeout(480_000);

const HOUR_MS = 3_600_000;

describe.each<PollEngine>(['legacy', 'durable'])('when things break (%s engine)', (engine) => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene({ engine, partners: 60 });
	});
	afterEach(async () => scene?.close());

	const wrong = () => differences(expectedFrom(scene.erp.store), scene.crm);

	it('n8n killed in the middle of a run: after the restart every partner is there exactly once', async () => {
		const { n8n, crm } = scene;
		const workflowId = await scene.importPartners();
		crm.faults.add({ kind: 'slow', ms: 120, times: 10_000, match: { method: 'POST' } });
		await n8n.api.publish(workflowId);
		const written = () => crm.records('organizations').length + crm.records('persons').length;
		await waitFor('a part of the records', 60_000, () => written() >= 15);
		await n8n.kill();
		const atTheCrash = written();
		expect(wrong().length).toBeGreaterThan(5);
		crm.faults.clear();
		await n8n.start();
		await waitFor('the rest of the records', 200_000, () => wrong().length === 0);
		expect(wrong()).toEqual([]);
		expect(atTheCrash).toBeLessThan(written());
	});

	it('Pipedrive down: the run fails, and all of it comes again once Pipedrive is back', async () => {
		const { n8n, crm } = scene;
		const workflowId = await scene.importPartners();
		crm.faults.goDown(Date.now() + HOUR_MS);
		await n8n.api.publish(workflowId);
		const failed = await n8n.api.executionEnded(workflowId, 1, 200_000);
		expect(failed.status).toBe('error');
		expect(failed.data.resultData.error?.message).toMatch(/^No answer from/);
		expect(crm.records('organizations')).toEqual([]);
		crm.faults.clear();
		await waitFor('all records after the repeated run', 200_000, () => wrong().length === 0);
		expect(wrong()).toEqual([]);
	});
});
