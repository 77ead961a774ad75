import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';
import { createClient } from '../../core/http/client';
import type { Transport } from '../../core/http/ports';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import { classifyAnswer } from './answers';
import { createPipedriveApi } from './api';
import { createCaller } from './call';
import { companyOf } from './company';
import { createProcessMemory } from './memory';
import type { Environment } from './run';

/** One per process: indexes, budgets and locks only work when all executions share them. */
const processMemory = createProcessMemory();

/** Pipedrive as the node's credential opens it. */
export async function openEnvironment(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	authentication: string,
	usedElsewhereToday?: number,
): Promise<Environment> {
	const credentialType = authentication === 'oAuth2' ? 'erpPipedriveOAuth2Api' : 'erpPipedriveApi';
	const credential = await context.getCredentials(credentialType);
	const id = context.getNode().credentials?.[credentialType]?.id ?? '';
	const company = companyOf(credential, credentialType, id);
	const ledger = processMemory.book.open(company, realPorts, usedElsewhereToday);
	const client = createClient({
		transport:
			credentialType === 'erpPipedriveApi'
				? withToken(createTransport(context), String(credential.apiToken ?? '').trim())
				: createTransport(context, { credentialType }),
		ports: realPorts,
		gate: ledger,
		classify: (response) => classifyAnswer(response, realPorts.now()),
	});
	const call = createCaller(client, company.baseUrl);
	return {
		api: createPipedriveApi(call),
		call,
		ledger,
		company,
		memory: processMemory,
		ports: realPorts,
	};
}

/**
 * The token goes along by our own hand: n8n would run the probe of the Test button before each of the first requests,
 * past the budget and the burst window.
 */
function withToken(transport: Transport, token: string): Transport {
	return async (request) =>
		await transport({ ...request, headers: { ...request.headers, 'x-api-token': token } });
}
