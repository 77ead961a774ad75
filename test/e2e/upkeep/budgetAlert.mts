import { itemsOf } from '../../n8n-host/api.mts';
import type { Item } from '../../n8n-host/apiTypes.mts';
import { partnersTemplate, pipedriveToken } from '../../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../../n8n-host/template.mts';
import { waitFor } from '../../n8n-host/waitFor.mts';
import { AUDIT, importFile, runOnce, type Stage } from './tables.mts';

const ALERTS = 'erp_alerts';
/** As shipped, but for a silence that any weekday shows. */
const LINES = {
	assignments: {
		assignments: Object.entries({
			warnPercent: 75,
			silentHours: 12,
			setAsidePercent: 5,
			fewestRecords: 20,
		}).map(([name, value]) => ({ id: name, name, value, type: 'number' })),
	},
};
const HERE = 'Connect E-Mail or Chat Here';

export function describeBudgetAlert(stage: Stage): void {
	describe('budget-alert', () => {
		let workflowId: string;
		let spent: number;
		beforeAll(async () => {
			workflowId = await importFile(stage().scene, 'budget-alert.json', { 'When to Tell': LINES });
		});

		const tables = () => stage().scene.n8n.api.tables;
		const run = async () => {
			const execution = await runOnce(stage().scene, workflowId, 'Every 15 Minutes');
			expect(execution.data.resultData.error).toBeUndefined();
			return execution;
		};
		const told = async () => itemsOf(await run(), HERE).map(({ text }) => String(text));
		/** As if this run had been. */
		const ran = (id: string, daysAgo: number, reason: string): Item => ({
			workflowId: id,
			system: 's4hana',
			action: 'sealed',
			readAt: new Date(Date.now() - daysAgo * 24 * 3600_000).toISOString(),
			reason,
		});
		const login = async (more: Item) => {
			const { scene } = stage();
			const { id = '' } = scene.credentials.erpPipedriveApi ?? {};
			await scene.n8n.api.updateCredential(id, { ...pipedriveToken(scene.crm), ...more });
		};

		it('says nothing while all is well, and spends no token', async () => {
			const before = stage().scene.crm.log.totals();
			const execution = await run();
			expect(itemsOf(execution, HERE)).toEqual([]);
			expect(stage().scene.crm.log.totals()).toEqual(before);
			spent = Number(itemsOf(execution, 'Budget')[0]?.spentByUs);
			expect(spent).toBeGreaterThan(0);
		});

		it.each([
			['at 75 %', 0.8, /8\d % of what the sync may spend/],
			['when updates wait', 0.93, /updates wait/],
			['when nothing is left', 2, /nothing is left/],
			['when a new day began', 0.01, /a new day/],
		])('tells the budget %s, once', async (_, share, text) => {
			// 80 % of the day's tokens are for the sync, the rest is the people's reserve.
			await login({ dailyLimit: Math.ceil(spent / share / 0.8) });
			expect(await told()).toEqual([expect.stringMatching(text)]);
			expect(await told()).toEqual([]);
		});

		it('tells when many records were set aside, and when that is over', async () => {
			const many = '8 created, 0 updated, 2 unchanged, 10 set aside';
			await tables().insert(AUDIT, [ran('workflow-a', 0, many)]);
			expect(await told()).toEqual([expect.stringMatching(/workflow-a.* set 10 of 20 records/)]);
			expect(await told()).toEqual([]);
			const fine = '500 created, 0 updated, 0 unchanged, 0 set aside';
			await tables().insert(AUDIT, [ran('workflow-a', 0, fine)]);
			expect(await told()).toEqual([expect.stringMatching(/workflow-a.* no more/)]);
		});

		it('tells when a sync falls silent, and when it delivers again', async () => {
			const line = '1 created, 0 updated, 0 unchanged, 0 set aside';
			// A weekend in between does not count: of these 65 hours at least 16 do.
			await tables().insert(AUDIT, [
				ran('workflow-b', 3.9, line),
				ran('workflow-b', 3.8, line),
				ran('workflow-b', 2.7, line),
			]);
			expect(await told()).toEqual([expect.stringMatching(/workflow-b.* nothing since/)]);
			await tables().insert(AUDIT, [ran('workflow-b', 0, line)]);
			expect(await told()).toEqual([expect.stringMatching(/workflow-b.* again/)]);
		});

		it('rule 31: tells persons that the ERP blocked, all in one message, each once', async () => {
			const blocked = (n: number): Item => ({
				workflowId: 'workflow-b',
				system: 's4hana',
				action: 'personBlocked',
				readAt: new Date(Date.now() - n * 3600_000).toISOString(),
				externalId: `s4hana:100:contactPerson:${n}`,
				pipedriveId: String(n),
			});
			await tables().insert(AUDIT, [blocked(1), blocked(2)]);
			const [text, ...more] = await told();
			expect(more).toEqual([]);
			expect(text).toContain('2 persons');
			expect(text).toContain('s4hana:100:contactPerson:1 (Pipedrive person 1), s4hana');
			expect(await told()).toEqual([]);
			// Read earlier, written later.
			await tables().insert(AUDIT, [blocked(9)]);
			expect(await told()).toEqual([
				expect.stringMatching(/blocked or archived 1 person .*Person:9 /),
			]);
			const kept = await tables().rows(ALERTS);
			expect(JSON.stringify(kept)).not.toContain('contactPerson');
		});

		it('tells a failed run with its reason, once for the same reason', async () => {
			const { scene } = stage();
			const { api } = scene.n8n;
			await api.publish(workflowId);
			const wrong = { ...pipedriveToken(scene.crm), apiToken: 'b'.repeat(40) };
			const login = await api.createCredential('erpPipedriveApi', wrong, 'Wrong token');
			const failing = await importTemplate(api, readTemplate(partnersTemplate), {
				credentials: { ...scene.credentials, erpPipedriveApi: login },
				settings: { errorWorkflow: workflowId },
				name: 'Failing sync',
			});
			await api.publish(failing);
			const row = await waitFor('the alert', 60_000, async () =>
				(await tables().rows(ALERTS)).find(({ alertKey }) => alertKey === `failed ${failing}`),
			);
			expect(row.text).toMatch(/"Failing sync" failed: .*refused the login/);
			expect(await told()).toEqual([]);
			await api.unpublish(failing);
		});
	});
}
