import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';
import type { Ports } from '../../core/http/ports';
import { realPorts } from '../../core/n8n/ports';
import { createTransport } from '../../core/n8n/transport';
import type { ODataDialect } from '../../core/odata/dialect';
import { v2 } from '../../core/odata/v2';
import { v4 } from '../../core/odata/v4';
import { connectionFrom, servicePathOf, type Connection } from './connection';
import { loginFor } from './login';
import { createService, type ODataService } from './service';

export type Authentication = 'basic' | 'oAuth2';

type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

export async function openConnection(
	context: Context,
	authentication: Authentication,
): Promise<Connection> {
	const credential = await context.getCredentials(
		authentication === 'basic' ? 'erpSapS4HanaBasicApi' : 'erpSapS4HanaOAuth2Api',
	);
	return connectionFrom(credential, authentication);
}

export interface OpenOptions {
	dialect?: ODataDialect;
	/** A service other than that of business partners, from the node's "Service Path". */
	servicePath?: string;
	deadline?: () => number;
	ports?: Ports;
}

/** A service of the system behind the credential, by n8n's own HTTP. */
export function openService(
	context: Context,
	connection: Connection,
	options: OpenOptions = {},
): ODataService {
	const transport = createTransport(context, {
		skipTlsVerification: connection.skipTlsVerification,
	});
	const ports = options.ports ?? realPorts;
	return createService({
		connection,
		dialect: options.dialect ?? v2,
		login: loginFor(connection, transport, ports),
		transport,
		ports,
		deadline: options.deadline,
		...(options.servicePath !== undefined && {
			servicePath: servicePathOf(options.servicePath),
			servicePathSetting: '"Service Path"',
		}),
	});
}

export function dialectOf(version: unknown): ODataDialect {
	return version === 'V4' ? v4 : v2;
}
