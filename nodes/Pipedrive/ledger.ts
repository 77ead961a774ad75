import { createDailyBudget, type BudgetStatus, type DailyBudget } from '../../core/http/budget';
import type { ClientRequest, Gate, Permit } from '../../core/http/client';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports } from '../../core/http/ports';
import { createBurstWindow, type BurstWindow } from '../../core/http/window';
import { burstLimitOf, BURST_WINDOW_MS, dailyLimitOf, SEARCH_BURST, type Company } from './company';

/** Nobody documents how long the gateway's block lasts; one request tries again after this. */
const BLOCK_PAUSE_MS = 10 * 60 * 1000;
/** After a daily 429 without `Retry-After`: ask again this much later. */
const UNKNOWN_RESET_MS = 60 * 60 * 1000;

export interface LedgerStatus extends BudgetStatus {
	spentByRun: number;
	/** 429 answers since this process began, burst and daily. */
	refusals: number;
}

/** The gate of one run. All runs of a company in this process spend from the same day. */
export interface Ledger extends Gate {
	status(): LedgerStatus;
	/** Requests that may be under way at once without being held up by the burst window. */
	readonly concurrency: number;
}

interface CompanyBooks {
	budget: DailyBudget;
	blockedUntil: number;
	refusals: number;
}

interface Lanes {
	limit: number;
	general: BurstWindow;
	search: BurstWindow;
}

/** Everything a process remembers about budgets. One for all executions; tests make their own. */
export interface LedgerBook {
	open(company: Company, ports: Ports, usedElsewhereToday?: number): Ledger;
}

/**
 * The daily budget belongs to the company, the burst window to the token. Limits follow the newest settings:
 * a changed credential counts from the next run on.
 */
export function createLedgerBook(): LedgerBook {
	const companies = new Map<string, CompanyBooks>();
	const lanesByToken = new Map<string, Lanes>();

	function booksOf(company: Company, ports: Ports): CompanyBooks {
		const limits = {
			perDay: Math.floor(dailyLimitOf(company.budget) / company.budget.processes),
			reserveShare: company.budget.reserveShare,
		};
		const known = companies.get(company.key);
		if (known) {
			known.budget.setLimits(limits);
			return known;
		}
		const books = {
			budget: createDailyBudget(limits, () => ports.now()),
			blockedUntil: 0,
			refusals: 0,
		};
		companies.set(company.key, books);
		return books;
	}

	function lanesOf(company: Company, ports: Ports): Lanes {
		const share = (limit: number) => Math.max(1, Math.floor(limit / company.budget.processes));
		const limit = share(burstLimitOf(company));
		const known = lanesByToken.get(company.credentialKey);
		if (known?.limit === limit) return known;
		const windowMs = BURST_WINDOW_MS;
		const lanes = {
			limit,
			general: createBurstWindow({ limit, windowMs }, ports),
			search: createBurstWindow({ limit: share(SEARCH_BURST), windowMs }, ports),
		};
		lanesByToken.set(company.credentialKey, lanes);
		return lanes;
	}

	return {
		open(company, ports, usedElsewhereToday) {
			const books = booksOf(company, ports);
			if (usedElsewhereToday !== undefined) {
				books.budget.setUsedElsewhere(usedElsewhereToday / company.budget.processes);
			}
			return createLedger(company, books, lanesOf(company, ports), ports);
		},
	};
}

function createLedger(company: Company, books: CompanyBooks, lanes: Lanes, ports: Ports): Ledger {
	let spentByRun = 0;

	function refuseWhileBlocked(): void {
		if (books.blockedUntil <= ports.now()) return;
		throw new CoreError(
			'blocked',
			"Pipedrive's gateway blocks this server; no request is sent until it had time to calm down.",
			{ resetsAt: new Date(books.blockedUntil).toISOString(), neverSent: true },
		);
	}

	function settleWith(request: ClientRequest, response?: HttpResponse, error?: CoreError): void {
		if (response) {
			observeHeaders(response, company, books.budget, lanes);
		}
		if (error?.kind === 'rateLimited') books.refusals++;
		if (error?.kind === 'blocked') books.blockedUntil = ports.now() + BLOCK_PAUSE_MS;
		if (error?.kind === 'budgetSpent') {
			books.refusals++;
			const until = Date.parse(error.resetsAt ?? '') || ports.now() + UNKNOWN_RESET_MS;
			books.budget.observe({ exhaustedUntil: until });
		}
		if (error?.neverSent) {
			books.budget.refund(request.cost ?? 0);
			spentByRun -= request.cost ?? 0;
		}
	}

	return {
		async acquire(request): Promise<Permit> {
			refuseWhileBlocked();
			const cost = request.cost ?? 0;
			books.budget.spend(cost);
			spentByRun += cost;
			const places = [await lanes.general.acquire()];
			if (request.lane === 'search') places.push(await lanes.search.acquire());
			if (books.blockedUntil > ports.now()) {
				for (const place of places) place.release('neverSent');
				books.budget.refund(cost);
				spentByRun -= cost;
				refuseWhileBlocked();
			}
			return {
				settle({ response, error }) {
					const outcome = error?.neverSent
						? 'neverSent'
						: error?.kind === 'rateLimited'
							? 'limited'
							: 'answered';
					for (const place of places) place.release(outcome, error?.retryAfterMs);
					settleWith(request, response, error);
				},
			};
		},
		status: () => ({ ...books.budget.status(), spentByRun, refusals: books.refusals }),
		get concurrency() {
			return Math.min(32, Math.max(4, Math.ceil(lanes.limit / 4)));
		},
	};
}

/** The daily headers are undocumented and not on every answer; the stricter side wins. */
function observeHeaders(
	response: HttpResponse,
	company: Company,
	budget: DailyBudget,
	lanes: Lanes,
): void {
	const { processes } = company.budget;
	const limit = numberOf(response.headers['x-daily-ratelimit-token-limit']);
	const remaining = numberOf(response.headers['x-daily-ratelimit-token-remaining']);
	if (limit !== undefined || remaining !== undefined) {
		budget.observe({
			...(limit === undefined ? {} : { perDay: Math.floor(limit / processes) }),
			...(remaining === undefined ? {} : { remaining }),
		});
	}
	const burst = numberOf(response.headers['x-ratelimit-limit']);
	if (burst !== undefined && burst > SEARCH_BURST) {
		lanes.general.tighten(Math.max(1, Math.floor(burst / processes)));
	}
}

function numberOf(header: string | undefined): number | undefined {
	if (header === undefined || header.trim() === '') return undefined;
	const value = Number(header);
	return Number.isFinite(value) ? value : undefined;
}
