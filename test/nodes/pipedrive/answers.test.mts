import { classifyAnswer, envelopeOf } from '../../../nodes/Pipedrive/answers';
import { companyOf, dailyLimitOf } from '../../../nodes/Pipedrive/company';
import type { HttpResponse } from '../../../core/http/ports';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const answer = (
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): HttpResponse => ({
	status,
	headers: {
		'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
		...headers,
	},
	body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const refusal = (error: string, more = {}) => ({ success: false, error, ...more });

describe("Pipedrive's answers", () => {
	it.each<[what: string, response: HttpResponse, expected: object | undefined]>([
		['good', answer(200, { success: true, data: [] }), undefined],
		['refused with status 200', answer(200, refusal('no')), { kind: 'invalid' }],
		['a web page with status 200', answer(200, '<html>login</html>'), { kind: 'protocol' }],
		['wrong token', answer(401, refusal('unauthorized access')), { kind: 'auth' }],
		['unpaid', answer(402, refusal('pay')), { kind: 'configuration' }],
		['missing scope', answer(403, refusal('Scope and URL mismatch')), { kind: 'forbidden' }],
		['blocked', answer(403, '<!DOCTYPE html>error 1015'), { kind: 'blocked' }],
		['gone', answer(410, refusal('gone')), { kind: 'notFound' }],
		['feature off', answer(415, refusal('off')), { kind: 'configuration' }],
		[
			'validation',
			answer(400, refusal('Validation failed', { code: 'ERR_SCHEMA_VALIDATION_FAILED' })),
			{ kind: 'invalid', code: 'ERR_SCHEMA_VALIDATION_FAILED' },
		],
		[
			'daily 429 by its words, with the time to the reset',
			answer(429, refusal('daily request budget exceeded'), { 'retry-after': '3939' }),
			{ kind: 'budgetSpent', resetsAt: '2026-11-21T09:05:39.000Z' },
		],
		[
			'daily 429 by what remains',
			answer(429, refusal('too many'), { 'x-daily-ratelimit-token-remaining': '0' }),
			{ kind: 'budgetSpent' },
		],
		[
			'daily 429 by its long wait',
			answer(429, refusal('x'), { 'retry-after': '600' }),
			{ kind: 'budgetSpent' },
		],
		[
			'burst 429, seconds left as a duration',
			answer(429, refusal('rate limit'), { 'x-ratelimit-reset': '2' }),
			{ kind: 'rateLimited', retryAfterMs: 2_000 },
		],
		['burst 429 without timing', answer(429, refusal('rate limit')), { kind: 'rateLimited' }],
		['maintenance', answer(503, 'down'), { kind: 'transient' }],
	])('%s', (_, response, expected) => {
		const error = classifyAnswer(response, NOW);
		if (expected === undefined) expect(error).toBeUndefined();
		else expect(error).toMatchObject(expected);
	});

	it('an envelope without data is no empty list', () => {
		expect(() => envelopeOf(answer(200, { success: true }), 'the list')).toThrow(
			'no "success" and "data"',
		);
	});
});

describe('the credential', () => {
	const open = (credential: object) =>
		companyOf({ apiToken: 'x', ...credential }, 'erpPipedriveApi', '1');

	it.each([
		[{ companyDomain: 'acme' }, 'https://acme.pipedrive.com'],
		[{ companyDomain: ' Acme.pipedrive.com ' }, 'https://acme.pipedrive.com'],
		[{ apiBaseUrl: 'http://127.0.0.1:4000/' }, 'http://127.0.0.1:4000'],
		[{ apiBaseUrl: 'https://acme.pipedrive.com/api/v2' }, 'https://acme.pipedrive.com'],
		[
			{ oauthTokenData: { api_domain: 'https://beta.pipedrive.com' } },
			'https://beta.pipedrive.com',
		],
	])('%j opens %s', (credential, baseUrl) => {
		expect(open(credential).baseUrl).toBe(baseUrl);
	});

	it.each(['', 'a.b', 'a/b', 'a@b', '-a', 'a:80', 'a'.repeat(64)])(
		'refuses the company domain "%s"',
		(companyDomain) => {
			expect(() => open({ companyDomain })).toThrow('Company Domain');
		},
	);

	it.each(['ftp://x', 'not a url', 'https://u:p@x'])(
		'refuses the API base URL "%s"',
		(apiBaseUrl) => {
			expect(() => open({ apiBaseUrl })).toThrow('API Base URL');
		},
	);

	it('counts the budget by plan, seats and top-up, or takes the typed limit', () => {
		const limit = (credential: object) =>
			dailyLimitOf(open({ companyDomain: 'a', ...credential }).budget);
		expect(limit({})).toBe(30_000);
		expect(limit({ plan: 'growth', seats: 3, topUp: 500 })).toBe(180_500);
		expect(limit({ plan: 'growth', dailyLimit: 1_234 })).toBe(1_234);
	});
});
