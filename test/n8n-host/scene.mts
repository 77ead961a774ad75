import { join } from 'node:path';
import { seedBusinessPartners, type SeedSummary } from '../sandbox/seed.mts';
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import {
	startS4HanaSandbox,
	type S4HanaOptions,
	type S4HanaSandbox,
} from '../sandbox/s4hana/server.mts';
import type { CredentialReference, ImportOptions } from './template.mts';
import { importTemplate, readTemplate } from './template.mts';
import type { RunningN8n } from './n8n.mts';
import { repoRoot } from './paths.mts';
import { openStage, type StageOptions } from './stage.mts';

export { pipedriveToken } from './stage.mts';

export const packageName = 'n8n-nodes-erp-pipedrive';
export const partnersTemplate = join(repoRoot, 'workflows', 's4hana-business-partners.json');

export interface SceneOptions extends StageOptions {
	/** Business partners in the ERP at the start; none by default. */
	partners?: number;
	s4hana?: S4HanaOptions;
	/** How the trigger logs in at the ERP; OAuth2 by default. */
	login?: 'oAuth2' | 'basic';
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
	say('starting the ERP and the Pipedrive sandbox');
	const stage = await openStage(options);
	const { crm, n8n, credentials, close } = stage;
	try {
		const erp = await startS4HanaSandbox(options.s4hana);
		stage.onClose(() => erp.close());
		const seeded = seedBusinessPartners(erp.store, { count: options.partners ?? 0 });
		const [type, data] =
			options.login === 'basic'
				? (['erpSapS4HanaBasicApi', s4hanaBasic(erp)] as const)
				: (['erpSapS4HanaOAuth2Api', s4hanaOAuth2(erp)] as const);
		credentials[type] = await n8n.api.createCredential(type, data, 'SAP S/4HANA sandbox');
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
