import type { Item, WorkflowJson } from '../n8n-host/apiTypes.mts';
import { openScene, partnersTemplate, type Scene } from '../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';

jest.setTimeout(240_000);

const UPSERT = 'Pipedrive Upsert';

/** The template with nothing behind the second output, and the node's own default for that case. */
function withoutSetAside(): WorkflowJson {
	const template = readTemplate(partnersTemplate);
	const connections = template.connections as Record<string, { main: unknown[][] }>;
	connections[UPSERT]?.main.splice(1);
	const upsert = template.nodes.find((node) => node.name === UPSERT);
	delete (upsert?.parameters as Item).whenSetAside;
	return template;
}

describe('a Set Aside output that nobody connected', () => {
	let scene: Scene;
	beforeAll(async () => {
		scene = await openScene({ partners: 45 });
	});
	afterAll(async () => scene?.close());

	it('loses nothing silently: the run fails, names the record, and the others are written', async () => {
		const { api } = scene.n8n;
		const workflowId = await importTemplate(api, withoutSetAside(), {
			credentials: scene.credentials,
			settings: { saveDataSuccessExecution: 'all' },
		});
		await api.publish(workflowId);
		const run = await api.executionEnded(workflowId, 1, 120_000);
		expect(run.status).toBe('error');
		const { error, lastNodeExecuted } = run.data.resultData;
		expect(lastNodeExecuted).toBe(UPSERT);
		expect(`${error?.message} ${error?.description}`).toContain(scene.seeded.special.noName);
		expect(scene.crm.records('organizations').length).toBeGreaterThan(30);
	});
});
