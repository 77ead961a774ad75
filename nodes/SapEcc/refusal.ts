import { excerptOf, isHtml, remedyWhileDown, statusError, textOf } from '../../core/http/body';
import { CoreError, type CoreErrorKind } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';

/** How the settings are called that a person can change; they stand in the remedies. */
export interface CallSettings {
	login: string;
	baseUrl: string;
	/** Where functions are called: a path, and the setting or switch behind it. */
	endpoint: string;
}

interface Reason {
	when: RegExp;
	kind: CoreErrorKind;
	remedy: string;
}

/** What SAP raises, in the order in which it is looked for. */
const REASONS: readonly Reason[] = [
	{
		when: /NOT_AUTHORIZED|AUTHORIZATION|no (RFC )?authori[sz]ation|not authori[sz]ed/i,
		kind: 'forbidden',
		remedy:
			'Give the user S_RFC for the function group, and S_TABU_NAM or S_TABU_DIS for each table that is read.',
	},
	{
		when: /TABLE_NOT_AVAILABLE|TABLE_WITHOUT_DATA/i,
		kind: 'notFound',
		remedy: 'Check the name of the table, and that the user may read it: SAP does not tell apart.',
	},
	{
		when: /FIELD_NOT_VALID/i,
		kind: 'invalid',
		remedy: 'Check the names of the fields: the table of this system lacks one.',
	},
	{
		when: /OPTION_NOT_VALID/i,
		kind: 'invalid',
		remedy: 'Check the names of the fields in the conditions.',
	},
	{
		when: /DATA_BUFFER_EXCEEDED/i,
		kind: 'invalid',
		remedy: 'Read fewer fields at a time.',
	},
	{
		when: /not.{0,20}remote|CALL_FUNCTION_NOT_REMOTE/i,
		kind: 'configuration',
		remedy: 'This function cannot be called from outside by SOAP; the JSON bridge can call it.',
	},
	{
		when: /FU_NOT_FOUND|FUNCTION_NOT_FOUND|FUNC(TION)?( module)? .{0,45}(not (found|exist)|does not exist)/i,
		kind: 'notFound',
		remedy: 'Check the name of the function: this system does not have it.',
	},
	{
		when: /TIME_?OUT|NO_MEMORY|RESOURCE_|DBIF_|work process/i,
		kind: 'transient',
		remedy: 'SAP was too busy. If it stays so, lower "Page Size" and "Keys per Request".',
	},
];

/** The function did not do its work: an ABAP exception, or a refusal of the runtime. */
export function functionError(
	type: string,
	message: string,
	status: number,
	name: string,
	settings: CallSettings,
): CoreError {
	const said = [type, message].filter((part) => part !== '').join(': ');
	const reason = REASONS.find(({ when }) => when.test(said));
	return new CoreError(
		reason?.kind ?? 'invalid',
		`SAP did not carry out ${name}: "${excerptOf(said, 300) || 'no reason given'}".`,
		{
			status,
			code: /^[A-Z][A-Z0-9_]{2,40}$/.test(type) ? type : undefined,
			remedy: reason?.remedy ?? `Look for the cause in SAP (ST22, SM21) at ${settings.endpoint}.`,
		},
	);
}

/** An answer that no function gave: login, missing node, proxy, overload. `undefined` when the status is good. */
export function answerError(
	response: HttpResponse,
	said: { type: string; message: string } | undefined,
	name: string,
	settings: CallSettings,
): CoreError | undefined {
	const { status } = response;
	if (isHtml(response) && status < 400) return webPage(response, settings);
	if (status >= 200 && status < 300) return undefined;
	if (status === 401) {
		return statusError(response, 'SAP ECC refused the login (HTTP 401).', {
			remedy: `Check ${settings.login}.`,
		});
	}
	if (said && status !== 429) {
		const error = functionError(said.type, said.message, status, name, settings);
		return status === 403 && error.kind === 'invalid' ? forbiddenBy(said.message, name) : error;
	}
	if (status === 403 || status === 404) {
		return new CoreError(
			'configuration',
			`SAP ECC has no active endpoint for functions here (HTTP ${status}).`,
			{ status, remedy: `Check ${settings.endpoint}, and that it is active in SICF.` },
		);
	}
	if (status >= 300 && status < 400) return webPage(response, settings);
	const words = excerptOf(isHtml(response) ? plainText(textOf(response)) : textOf(response), 120);
	return statusError(response, `SAP ECC answered HTTP ${status}${words && `: "${words}"`}.`, {
		remedy: remedyWhileDown(response, settings.baseUrl),
	});
}

function forbiddenBy(message: string, name: string): CoreError {
	return new CoreError(
		'forbidden',
		`The bridge does not let this user call ${name}: "${message}".`,
		{
			status: 403,
			remedy: 'Give the user the authorization object Z_JSON with the name of the function.',
		},
	);
}

function webPage(response: HttpResponse, settings: CallSettings): CoreError {
	const words = excerptOf(plainText(textOf(response)), 120);
	return new CoreError(
		'configuration',
		`A web page came back instead of data from SAP ECC (HTTP ${response.status}): "${words}".`,
		{
			status: response.status,
			remedy: `Check ${settings.baseUrl}: a login page, a proxy or another host answered.`,
		},
	);
}

/** A web page without its markup, so that the reader sees the words. */
function plainText(html: string): string {
	return html
		.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/&nbsp;/g, ' ');
}
