import { createHash } from 'node:crypto';
import { CoreError } from '../../core/http/errors';
import { hideSecret } from '../../core/http/redact';

/** What a Pipedrive credential says, in the node's own words. */
export interface Company {
	/** Without a slash at the end; paths start with `/api/`. */
	baseUrl: string;
	/** Where a person opens records. */
	webUrl: string;
	/** One per company: the daily budget is shared by all its tokens. */
	key: string;
	/** One per credential and token: another user may see other records. */
	credentialKey: string;
	authentication: 'apiToken' | 'oAuth2';
	budget: BudgetSettings;
}

export interface BudgetSettings {
	plan: Plan;
	seats: number;
	topUpTokens: number;
	/** Typed in by the user; 0 = from plan and seats. */
	dailyLimit: number;
	/** 0 to 1. */
	reserveShare: number;
	/** 0 to 1 of the daily tokens, kept for new records and write-back when updates are deferred. */
	keptShare: number;
	/** Processes (n8n workers) that use this company at once. */
	processes: number;
}

export type Plan = keyof typeof PLANS;

/**
 * Tokens per seat and day, requests per rolling 2 seconds, and custom fields of the company.
 * https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting and
 * https://support.pipedrive.com/en/article/usage-limits-in-pipedrive (checked 2026-11).
 */
export const PLANS = {
	lite: { name: 'Lite', perSeat: 30_000, burst: 20, burstOAuth: 80, customFields: 30 },
	growth: { name: 'Growth', perSeat: 60_000, burst: 40, burstOAuth: 160, customFields: 100 },
	premium: { name: 'Premium', perSeat: 150_000, burst: 100, burstOAuth: 400, customFields: 300 },
	ultimate: { name: 'Ultimate', perSeat: 210_000, burst: 120, burstOAuth: 480, customFields: 500 },
} as const;

/** Search has a window of its own on every plan. */
export const SEARCH_BURST = 10;
export const BURST_WINDOW_MS = 2_000;

/**
 * @param credential decrypted values of `erpPipedriveApi` or `erpPipedriveOAuth2Api`
 * @param credentialId n8n's id, or '' where n8n does not tell
 */
export function companyOf(
	credential: Record<string, unknown>,
	credentialType: string,
	credentialId: string,
): Company {
	const baseUrl = baseUrlOf(credential);
	const { access_token, refresh_token } = (credential.oauthTokenData ?? {}) as Record<
		string,
		unknown
	>;
	const secrets = [credential.apiToken, credential.clientSecret, access_token, refresh_token];
	for (const secret of secrets) hideSecret(text(secret));
	const authentication = credentialType === 'erpPipedriveOAuth2Api' ? 'oAuth2' : 'apiToken';
	const login = createHash('sha256')
		.update(text(credential.apiToken) || credentialId)
		.digest('hex')
		.slice(0, 12);
	return {
		baseUrl,
		webUrl: baseUrl,
		key: baseUrl.toLowerCase(),
		credentialKey: `${baseUrl.toLowerCase()}|${credentialType}|${login}`,
		authentication,
		budget: budgetOf(credential),
	};
}

function baseUrlOf(credential: Record<string, unknown>): string {
	const typed = text(credential.apiBaseUrl);
	if (typed !== '') return checkedBaseUrl(typed);
	const told = (credential.oauthTokenData as Record<string, unknown> | undefined)?.api_domain;
	if (typeof told === 'string' && told !== '') return checkedBaseUrl(told);
	const domain = text(credential.companyDomain).replace(/\.pipedrive\.com$/i, '');
	// The domain goes into a host name: anything but one DNS label could lead the token to another server.
	if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(domain)) {
		throw new CoreError(
			'configuration',
			domain === ''
				? 'The Company Domain in the Pipedrive credential is empty.'
				: `The Company Domain "${domain}" in the Pipedrive credential is no valid name.`,
			{
				remedy:
					'Enter only the part before ".pipedrive.com" of the address you see in the browser, for example acme.',
			},
		);
	}
	return `https://${domain.toLowerCase()}.pipedrive.com`;
}

function checkedBaseUrl(typed: string): string {
	const trimmed = typed.replace(/\/+$/, '').replace(/\/api(\/v[12])?$/, '');
	const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
	const isUsable =
		url !== undefined &&
		/^https?:$/.test(url.protocol) &&
		url.username === '' &&
		url.search === '' &&
		url.hash === '';
	if (!isUsable) {
		throw new CoreError(
			'configuration',
			`The API Base URL "${typed}" in the Pipedrive credential is no valid address.`,
			{ remedy: 'Enter it like https://acme.pipedrive.com, or leave it empty.' },
		);
	}
	return trimmed;
}

function budgetOf(credential: Record<string, unknown>): BudgetSettings {
	const plan = text(credential.plan);
	return {
		plan: plan in PLANS ? (plan as Plan) : 'lite',
		seats: Math.max(1, number(credential.seats, 1)),
		topUpTokens: Math.max(0, number(credential.topUp, 0)),
		dailyLimit: Math.max(0, number(credential.dailyLimit, 0)),
		reserveShare: Math.min(1, Math.max(0, number(credential.reservePercent, 20) / 100)),
		keptShare: Math.min(1, Math.max(0, number(credential.keepForNewPercent, 10) / 100)),
		processes: Math.max(1, Math.floor(number(credential.processesSharing, 1))),
	};
}

/** Tokens of the whole company per day. */
export function dailyLimitOf(budget: BudgetSettings): number {
	if (budget.dailyLimit > 0) return budget.dailyLimit;
	return PLANS[budget.plan].perSeat * budget.seats + budget.topUpTokens;
}

export function burstLimitOf(company: Company): number {
	const plan = PLANS[company.budget.plan];
	return company.authentication === 'oAuth2' ? plan.burstOAuth : plan.burst;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function number(value: unknown, fallback: number): number {
	const parsed = typeof value === 'number' ? value : Number.parseFloat(text(value));
	return Number.isFinite(parsed) ? parsed : fallback;
}
