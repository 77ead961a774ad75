import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import { createCaller } from './caller';
import { connectionFrom, servicePathOf, type Connection } from './connection';
import type { FunctionCaller } from './functionCall';
import { createGateway, type GatewayService } from './gatewayService';
import { TableReader } from './readTable';

type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

export async function openConnection(context: Context): Promise<Connection> {
	return connectionFrom(await context.getCredentials('erpSapEccApi'));
}

/** Functions of the system behind the credential, by n8n's own HTTP. */
export function openCaller(
	context: Context,
	connection: Connection,
	deadline?: () => number,
): FunctionCaller {
	const { skipTlsVerification } = connection;
	const transport = createTransport(context, { skipTlsVerification });
	return createCaller({ connection, transport, ports: realPorts, deadline });
}

export function openTables(
	context: Context,
	connection: Connection,
	pageSize: number,
	deadline?: () => number,
): TableReader {
	const { permissions, tableFunction } = connection;
	const caller = openCaller(context, connection, deadline);
	return new TableReader({ caller, permissions, tableFunction, pageSize });
}

export function openGateway(
	context: Context,
	connection: Connection,
	servicePath: string,
	deadline?: () => number,
): GatewayService {
	const { skipTlsVerification } = connection;
	const transport = createTransport(context, { skipTlsVerification });
	const path = servicePathOf(servicePath, connection);
	return createGateway({ connection, servicePath: path, transport, ports: realPorts, deadline });
}
