import { differences } from '../demo/compare.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';
import type { PollEngine } from '../n8n-host/n8n.mts';
import { openScene, partnersTemplate, type Scene } from '../n8n-host/scene.mts';
import { readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

jest.setTimeout(300_000);

const AUDIT = 'erp_audit_rows';
const SET_ASIDE = 'erp_setaside_items';
const KNOWN_IDS = 'erp_known_ids';

/** Nothing is chosen but the credentials: interval, saving of executions and all else stay as shipped. */
describe.each<PollEngine>(['legacy', 'durable'])(
	'the template as it is imported (%s)',
	(engine) => {
		let scene: Scene;
		let workflowId: string;
		beforeAll(async () => {
			scene = await openScene({ engine, partners: 45 });
			const number = { id: 'number', name: 'number', type: 'string', value: oneNow() };
			const parameters = { 'Which Record': { assignments: { assignments: [number] } } };
			workflowId = await scene.importPartners({ everyMinute: false, settings: {}, parameters });
		});
		afterAll(async () => scene?.close());

		const wrong = () => differences(expectedFrom(scene.erp.store), scene.crm);
		const oneNow = () => expectedFrom(scene.erp.store).companies[1]?.key ?? '';

		it('holds only nodes that n8n knows', async () => {
			const known = new Set(await scene.n8n.api.nodeTypes(''));
			const types = readTemplate(partnersTemplate).nodes.map((node) => String(node.type));
			expect(types.length).toBeGreaterThan(3);
			expect(types.filter((type) => !known.has(type))).toEqual([]);
		});

		it('brings every customer and supplier with its contact persons to Pipedrive, once', async () => {
			await scene.n8n.api.publish(workflowId);
			await waitFor('all companies in Pipedrive', 120_000, () => wrong().length === 0);
			expect(wrong()).toEqual([]);
			expect(scene.crm.log.totals().refused429).toBe(0);
		});

		it('writes one audit row for each record written, and remembers its id', async () => {
			const written = [
				...scene.crm.records('organizations').map((row) => `organization ${row.id}`),
				...scene.crm.records('persons').map((row) => `person ${row.id}`),
			].sort();
			const named = (rows: Array<Record<string, unknown>>) =>
				rows.map((row) => `${String(row.pipedriveType)} ${String(row.pipedriveId)}`).sort();
			const { tables } = scene.n8n.api;
			const created = await waitFor('the audit rows', 30_000, async () => {
				const rows = (await tables.rows(AUDIT)).filter((row) => row.action === 'created');
				return rows.length >= written.length && rows;
			});
			expect(named(created)).toEqual(written);
			await waitFor('the ids', 30_000, async () => (await tables.count(KNOWN_IDS)) > 0);
			expect(named(await tables.rows(KNOWN_IDS))).toEqual(written);
		});

		it('sets the company without a name aside, with the reason and its data', async () => {
			const rows = await scene.n8n.api.tables.rows(SET_ASIDE);
			expect(rows).toHaveLength(1);
			expect(rows[0]).toMatchObject({ status: 'open', reason: expect.stringContaining('name') });
			expect(String(rows[0]?.erpKey).replace(/^0+/, '')).toBe(scene.seeded.special.noName);
			expect(JSON.parse(String(rows[0]?.payload))).toHaveProperty('erp.externalId');
		});

		it('spends no token when nothing changed', async () => {
			const before = scene.crm.log.totals();
			const rows = await scene.n8n.api.tables.count(AUDIT);
			await scene.n8n.api.pollAgain(workflowId);
			await scene.n8n.api.pollAgain(workflowId);
			expect(scene.crm.log.totals()).toEqual(before);
			expect(await scene.n8n.api.tables.count(AUDIT)).toBe(rows);
		});

		it('brings a changed address over and says in the audit what it was before', async () => {
			const [key = ''] = expectedFrom(scene.erp.store).companies.map((company) => company.key);
			scene.erp.store.changeAddress(key, { StreetName: 'Neue Allee' }, { bump: true });
			expect(wrong()).toHaveLength(1);
			await scene.n8n.api.pollAgain(workflowId);
			await waitFor('the new address', 30_000, () => wrong().length === 0);
			const updated = await waitFor('its audit row', 30_000, async () => {
				const rows = await scene.n8n.api.tables.rows(AUDIT);
				return rows.find((row) => row.action === 'updated');
			});
			expect(String(updated.erpKey).replace(/^0+/, '')).toBe(key);
			expect(JSON.stringify(updated)).toContain('Neue Allee');
		});

		it('rule 33: brings one record now by its number, which moves no position', async () => {
			const { api } = scene.n8n;
			const position = async () => JSON.stringify((await api.getWorkflow(workflowId)).staticData);
			const before = await position();
			// Without a new date: only the sweep would see it.
			scene.erp.store.changeAddress(oneNow(), { StreetName: 'Sofortweg' });
			expect(wrong()).toHaveLength(1);
			const run = await api.ended(await api.runManually(workflowId, 'Sync One Now'));
			expect(run.status).toBe('success');
			await waitFor('the new street', 30_000, () => wrong().length === 0);
			expect(await position()).toBe(before);
		});
	},
);
