import type { BudgetNews } from '../../core/http/budget';
import type { CoreError } from '../../core/http/errors';
import type { HttpResponse } from '../../core/http/ports';
import type { Told } from '../../core/http/window';
import { SEARCH_BURST } from './company';

/** What an answer tells about the burst windows. `isSearch`: about which one; absent where it does not tell. */
export function windowNewsOf(
	response: HttpResponse | undefined,
	error: CoreError | undefined,
): Told & { isSearch?: boolean } {
	const pauseMs = error?.retryAfterMs;
	const limit = numberOf(response?.headers['x-ratelimit-limit']);
	const remaining = numberOf(response?.headers['x-ratelimit-remaining']);
	return {
		...(pauseMs === undefined ? {} : { pauseMs }),
		...(limit === undefined ? {} : { limit, isSearch: limit <= SEARCH_BURST }),
		...(limit === undefined || remaining === undefined ? {} : { used: limit - remaining }),
	};
}

/** The daily headers are undocumented and not on every answer. */
export function dailyNewsOf(response: HttpResponse | undefined): BudgetNews {
	const perDay = numberOf(response?.headers['x-daily-ratelimit-token-limit']);
	const remaining = numberOf(response?.headers['x-daily-ratelimit-token-remaining']);
	return {
		...(perDay === undefined ? {} : { perDay }),
		...(remaining === undefined ? {} : { remaining }),
	};
}

function numberOf(header: string | undefined): number | undefined {
	if (header === undefined || header.trim() === '') return undefined;
	const value = Number(header);
	return Number.isFinite(value) ? value : undefined;
}
