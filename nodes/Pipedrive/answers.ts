import {
	excerptOf,
	isHtml,
	jsonOf,
	parseJson,
	retryAfterMsOf,
	statusError,
	textOf,
} from '../../core/http/body';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';

/**
 * How Pipedrive's answers are read: envelope, error family, and which of the two 429s it is.
 * Sources: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting, .../core-api-concepts-responses;
 * the bodies of 429 are not documented and were taken from public reports (checked 2026-11).
 */
export interface Envelope {
	success: true;
	data: unknown;
	nextPageToken?: string;
	/** v1 lists. */
	nextStart?: number;
}

const parsedBodies = new WeakMap<HttpResponse, unknown>();

function bodyOf(response: HttpResponse, what: string): unknown {
	const known = parsedBodies.get(response);
	if (known !== undefined) return known;
	const parsed = jsonOf(response, what);
	if (parsed !== null && typeof parsed === 'object') parsedBodies.set(response, parsed);
	return parsed;
}

/** The envelope of a good answer; a body without `success` and `data` is a `protocol` error. */
export function envelopeOf(response: HttpResponse, what: string): Envelope {
	const body = bodyOf(response, what) as Record<string, unknown> | null;
	if (!body || typeof body !== 'object' || body.success !== true || !('data' in body)) {
		throw new CoreError(
			'protocol',
			`Pipedrive's answer for ${what} has no "success" and "data": "${excerptOf(textOf(response))}".`,
			{ status: response.status },
		);
	}
	const additional = body.additional_data as Record<string, unknown> | null | undefined;
	const next = additional?.next_cursor;
	const paging = additional?.pagination as Record<string, unknown> | null | undefined;
	const hasMore = paging?.more_items_in_collection === true;
	const nextStart = Number(paging?.next_start);
	return {
		success: true,
		data: body.data,
		...(typeof next === 'string' && next !== '' ? { nextPageToken: next } : {}),
		...(hasMore && Number.isInteger(nextStart) ? { nextStart } : {}),
	};
}

/** `undefined` for a good answer, else the error it stands for. `now` is used where the answer has no `Date`. */
export function classifyAnswer(response: HttpResponse, now: number): CoreError | undefined {
	const { status } = response;
	if (status >= 200 && status < 300) return refusedWithin200(response);
	if (status === 403 && isHtml(response)) return blockedByGateway(response);
	if (status === 429) return tooMany(response, now);
	const told = tellOf(response);
	const details = { code: told.code, requestId: response.headers['x-correlation-id'] };
	switch (status) {
		case 401:
			return statusError(response, `Pipedrive refused the login: ${told.text}.`, {
				...details,
				remedy:
					'Paste a valid API token into the Pipedrive credential, or connect the OAuth2 credential again.',
			});
		case 402:
			return new CoreError(
				'configuration',
				'The Pipedrive account is not open (unpaid or trial over).',
				{
					...details,
					status,
					remedy: 'Ask the account owner to open the Pipedrive subscription.',
				},
			);
		case 403:
			return statusError(response, `Pipedrive does not allow this: ${told.text}.`, {
				...details,
				remedy: remedyOfForbidden(told),
			});
		case 415:
			return new CoreError(
				'configuration',
				`Pipedrive has this feature switched off: ${told.text}.`,
				{
					...details,
					status,
				},
			);
		default:
			return statusError(response, `Pipedrive answered ${status}: ${told.text}.`, details);
	}
}

interface Told {
	text: string;
	code?: string;
}

function tellOf(response: HttpResponse): Told {
	const body = parseJson(textOf(response)) as Record<string, unknown> | undefined | null;
	if (!body || typeof body !== 'object') {
		return { text: excerptOf(textOf(response)) || 'no explanation given' };
	}
	const text = [body.error, body.message].find((part) => typeof part === 'string' && part !== '');
	return {
		text: String(text ?? excerptOf(textOf(response))).replace(/\.$/, ''),
		...(typeof body.code === 'string' ? { code: body.code } : {}),
	};
}

// Reported by several clients: a refusal can come with status 200.
function refusedWithin200(response: HttpResponse): CoreError | undefined {
	const body = parseJson(textOf(response)) as Record<string, unknown> | undefined | null;
	if (!body || typeof body !== 'object') {
		if (response.status === 204) return undefined;
		return protocolError(response);
	}
	parsedBodies.set(response, body);
	if (body.success !== false) return undefined;
	const told = tellOf(response);
	return new CoreError('invalid', `Pipedrive refused the request: ${told.text}.`, {
		status: response.status,
		code: told.code,
	});
}

function protocolError(response: HttpResponse): CoreError {
	const what = isHtml(response) ? 'A web page' : 'Something that is not JSON';
	return new CoreError(
		'protocol',
		`${what} came back instead of Pipedrive's answer (HTTP ${response.status}): "${excerptOf(textOf(response))}".`,
		{
			status: response.status,
			remedy: 'Check Company Domain and API Base URL in the Pipedrive credential.',
		},
	);
}

function blockedByGateway(response: HttpResponse): CoreError {
	return new CoreError(
		'blocked',
		'Pipedrive\'s gateway blocks this server for a while (an HTML page "access denied" instead of an answer), usually after too many requests.',
		{
			status: response.status,
			requestId: response.headers['cf-ray'],
			remedy:
				'Wait some minutes; if other tools use the same token, lower their pace or give them a token of their own.',
		},
	);
}

const LONGEST_BURST_WAIT_SECONDS = 60;
/** A daily budget comes back within a day and an hour that a clock change may add; no header makes us wait longer. */
const LONGEST_DAY_MS = 25 * 60 * 60 * 1000;

function tooMany(response: HttpResponse, now: number): CoreError {
	const told = tellOf(response);
	const waitMs = retryAfterMsOf(response);
	const remaining = response.headers['x-daily-ratelimit-token-remaining'];
	const isDaily =
		/daily|budget/i.test(told.text) ||
		(remaining !== undefined && Number(remaining) <= 0) ||
		(waitMs !== undefined && waitMs > LONGEST_BURST_WAIT_SECONDS * 1000);
	if (isDaily) {
		return new CoreError('budgetSpent', "Pipedrive's daily API budget of the company is used up.", {
			status: 429,
			...(waitMs === undefined
				? {}
				: { resetsAt: new Date(now + Math.min(waitMs, LONGEST_DAY_MS)).toISOString() }),
			remedy: 'It goes on after the daily reset; a larger plan or a top-up in Pipedrive raises it.',
		});
	}
	// `x-ratelimit-reset` is a duration in seconds, not an instant.
	const reset = Number(response.headers['x-ratelimit-reset']);
	const resetMs = Number.isFinite(reset) && reset > 0 && reset <= 60 ? reset * 1000 : undefined;
	return new CoreError('rateLimited', `Pipedrive asks to slow down: ${told.text}.`, {
		status: 429,
		retryAfterMs: waitMs ?? resetMs,
	});
}

function remedyOfForbidden(told: Told): string {
	if (/scope/i.test(told.text)) {
		return 'Give the app the missing scope in Pipedrive Developer Hub (contacts:full, contact-fields:full; for webhooks admin) and connect again.';
	}
	if (told.code?.startsWith('feature_capping') || /limit/i.test(told.text)) {
		return "The Pipedrive plan's cap is reached: remove records or fields that are not needed, or raise the plan.";
	}
	return 'Ask a Pipedrive admin to give the user of this token the missing right.';
}
