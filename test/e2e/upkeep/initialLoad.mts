import { itemsOf } from '../../n8n-host/api.mts';
import type { Item } from '../../n8n-host/apiTypes.mts';
import type { Scene } from '../../n8n-host/scene.mts';
import { differences } from '../../demo/compare.mts';
import { expectedFrom } from '../../sandbox/s4hana/expected.mts';
import { AUDIT, importFile, KNOWN_IDS, runOnce, SET_ASIDE } from './tables.mts';

const REVIEW = 'erp_review';
const GO = {
	assignments: { assignments: [{ id: 'go', name: 'go', value: true, type: 'boolean' }] },
};

/** In an empty Pipedrive, before any sync. */
export function describeInitialLoad(stage: () => Scene): void {
	describe('initial-load', () => {
		let totals: Item;
		/** A company that is in Pipedrive already, without an address. */
		let possible: ReturnType<typeof expectedFrom>['companies'][number];
		let linkedId: number;
		const tables = () => stage().n8n.api.tables;
		const companies = () => stage().crm.records('organizations');
		const load = async (parameters: Record<string, Item> = {}) => {
			const workflowId = await importFile(stage(), 'initial-load.json', parameters);
			const execution = await runOnce(stage(), workflowId, 'Start Here');
			expect(execution.data.resultData.error).toBeUndefined();
			return itemsOf(execution, 'Totals').at(-1) ?? {};
		};

		it('shows every record with what would come of it and what it costs, and writes nothing', async () => {
			[possible] = expectedFrom(stage().erp.store).companies;
			const { crm } = stage();
			const made = await fetch(`${crm.url}/api/v2/organizations`, {
				method: 'POST',
				headers: { 'x-api-token': crm.token, 'content-type': 'application/json' },
				body: JSON.stringify({ name: possible.name }),
			});
			({ id: linkedId } = ((await made.json()) as { data: { id: number } }).data);
			const before = companies().length;
			totals = await load();
			const expected = expectedFrom(stage().erp.store).companies.length;
			const review = await tables().rows(REVIEW);
			expect(review.filter(({ outcome }) => outcome === 'created')).toHaveLength(expected - 1);
			const aside = review.filter(({ outcome }) => outcome === 'setAside');
			expect(aside.map(({ reasonCode }) => reasonCode).sort()).toEqual([
				'possibleMatch',
				'rejected',
			]);
			expect(totals).toMatchObject({
				isLoad: false,
				created: expected - 1,
				setAside: 2,
				possibleMatches: 1,
			});
			expect(totals.tokens).toBeGreaterThanOrEqual(5 * (expected - 1));
			expect(companies()).toHaveLength(before);
			for (const table of [AUDIT, SET_ASIDE, KNOWN_IDS])
				expect(await tables().count(table)).toBe(0);
		});

		it('loads after "go" what the person did not skip, and links what the person chose', async () => {
			const aside = (await tables().rows(REVIEW)).filter(({ outcome }) => outcome === 'setAside');
			const rowWith = (reasonCode: string) => aside.find((row) => row.reasonCode === reasonCode);
			expect(rowWith('possibleMatch')).toMatchObject({ pipedriveId: String(linkedId) });
			await tables().edit(REVIEW, rowWith('rejected')?.id, { decision: 'skip' });
			await tables().edit(REVIEW, rowWith('possibleMatch')?.id, { decision: 'link' });
			const loaded = await load({ Go: GO });
			expect(loaded).toMatchObject({
				isLoad: true,
				created: totals.created,
				setAside: 0,
				linked: 1,
			});
			expect(companies().filter(({ name }) => name === possible.name)).toMatchObject([
				{ id: linkedId },
			]);
			expect(differences(expectedFrom(stage().erp.store), stage().crm)).toEqual([]);
			expect(await tables().count(SET_ASIDE)).toBe(0);
			expect(await tables().count(KNOWN_IDS)).toBeGreaterThan(0);
			expect((await tables().rows(AUDIT)).filter(({ action }) => action === 'created').length).toBe(
				stage().crm.records('persons').length + companies().length - 1,
			);
		});
	});
}
