import {
	excerptOf,
	isHtml,
	parseJson,
	remedyWhileDown,
	statusError,
	textOf,
} from '../../core/http/body';
import { CoreError, type CoreErrorKind } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import type { XmlElement } from '../../core/xml/element';
import { parseXml } from '../../core/xml/reader';

/** The session ended: log on once more and repeat once. */
export const SESSION_LOST = 'sessionLost';

/**
 * e.net answers everything with status 200 and `application/octet-stream`; what went wrong stands in the body, as
 * plain text or inside the XML. `undefined` means the answer is good as far as the text goes.
 */
export function refusalIn(response: HttpResponse): CoreError | undefined {
	if (isHtml(response)) {
		return new CoreError(
			'configuration',
			`A web page came back instead of data from SYSPRO (HTTP ${response.status}).`,
			{
				status: response.status,
				remedy: 'Check "Base URL" in the credential: it ends with /SYSPROWCFService/Rest.',
			},
		);
	}
	if (response.status === 404) {
		return new CoreError(
			'configuration',
			'SYSPRO e.net does not answer at this address (HTTP 404).',
			{
				status: 404,
				remedy: 'Check "Base URL" in the credential: it ends with /SYSPROWCFService/Rest.',
			},
		);
	}
	if (response.status < 200 || response.status >= 300) {
		return statusError(response, `SYSPRO e.net answered HTTP ${response.status}.`, {
			remedy: remedyWhileDown(response, '"Base URL" in the credential'),
		});
	}
	const text = unwrapped(textOf(response)).trim();
	if (/supplied UserID is invalid/i.test(text.slice(0, 1000))) {
		return new CoreError('auth', 'SYSPRO ended the session of this operator.', {
			code: SESSION_LOST,
			remedy: 'Another program logs on with the same operator: give n8n an operator of its own.',
		});
	}
	return /^ERROR\b/i.test(text) ? saidError(text) : undefined;
}

/** `ERROR: …` as a sentence with the setting to look at. */
function saidError(text: string): CoreError {
	const said = excerptOf(text.replace(/^ERROR\s*:?\s*/i, ''));
	const [kind, remedy] = adviceFor(said);
	return new CoreError(kind, `SYSPRO answered: ${said.replace(/\.?$/, '.')}`, { remedy });
}

const ADVICE: ReadonlyArray<[RegExp, CoreErrorKind, string]> = [
	[/licen[cs]e/i, 'transient', 'All e.net licences are in use: free one, or poll less often.'],
	[/compan/i, 'auth', 'Check "Company ID" and "Company Password" in the credential.'],
	[
		/base directory/i,
		'configuration',
		'The e.net service of SYSPRO is not set up: its installation needs the base directory.',
	],
	[/operator|password/i, 'auth', 'Check "Operator" and "Operator Password" in the credential.'],
];

function adviceFor(said: string): [CoreErrorKind, string | undefined] {
	const found = ADVICE.find(([pattern]) => pattern.test(said));
	return found ? [found[1], found[2]] : ['invalid', undefined];
}

/** The session id of a logon: plain with blanks behind it, as JSON text, or inside `<string>`. */
export function sessionIdIn(response: HttpResponse): string {
	const id = unwrapped(textOf(response)).trim();
	if (/^[\w{}-]{16,64}$/.test(id)) return id;
	// What came back is not shown: it may hold the session.
	throw new CoreError(
		'protocol',
		`SYSPRO answered the logon with something that is no session id (${id.length} characters).`,
		{
			remedy: 'Check "Base URL" in the credential.',
		},
	);
}

/** The XML answer of a query, business errors turned into errors. */
export function documentIn(response: HttpResponse, what: string): XmlElement {
	const text = unwrapped(textOf(response));
	if (!/^\s*</.test(text)) {
		throw new CoreError(
			'protocol',
			text.trim() === ''
				? `SYSPRO gave an empty answer for ${what}.`
				: `SYSPRO's answer for ${what} is no XML: "${excerptOf(text)}".`,
		);
	}
	const root = parseXml(text);
	const said = saidIn(root);
	if (said === '') return root;
	const isForbidden = /not allowed|no access|denied|security|permission/i.test(said);
	throw new CoreError(
		isForbidden ? 'forbidden' : 'invalid',
		`SYSPRO refused ${what}: ${said.replace(/\.?$/, '.')}`,
		{ remedy: remedyFor(said, isForbidden) },
	);
}

function remedyFor(said: string, isForbidden: boolean): string | undefined {
	if (isForbidden)
		return "Give the operator's group or role the right to this table or business object.";
	return /column/i.test(said)
		? 'This version of SYSPRO lacks the column: add it to "Columns to Leave Out".'
		: undefined;
}

function saidIn(root: XmlElement): string {
	const texts: string[] = [];
	const waiting = [root];
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		if (/^Error(Description|Message)$/i.test(next.name)) texts.push(next.text.trim());
		waiting.push(...next.children);
	}
	return excerptOf([...new Set(texts.filter(Boolean))].reverse().join('; '));
}

function unwrapped(text: string): string {
	if (/^\s*"/.test(text)) {
		const value = parseJson(text);
		return typeof value === 'string' ? value : text;
	}
	if (!/^\s*(<\?xml[^>]*>\s*)?<string[\s>]/.test(text.slice(0, 300))) return text;
	return parseXml(text).text;
}
