import { createClient, type HttpClient } from '../../core/http/client';
import { jsonOf } from '../../core/http/body';
import { asCoreError, CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { hideSecret } from '../../core/http/redact';
import { createSessionCache, type Opened, type SessionCache } from '../../core/http/session';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Connection } from './connection';
import { classifyLogin } from './refusal';
import { createRefusedLogins, type RefusedLogins } from './refusedLogins';

/** The value of the `Cookie` header: session and node of the load balancer. */
export type SessionCookie = string;

export interface Session {
	/** The shared cookie; logs in once however many callers ask. */
	cookie(): Promise<SessionCookie>;
	/** Forgets a cookie that the server does not know any more. */
	drop(cookie: SessionCookie): void;
}

/** For callers whom somebody waits for, and who come again and again. */
export interface Patience {
	/** Epoch milliseconds after which a session is not waited for; a login that takes longer serves the next caller. */
	deadline: () => number;
	/** Whether a login that was refused is left alone for a while. */
	pausesAfterRefusal: boolean;
}

/** One session per host, company and user in this process, shared by all nodes and never logged out while shared. */
const sessions: SessionCache<SessionCookie> = createSessionCache<SessionCookie>();
const refusedLogins = createRefusedLogins();

/** A login with wrong data may take 40 seconds on some servers. */
const LOGIN_TIMEOUT_MS = 90_000;
const LOOK_AGAIN_MS = 250;

export function sessionFor(
	connection: Connection,
	transport: Transport,
	ports: Ports,
	cache: SessionCache<SessionCookie> = sessions,
	patience?: Patience,
	refused: RefusedLogins = refusedLogins,
): Session {
	const { root, companyDb, user, password } = connection;
	const key = fingerprintOf({ root, companyDb, user, password });
	const client = createClient({
		transport,
		ports,
		attemptTimeoutMs: LOGIN_TIMEOUT_MS,
		classify: classifyLogin,
	});
	// No expiry: the time-out counts idleness, so a session that is used lives on.
	const opened = async () => {
		if (patience?.pausesAfterRefusal) refused.check(key, ports.now());
		try {
			const session = await login(client, connection);
			refused.note(key, ports.now(), undefined);
			return session;
		} catch (caught) {
			const error = asCoreError(caught);
			refused.note(key, ports.now(), error.kind);
			throw error;
		}
	};
	return {
		cookie: async () => {
			const cookie = cache.get(key, ports.now(), opened);
			return patience ? await within(patience.deadline(), cookie, ports) : await cookie;
		},
		drop: (cookie) => cache.drop(key, cookie),
	};
}

/** Looks again and again, so that no pause outlives what it waits for. */
async function within<T>(deadline: number, work: Promise<T>, ports: Ports): Promise<T> {
	let isOver = false;
	const over = async () => {
		// One look at least: a session that is there needs no time.
		do {
			await ports.sleep(Math.max(0, Math.min(LOOK_AGAIN_MS, deadline - ports.now())));
		} while (!isOver && ports.now() < deadline);
		throw new CoreError('transient', 'The login takes longer than there is time to answer.', {
			remedy: 'It goes on by itself and serves the next delivery.',
		});
	};
	const ended = work.finally(() => {
		isOver = true;
	});
	return await Promise.race([ended, over()]);
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
	hideSecret(id);
	const route = /(?:^|[\s,;])ROUTEID=([^;,\s]+)/.exec(set)?.[1];
	return `B1SESSION=${id}${route === undefined ? '' : `; ROUTEID=${route}`}`;
}
