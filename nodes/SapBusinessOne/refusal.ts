import {
	excerptOf,
	isHtml,
	parseJson,
	remedyWhileDown,
	statusError,
	textOf,
} from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';

/** What the Service Layer said went wrong. */
export interface Refusal {
	/** A number on v1, a text on v2; always a text here. */
	code: string;
	message: string;
}

const SYSTEM = 'SAP Business One';

/**
 * Codes that mean "log in again" when the status is 401. Any other 401 is a missing permission or a refused
 * login, and a new login would not help.
 */
const LOST_SESSION_CODES = ['301', '-5002'];

/** The error of either version: `{error: {code, message}}`, the message a text or an object with `value`. */
export function refusalIn(response: HttpResponse): Refusal | undefined {
	const body = parseJson(textOf(response)) as { error?: Record<string, unknown> } | undefined;
	const error = body?.error;
	if (typeof error !== 'object' || error === null) return undefined;
	const { code, message } = error;
	const text =
		typeof message === 'object' && message !== null
			? (message as { value?: unknown }).value
			: message;
	return { code: textOfCode(code), message: typeof text === 'string' ? text.trim() : '' };
}

function textOfCode(code: unknown): string {
	return typeof code === 'number' || typeof code === 'string' ? String(code).trim() : '';
}

/** Reads an answer to a request within a session; `undefined` means it is good. */
export function classifyAnswer(response: HttpResponse): CoreError | undefined {
	const general = generalError(response);
	if (general !== 'look') return general;
	const { status } = response;
	const refusal = refusalIn(response);
	const said = quote(refusal, response);
	const code = refusal?.code || undefined;
	if (status === 401) return unauthorized(response, refusal, said);
	if (status === 404 && !refusal) return noServiceLayer(response);
	const remedy = remedyFor(refusal?.message ?? '') ?? whileDown(response);
	return statusError(response, `${SYSTEM} answered HTTP ${status}${said}.`, { code, remedy });
}

/** Reads the answer to a login. */
export function classifyLogin(response: HttpResponse): CoreError | undefined {
	const general = generalError(response);
	if (general !== 'look') return general;
	const { status } = response;
	const refusal = refusalIn(response);
	const details = { status, code: refusal?.code || undefined };
	if (status === 401 || status === 403) {
		return new CoreError('auth', `${SYSTEM} refused the login${quote(refusal, response)}.`, {
			...details,
			remedy:
				'Check "Company Database", "User" and "Password" in the credential, and that the user has a licence.',
		});
	}
	if (status === 404) return noServiceLayer(response);
	return statusError(
		response,
		`${SYSTEM} answered the login with HTTP ${status}${quote(refusal, response)}.`,
		// A gateway that says so has not passed the login on.
		{
			code: details.code,
			neverSent: status === 502 || status === 503,
			remedy: whileDown(response),
		},
	);
}

/** The session ended on the server: another login may help. */
export function isSessionLost(error: CoreError): boolean {
	return error.kind === 'auth' && LOST_SESSION_CODES.includes(error.code ?? '');
}

/** The property that this server's version does not have, where that is what the error says. */
export function unknownPropertyIn(error: CoreError): string | undefined {
	return error.kind === 'invalid' ? UNKNOWN_PROPERTY.exec(error.message)?.[1] : undefined;
}

const UNKNOWN_PROPERTY = /property '?(\w+)'? of '?\w+'? is invalid/i;

function generalError(response: HttpResponse): CoreError | undefined | 'look' {
	const { status } = response;
	const isPage = isHtml(response);
	if (status >= 200 && status < 300) return isPage ? webPage(response) : undefined;
	if (status >= 300 && status < 400) return webPage(response);
	return 'look';
}

function unauthorized(
	response: HttpResponse,
	refusal: Refusal | undefined,
	said: string,
): CoreError {
	const code = refusal?.code || undefined;
	if (LOST_SESSION_CODES.includes(code ?? '')) {
		return new CoreError('auth', `The session of ${SYSTEM} has ended${said}.`, {
			status: 401,
			code,
			remedy:
				'It is opened anew by itself; if it ends again at once, check "Base URL" and the load balancer.',
		});
	}
	return new CoreError('forbidden', `${SYSTEM} does not permit this to the user${said}.`, {
		status: response.status,
		code,
		remedy: 'Give the user of the credential the authorization and the licence for it.',
	});
}

const whileDown = (response: HttpResponse) =>
	remedyWhileDown(response, '"Base URL" in the credential');

function remedyFor(message: string): string | undefined {
	const property = UNKNOWN_PROPERTY.exec(message)?.[1];
	return property
		? `This server has no field ${property}: take it out of the settings. A new user-defined field shows once the Service Layer was restarted.`
		: undefined;
}

function noServiceLayer(response: HttpResponse): CoreError {
	return new CoreError('configuration', `There is no Service Layer at this address (HTTP 404).`, {
		status: response.status,
		remedy:
			'Check "Base URL" (the port is usually 50000) and "Service Layer Version" in the credential.',
	});
}

function webPage(response: HttpResponse): CoreError {
	const text = textOf(response).replace(/<[^>]*>/g, ' ');
	return new CoreError(
		'configuration',
		`A web page came back instead of data from ${SYSTEM} (HTTP ${response.status}): "${excerptOf(text, 120)}".`,
		{
			status: response.status,
			remedy: 'Check "Base URL" in the credential: a proxy or a login page answered.',
		},
	);
}

function quote(refusal: Refusal | undefined, response: HttpResponse): string {
	if (!refusal) {
		const text = excerptOf(textOf(response).replace(/<[^>]*>/g, ' '), 120);
		return text === '' || text === String(response.status) ? '' : `: "${text}"`;
	}
	const code = refusal.code === '' ? '' : ` (code ${refusal.code})`;
	return refusal.message === '' ? code : `${code}: "${excerptOf(refusal.message)}"`;
}
