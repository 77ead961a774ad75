import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { CoreError } from '../http/errors';
import type { HttpRequest, HttpResponse, Transport } from '../http/ports';

/** The two of n8n's request helpers that carry our requests. Proxy, egress rules and OAuth2 renewal are theirs. */
export interface RequestHelpers {
	httpRequest(options: IHttpRequestOptions): Promise<unknown>;
	httpRequestWithAuthentication(
		this: unknown,
		credentialType: string,
		options: IHttpRequestOptions,
	): Promise<unknown>;
}

/** Anything with n8n's helpers: the functions of a poll, an execution, option loading, a credential test. */
export interface RequestContext {
	helpers: RequestHelpers | { httpRequest(options: IHttpRequestOptions): Promise<unknown> };
}

export interface TransportOptions {
	/** n8n adds the login of this credential; absent: the request carries its own headers. */
	credentialType?: string;
	/** Only when the user switched the check off. */
	skipTlsVerification?: boolean;
}

/** n8n's request helper as a transport: any status is an answer, no answer is a `CoreError`. */
export function createTransport(context: object, options: TransportOptions = {}): Transport {
	const { helpers } = context as { helpers: RequestHelpers };
	const { credentialType, skipTlsVerification } = options;
	return async (request) => {
		const n8nRequest = requestOptions(request, skipTlsVerification ?? false, credentialType);
		try {
			const answer =
				credentialType === undefined
					? await helpers.httpRequest(n8nRequest)
					: await helpers.httpRequestWithAuthentication.call(context, credentialType, n8nRequest);
			return responseOf(answer as IN8nHttpFullResponse);
		} catch (error) {
			const refused = answerInside(error);
			if (refused) return refused;
			throw networkError(error, request.url);
		}
	};
}

function requestOptions(
	request: HttpRequest,
	skipTlsVerification: boolean,
	credentialType: string | undefined,
): IHttpRequestOptions {
	return {
		method: request.method,
		url: request.url,
		headers: request.headers,
		...(request.body === undefined ? {} : { body: request.body }),
		encoding: 'arraybuffer',
		returnFullResponse: true,
		// n8n renews an OAuth2 token only when a 401 reaches it as an error.
		ignoreHttpStatusErrors: credentialType === undefined ? true : { ignore: true, except: [401] },
		// A redirect could carry the login to another host, and an API that redirects is the wrong address.
		disableFollowRedirect: true,
		timeout: request.timeoutMs,
		...(skipTlsVerification ? { skipSslCertificateValidation: true } : {}),
	};
}

function responseOf(answer: IN8nHttpFullResponse): HttpResponse {
	return {
		status: answer.statusCode,
		headers: lowerCased(answer.headers),
		body: bytesOf(answer.body),
	};
}

function lowerCased(headers: object): Record<string, string> {
	const entries = Object.entries(headers as Record<string, unknown>);
	return Object.fromEntries(
		entries
			.filter(([, value]) => value !== undefined && value !== null)
			.map(([name, value]) => [
				name.toLowerCase(),
				Array.isArray(value) ? value.join(', ') : String(value),
			]),
	);
}

function bytesOf(body: unknown): Buffer {
	if (body === undefined || body === null) return Buffer.alloc(0);
	if (Buffer.isBuffer(body)) return body;
	if (body instanceof ArrayBuffer) return Buffer.from(body);
	return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

interface ErrorLink {
	code?: unknown;
	message?: unknown;
	response?: { status?: unknown; headers?: object; data?: unknown };
	cause?: unknown;
}

/** n8n wraps errors in errors: the chain from the outside in. */
function chainOf(error: unknown): ErrorLink[] {
	const chain: ErrorLink[] = [];
	for (let link = error; link && typeof link === 'object' && chain.length < 6; ) {
		chain.push(link as ErrorLink);
		link = (link as ErrorLink).cause;
	}
	return chain;
}

/** An answer that n8n turned into an error, turned back. */
function answerInside(error: unknown): HttpResponse | undefined {
	for (const { response } of chainOf(error)) {
		if (typeof response?.status !== 'number') continue;
		return {
			status: response.status,
			headers: lowerCased(response.headers ?? {}),
			body: bytesOf(response.data),
		};
	}
	return undefined;
}

const CERTIFICATE_CODES =
	/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;
const NEVER_SENT_CODES = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/;

/** Why no answer came, as one sentence that names the host and the setting. */
function networkError(error: unknown, url: string): CoreError {
	const chain = chainOf(error);
	const code = String(chain.find((link) => typeof link.code === 'string')?.code ?? '');
	const { host, protocol } = new URL(url);
	if (CERTIFICATE_CODES.test(code)) {
		return new CoreError(
			'configuration',
			`The TLS certificate of ${host} is not trusted (${code}).`,
			{
				code,
				neverSent: true,
				remedy:
					'Install the certificate authority on the n8n host (NODE_EXTRA_CA_CERTS), or turn on "Ignore SSL Issues" in the credential if you accept that.',
			},
		);
	}
	if (code === 'ENOTFOUND') {
		return new CoreError('configuration', `The host ${host} is unknown.`, {
			code,
			neverSent: true,
			remedy: 'Check the spelling of the address in the credential.',
		});
	}
	if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
		return new CoreError('configuration', `${host} does not speak TLS on this port (${code}).`, {
			code,
			neverSent: true,
			remedy: 'Check the port and whether the address begins with https:// or http://.',
		});
	}
	if (NEVER_SENT_CODES.test(code)) {
		return new CoreError('transient', `${host} does not accept connections (${code}).`, {
			code,
			neverSent: true,
			remedy: `Check that it is running and that n8n may reach it (${protocol}//${host}).`,
		});
	}
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') {
		return new CoreError('transient', `${host} did not answer in time.`, { code });
	}
	const message = String(chain[chain.length - 1]?.message ?? error);
	const told = message.startsWith(host) ? message : `No answer from ${host}: ${message}`;
	return new CoreError('transient', told, { code: code || undefined });
}
