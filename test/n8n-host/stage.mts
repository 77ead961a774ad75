import { join } from 'node:path';
import type { Erp, RunningErp, StartOptions } from '../sandbox/erp.mts';
import {
	startPipedriveSandbox,
	type PipedriveOptions,
	type PipedriveSandbox,
} from '../sandbox/pipedrive/server.mts';
import { startN8n, type PollEngine, type RunningN8n } from './n8n.mts';
import { packRepository } from './pack.mts';
import { repoRoot } from './paths.mts';
import {
	importTemplate,
	readTemplate,
	type CredentialReference,
	type ImportOptions,
} from './template.mts';

export interface StageOptions {
	engine?: PollEngine;
	pipedrive?: PipedriveOptions;
	/** Of n8n, over what every n8n of the tests gets. */
	env?: Record<string, string>;
	say?: (step: string) => void;
}

/** An ERP with its template in n8n, imported and not yet published. */
export interface Sync {
	erp: Erp;
	system: RunningErp;
	workflowId: string;
}

/** A Pipedrive and a real n8n with the package, for as many ERPs as are wanted. */
export interface Stage {
	crm: PipedriveSandbox;
	n8n: RunningN8n;
	/** By credential type. */
	credentials: Record<string, CredentialReference>;
	/** Starts this ERP, puts its login into n8n and imports its template as a person would. */
	add(erp: Erp, start: StartOptions, options?: Partial<ImportOptions>): Promise<Sync>;
	/** Ends this with everything else; the last one first. */
	onClose(end: () => Promise<void>): void;
	close(): Promise<void>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
	const { say = () => undefined } = options;
	const opened: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const end of opened.splice(0).reverse()) await end();
	};
	try {
		const crm = await startPipedriveSandbox({ plan: 'growth', seats: 5, ...options.pipedrive });
		opened.push(() => crm.close());
		say('building and packing the package');
		const tarball = packRepository();
		say('starting n8n');
		const n8n = await startN8n({ engine: options.engine, env: options.env, packages: [tarball] });
		opened.push(() => n8n.stop());
		const type = 'erpPipedriveApi';
		const login = await n8n.api.createCredential(type, pipedriveToken(crm), 'Pipedrive sandbox');
		const credentials: Record<string, CredentialReference> = { [type]: login };
		const onClose = (end: () => Promise<void>) => void opened.push(end);
		const add = async (erp: Erp, start: StartOptions, more: Partial<ImportOptions> = {}) => {
			const system = await erp.start(start);
			onClose(() => system.close());
			const name = `${erp.title} sandbox`;
			const { credentialType } = erp;
			const reference = await n8n.api.createCredential(credentialType, system.credential, name);
			credentials[credentialType] = reference;
			const file = join(repoRoot, 'workflows', erp.template);
			const workflowId = await importTemplate(n8n.api, readTemplate(file), {
				everyMinute: true,
				settings: { saveDataSuccessExecution: 'all' },
				...more,
				credentials: { ...credentials, ...more.credentials },
			});
			return { erp, system, workflowId };
		};
		return { crm, n8n, credentials, add, onClose, close };
	} catch (error) {
		await close();
		throw error;
	}
}

export function pipedriveToken(crm: PipedriveSandbox): Record<string, unknown> {
	const { plan, seats } = crm.limits.options;
	return { apiToken: crm.token, companyDomain: 'sandbox', apiBaseUrl: crm.url, plan, seats };
}
