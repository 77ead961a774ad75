import { Editor } from '../n8n-host/browser.mts';
import { findChromium } from '../n8n-host/chromium.mts';
import { openScene, packageName, partnersTemplate, type Scene } from '../n8n-host/scene.mts';
import { readTemplate } from '../n8n-host/template.mts';

jest.setTimeout(240_000);

const chromium = findChromium();
const inBrowser = chromium ? it : it.skip;

describe('in the editor', () => {
	let scene: Scene;
	let editor: Editor | undefined;
	let workflowId: string;
	beforeAll(async () => {
		scene = await openScene({ partners: 5 });
		workflowId = await scene.importPartners();
		if (chromium) editor = await Editor.open(scene.n8n, chromium);
	});
	afterAll(async () => {
		await editor?.close();
		await scene?.close();
	});

	inBrowser('the template shows all its nodes, none unknown', async () => {
		await editor?.openWorkflow(workflowId);
		await editor?.screenshot('template');
		expect(await editor?.unknownNodes()).toEqual([]);
		const names = readTemplate(partnersTemplate)
			.nodes.filter((node) => node.type !== 'n8n-nodes-base.stickyNote')
			.map((node) => node.name);
		expect((await editor?.nodeNames())?.sort()).toEqual(names.sort());
	});

	inBrowser.each([
		['SAP S/4HANA Trigger', ['Credential', 'Entity', 'Start From', 'Output']],
		['Pipedrive Upsert', ['Resource', 'Operation', 'When Records Are Set Aside', 'Dry Run']],
	])('the panel of %s opens and shows its settings', async (node, labels) => {
		await editor?.openWorkflow(workflowId);
		const panel = await editor?.openPanel(node);
		const text = (await panel?.innerText()) ?? '';
		await editor?.screenshot(node.replace(/\W+/g, '-').toLowerCase());
		for (const label of labels) expect(text).toContain(label);
		await editor?.closePanel();
	});

	it('Pipedrive Upsert offers the fields of the company by name', async () => {
		const options = await scene.n8n.api.dynamicOptions({
			nodeType: `${packageName}.pipedriveUpsert`,
			parameter: 'organizationMap.rows[0].pipedriveField',
			method: 'getOrganizationFields',
			parameters: { authentication: 'apiToken', resource: 'erpRecord' },
			credentials: scene.credentials,
		});
		const names = options.map((option) => option.name);
		expect(names).toEqual(expect.arrayContaining(['Name', 'Website']));
		expect(names.filter((name) => /^ERP ID/.test(name))).toHaveLength(1);
	});

	it('the columns of Pipedrive Upsert are the fields of the company by name', async () => {
		const { fields } = await scene.n8n.api.mapperFields({
			nodeType: `${packageName}.pipedriveUpsert`,
			parameter: 'columns',
			method: 'getColumns',
			parameters: { authentication: 'apiToken', resource: 'organization', operation: 'upsert' },
			credentials: scene.credentials,
		});
		expect(fields.map((field) => field.displayName)).toEqual(
			expect.arrayContaining(['Name', 'Website']),
		);
		expect(fields.filter((field) => field.required).map((field) => field.displayName)).toEqual([
			'Name',
		]);
	});
});
