import { excerptOf, isHtml, parseJson, statusError, textOf } from './body';
import { CoreError } from './errors';
import type { HttpClient } from './client';
import type { HttpResponse, Ports } from './ports';
import { hideSecret } from './redact';
import type { Opened } from './session';

/** OAuth2 client credentials, RFC 6749 section 4.4. */
export interface ClientCredentials {
	/** Used exactly as given, query included. */
	tokenUrl: string;
	clientId: string;
	clientSecret: string;
	/** Sent only where it is not empty. */
	scope: string;
	/** Where client id and secret go: HTTP Basic header, or the form. */
	clientAuthentication: 'header' | 'body';
}

/**
 * Asks for an access token. Each way to fail is one sentence that names the setting:
 * `Token URL`, `Client ID`, `Client Secret`, `Scope`.
 */
export async function requestToken(
	client: HttpClient,
	ports: Ports,
	credentials: ClientCredentials,
): Promise<Opened<string>> {
	const requestedAt = ports.now();
	const inHeader = credentials.clientAuthentication === 'header';
	const response = await client.send({
		method: 'POST',
		url: credentials.tokenUrl,
		// A second token does no harm.
		repeatable: true,
		headers: {
			accept: 'application/json',
			...(inHeader && { authorization: basicAuthorization(credentials) }),
		},
		form: {
			grant_type: 'client_credentials',
			...(credentials.scope !== '' && { scope: credentials.scope }),
			...(!inHeader && {
				client_id: credentials.clientId,
				client_secret: credentials.clientSecret,
			}),
		},
	});
	return tokenIn(response, requestedAt);
}

function basicAuthorization({ clientId, clientSecret }: ClientCredentials): string {
	return `Basic ${Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64')}`;
}

function tokenIn(response: HttpResponse, requestedAt: number): Opened<string> {
	const body = parseJson(textOf(response)) as Record<string, unknown> | undefined;
	const token = body?.access_token;
	if (typeof token !== 'string' || token === '') {
		throw new CoreError(
			'configuration',
			`The answer of the token URL (HTTP ${response.status}) holds no access token.`,
			{ status: response.status, remedy: 'Check "Token URL" in the credential.' },
		);
	}
	hideSecret(token);
	const seconds = Number(body?.expires_in);
	return Number.isFinite(seconds) && seconds > 0
		? { value: token, expiresAt: requestedAt + seconds * 1000 }
		: { value: token };
}

/** Reads an answer of a token URL for `createClient`; `undefined` means it is good. */
export function classifyTokenAnswer(response: HttpResponse): CoreError | undefined {
	const { status } = response;
	// A gateway in front of a system that is down answers with a web page too: that is no wrong setting.
	if (status === 429 || status >= 500) return refusedToken(response);
	if (isHtml(response) && status === 401) {
		return new CoreError('auth', 'The token URL refused the login with a web page (HTTP 401).', {
			status,
			remedy: 'Check "Token URL", "Client ID" and "Client Secret" in the credential.',
		});
	}
	if (isHtml(response) || (status >= 300 && status < 400)) {
		return new CoreError(
			'configuration',
			`The token URL answered with a web page instead of JSON (HTTP ${status}).`,
			{ status, remedy: 'Check "Token URL" in the credential.' },
		);
	}
	if (status >= 200 && status < 300) {
		return parseJson(textOf(response)) === undefined
			? new CoreError('configuration', 'The token URL answered, but not with JSON.', {
					status,
					remedy: 'Check "Token URL" in the credential.',
				})
			: undefined;
	}
	return refusedToken(response);
}

function refusedToken(response: HttpResponse): CoreError {
	const { status } = response;
	const body = parseJson(textOf(response)) as Record<string, unknown> | undefined;
	const code = typeof body?.error === 'string' ? body.error : undefined;
	const said = excerptOf(String(body?.error_description ?? code ?? textOf(response)), 160);
	const why = said === '' ? '' : `: "${said}"`;
	if (status === 404) {
		return new CoreError('configuration', `There is nothing at the token URL (HTTP 404)${why}.`, {
			status,
			remedy: 'Check "Token URL" in the credential.',
		});
	}
	if (code === 'invalid_scope') {
		return new CoreError('configuration', `The token URL refused the scope${why}.`, {
			status,
			code,
			remedy: 'Check "Scope" in the credential.',
		});
	}
	if (status === 401 || code === 'invalid_client' || code === 'unauthorized_client') {
		return new CoreError('auth', `The token URL refused the client (HTTP ${status})${why}.`, {
			status,
			code,
			remedy: 'Check "Client ID", "Client Secret" and "Client Authentication" in the credential.',
		});
	}
	return statusError(response, `The token URL answered HTTP ${status}${why}.`, {
		code,
		remedy: 'Check "Token URL" in the credential.',
	});
}
