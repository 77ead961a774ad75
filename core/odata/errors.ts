import { excerptOf, isHtml, parseJson, remedyWhileDown, statusError, textOf } from '../http/body';
import { CoreError, type CoreErrorDetails } from '../http/errors';
import type { HttpResponse } from '../http/ports';
import { xmlErrorBody, type ODataErrorBody } from './errorBody';
import { v2 } from './v2';
import { v4 } from './v4';

/** How the settings are called that a person can change; they stand in the remedies. */
export interface ODataSettingNames {
	/** The system as the user knows it: `SAP S/4HANA`. */
	system: string;
	/** For example `the user and password of the credential`. */
	login: string;
	baseUrl: string;
	servicePath: string;
}

/** SAP Gateway: no service is registered or active under this path. */
const NO_SERVICE = /^\/IWFND\/(MED\/170|CM_MGW\/?|MED\/0?07)|no service found/i;
const UNKNOWN_SEGMENT = /(?:segment|resource)\s+['"]([\w()]+)['"]/i;
const UNKNOWN_PROPERTY = /property\s+['"]?(\w+)['"]?\s+(?:was\s+)?not found/i;

/** Reads an answer of an OData service; `undefined` means it is good. */
export function classifyOData(
	names: ODataSettingNames,
): (response: HttpResponse) => CoreError | undefined {
	return (response) => {
		if (response.status >= 200 && response.status < 300) return unexpectedFormat(response, names);
		return refusal(response, names);
	};
}

/** The same for `$metadata` and service documents, which may be XML. A web page is an error here too. */
export function classifyDescription(
	names: ODataSettingNames,
): (response: HttpResponse) => CoreError | undefined {
	const classify = classifyOData(names);
	return (response) => {
		const isGood = response.status >= 200 && response.status < 300;
		return isGood && !isHtml(response) ? undefined : classify(response);
	};
}

function unexpectedFormat(response: HttpResponse, names: ODataSettingNames): CoreError | undefined {
	if (isHtml(response)) return webPage(response, names);
	if (/^\s*</.test(textOf(response).slice(0, 50))) {
		return new CoreError(
			'configuration',
			`${names.system} answered with XML instead of JSON: "${excerptOf(textOf(response))}".`,
			{
				status: response.status,
				remedy: `Check ${names.servicePath}: it must name an OData service.`,
			},
		);
	}
	return undefined;
}

function refusal(response: HttpResponse, names: ODataSettingNames): CoreError {
	const { status } = response;
	const body = odataErrorOf(response);
	const said = body ? sentenceOf(body) : excerptOf(textOf(response));
	const details: CoreErrorDetails = { code: body?.code, requestId: body?.transactionId };
	if (status === 401) {
		return statusError(
			response,
			`${names.system} refused the login (HTTP 401)${quote(said, response)}.`,
			{
				...details,
				remedy: `Check ${names.login}.`,
			},
		);
	}
	if (!body && status >= 300 && status < 400) return webPage(response, names);
	const isNoService = NO_SERVICE.test(`${body?.code ?? ''} ${said}`);
	if (status === 404 || isNoService) return notFound(response, names, body, said, details);
	if (status === 403) return forbidden(response, names, said, details);
	const property = UNKNOWN_PROPERTY.exec(said)?.[1];
	return statusError(response, `${names.system} answered HTTP ${status}${quote(said, response)}.`, {
		...details,
		remedy: property
			? `This system's service has no property ${property}: take it out of the settings.`
			: remedyWhileDown(response, names.baseUrl),
	});
}

function webPage(response: HttpResponse, names: ODataSettingNames): CoreError {
	return new CoreError(
		'configuration',
		`A web page came back instead of data from ${names.system} (HTTP ${response.status}): "${excerptOf(plainText(textOf(response)), 120)}".`,
		{
			status: response.status,
			remedy: `Check ${names.baseUrl} and ${names.servicePath}: a login page, a proxy or another host answered.`,
		},
	);
}

function forbidden(
	response: HttpResponse,
	names: ODataSettingNames,
	said: string,
	details: CoreErrorDetails,
): CoreError {
	return statusError(
		response,
		`The login is good, but it may not read this data in ${names.system} (HTTP 403)${quote(said, response)}.`,
		{ ...details, remedy: `Give the user of ${names.login} the missing authorization.` },
	);
}

function notFound(
	response: HttpResponse,
	names: ODataSettingNames,
	body: ODataErrorBody | undefined,
	said: string,
	details: CoreErrorDetails,
): CoreError {
	const segment = UNKNOWN_SEGMENT.exec(said)?.[1];
	if (body && segment && !NO_SERVICE.test(`${body.code} ${said}`)) {
		return new CoreError(
			'notFound',
			`This system's service has no ${segment} (HTTP ${response.status}).`,
			{
				...details,
				status: response.status,
				remedy: 'Check the name; an older system may lack it.',
			},
		);
	}
	if (body && !NO_SERVICE.test(`${body.code} ${said}`)) {
		return statusError(
			response,
			`${names.system} did not find it (HTTP 404)${quote(said, response)}.`,
			details,
		);
	}
	return new CoreError(
		'configuration',
		`There is no active OData service at this path in ${names.system} (HTTP ${response.status})${quote(said, response)}.`,
		{
			...details,
			status: response.status,
			remedy: `Check ${names.servicePath}, and that the service is activated in the system.`,
		},
	);
}

/** What the service said, whichever of the known forms it chose. */
export function odataErrorOf(response: HttpResponse): ODataErrorBody | undefined {
	if (isHtml(response)) return undefined;
	const text = textOf(response);
	const json = parseJson(text);
	return v2.errorBody(json) ?? v4.errorBody(json) ?? xmlErrorBody(text);
}

function sentenceOf(body: ODataErrorBody): string {
	return excerptOf([body.message, ...body.details].join('; '), 300);
}

function quote(said: string, response: HttpResponse): string {
	const text = isHtml(response) ? excerptOf(plainText(textOf(response)), 120) : said;
	return text === '' ? '' : `: "${text.replace(/[.\s]+$/, '')}"`;
}

/** A web page without its markup, so that the reader sees the words. */
function plainText(html: string): string {
	return html
		.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/&nbsp;/g, ' ');
}
