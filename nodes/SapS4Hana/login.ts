import { classifyTokenAnswer, requestToken } from '../../core/http/clientCredentials';
import { createClient } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import type { Ports, Transport } from '../../core/http/ports';
import { createSessionCache, type Opened, type SessionCache } from '../../core/http/session';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { BasicLogin, Connection, OAuth2Login } from './connection';

/** What a request carries to be let in. */
export interface Login {
	/** Value of the `Authorization` header. */
	authorization(): Promise<string>;
	/** After a 401: true when another header may be let in. */
	renew(refused: string): boolean;
	/** The settings a person would check. */
	settings: string;
}

/** Tokens of all credentials in this process: shared by all nodes, renewed a minute before they expire. */
const tokens: SessionCache<string> = createSessionCache<string>();

export function loginFor(
	connection: Connection,
	transport: Transport,
	ports: Ports,
	cache: SessionCache<string> = tokens,
): Login {
	return connection.login.kind === 'basic'
		? basic(connection.login)
		: oAuth2(connection.login, transport, ports, cache);
}

function basic({ user, password }: BasicLogin): Login {
	const header = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
	return {
		authorization: async () => header,
		renew: () => false,
		settings: '"User" and "Password" in the credential',
	};
}

function oAuth2(
	login: OAuth2Login,
	transport: Transport,
	ports: Ports,
	cache: SessionCache<string>,
): Login {
	const { kind, ...credentials } = login;
	const key = `${kind}:${fingerprintOf(credentials)}`;
	const client = createClient({ transport, ports, classify: classifyTokenAnswer });
	const open = async (): Promise<Opened<string>> => {
		try {
			return await requestToken(client, ports, credentials);
		} catch (error) {
			throw namingTokenUrl(asCoreError(error));
		}
	};
	return {
		authorization: async () => `Bearer ${await cache.get(key, ports.now(), open)}`,
		renew(refused) {
			cache.drop(key, refused.replace(/^Bearer /, ''));
			return true;
		},
		settings: '"Client ID", its communication user and its scopes',
	};
}

/** A host that is unknown or not trusted is the token's host here, not the system's. */
function namingTokenUrl(error: CoreError): CoreError {
	if (error.status !== undefined) return error;
	return new CoreError(error.kind, `No token: ${error.message}`, {
		code: error.code,
		neverSent: error.neverSent,
		retryAfterMs: error.retryAfterMs,
		remedy: `Check "Token URL" in the credential. ${error.remedy ?? ''}`.trim(),
	});
}
