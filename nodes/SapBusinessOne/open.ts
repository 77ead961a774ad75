import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import { connectionFrom, type Connection } from './connection';
import { createServiceLayer, type ServiceLayer } from './serviceLayer';
import { sessionFor, type Patience } from './session';

type Context =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| IPollFunctions
	| IWebhookFunctions;

export async function openConnection(context: Context): Promise<Connection> {
	return connectionFrom(
		await (context as IExecuteFunctions).getCredentials('erpSapBusinessOneApi'),
	);
}

/** The company behind the credential, by n8n's own HTTP. */
export function openServiceLayer(
	context: Context,
	connection: Connection,
	deadline?: () => number,
	patience?: Patience,
): ServiceLayer {
	const { skipTlsVerification } = connection;
	const transport = createTransport(context, { skipTlsVerification });
	const session = sessionFor(connection, transport, realPorts, undefined, patience);
	return createServiceLayer({ connection, session, transport, ports: realPorts, deadline });
}
