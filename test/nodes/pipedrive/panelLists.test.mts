/** Lists of Pipedrive in the panel: it shows the message of a refusal and nothing else of it. */
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { PipedriveEventTrigger } from '../../../nodes/Pipedrive/PipedriveEventTrigger.node';
import { PipedriveUpsert } from '../../../nodes/Pipedrive/PipedriveUpsert.node';
import { panelContext, refusalOf } from '../../fakes/panelContext.mts';
import { startPipedriveSandbox, type PipedriveSandbox } from '../../sandbox/pipedrive/server.mts';

let sandbox: PipedriveSandbox;
beforeEach(async () => {
	sandbox = await startPipedriveSandbox();
});
afterEach(async () => await sandbox.close());

const { loadOptions, resourceMapping } = new PipedriveUpsert().methods;
type List = (this: ILoadOptionsFunctions) => Promise<unknown>;
const LISTS = {
	...loadOptions,
	getColumns: resourceMapping.getColumns,
	ofEventTrigger: new PipedriveEventTrigger().methods.loadOptions.getPipelines,
};
const panel = (apiToken: string, parameters = {}) =>
	panelContext(
		{ apiToken, apiBaseUrl: sandbox.url },
		{ authentication: 'apiToken', ...parameters },
	);

describe('a list of Pipedrive', () => {
	it.each<[string, List]>(Object.entries(LISTS))(
		'that is refused says what to do: %s',
		async (_, list) => {
			const refusal = await refusalOf(list.call(panel('wrong')));
			expect(refusal).toContain('Paste a valid API token into the Pipedrive credential');
		},
	);

	it('keeps its own order and what the workflow holds', async () => {
		const stages = await loadOptions.getStages.call(
			panel(sandbox.token, { options: { dealStages: { rows: [{ stage: 'Gone' }] } } }),
		);
		const names = stages.map(({ name }) => name);
		expect(names[0]).toBe('Stay Where It Is');
		expect(names.at(-1)).toBe('Gone');
		expect(names.slice(1, 3)).toEqual(['Pipeline / Qualified', 'Pipeline / Contact Made']);
	});

	it('of the event trigger keeps what the workflow holds, too', async () => {
		const pipelines = await LISTS.ofEventTrigger.call(panel(sandbox.token, { pipelines: [99] }));
		expect(pipelines.map(({ value }) => value)).toContain(99);
		expect(pipelines.length).toBeGreaterThan(1);
	});
});
