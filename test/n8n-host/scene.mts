import { join } from 'node:path';
import { seedBusinessPartners, type SeedSummary } from '../sandbox/seed.mts';
import {
	startPipedriveSandbox,
	type PipedriveOptions,
	type PipedriveSandbox,
} from '../sandbox/pipedrive/server.mts';
import {
	startS4HanaSandbox,
	type S4HanaOptions,
	type S4HanaSandbox,
} from '../sandbox/s4hana/server.mts';
import type { CredentialReference, ImportOptions } from './template.mts';
import { importTemplate, readTemplate } from './template.mts';
import type { N8nApi } from './api.mts';
import { startN8n, type PollEngine, type RunningN8n } from './n8n.mts';
import { packRepository } from './pack.mts';
import { repoRoot } from './paths.mts';

export const packageName = 'n8n-nodes-erp-pipedrive';
export const partnersTemplate = join(repoRoot, 'workflows', 's4hana-business-partners.json');

export interface SceneOptions {
	engine?: PollEngine;
	/** Business partners in the ERP at the start; none by default. */
	partners?: number;
	pipedrive?: PipedriveOptions;
	s4hana?: S4HanaOptions;
	/** How the trigger logs in at the ERP; OAuth2 by default. */
	login?: 'oAuth2' | 'basic';
	say?: (step: string) => void;
}

/** An ERP, a Pipedrive and a real n8n with the package between them. */
export interface Scene {
	erp: S4HanaSandbox;
	crm: PipedriveSandbox;
	n8n: RunningN8n;
	seeded: SeedSummary;
	credentials: Record<string, CredentialReference>;
	/** Imports the business-partner template as a person would; the workflow's id. */
	importPartners(options?: Partial<ImportOptions>): Promise<string>;
	close(): Promise<void>;
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
	const { say = () => undefined } = options;
	const opened: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const end of opened.splice(0).reverse()) await end();
	};
	try {
		say('starting the ERP and the Pipedrive sandbox');
		const erp = await startS4HanaSandbox(options.s4hana);
		opened.push(() => erp.close());
		const crm = await startPipedriveSandbox({ plan: 'growth', seats: 5, ...options.pipedrive });
		opened.push(() => crm.close());
		const seeded = seedBusinessPartners(erp.store, { count: options.partners ?? 0 });
		say('building and packing the package');
		const tarball = packRepository();
		say('starting n8n');
		const n8n = await startN8n({ engine: options.engine, packages: [tarball] });
		opened.push(() => n8n.stop());
		const credentials = await createCredentials(n8n.api, erp, crm, options.login ?? 'oAuth2');
		const importPartners = (more: Partial<ImportOptions> = {}) =>
			importTemplate(n8n.api, readTemplate(partnersTemplate), {
				credentials,
				everyMinute: true,
				settings: { saveDataSuccessExecution: 'all' },
				...more,
			});
		return { erp, crm, n8n, seeded, credentials, importPartners, close };
	} catch (error) {
		await close();
		throw error;
	}
}

export function s4hanaBasic(erp: S4HanaSandbox): Record<string, unknown> {
	const { user, password, sapClient } = erp.login.options;
	return { baseUrl: erp.url, user, password, sapClient, language: 'EN' };
}

export function s4hanaOAuth2(erp: S4HanaSandbox): Record<string, unknown> {
	const { clientId, clientSecret, sapClient } = erp.login.options;
	const tokenUrl = `${erp.url}/oauth/token`;
	return { baseUrl: erp.url, tokenUrl, clientId, clientSecret, sapClient, language: 'EN' };
}

export function pipedriveToken(crm: PipedriveSandbox): Record<string, unknown> {
	const { plan, seats } = crm.limits.options;
	return { apiToken: crm.token, companyDomain: 'sandbox', apiBaseUrl: crm.url, plan, seats };
}

async function createCredentials(
	api: N8nApi,
	erp: S4HanaSandbox,
	crm: PipedriveSandbox,
	login: 'oAuth2' | 'basic',
): Promise<Record<string, CredentialReference>> {
	const [erpType, erpData] =
		login === 'basic'
			? (['erpSapS4HanaBasicApi', s4hanaBasic(erp)] as const)
			: (['erpSapS4HanaOAuth2Api', s4hanaOAuth2(erp)] as const);
	return {
		[erpType]: await api.createCredential(erpType, erpData, 'SAP S/4HANA sandbox'),
		erpPipedriveApi: await api.createCredential(
			'erpPipedriveApi',
			pipedriveToken(crm),
			'Pipedrive sandbox',
		),
	};
}
