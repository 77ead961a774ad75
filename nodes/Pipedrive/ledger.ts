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
const OLD_NEWS_MS = 30 * 60 * 1000;

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
	/** When the server last told what remains; -Infinity where it never did. */
	toldAt: number;
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
			toldAt: -Infinity,
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

	/**
	 * What the server said remains is old news after a while: its day may have begun anew, and only a request
	 * can tell. The answer's headers put the true rest back at once.
	 */
	function spend(cost: number): void {
		const { budget } = books;
		const isStale = ports.now() - books.toldAt > OLD_NEWS_MS && books.toldAt !== -Infinity;
		if (isStale && cost > budget.status().left && budget.status().resetsAt === undefined) {
			books.toldAt = -Infinity;
			budget.observe({ exhaustedUntil: ports.now() });
		}
		budget.spend(cost);
	}

	function settleWith(request: ClientRequest, response?: HttpResponse, error?: CoreError): void {
		if (response) {
			if (observeHeaders(response, company, books.budget, lanes)) books.toldAt = ports.now();
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
			spend(cost);
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
		// Each request under way when the day's budget ends costs one more 429, and many in a row bring the block.
		get concurrency() {
			return Math.min(8, Math.max(4, Math.ceil(lanes.limit / 4)));
		},
	};
}

/** The daily headers are undocumented and not on every answer; the stricter side wins. True where they told what remains. */
function observeHeaders(
	response: HttpResponse,
	company: Company,
	budget: DailyBudget,
	lanes: Lanes,
): boolean {
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
	return remaining !== undefined;
}

function numberOf(header: string | undefined): number | undefined {
	if (header === undefined || header.trim() === '') return undefined;
	const value = Number(header);
	return Number.isFinite(value) ? value : undefined;
}
