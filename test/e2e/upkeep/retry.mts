import type { ErpRecord } from '../../../core/record/erpRecord';
import type { ExecutionWithData, Item } from '../../n8n-host/apiTypes.mts';
import { expectedFrom } from '../../sandbox/s4hana/expected.mts';
import { AUDIT, importFile, runOnce, SET_ASIDE, type Stage } from './tables.mts';

const PAST = '2026-01-01T00:00:00.000Z';

export function describeRetry(stage: Stage): void {
	describe('retry-set-aside', () => {
		let workflowId: string;
		/** The company without a name, as the first sync set it aside. */
		let waiting: Item;
		beforeAll(async () => {
			workflowId = await importFile(stage().scene, 'retry-set-aside.json');
			[waiting = {}] = await rows();
		});
		afterEach(() => stage().scene.crm.faults.clear());

		const tables = () => stage().scene.n8n.api.tables;
		const rows = async () => await tables().rows(SET_ASIDE);
		const rowOf = async (externalId: string) =>
			(await rows()).filter((row) => row.externalId === externalId);
		const run = async (): Promise<ExecutionWithData> =>
			await runOnce(stage().scene, workflowId, 'Every 15 Minutes');
		const companies = () =>
			stage()
				.scene.crm.records('organizations')
				.map(({ name }) => name);
		const record = (key: string, name: string, readAt = '2026-06-01T00:00:00.000Z') => {
			const copy = JSON.parse(String(waiting.payload)) as ErpRecord;
			const externalId = `s4hana:100:businessPartner:${key}`;
			Object.assign(copy.erp, { key, externalId, readAt });
			Object.assign(copy.organization!, { name });
			return { ...copy, persons: [] };
		};
		const companyNamed = (name: string) =>
			expectedFrom(stage().scene.erp.store).companies.find((company) => company.name === name);
		const dueRow = (payload: ErpRecord, more: Item = {}): Item => ({
			externalId: payload.erp.externalId,
			system: 's4hana',
			entity: 'businessPartner',
			erpKey: payload.erp.key,
			pipedriveType: 'organization',
			reasonCode: 'failed',
			reason: 'Pipedrive did not answer.',
			retryAt: PAST,
			attempt: 1,
			status: 'open',
			runId: 'first-run',
			payload: JSON.stringify(payload),
			setAsideAt: PAST,
			...more,
		});

		it('leaves what waits for a person alone, and spends nothing on it', async () => {
			const before = stage().scene.crm.log.totals();
			expect((await run()).status).toBe('success');
			expect(stage().scene.crm.log.totals()).toEqual(before);
			expect(await rowOf(String(waiting.externalId))).toEqual([waiting]);
		});

		it('writes the payload that a person mended, and only that record, joined to its first audit row', async () => {
			const { scene, syncId } = stage();
			const before = companies().length;
			const position = (await scene.n8n.api.getWorkflow(syncId)).staticData;
			const mended = JSON.parse(String(waiting.payload)) as ErpRecord;
			mended.organization!.name = 'Mended AG';
			const later = { payload: JSON.stringify(mended), status: 'retry' };
			await tables().edit(SET_ASIDE, waiting.id, later);
			const execution = await run();
			expect(execution.data.resultData.error).toBeUndefined();
			expect(await rowOf(mended.erp.externalId)).toMatchObject([
				{ status: 'solved', attempt: 2, retryAt: '' },
			]);
			expect(companies()).toContain('Mended AG');
			expect(companies()).toHaveLength(before + 1);
			const told = (await tables().rows(AUDIT)).filter(
				({ externalId }) => externalId === mended.erp.externalId,
			);
			expect(told.map(({ action }) => action)).toEqual(['setAside', 'created']);
			expect(told[1]?.attempts).toBe(Number(told[0]?.attempts) + 1);
			expect(told[1]?.reason).toContain(`first in run ${String(told[0]?.runId)}`);
			expect((await scene.n8n.api.getWorkflow(syncId)).staticData).toEqual(position);
		});

		it('never writes old over new: of two waiting versions the later, of a written one none', async () => {
			const old = record('77001', 'Old Name');
			const late = record('77001', 'Late Name', '2026-06-02T00:00:00.000Z');
			await tables().insert(SET_ASIDE, [dueRow(old), dueRow(late)]);
			await run();
			expect((await rowOf(old.erp.externalId)).map(({ status }) => status)).toEqual([
				'superseded',
				'solved',
			]);
			expect(companies()).toContain('Late Name');
			await tables().insert(SET_ASIDE, [dueRow(old)]);
			await run();
			expect((await rowOf(old.erp.externalId)).at(-1)?.status).toBe('superseded');
			expect(companies()).not.toContain('Old Name');
		});

		it('asks before a payload that a person wrote replaces a newer version', async () => {
			const mine = record('77001', 'Name by Hand');
			await tables().insert(SET_ASIDE, [dueRow(mine, { status: 'retry' })]);
			await run();
			const [asked] = (await rowOf(mine.erp.externalId)).slice(-1);
			expect(asked).toMatchObject({ status: 'ask', reason: expect.stringContaining('anyway') });
			expect(companies()).toContain('Late Name');
			await tables().edit(SET_ASIDE, asked?.id, { status: 'retry anyway' });
			await run();
			expect((await rowOf(mine.erp.externalId)).at(-1)?.status).toBe('solved');
			expect(companies()).toContain('Name by Hand');
		});

		it('writes what the ERP says now once its node stands in the marked place, but for payloads by hand', async () => {
			const { scene } = stage();
			const [one, two] = scene.crm
				.records('organizations')
				.flatMap(({ name }) => companyNamed(String(name)) ?? []);
			const rereading = await importFile(scene, 'retry-set-aside.json', {}, (node) => {
				if (node.name !== 'Read Again Here') return;
				Object.assign(node, {
					type: 'n8n-nodes-erp-pipedrive.sapS4Hana',
					onError: 'continueRegularOutput',
					parameters: {
						authentication: 'basic',
						resource: 'businessPartner',
						operation: 'get',
						number: '={{ $json.erpKey }}',
						output: 'erpRecord',
					},
				});
			});
			const later = new Date(Date.now() + 3600_000).toISOString();
			const outdated = record(one.key, 'Outdated AG', later);
			const byHand = record(two.key, 'Changed by Hand', later);
			const unknown = record('0077999', 'Only Here AG', later);
			await tables().insert(SET_ASIDE, [
				dueRow(outdated),
				dueRow(byHand, { status: 'retry' }),
				dueRow(unknown),
			]);
			const execution = await runOnce(scene, rereading, 'Every 15 Minutes');
			expect(execution.data.resultData.error).toBeUndefined();
			expect(companies()).toEqual(
				expect.arrayContaining([one.name, 'Changed by Hand', 'Only Here AG']),
			);
			expect(companies()).not.toContain('Outdated AG');
		});

		describe('when Pipedrive refuses again', () => {
			const JULY = '2026-07-01T00:00:00.000Z';
			const waits = (execution: ExecutionWithData, retryAt: unknown) =>
				(Date.parse(String(retryAt)) - Date.parse(String(execution.startedAt))) / 60_000;
			let ids: string;
			beforeAll(async () => {
				const { scene } = stage();
				const all = [record('77002', 'Young AG'), record('77003', 'Tired AG')];
				await tables().insert(
					SET_ASIDE,
					all.map((one) => dueRow(one)),
				);
				await run();
				const made = scene.crm
					.records('organizations')
					.filter(({ name }) => /^(Young|Tired)/.test(String(name)));
				ids = made.map(({ id }) => String(id)).join('|');
			});
			const refuse = (status: number) =>
				stage().scene.crm.faults.add({
					kind: 'status',
					status,
					body: { success: false, error: 'no' },
					match: { method: 'PATCH', path: `organizations/(${ids})$` },
					times: 50,
				});

			it('leaves a record that was rejected to a person', async () => {
				const refused = record('77002', 'Refused AG', JULY);
				await tables().insert(SET_ASIDE, [dueRow(refused, { attempt: 7 })]);
				refuse(400);
				expect((await run()).status).toBe('success');
				expect((await rowOf(refused.erp.externalId)).at(-1)).toMatchObject({
					status: 'open',
					reasonCode: 'rejected',
					retryAt: '',
				});
			});

			it('waits longer after each failure and gives up with an error, after all else was written', async () => {
				const [young, tired] = [
					record('77002', 'Younger AG', JULY),
					record('77003', 'More Tired AG', JULY),
				];
				const fine = record('77004', 'Fine AG');
				await tables().insert(SET_ASIDE, [
					dueRow(young, { attempt: 3 }),
					dueRow(tired, { attempt: 7 }),
					dueRow(fine),
				]);
				refuse(503);
				const execution = await run();
				expect(execution.status).toBe('error');
				expect(execution.data.resultData.lastNodeExecuted).toBe('Give Up Loudly');
				expect(execution.data.resultData.error?.message).toContain(tired.erp.externalId);
				expect((await rowOf(tired.erp.externalId)).at(-1)).toMatchObject({
					status: 'given up',
					attempt: 8,
					retryAt: '',
				});
				const next = (await rowOf(young.erp.externalId)).at(-1);
				expect(next).toMatchObject({ status: 'open', attempt: 4 });
				expect(Math.round(waits(execution, next?.retryAt))).toBe(120);
				expect(await rowOf(fine.erp.externalId)).toMatchObject([{ status: 'solved' }]);
			});
		});
	});
}
