import { createClient, type HttpClient } from '../../core/http/client';
import { jsonOf } from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { createSessionCache, type Opened, type SessionCache } from '../../core/http/session';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Connection } from './connection';
import { classifyLogin } from './refusal';

/** The value of the `Cookie` header: session and node of the load balancer. */
export type SessionCookie = string;

export interface Session {
	/** The shared cookie; logs in once however many callers ask. */
	cookie(): Promise<SessionCookie>;
	/** Forgets a cookie that the server does not know any more. */
	drop(cookie: SessionCookie): void;
}

/** One session per host, company and user in this process, shared by all nodes and never logged out while shared. */
const sessions: SessionCache<SessionCookie> = createSessionCache<SessionCookie>();

/** A login with wrong data may take 40 seconds on some servers. */
const LOGIN_TIMEOUT_MS = 90_000;

export function sessionFor(
	connection: Connection,
	transport: Transport,
	ports: Ports,
	cache: SessionCache<SessionCookie> = sessions,
): Session {
	const { root, companyDb, user, password } = connection;
	const key = fingerprintOf({ root, companyDb, user, password });
	const client = createClient({
		transport,
		ports,
		attemptTimeoutMs: LOGIN_TIMEOUT_MS,
		classify: classifyLogin,
	});
	return {
		// No expiry: the time-out counts idleness, so a session that is used lives on.
		cookie: async () =>
			await cache.get(key, ports.now(), async () => await login(client, connection)),
		drop: (cookie) => cache.drop(key, cookie),
	};
}

/** The path is case-sensitive: `/login` answers as if a session had ended. */
async function login(
	client: HttpClient,
	{ root, companyDb, user, password }: Connection,
): Promise<Opened<SessionCookie>> {
	const response = await client.send({
		method: 'POST',
		url: `${root}/Login`,
		headers: { accept: 'application/json' },
		json: { CompanyDB: companyDb, UserName: user, Password: password },
	});
	return { value: cookieIn(response) };
}

/**
 * The cookies by hand: B1SESSION comes without a path and with a bare semicolon, which strict readers drop.
 * The body repeats the session id where a proxy hides the header.
 */
export function cookieIn(response: HttpResponse): SessionCookie {
	const set = response.headers['set-cookie'] ?? '';
	const body = jsonOf(response, 'the login') as { SessionId?: unknown };
	const fromBody = typeof body?.SessionId === 'string' ? body.SessionId : '';
	const id = /(?:^|[\s,;])B1SESSION=([^;,\s]+)/.exec(set)?.[1] ?? fromBody;
	if (id === '') {
		throw new CoreError('protocol', 'The login was accepted, but no session came with it.', {
			remedy: 'Check "Base URL" in the credential: it must lead to the Service Layer itself.',
		});
	}
	const route = /(?:^|[\s,;])ROUTEID=([^;,\s]+)/.exec(set)?.[1];
	return `B1SESSION=${id}${route === undefined ? '' : `; ROUTEID=${route}`}`;
}
