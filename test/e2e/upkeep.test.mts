import { openScene, type Scene } from '../n8n-host/scene.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { describeBudgetAlert } from './upkeep/budgetAlert.mts';
import { describeErase } from './upkeep/erase.mts';
import { describeInitialLoad } from './upkeep/initialLoad.mts';
import { describeRetry } from './upkeep/retry.mts';
import { SET_ASIDE } from './upkeep/tables.mts';

jest.setTimeout(240_000);

/** One n8n life for all templates that look after the tables; each goes on where the one before ended. */
describe('templates that look after the tables, in a real n8n', () => {
	let scene: Scene;
	let syncId: string;
	beforeAll(async () => {
		scene = await openScene({ partners: 45, login: 'basic' });
	});
	afterAll(async () => scene?.close());

	describeInitialLoad(() => scene);

	describe('beside a sync', () => {
		beforeAll(async () => {
			syncId = await scene.importPartners({ everyMinute: false, settings: {} });
			await scene.n8n.api.publish(syncId);
			const { tables } = scene.n8n.api;
			await waitFor('the first sync', 120_000, async () => (await tables.count(SET_ASIDE)) > 0);
		});

		const stage = () => ({ scene, syncId });
		describeRetry(stage);
		describeBudgetAlert(stage);
		describeErase(stage);
	});
});
