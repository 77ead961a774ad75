import { verdictOn, SECRET, type Table } from '../../core/audit/auditTable.mts';
import { pipedriveToken } from '../../n8n-host/scene.mts';
import { waitFor } from '../../n8n-host/waitFor.mts';
import { AUDIT, importFile, KNOWN_IDS, SET_ASIDE, type Stage } from './tables.mts';

const SUPPRESSED = 'erp_suppressed';
const LOGIN = { user: 'officer', password: 'form-password' };

export function describeErase(stage: Stage): void {
	describe('erase-person', () => {
		let workflowId: string;
		let id: number;
		let name: string;
		let externalId: string;
		let email: string;
		let companyKey: string;
		beforeAll(async () => {
			const { scene } = stage();
			const { api } = scene.n8n;
			const { id: login = '' } = scene.credentials.erpPipedriveApi ?? {};
			await api.updateCredential(login, { ...pipedriveToken(scene.crm), auditSecret: SECRET });
			const officer = await api.createCredential('httpBasicAuth', LOGIN, 'Form');
			workflowId = await importFile(scene, 'erase-person.json', {}, (node) => {
				// The list of node types names the credentials of the form's first version only.
				if (node.name === 'Whom') node.credentials = { httpBasicAuth: officer };
			});
			await api.publish(workflowId);
			const [person] = scene.crm
				.records('persons')
				.filter((row) => (row.emails as Array<{ value: string }>).length > 0);
			if (!person) throw new Error('No contact person has an e-mail.');
			id = person.id;
			name = String(person.name);
			email = (person.emails as Array<{ value: string }>)[0]?.value ?? '';
			externalId = erpIdOf(person);
			const company = scene.crm.records('organizations').find((row) => row.id === person.org_id);
			companyKey = erpIdOf(company).split(':').at(-1)?.replace(/^0+/, '') ?? '';
			// A company that waits with this person among its contacts.
			const record = {
				erp: { externalId: 'x' },
				persons: [{ externalId, name, email }, { name: 'Other' }],
			};
			await tables().insert(SET_ASIDE, [
				{
					externalId: 'x',
					status: 'open',
					reason: `Contact person ${name}: no`,
					payload: JSON.stringify(record),
				},
			]);
		});

		const tables = () => stage().scene.n8n.api.tables;
		const runs = async () => await stage().scene.n8n.api.executions(workflowId);
		const persons = () =>
			stage()
				.scene.crm.records('persons')
				.filter((row) => !row.is_deleted);
		const everything = async () =>
			JSON.stringify(
				await Promise.all(
					[AUDIT, SET_ASIDE, KNOWN_IDS, SUPPRESSED].map((table) => tables().rows(table)),
				),
			);

		/** Sends the form as a browser does and gives what the page then shows. */
		async function submit(act: 'Only show who is found' | 'Erase', login = LOGIN): Promise<string> {
			const { baseUrl } = stage().scene.n8n.api;
			const form = new FormData();
			['External ID', externalId, 'Deleting', act].forEach((value, at) =>
				form.set(`field-${at}`, value),
			);
			const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64');
			const headers = { authorization: `Basic ${basic}` };
			const answer = await fetch(`${baseUrl}/form/erp-erase-person`, {
				method: 'POST',
				headers,
				body: form,
			});
			if (!answer.ok) return `HTTP ${answer.status}`;
			return ((await answer.json()) as { formSubmittedText: string }).formSubmittedText;
		}

		it('lets nobody in who has no login', async () => {
			expect(await submit('Erase', { user: 'x', password: 'y' })).toMatch(/HTTP 40[13]/);
			expect(persons().map((row) => row.id)).toContain(id);
		});

		it('shows who is found and changes nothing before "Erase" is chosen', async () => {
			const before = await everything();
			expect(await submit('Only show who is found')).toContain(externalId);
			expect(persons().map((row) => row.id)).toContain(id);
			expect(await everything()).toBe(before);
		});

		it('removes the person from Pipedrive and from every table; the audit chain holds', async () => {
			const others = persons().length - 1;
			expect(await everything()).toContain(externalId);
			expect(await submit('Erase')).toContain('deleted in Pipedrive');
			expect(persons()).toHaveLength(others);
			expect(persons().map((row) => row.id)).not.toContain(id);
			const left = await everything();
			for (const trace of [externalId, email]) expect(left).not.toContain(trace);
			expect(JSON.stringify(await tables().rows(SET_ASIDE))).not.toContain(name);
			expect(left).toContain('Other');
			// Not those that the alerts' test made up.
			const chained = (await tables().rows(AUDIT)).filter(({ hash }) => hash);
			const verdict = await verdictOn(chained as unknown as Table, { secrets: [] });
			expect(verdict.problems).toEqual([]);
			expect(verdict.runs).toBeGreaterThan(3);
		});

		it('is remembered by hashes alone, and leaves no execution behind', async () => {
			const rows = await tables().rows(SUPPRESSED);
			expect(rows.length).toBeGreaterThan(0);
			for (const row of rows) expect(row.hash).toMatch(/^[0-9a-f]{64}$/);
			const ended = await runs();
			expect(ended.filter(({ status }) => status === 'error')).toEqual([]);
		});

		it('does not come back when its company changes in the ERP', async () => {
			const { scene, syncId } = stage();
			const before = persons().length;
			scene.erp.store.changeAddress(companyKey, { StreetName: 'Vergessene Allee' }, { bump: true });
			await scene.n8n.api.pollAgain(syncId);
			await waitFor('the new address', 60_000, () =>
				JSON.stringify(scene.crm.records('organizations')).includes('Vergessene Allee'),
			);
			expect(persons()).toHaveLength(before);
			expect(await everything()).not.toContain(externalId);
		});
	});
}

function erpIdOf(row: object | undefined): string {
	return /s4hana:[^"\\]+/.exec(JSON.stringify(row))?.[0] ?? '';
}
