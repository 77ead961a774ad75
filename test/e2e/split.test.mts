import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startN8n, type RunningN8n } from '../n8n-host/n8n.mts';
import { pipedriveToken, s4hanaBasic } from '../n8n-host/scene.mts';
import { importTemplate, readTemplate } from '../n8n-host/template.mts';
import { waitFor } from '../n8n-host/waitFor.mts';
import { makePackage } from '../package/make.mts';
import { SYSTEM_PACKAGES, WHOLE_PACKAGE } from '../package/systems.mts';
import { startPipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import { differences } from '../demo/compare.mts';
import { expectedFrom } from '../sandbox/s4hana/expected.mts';
import { startS4HanaSandbox } from '../sandbox/s4hana/server.mts';
import { seedBusinessPartners } from '../sandbox/seed.mts';

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'erp-pipedrive-split-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const names = SYSTEM_PACKAGES.map(({ name }) => name);
const tarballs: string[] = [];

it.each(SYSTEM_PACKAGES)('$name passes n8n’s lint, builds and packs', (system) => {
	tarballs.push(makePackage(system, folder));
	expect(tarballs[tarballs.length - 1]).toContain(system.name);
});

describe('an empty n8n with the single packages', () => {
	let n8n: RunningN8n;
	const ends: Array<() => Promise<void>> = [];
	beforeAll(async () => {
		n8n = await startN8n({ packages: tarballs });
		ends.push(() => n8n.stop());
	});
	afterAll(async () => {
		for (const end of ends.reverse()) await end();
	});

	it('has the nodes of each under its own name, and none of the whole package', async () => {
		const types = await n8n.api.nodeTypes('n8n-nodes-erp-');
		const brought = (name: string) => types.filter((type) => type.startsWith(`${name}.`)).length;
		expect(names.filter((name) => brought(name) < 2)).toEqual([]);
		expect(brought(WHOLE_PACKAGE)).toBe(0);
	});

	it('knows every node of their templates', async () => {
		const known = new Set(await n8n.api.nodeTypes(''));
		const templates = names.flatMap((name) => templatesOf(name));
		expect(templates.length).toBeGreaterThan(5);
		const unknown = templates.flatMap((file) =>
			readTemplate(file)
				.nodes.map((node) => String(node.type))
				.filter((type) => !known.has(type)),
		);
		expect(unknown).toEqual([]);
	});

	it('brings the business partners of S/4HANA to Pipedrive with two of them', async () => {
		const erp = await startS4HanaSandbox();
		ends.push(() => erp.close());
		const crm = await startPipedriveSandbox({ plan: 'growth', seats: 5 });
		ends.push(() => crm.close());
		seedBusinessPartners(erp.store, { count: 20 });
		const { api } = n8n;
		const credentials = {
			erpSapS4HanaBasicApi: await api.createCredential(
				'erpSapS4HanaBasicApi',
				s4hanaBasic(erp),
				'SAP S/4HANA sandbox',
			),
			erpPipedriveApi: await api.createCredential(
				'erpPipedriveApi',
				pipedriveToken(crm),
				'Pipedrive sandbox',
			),
		};
		const file = templatesOf('n8n-nodes-erp-sap-s4hana').find((one) => /partners/.test(one)) ?? '';
		await api.publish(await importTemplate(api, readTemplate(file), { credentials }));
		const wrong = () => differences(expectedFrom(erp.store), crm);
		await waitFor('all companies in Pipedrive', 120_000, () => wrong().length === 0);
	});
});

function templatesOf(name: string): string[] {
	const templates = join(folder, name, 'workflows');
	return readdirSync(templates).map((file) => join(templates, file));
}
