/** Daily token budget, rolling two-second windows, and the block for those who keep hammering. */
import type { Answer } from '../http.mts';
import { info } from './apiError.mts';
import type { Plan } from './world.mts';

export interface LimitOptions {
	now: () => number;
	plan: Plan;
	seats: number;
	/** Tokens per day; default 30,000 × plan × seats. */
	dailyTokens?: number;
	/** Milliseconds from UTC midnight to the server's midnight. */
	dayStartsAtMs: number;
	/** The undocumented `x-daily-ratelimit-token-*`. */
	dailyHeaders: boolean;
	/** Refusals in a row, within ten seconds, that bring the block. */
	blockAfter: number;
	blockMs: number;
	/** Whether a 4xx costs tokens like a good answer; the vendor does not say. */
	failuresCost: boolean;
}

export interface Bearer {
	token: string;
	oauth: boolean;
}

const multipliers: Record<Plan, number> = { lite: 1, growth: 2, premium: 5, ultimate: 7 };
const bursts: Record<Plan, { token: number; oauth: number }> = {
	lite: { token: 20, oauth: 80 },
	growth: { token: 40, oauth: 160 },
	premium: { token: 100, oauth: 400 },
	ultimate: { token: 120, oauth: 480 },
};
const searchLimit = 10;
const windowMs = 2000;
const dayMs = 86_400_000;

interface Usage {
	requests: number[];
	searches: number[];
	refusals: number[];
	blockedUntil: number;
}

export class Limits {
	private readonly usage = new Map<string, Usage>();
	private day = Number.NEGATIVE_INFINITY;
	private spentToday = 0;

	constructor(readonly options: LimitOptions) {}

	get dailyTokens(): number {
		const { dailyTokens, plan, seats } = this.options;
		return dailyTokens ?? 30_000 * multipliers[plan] * seats;
	}

	get spent(): number {
		this.turnDay();
		return this.spentToday;
	}

	/** As if others had used the account. */
	setSpent(tokens: number): void {
		this.turnDay();
		this.spentToday = tokens;
	}

	setDailyTokens(tokens: number): void {
		this.options.dailyTokens = tokens;
	}

	/** Milliseconds since 1970. */
	resetsAt(): number {
		this.turnDay();
		return (this.day + 1) * dayMs + this.options.dayStartsAtMs;
	}

	/** The Cloudflare page, while this token is blocked. */
	blocked(token: string): Answer | undefined {
		return this.of(token).blockedUntil > this.options.now() ? blockPage() : undefined;
	}

	/** A refusal, or undefined after the tokens were taken. */
	admit(bearer: Bearer, cost: number, search: boolean): Answer | undefined {
		const now = this.options.now();
		const usage = this.of(bearer.token);
		prune(usage, now);
		const { limit, used } = this.window(bearer, usage, search);
		const general = this.window(bearer, usage, false);
		if (used.length >= limit || general.used.length >= general.limit) {
			return this.refuse(bearer, usage, search, 'Too Many Requests');
		}
		if (this.spent + cost > this.dailyTokens) {
			return this.refuse(bearer, usage, search, 'daily request budget exceeded');
		}
		usage.requests.push(now);
		if (search) usage.searches.push(now);
		usage.refusals.length = 0;
		this.spentToday += cost;
		return undefined;
	}

	/** Gives tokens back for a request that failed, where failures are free. */
	refund(cost: number): void {
		if (!this.options.failuresCost) this.spentToday = Math.max(0, this.spentToday - cost);
	}

	headers(bearer: Bearer, search: boolean): Record<string, string> {
		const now = this.options.now();
		const usage = this.of(bearer.token);
		prune(usage, now);
		const { limit, used } = this.window(bearer, usage, search);
		const oldest = used[0] ?? now;
		const headers: Record<string, string> = {
			'x-ratelimit-limit': String(limit),
			'x-ratelimit-remaining': String(Math.max(0, limit - used.length)),
			'x-ratelimit-reset': String(Math.max(1, Math.ceil((oldest + windowMs - now) / 1000))),
		};
		if (this.options.dailyHeaders) {
			headers['x-daily-ratelimit-token-limit'] = String(this.dailyTokens);
			headers['x-daily-ratelimit-token-remaining'] = String(
				Math.max(0, this.dailyTokens - this.spent),
			);
		}
		return headers;
	}

	reset(): void {
		this.usage.clear();
		this.spentToday = 0;
	}

	private refuse(bearer: Bearer, usage: Usage, search: boolean, error: string): Answer {
		const now = this.options.now();
		usage.refusals.push(now);
		usage.refusals = usage.refusals.filter((at) => at > now - 10_000);
		if (usage.refusals.length >= this.options.blockAfter) {
			usage.refusals.length = 0;
			usage.blockedUntil = now + this.options.blockMs;
		}
		const headers = this.headers(bearer, search);
		if (error.startsWith('daily')) {
			headers['retry-after'] = String(Math.ceil((this.resetsAt() - now) / 1000));
		}
		const body = { success: false, error, errorCode: 429, error_info: info };
		return { status: 429, headers, body };
	}

	private window(bearer: Bearer, usage: Usage, search: boolean) {
		const limit = bursts[this.options.plan][bearer.oauth ? 'oauth' : 'token'];
		return search ? { limit: searchLimit, used: usage.searches } : { limit, used: usage.requests };
	}

	private of(token: string): Usage {
		let usage = this.usage.get(token);
		if (!usage) {
			usage = { requests: [], searches: [], refusals: [], blockedUntil: 0 };
			this.usage.set(token, usage);
		}
		return usage;
	}

	private turnDay(): void {
		const day = Math.floor((this.options.now() - this.options.dayStartsAtMs) / dayMs);
		if (day !== this.day) this.spentToday = 0;
		this.day = day;
	}
}

function prune(usage: Usage, now: number): void {
	for (const list of [usage.requests, usage.searches]) {
		while (list.length > 0 && list[0] <= now - windowMs) list.shift();
	}
}

/** What a blocked client sees: HTML, not JSON. */
export function blockPage(): Answer {
	return {
		status: 403,
		headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
		body: [
			'<!DOCTYPE html>',
			'<html lang="en-US"><head><title>Access denied | pipedrive.com used Cloudflare to restrict',
			' access</title></head><body><h1>Error 1015</h1><h2>You are being rate limited</h2>',
			'<p>Access denied.</p></body></html>',
		].join('\n'),
	};
}
