import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startB1Sandbox } from '../sandbox/b1/server.mts';
import { seedCompany } from '../sandbox/b1/seed.mts';
import { startEccSandbox } from '../sandbox/ecc/server.mts';
import { seedEcc } from '../sandbox/ecc/seed.mts';
import { startSage300Sandbox } from '../sandbox/sage300/server.mts';
import { seedCustomers } from '../sandbox/sage300/seed.mts';
import { startSysproSandbox } from '../sandbox/syspro/server.mts';
import { seedSyspro } from '../sandbox/syspro/seed.mts';
import { repoRoot } from '../n8n-host/paths.mts';
import { openScene, type Scene } from '../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';

jest.setTimeout(300_000);

const folder = join(repoRoot, 'workflows');
const templates = readdirSync(folder).filter((file) => file.endsWith('.json'));

/** Another ERP as its template needs it: a system with customers and the login a person would type. */
interface Source {
	template: string;
	credentialType: string;
	open(): Promise<{ credential: Record<string, unknown>; close(): Promise<void> }>;
}

const sources: Source[] = [
	{
		template: 'b1-business-partners.json',
		credentialType: 'erpSapBusinessOneApi',
		async open() {
			const { url, store, sessions, close } = await startB1Sandbox();
			seedCompany(store, 25);
			const { companyDb, user, password } = sessions.options;
			return { credential: { baseUrl: url, companyDb, user, password }, close };
		},
	},
	{
		template: 'ecc-customers.json',
		credentialType: 'erpSapEccApi',
		async open() {
			const { url, store, login, close } = await startEccSandbox();
			seedEcc(store, { count: 25 });
			return { credential: { baseUrl: url, access: 'soap', ...login }, close };
		},
	},
	{
		template: 'sage300-customers.json',
		credentialType: 'erpSage300Api',
		async open() {
			const { apiUrl, company, user, password, store, close } = await startSage300Sandbox();
			seedCustomers(store, { count: 25 });
			return { credential: { baseUrl: apiUrl, company, user, password }, close };
		},
	},
	{
		template: 'syspro-customers.json',
		credentialType: 'erpSysproRestApi',
		async open() {
			const { restUrl, login, store, close } = await startSysproSandbox();
			seedSyspro(store, { count: 25, now: Date.now() });
			const { operator, password, company, companyPassword } = login;
			const credential = {
				operator,
				operatorPassword: password,
				companyId: company,
				companyPassword,
			};
			return { credential: { baseUrl: restUrl, ...credential }, close };
		},
	},
];

describe('the templates of all ERPs, in the real n8n', () => {
	let scene: Scene;
	const opened: Array<() => Promise<void>> = [];
	beforeAll(async () => {
		scene = await openScene({ pipedrive: { plan: 'ultimate' } });
	});
	afterAll(async () => {
		await scene?.close();
		for (const close of opened) await close();
	});

	it.each(templates)('%s holds only nodes that n8n knows', async (file) => {
		const known = new Set(await scene.n8n.api.nodeTypes(''));
		const types = readTemplate(join(folder, file)).nodes.map((node) => String(node.type));
		expect(types.filter((type) => !known.has(type))).toEqual([]);
	});

	it.each(sources)(
		'$template brings its customers to Pipedrive, each once, and nothing twice',
		async (source) => {
			const { credential, close } = await source.open();
			opened.push(close);
			const { api } = scene.n8n;
			const reference = await api.createCredential(
				source.credentialType,
				credential,
				`${source.template} login`,
			);
			const workflowId = await importTemplate(api, readTemplate(join(folder, source.template)), {
				credentials: { ...scene.credentials, [source.credentialType]: reference },
				settings: { saveDataSuccessExecution: 'all' },
			});
			const before = scene.crm.records('organizations').length;
			await api.publish(workflowId);
			const organizations = () => scene.crm.records('organizations').slice(before);
			const ended = async () =>
				(await api.executions(workflowId)).filter(({ status }) => status === 'success').length;
			await waitFor('the first run', 120_000, async () => (await ended()) > 0);
			await waitFor('customers in Pipedrive', 60_000, () => organizations().length >= 15);
			const written = organizations().length;
			const requests = scene.crm.log.totals().requests;
			await api.pollAgain(workflowId);
			expect(organizations()).toHaveLength(written);
			const ids = organizations().map((row) => JSON.stringify(row.custom_fields));
			expect(new Set(ids).size).toBe(written);
			expect(scene.crm.log.totals().refused429).toBe(0);
			expect(requests).toBeGreaterThan(written);
			await api.unpublish(workflowId);
		},
	);
});
