import type { IExecuteFunctions, IPollFunctions } from 'n8n-workflow';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import { connectionFrom, type Connection } from './connection';
import { EnetAccess } from './enetAccess';
import { ODataAccess } from './odataAccess';
import type { TableAccess } from './tableAccess';

export interface Opened {
	connection: Connection;
	access: TableAccess;
}

/** The company behind the credential, by n8n's own HTTP. Whoever opens it closes `access`, whatever happens. */
export async function openAccess(
	context: IExecuteFunctions | IPollFunctions,
	authentication: unknown,
	deadline?: () => number,
): Promise<Opened> {
	const kind = authentication === 'enet' ? 'enet' : 'odata';
	const type = kind === 'enet' ? 'erpSysproRestApi' : 'erpSysproODataApi';
	const connection = connectionFrom(await context.getCredentials(type), kind);
	const { skipTlsVerification } = connection;
	const transport = createTransport(context, { skipTlsVerification });
	const options = { transport, ports: realPorts, deadline };
	const access =
		connection.kind === 'enet'
			? new EnetAccess(connection, options)
			: new ODataAccess(connection, options);
	return { connection, access };
}
