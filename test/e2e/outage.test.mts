import { itemsOf, type ExecutionWithData } from '../n8n-host/api.mts';
import type { PollEngine } from '../n8n-host/n8n.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { triggerName, triggerOnly } from './triggerOnly.mts';

jest.setTimeout(360_000);

/** A tick comes every minute, and the first one up to a minute after the start. */
const TWO_TICKS_MS = 150_000;

describe.each<PollEngine>(['legacy', 'durable'])('while the ERP is down (%s engine)', (engine) => {
	let scene: Scene;
	let workflowId: string;
	beforeAll(async () => {
		scene = await openScene({ engine, partners: 8 });
		workflowId = await scene.n8n.api.createWorkflow(triggerOnly(scene.credentials));
	});
	afterAll(async () => scene?.close());

	/** Numbers of the business partners in all runs so far, in the order of the runs. */
	async function delivered(): Promise<string[][]> {
		const { api } = scene.n8n;
		const succeeded = (await api.executions(workflowId)).filter((one) => one.status === 'success');
		const runs: ExecutionWithData[] = [];
		for (const { id } of succeeded.reverse()) runs.push(await api.execution(id));
		return runs.map((run) =>
			itemsOf(run, triggerName).map((item) => (item.erp as { key: string }).key.replace(/^0+/, '')),
		);
	}

	it('publishing works, says that the ERP is down, and the first load comes once it is up', async () => {
		scene.erp.faults.down();
		await scene.n8n.api.publish(workflowId);
		const [failed] = await scene.n8n.api.executions(workflowId);
		expect(failed?.status).toBe('error');
		const { error } = (await scene.n8n.api.execution(failed?.id ?? '')).data.resultData;
		expect(error?.message).toMatch(/503|not available|does not answer|unavailable/i);
		scene.erp.faults.up();
		const [first] = await waitFor('the first load', TWO_TICKS_MS, async () => {
			const runs = await delivered();
			return runs.length > 0 && runs;
		});
		expect([...(first ?? [])].sort()).toEqual([...scene.seeded.partners].sort());
	});

	it('a restart of n8n loses no change: the next tick after the ERP came up delivers it', async () => {
		const before = (await delivered()).length;
		const [changed = ''] = scene.seeded.partners;
		scene.erp.store.changePartner(changed, { OrganizationBPName1: 'Nach dem Ausfall GmbH' });
		scene.erp.faults.down();
		await scene.n8n.halt();
		await scene.n8n.start();
		expect(await delivered()).toHaveLength(before);
		scene.erp.faults.up();
		const runs = await waitFor('the change', TWO_TICKS_MS, async () => {
			const now = await delivered();
			return now.flat().length > 8 && now;
		});
		expect(runs.slice(before).flat()).toContain(changed);
	});
});
