import { ENTITIES, KINDS } from '../../nodes/Pipedrive/entities';
import { DEFAULT_MAP } from '../../nodes/Pipedrive/fieldMap';
import { itemsOf } from '../n8n-host/api.mts';
import { Editor } from '../n8n-host/browser.mts';
import { findChromium } from '../n8n-host/chromium.mts';
import { openedList, optionsOf, readPanel, type PanelFacts } from '../n8n-host/panel.mts';
import { openScene, packageName, partnersTemplate, type Scene } from '../n8n-host/scene.mts';
import { readTemplate, type CredentialReference } from '../n8n-host/template.mts';
import type { RunningErp } from '../sandbox/erp.mts';
import { erpNamed } from '../sandbox/erps.mts';

jest.setTimeout(240_000);

const chromium = findChromium();
const inBrowser = chromium ? it : it.skip;

/** What a fresh action node asks a person for. Everything else has a default that makes sense. */
const ASKED: Record<string, string[]> = {
	sage300: ['number'],
	sapBusinessOne: ['key'],
	sapEcc: ['number'],
	sapS4Hana: ['number'],
	syspro: ['number'],
};

const B1_NODES = ['sapBusinessOne', 'sapBusinessOneTrigger', 'sapBusinessOneEventTrigger'];
const SAGE_NODES = ['sage300', 'sage300Trigger'];
const GATEWAY = { servicePath: '/sap/opu/odata/sap/ZCUSTOMER_SRV' };
const GATEWAY_SET = { ...GATEWAY, entitySet: { __rl: true, mode: 'list', value: 'CustomerSet' } };
const OUTCOME = ['whenSetAside', 'dryRun', 'knownIds'];
const HOST = ['externalId', 'hostEntity', 'hostId'];
const TASK = ['subject', 'activityType', 'dueDate', 'dueTime', 'isDone', 'assignedTo'];

/** Every resource and operation of Pipedrive Upsert, and what its panel shows below them. */
const SHOWN: Array<[resource: string, operation: string, parameters: string[]]> = [
	['activity', 'upsert', [...HOST, ...TASK, 'content', ...OUTCOME]],
	['budget', 'get', []],
	['deal', 'upsert', ['externalId', 'link', 'hostExternalId', 'lines', ...OUTCOME]],
	['deal', 'get', ['dealId']],
	['deal', 'getMany', ['dealStatus', 'changedSince']],
	['deal', 'updateById', ['dealId']],
	[
		'erpRecord',
		'upsert',
		['record', 'whenSetAside', 'dryRun', 'fieldMaps', 'knownIds', 'suppressionList'],
	],
	['erpRecord', 'estimate', ['record', 'fieldMaps', 'knownIds', 'suppressionList']],
	['field', 'ensure', ['fieldsToEnsure', 'ensureFor', 'dryRun']],
	['note', 'upsert', [...HOST, 'content', ...OUTCOME]],
	['organization', 'upsert', ['externalId', 'link', ...OUTCOME]],
	['person', 'upsert', ['externalId', 'link', 'hostExternalId', ...OUTCOME, 'suppressionList']],
	['person', 'erase', ['findBy', 'externalId', 'eraseBy', 'dryRun', 'knownIds']],
	['product', 'upsert', ['externalId', 'link', ...OUTCOME]],
	['webhook', 'checkWebhook', ['webhookAddress']],
];

/** What the option list offers where it is short, and what it must not offer where it is long. */
const OFFERED: Record<string, string[]> = {
	'activity upsert': ['External ID Field', 'Search Each Record Above', 'Used Elsewhere Today'],
	'budget get': ['Used Elsewhere Today'],
	'person erase': ['External ID Field', 'Used Elsewhere Today'],
};

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
		['SAP S/4HANA Trigger', ['Credential', 'Trigger On', 'Start From', 'Output']],
		['Pipedrive Upsert', ['Resource', 'Operation', 'When Records Are Set Aside', 'Dry Run']],
	])('the panel of %s opens and shows its settings', async (node, labels) => {
		await editor?.openWorkflow(workflowId);
		const panel = await editor?.openPanel(node);
		const text = (await panel?.innerText()) ?? '';
		await editor?.screenshot(node.replace(/\W+/g, '-').toLowerCase());
		for (const label of labels) expect(text).toContain(label);
		await editor?.closePanel();
	});

	describe('every node of the package', () => {
		const unreadable = /\[object|undefined|NaN|not supported/;
		let fresh: string[];
		let panelsId: string;
		const openAndRead = async (node: string): Promise<PanelFacts> => {
			const panel = await editor!.openPanel(node);
			return await readPanel(panel);
		};
		beforeAll(async () => {
			const types = await scene.n8n.api.nodeTypes(`${packageName}.`);
			fresh = types
				.map((type) => type.slice(packageName.length + 1))
				.filter((name) => !name.endsWith('Tool'));
			const { credentials } = scene;
			const upserts = SHOWN.map(([resource, operation]) => ({
				...nodeOf('pipedriveUpsert', `${resource} ${operation}`, { resource, operation }),
				credentials,
			}));
			const loose = { resource: 'erpRecord', operation: 'upsert', whenSetAside: 'output' };
			upserts.push({ ...nodeOf('pipedriveUpsert', 'erpRecord set aside', loose), credentials });
			const nodes = [...fresh.map((name) => nodeOf(name, name, {})), ...upserts].map(inRows);
			panelsId = await scene.n8n.api.createWorkflow({ name: 'Panels', nodes, connections: {} });
			if (editor) await editor.openWorkflow(panelsId);
		});

		inBrowser(
			'opens fresh with all it needs but a credential and the name of a record',
			async () => {
				const seen: Record<string, string[]> = {};
				for (const name of fresh) {
					const { text, marked, credentials } = await openAndRead(name);
					expect(`${name}: ${text}`).not.toMatch(unreadable);
					expect(credentials.length).toBeGreaterThan(0);
					seen[name] = marked;
					await editor?.closePanel();
				}
				expect(fresh.length).toBeGreaterThanOrEqual(12);
				expect(seen).toEqual(Object.fromEntries(fresh.map((name) => [name, ASKED[name] ?? []])));
			},
		);

		inBrowser('Pipedrive Upsert tells what an unconnected Set Aside output does', async () => {
			await editor!.openPanel('erpRecord set aside');
			const hints = editor!.page.getByTestId('run-data-hints');
			await hints.getByText('If nothing is connected there').first().waitFor();
			await editor!.screenshot('hint-set-aside');
			await editor!.closePanel();
		});

		inBrowser('tells on the canvas in words what it does', async () => {
			await editor?.page.getByTestId('zoom-to-fit').click();
			const nodes = editor!.page.getByTestId('canvas-node');
			const texts = await nodes.evaluateAll((all) => all.map((one) => one.textContent ?? ''));
			const raw = texts.filter((text) => /getAll|undefined|: [a-z]|Trigger[a-z]/.test(text));
			expect(texts.length).toBeGreaterThan(20);
			expect(raw).toEqual([]);
		});

		inBrowser('Pipedrive Upsert shows no field and no option of another operation', async () => {
			const seen: typeof SHOWN = [];
			for (const [resource, operation] of SHOWN) {
				const name = `${resource} ${operation}`;
				const { text, parameters } = await openAndRead(name);
				expect(`${name}: ${text}`).not.toMatch(unreadable);
				seen.push([resource, operation, parameters.slice(2)]);
				if (OFFERED[name]) {
					const options = await optionsOf(editor!.page.getByTestId('ndv'));
					expect([name, options]).toEqual([name, [OFFERED[name]]]);
					await editor?.page.getByTestId('ndv-close-button').first().click();
				} else await editor?.closePanel();
			}
			expect(seen).toEqual(SHOWN);
		});
	});

	it.each([
		['pipedriveUpsert', 'getDealPipelines', ['First Pipeline', 'Pipeline']],
		['pipedriveUpsert', 'getStages', ['Stay Where It Is']],
		['pipedriveUpsert', 'getUsers', ['User of the Credential']],
		['pipedriveEventTrigger', 'getPipelines', ['Pipeline']],
	])('%s lists by name: %s', async (node, method, names) => {
		const options = await scene.n8n.api.dynamicOptions({
			nodeType: `${packageName}.${node}`,
			parameter: 'options',
			method,
			parameters: { authentication: 'apiToken', resource: 'erpRecord' },
			credentials: scene.credentials,
		});
		expect(options.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
		expect(options.filter(({ name }) => /^\d*$/.test(name))).toEqual([]);
	});

	it('what a workflow holds already stays a choice of the list', async () => {
		const options = await scene.n8n.api.dynamicOptions({
			nodeType: `${packageName}.pipedriveUpsert`,
			parameter: 'options.defaultOwner',
			method: 'getUsers',
			parameters: { authentication: 'apiToken', options: { defaultOwner: 'left@example.com' } },
			credentials: scene.credentials,
		});
		expect(options).toContainEqual({ name: 'left@example.com', value: 'left@example.com' });
	});

	it('the trigger of SAP S/4HANA lists the entity sets of a service by name', async () => {
		const { results } = await scene.n8n.api.listSearch({
			nodeType: `${packageName}.sapS4HanaTrigger`,
			parameter: 'entitySet',
			method: 'searchEntitySets',
			parameters: {
				authentication: 'oAuth2',
				servicePath: '/sap/opu/odata/sap/API_BUSINESS_PARTNER',
				odataVersion: 'V2',
			},
			credentials: scene.credentials,
		});
		expect(results.map(({ name }) => name)).toContain('A_BusinessPartner');
	});

	it('and the fields of an entity set with their types', async () => {
		const { results } = await scene.n8n.api.listSearch({
			nodeType: `${packageName}.sapS4HanaTrigger`,
			parameter: 'changeField',
			method: 'searchChangeFields',
			parameters: {
				authentication: 'oAuth2',
				servicePath: '/sap/opu/odata/sap/API_BUSINESS_PARTNER',
				odataVersion: 'V2',
				entitySet: { __rl: true, mode: 'list', value: 'A_BusinessPartner' },
			},
			credentials: scene.credentials,
		});
		expect(results).toContainEqual({
			name: 'LastChangeDate (Edm.DateTime)',
			value: 'LastChangeDate',
		});
	});

	describe('the ERPs list by name', () => {
		const systems: RunningErp[] = [];
		const credentials: Record<string, CredentialReference> = {};
		const request = (node: string, parameter: string, method: string, parameters: object) => ({
			nodeType: `${packageName}.${node}`,
			...{ parameter, method, credentials },
			parameters: parameters as Record<string, unknown>,
		});
		beforeAll(async () => {
			for (const erp of ['b1', 'ecc', 'sage300'].map(erpNamed)) {
				const system = await erp.start({ count: 3 });
				systems.push(system);
				const { credentialType } = erp;
				const login = await scene.n8n.api.createCredential(credentialType, system.credential);
				credentials[credentialType] = login;
			}
		});
		afterAll(async () => {
			for (const system of systems) await system.close();
		});

		it.each([
			['sapBusinessOne', 'entitySet', 'searchEntitySets', {}, 'PriceLists'],
			['sapEcc', 'entitySet', 'searchEntitySets', GATEWAY, 'CustomerSet'],
			['sapEccTrigger', 'entitySet', 'searchEntitySets', GATEWAY, 'CustomerSet'],
			['sapEccTrigger', 'changeField', 'searchChangeFields', GATEWAY_SET, 'Udate (Edm.DateTime)'],
			['sapEcc', 'table', 'searchTables', {}, 'KNVV'],
			['sapEcc', 'functionName', 'searchFunctions', {}, 'BAPI_CUSTOMER_GETDETAIL2'],
			['sage300', 'endpoint', 'searchEndpoints', { module: 'AR' }, 'ARCustomers'],
		])('%s: %s by %s', async (node, parameter, method, parameters, expected) => {
			const asked = request(node, parameter, method, parameters);
			const { results } = await scene.n8n.api.listSearch(asked);
			expect(results).toContainEqual({ name: expected, value: expected.split(' ')[0] });
		});

		it.each([
			[B1_NODES, 'filters.groupIds', 'getGroups', 'Customers (100)'],
			[B1_NODES, 'values.priceList', 'getPriceLists', 'Base (1)'],
			[B1_NODES, 'values.warehouseIds', 'getWarehouses', 'Main Warehouse (01)'],
			[SAGE_NODES, 'filters.groupIds', 'getCustomerGroups', 'Wholesale (WHL)'],
		])('%j: %s by %s', async (nodes, parameter, method, expected) => {
			for (const node of nodes) {
				const asked = request(node, parameter, method, {});
				const options = await scene.n8n.api.dynamicOptions(asked);
				expect(options.map(({ name }) => name)).toContain(expected);
			}
		});

		it('and a name runs as it stands: chosen, typed before there was a list, bound', async () => {
			const listed = (value: string) => ({ __rl: true, mode: 'list', value });
			const b1 = { resource: 'entitySet', operation: 'getAll', fields: 'WarehouseCode' };
			const sage = { resource: 'endpoint', operation: 'getAll', fields: 'GroupCode' };
			const ecc = { resource: 'table', tableFields: 'KUNNR', limit: 3 };
			const chain = [
				nodeOf('sapBusinessOne', 'B1 Chosen', { ...b1, entitySet: listed('Warehouses') }),
				nodeOf('sapBusinessOne', 'B1 Before', { ...b1, entitySet: 'Warehouses' }),
				nodeOf('sapBusinessOne', 'B1 Bound', { ...b1, entitySet: '={{ "Warehouses" }}' }),
				nodeOf('sage300', 'Sage Chosen', { ...sage, endpoint: listed('ARCustomerGroups') }),
				nodeOf('sage300', 'Sage Before', { ...sage, endpoint: 'ARCustomerGroups' }),
				nodeOf('sapEcc', 'ECC Chosen', { ...ecc, table: listed('KNA1') }),
				nodeOf('sapEcc', 'ECC Before', { ...ecc, table: 'KNA1' }),
			].map((node) => ({ ...node, credentials, executeOnce: true }));
			const start = { ...nodeOf('', 'Start', {}), type: 'n8n-nodes-base.manualTrigger' };
			const nodes = [start, ...chain].map(inRows);
			const connections = Object.fromEntries(
				nodes.slice(1).map(({ name }, at) => {
					return [nodes[at].name, { main: [[{ node: name, type: 'main', index: 0 }]] }];
				}),
			);
			const { api } = scene.n8n;
			const id = await api.createWorkflow({ name: 'Names', nodes, connections });
			const execution = await api.ended(await api.runManually(id, 'Start'));
			expect(execution.status).toBe('success');
			const counts = chain.map(({ name }) => [name, itemsOf(execution, name).length]);
			expect(counts).toEqual(chain.map(({ name }) => [name, name.startsWith('ECC') ? 3 : 2]));
		});

		inBrowser('in the panel, where a name from before there was a list still stands', async () => {
			const entitySet = { resource: 'entitySet', operation: 'getAll', fields: 'Code' };
			const [path, date] = ['/sap/opu/odata/sap/ZCUSTOMER_SRV', { changeField: 'Udate' }];
			const nodes = [
				nodeOf('sapBusinessOne', 'List', entitySet),
				nodeOf('sapBusinessOne', 'Before', { ...entitySet, entitySet: 'PriceLists' }),
				nodeOf('sapBusinessOneTrigger', 'Groups', {
					filters: { groups: '100', groupIds: ['102'] },
				}),
				nodeOf('sapEccTrigger', 'No Path', { ...date, entity: 'entitySet', keyFields: 'Kunnr' }),
				nodeOf('sapEccTrigger', 'Field', { ...GATEWAY_SET, entity: 'entitySet' }),
				nodeOf('sapEcc', 'Wrong Path', { ...entitySet, servicePath: `${path}X` }),
			].map((node, at) => inRows({ ...node, credentials }, at));
			const id = await scene.n8n.api.createWorkflow({ name: 'Lists', nodes, connections: {} });
			await editor!.openWorkflow(id);

			const list = await editor!.openPanel('List');
			expect((await readPanel(list)).marked).toEqual(['entitySet']);
			expect(await openedList(list)).toContain('BusinessPartnerGroups');
			await editor!.screenshot('list-of-entity-sets');
			await list.getByText('PriceLists', { exact: true }).click();
			expect((await readPanel(list)).marked).toEqual([]);
			await editor!.closePanel();

			const before = await editor!.openPanel('Before');
			expect((await readPanel(before)).marked).toEqual([]);
			expect(await before.getByTestId('rlc-input').inputValue()).toBe('PriceLists');
			await editor!.closePanel();

			const groups = await editor!.openPanel('Groups');
			await groups.getByText('Vendors (102)').waitFor();
			expect((await readPanel(groups)).marked).toEqual([]);
			const typed = groups.getByTestId('parameter-input-groups').locator('input, textarea');
			expect(await typed.first().inputValue()).toBe('100');
			await editor!.screenshot('list-of-groups');
			await editor!.closePanel();

			expect(await openedList(await editor!.openPanel('No Path'))).toContain(
				'"Service Path" is empty. Enter it first',
			);
			await editor!.page.getByTestId('ndv-close-button').first().click();
			const field = await editor!.openPanel('Field');
			expect(await openedList(field, 'changeField')).toContain('Udate (Edm.DateTime)');
			await editor!.screenshot('list-of-fields');
			await field.getByText('Udate (Edm.DateTime)').click();
			expect((await readPanel(field)).marked).toEqual(['keyFields']);
			await editor!.closePanel();

			const refused = await openedList(await editor!.openPanel('Wrong Path'));
			expect(refused).toContain('There is no active OData service at this path in SAP ECC');
			expect(refused).toContain('Check "Service Path"');
			await editor!.screenshot('list-refused');
			await editor!.page.getByTestId('ndv-close-button').first().click();
		});
	});

	it.each(ENTITIES)(
		'every field of the default map of a %s is a choice in its list',
		async (entity) => {
			const { label } = KINDS[entity];
			const options = await scene.n8n.api.dynamicOptions({
				nodeType: `${packageName}.pipedriveUpsert`,
				parameter: `${entity}Map.rows[0].pipedriveField`,
				method: `get${label}Fields`,
				parameters: { authentication: 'apiToken', resource: 'erpRecord' },
				credentials: scene.credentials,
			});
			const values = options.map(({ value }) => value);
			const mapped = DEFAULT_MAP[entity].map(({ pipedriveField }) => pipedriveField);
			expect(mapped.filter((name) => !values.includes(name))).toEqual([]);
		},
	);

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

type PanelNode = Record<string, unknown> & { name: string };

function nodeOf(type: string, name: string, parameters: Record<string, unknown>): PanelNode {
	return { id: name, name, type: `${packageName}.${type}`, typeVersion: 1, parameters };
}

function inRows(node: PanelNode, at: number): PanelNode {
	return { ...node, position: [(at % 7) * 260, Math.floor(at / 7) * 220] };
}
