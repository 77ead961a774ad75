import { join } from 'node:path';
import { SECRET, verdictOn, type Table } from '../core/audit/auditTable.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';
import { repoRoot } from '../n8n-host/paths.mts';
import { openScene, pipedriveToken, type Scene } from '../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

jest.setTimeout(300_000);

const AUDIT = 'erp_audit_rows';
const SET_ASIDE = 'erp_setaside_items';

/** One n8n life: each test goes on where the one before ended. */
describe('the audit table in a real n8n', () => {
	let scene: Scene;
	let workflowId: string;
	let street = 0;
	beforeAll(async () => {
		scene = await openScene({ partners: 45 });
		const { id = '' } = scene.credentials.erpPipedriveApi ?? {};
		const { api } = scene.n8n;
		await api.updateCredential(id, { ...pipedriveToken(scene.crm), auditSecret: SECRET });
		workflowId = await scene.importPartners({ everyMinute: false });
		await api.publish(workflowId);
		await runRow(1);
	});
	afterAll(async () => scene?.close());

	const tableNow = async () => (await scene.n8n.api.tables.rows(AUDIT)) as unknown as Table;
	const runRow = async (runNumber: number) =>
		await waitFor(`the row of run ${runNumber}`, 120_000, async () =>
			(await tableNow()).find((row) => row.runNumber === runNumber && row.action === 'sealed'),
		);
	const changeOne = async () => {
		const [key = ''] = expectedFrom(scene.erp.store).companies.map((company) => company.key);
		street += 1;
		scene.erp.store.changeAddress(key, { StreetName: `Neue Allee ${street}` }, { bump: true });
		await scene.n8n.api.pollAgain(workflowId);
	};

	it('is one unbroken chain with genuine seals, set-aside records included', async () => {
		await changeOne();
		await runRow(2);
		const table = await tableNow();
		expect(table.map(({ action }) => action)).toContain('setAside');
		expect(await verdictOn(table)).toMatchObject({ problems: [], runs: 2 });
		expect((await verdictOn(table.slice(1))).problems).not.toEqual([]);
	});

	it('goes on after a restart of n8n, and misses no run', async () => {
		await scene.n8n.halt();
		await scene.n8n.start();
		await changeOne();
		await runRow(3);
		expect(await verdictOn(await tableNow())).toMatchObject({ problems: [], runs: 3 });
	});

	describe('after the nightly trimming', () => {
		let cutoff: string;
		beforeAll(async () => {
			cutoff = new Date().toISOString();
			await changeOne();
			await runRow(4);
			const { api } = scene.n8n;
			const id = await importTemplate(
				api,
				readTemplate(join(repoRoot, 'workflows', 'audit-retention.json')),
				{ credentials: {}, parameters: { 'How Long': { assignments: daysSince(cutoff) } } },
			);
			const run = await api.ended(await api.runManually(id, 'Every Night'));
			expect(run.data.resultData.error).toBeUndefined();
			expect(run.status).toBe('success');
		});

		it('runs older than the limit are gone; the chain begins at the anchor', async () => {
			const table = await tableNow();
			const runs = new Set(table.map(({ runNumber, action }) => `${runNumber} ${action}`));
			expect([...runs].sort()).toEqual(['3 anchor', '4 sealed', '4 updated']);
			const { problems, notes } = await verdictOn(table);
			expect(problems).toEqual([]);
			expect(notes).toContainEqual(expect.stringContaining('checked from run 4 on'));
		});

		it('values older than the limit are gone, with the salt; who and when stays', async () => {
			const [row] = (await tableNow()).filter(({ action }) => action === 'updated');
			expect(row).toMatchObject({ runNumber: 4, erpKey: expect.stringMatching(/\d/) });
			expect([row?.fieldChanges, row?.payloadFingerprint, row?.valueSalt]).toEqual(['', '', '']);
			expect(JSON.stringify(row)).not.toContain('Neue Allee');
		});

		it('payloads older than the limit are gone; the record still waits with its reason', async () => {
			const [row] = await scene.n8n.api.tables.rows(SET_ASIDE);
			expect(row).toMatchObject({
				payload: '',
				status: 'open',
				reason: expect.stringMatching(/./),
			});
		});

		it('the chain goes on', async () => {
			await changeOne();
			await runRow(5);
			expect(await verdictOn(await tableNow())).toMatchObject({ problems: [], runs: 2 });
		});
	});
});

/** Values and payloads of any age are too old; rows are when they are older than the instant. */
function daysSince(instant: string): { assignments: object[] } {
	const since = `={{ $now.diff(DateTime.fromISO('${instant}'), 'days').days }}`;
	const days = { valueDays: 0, payloadDays: 0, rowDays: since };
	return {
		assignments: Object.entries(days).map(([name, value]) => ({
			id: name,
			name,
			value,
			type: 'number',
		})),
	};
}
