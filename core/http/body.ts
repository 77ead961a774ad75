import { CoreError, type CoreErrorDetails, type CoreErrorKind } from './errors';
import type { HttpResponse } from './ports';
import { LONGEST_SECRET, redact } from './redact';

const EXCERPT_LENGTH = 200;

/**
 * The body as text, decoded by its declared charset: the one of a byte order mark, else of `Content-Type`, else of an
 * XML declaration. UTF-8 when none is declared or the declared one is unknown.
 */
export function textOf(response: HttpResponse): string {
	const { body, headers } = response;
	const declared = /charset=["']?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1];
	return decode(body, markedCharset(body) ?? declared ?? xmlCharset(body) ?? 'utf-8').replace(
		/^\uFEFF/,
		'',
	);
}

function markedCharset(body: Buffer): string | undefined {
	const start = body.subarray(0, 3).toString('hex');
	if (start === 'efbbbf') return 'utf-8';
	if (start.startsWith('fffe')) return 'utf-16le';
	return start.startsWith('feff') ? 'utf-16be' : undefined;
}

function xmlCharset(body: Buffer): string | undefined {
	const start = body.subarray(0, 200).toString('latin1');
	return /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1];
}

/** 0x80 to 0x9F of Windows-1252, where it differs from Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decode(bytes: Buffer, charset: string): string {
	// Node 20 decodes Windows-1252 as Latin-1, and what calls itself Latin-1 is Windows-1252 in practice.
	if (/^(windows-1252|cp-?1252|iso-8859-1|latin-?1|us-ascii)$/i.test(charset)) {
		return bytes
			.toString('latin1')
			.replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80]);
	}
	try {
		return new TextDecoder(charset).decode(bytes);
	} catch {
		return bytes.toString('utf8');
	}
}

/** The first characters of an answer, fit to be shown: one line, secrets removed. */
export function excerptOf(text: string, length = EXCERPT_LENGTH): string {
	const start = text
		.slice(0, length + LONGEST_SECRET)
		.replace(/\s+/g, ' ')
		.trim();
	return redact(start).slice(0, length);
}

export function isHtml(response: HttpResponse): boolean {
	if (/text\/html/i.test(response.headers['content-type'] ?? '')) return true;
	return /^\s*(<!doctype html|<html)/i.test(response.body.subarray(0, 200).toString('latin1'));
}

/**
 * The parsed JSON body. Anything else is a `protocol` error that shows how the answer began:
 * an unexpected body must never pass for an empty page.
 *
 * @param what what was asked for, as a person would name it: `the list of organizations`
 */
export function jsonOf(response: HttpResponse, what: string): unknown {
	const text = textOf(response);
	if (isHtml(response)) {
		throw new CoreError(
			'protocol',
			`A web page came back instead of ${what} (HTTP ${response.status}): "${excerptOf(text)}".`,
			{
				status: response.status,
				remedy: 'Check the address and path in the credential: a proxy or a login page answered.',
			},
		);
	}
	const parsed = parseJson(text);
	if (parsed === undefined) {
		throw new CoreError(
			'protocol',
			text === ''
				? `An empty answer came back instead of ${what} (HTTP ${response.status}).`
				: `The answer for ${what} is not valid JSON (HTTP ${response.status}): "${excerptOf(text)}".`,
			{ status: response.status },
		);
	}
	return parsed;
}

/** `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** Turns a status that is no success into the error family. */
export function statusError(
	response: HttpResponse,
	message: string,
	details: CoreErrorDetails = {},
): CoreError {
	return new CoreError(kindOfStatus(response.status), message, {
		status: response.status,
		retryAfterMs: retryAfterMsOf(response),
		...details,
	});
}

function kindOfStatus(status: number): CoreErrorKind {
	if (status === 401) return 'auth';
	if (status === 403) return 'forbidden';
	if (status === 404 || status === 410) return 'notFound';
	if (status === 408 || status === 425) return 'transient';
	if (status === 429) return 'rateLimited';
	if (status === 501) return 'configuration';
	if (status >= 500) return 'transient';
	if (status >= 400) return 'invalid';
	return 'protocol';
}

/**
 * `Retry-After` in milliseconds. A date is read against the answer's own `Date` header, so that a clock
 * that is wrong on our side does no harm. A malformed header loses its timing, not the retry.
 */
export function retryAfterMsOf(response: HttpResponse): number | undefined {
	const value = response.headers['retry-after']?.trim();
	if (!value) return undefined;
	if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
	const until = Date.parse(value);
	const present = Date.parse(response.headers.date ?? '');
	if (Number.isNaN(until) || Number.isNaN(present)) return undefined;
	return Math.max(0, until - present);
}

/** For an answer that says the server is down or busy; `undefined` for any other. */
export function remedyWhileDown({ status }: HttpResponse, setting: string): string | undefined {
	return [502, 503, 504].includes(status)
		? `The server, or a proxy in front of it, is down or busy: triggers try again by themselves. If it stays so, ask whoever runs the server, or check ${setting}.`
		: undefined;
}
