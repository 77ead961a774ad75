import { itemsOf, type ExecutionWithData } from '../n8n-host/api.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { triggerName, triggerOnly } from './triggerOnly.mts';
import type { PollEngine } from '../n8n-host/n8n.mts';

jest.setTimeout(240_000);

function keysIn(execution: ExecutionWithData): string[] {
	return itemsOf(execution, triggerName).map((item) => (item.erp as { key: string }).key);
}

describe.each<PollEngine>(['legacy', 'durable'])('a change in the ERP (%s engine)', (engine) => {
	let scene: Scene;
	let workflowId: string;
	let runs = 0;
	let frozenAt: number | undefined;
	beforeAll(async () => {
		const now = () => frozenAt ?? Date.now();
		scene = await openScene({ engine, partners: 12, s4hana: { now } });
		workflowId = await scene.n8n.api.createWorkflow(triggerOnly(scene.credentials));
	});
	afterAll(async () => scene?.close());

	/** The business-partner numbers that the next poll delivers. */
	async function nextDelivery(): Promise<string[]> {
		await scene.n8n.api.pollAgain(workflowId);
		runs += 1;
		return keysIn(await scene.n8n.api.executionEnded(workflowId, runs));
	}

	it('of the first load delivers every customer and supplier once', async () => {
		await scene.n8n.api.publish(workflowId);
		runs += 1;
		const first = keysIn(await scene.n8n.api.executionEnded(workflowId, runs));
		expect(first.map(shown).sort()).toEqual([...scene.seeded.partners].sort());
	});

	it('that did not happen delivers nothing', async () => {
		await scene.n8n.api.pollAgain(workflowId);
		expect(await scene.n8n.api.executions(workflowId)).toHaveLength(runs);
	});

	it('arrives when it was made in the same second as the last one read', async () => {
		const [, a = '', b = ''] = scene.seeded.partners;
		frozenAt = Date.now();
		scene.erp.store.changePartner(a, { SearchTerm1: 'FIRST', OrganizationBPName1: 'Erste GmbH' });
		expect((await nextDelivery()).map(shown)).toEqual([a]);
		scene.erp.store.changePartner(b, { OrganizationBPName1: 'Zweite GmbH' });
		expect((await nextDelivery()).map(shown)).toEqual([b]);
	});

	it('arrives when it became visible late, dated earlier the same day', async () => {
		const [, , , c = ''] = scene.seeded.partners;
		frozenAt = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 30_000;
		scene.erp.store.changePartner(c, { OrganizationBPName1: 'Frühe GmbH' });
		frozenAt = undefined;
		expect((await nextDelivery()).map(shown)).toEqual([c]);
	});

	it('of a contact person alone brings the company', async () => {
		const [person = ''] = scene.seeded.persons;
		const [contact] = scene.erp.store
			.table('A_BusinessPartnerContact')
			.find(['BusinessPartnerPerson'], { BusinessPartnerPerson: person });
		scene.erp.store.changePartner(person, { LastName: 'Neuname' });
		expect((await nextDelivery()).map(shown)).toEqual([contact?.BusinessPartnerCompany]);
	});
});

function shown(key: string): string {
	return key.replace(/^0+/, '');
}
