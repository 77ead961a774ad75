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
		const tables = () => stage().n8n.api.tables;
		const companies = () => stage().crm.records('organizations');
		const load = async (parameters: Record<string, Item> = {}) => {
			const workflowId = await importFile(stage(), 'initial-load.json', parameters);
			const execution = await runOnce(stage(), workflowId, 'Start Here');
			expect(execution.data.resultData.error).toBeUndefined();
			return itemsOf(execution, 'Totals').at(-1) ?? {};
		};

		it('shows every record with what would come of it and what it costs, and writes nothing', async () => {
			const before = companies().length;
			totals = await load();
			const expected = expectedFrom(stage().erp.store).companies.length;
			const review = await tables().rows(REVIEW);
			expect(review.filter(({ outcome }) => outcome === 'created')).toHaveLength(expected);
			expect(review.filter(({ outcome }) => outcome === 'setAside')).toHaveLength(1);
			expect(totals).toMatchObject({ isLoad: false, created: expected, setAside: 1 });
			expect(totals.tokens).toBeGreaterThanOrEqual(5 * expected);
			expect(companies()).toHaveLength(before);
			for (const table of [AUDIT, SET_ASIDE, KNOWN_IDS])
				expect(await tables().count(table)).toBe(0);
		});

		it('loads after "go" what the person did not skip, for the tokens that it said', async () => {
			const [nameless] = (await tables().rows(REVIEW)).filter(
				({ outcome }) => outcome === 'setAside',
			);
			await tables().edit(REVIEW, nameless?.id, { decision: 'skip' });
			const loaded = await load({ Go: GO });
			expect(loaded).toMatchObject({ isLoad: true, created: totals.created, setAside: 0 });
			expect(loaded.tokens).toBe(totals.tokens);
			expect(differences(expectedFrom(stage().erp.store), stage().crm)).toEqual([]);
			expect(await tables().count(SET_ASIDE)).toBe(0);
			expect(await tables().count(KNOWN_IDS)).toBeGreaterThan(0);
			expect((await tables().rows(AUDIT)).filter(({ action }) => action === 'created').length).toBe(
				stage().crm.records('persons').length + companies().length,
			);
		});
	});
}
