import { excerptOf, isHtml, remedyWhileDown, statusError, textOf } from '../../core/http/body';
import { CoreError, type CoreErrorDetails, type CoreErrorKind } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import { odataErrorOf } from '../../core/odata/errors';
import type { Connection } from './connection';

/** Codes whose meaning does not depend on the status they come with. */
export const KIND_OF_CODE: Readonly<Record<string, CoreErrorKind>> = {
	Unauthorized: 'auth',
	Forbidden: 'forbidden',
	TooManyRequests: 'rateLimited',
	RecordNotFound: 'notFound',
	InvalidParameters: 'invalid',
	InvalidEntityKey: 'invalid',
	MethodNotAllowed: 'invalid',
	DBLinkError: 'transient',
	SessionError: 'transient',
};

/** Reads an answer of the Web API; `undefined` means it is good. */
export function classifierFor(
	connection: Connection,
): (response: HttpResponse) => CoreError | undefined {
	return (response) => {
		const isGood = response.status >= 200 && response.status < 300;
		if (response.status === 401) return refusal(response, connection);
		if (isHtml(response) || (response.status >= 300 && response.status < 400)) {
			return webPage(response);
		}
		return isGood ? undefined : refusal(response, connection);
	};
}

/** The code in an answer's body, `''` where there is none. */
export function codeOf(response: HttpResponse): string {
	return odataErrorOf(response)?.code ?? '';
}

function refusal(response: HttpResponse, connection: Connection): CoreError {
	const body = odataErrorOf(response);
	const said = excerptOf(body?.message ?? plainText(response), 300).replace(/[.\s]+$/, '');
	const quoted = said === '' ? '' : `: "${said}"`;
	const details: CoreErrorDetails = { code: body?.code, remedy: whileDown(response) };
	const kind = KIND_OF_CODE[body?.code ?? ''];
	const { status } = response;
	if (kind === 'auth' || status === 401) {
		return new CoreError('auth', `Sage 300 refused the login (HTTP ${status})${quoted}.`, {
			...details,
			status,
			remedy: loginRemedy(connection),
		});
	}
	if (kind === 'forbidden' || status === 403) {
		return new CoreError(
			'forbidden',
			`The login is good, but it may not read this data in Sage 300 (HTTP ${status})${quoted}.`,
			{
				...details,
				status,
				remedy: `Give the user ${connection.user} the right "Sage 300 Web API" for this module in a security group, and the right to see the data.`,
			},
		);
	}
	if (body?.code === 'DBLinkError') {
		return new CoreError(
			'transient',
			`Sage 300 could not open the company ${connection.company} (HTTP ${status})${quoted}.`,
			{ ...details, status, remedy: 'Check "Company" in the credential, and its database.' },
		);
	}
	if (status === 404 && body?.code !== 'RecordNotFound')
		return notFound(response, body?.code, quoted);
	const error = statusError(response, `Sage 300 answered HTTP ${status}${quoted}.`, details);
	return kind === undefined || kind === error.kind
		? error
		: new CoreError(kind, error.message, {
				...details,
				status,
				retryAfterMs: error.retryAfterMs,
			});
}

const whileDown = (response: HttpResponse) =>
	remedyWhileDown(response, '"Web API URL" in the credential');

function loginRemedy({ user }: Connection): string {
	return user === 'ADMIN'
		? 'Use another user: ADMIN is refused unless AllowWebApiAccessForAdmin is true in the web.config of Online\\Web and Online\\WebApi.'
		: 'Check "User", "Password", "Company" and "Send Password in Upper Case" in the credential, and that the user has the right "Sage 300 Web API".';
}

function notFound(response: HttpResponse, code: string | undefined, quoted: string): CoreError {
	return new CoreError(
		'configuration',
		`Sage 300 has nothing at this address (HTTP ${response.status})${quoted}.`,
		{
			code,
			status: response.status,
			remedy:
				'Check "Web API URL", "API Version" and "Company" in the credential; an older version may lack the resource.',
		},
	);
}

/** Without markup, so that the reader sees the words. */
function plainText(response: HttpResponse): string {
	return textOf(response)
		.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ');
}

function webPage(response: HttpResponse): CoreError {
	const { status } = response;
	const words = excerptOf(plainText(response), 120);
	if (status >= 500 || status === 429) {
		return statusError(
			response,
			`The web server of Sage 300 answered HTTP ${status}: "${words}".`,
			{
				remedy: whileDown(response),
			},
		);
	}
	return new CoreError(
		'configuration',
		`A web page came back instead of data from Sage 300 (HTTP ${status}): "${words}".`,
		{
			status,
			remedy:
				'Check "Web API URL" in the credential: another application, a proxy or a login page answered.',
		},
	);
}

/** A resource that this user may not read, or this version does not have, can be switched off. */
export function namingPart(error: CoreError, part: string): CoreError {
	const isAbsent = error.kind === 'forbidden' || error.kind === 'configuration';
	if (!isAbsent || error.status === undefined || ![403, 404].includes(error.status)) return error;
	return new CoreError(error.kind, `${part} cannot be read: ${error.message}`, {
		status: error.status,
		code: error.code,
		remedy: `${error.remedy ?? ''} Or take "${part}" out of "Parts to Read".`.trim(),
	});
}
