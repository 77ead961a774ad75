import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import { connectionFrom } from './connection';
import { createWebApi, type WebApi } from './webApi';

/** The Web API of the company behind the credential, by n8n's own HTTP. */
export async function openWebApi(
	context: IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions,
	deadline?: () => number,
): Promise<WebApi> {
	const connection = connectionFrom(await context.getCredentials('erpSage300Api'));
	const { skipTlsVerification } = connection;
	const transport = createTransport(context, { skipTlsVerification });
	return createWebApi({ connection, transport, ports: realPorts, deadline });
}
