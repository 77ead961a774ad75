import {
	createDailyBudget,
	type BudgetStatus,
	type DailyBudget,
	type Spending,
} from '../../core/http/budget';
import type { ClientRequest, Gate, Permit } from '../../core/http/client';
import { asCoreError, CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports } from '../../core/http/ports';
import { createBurstWindow, type BurstWindow } from '../../core/http/window';
import { burstLimitOf, BURST_WINDOW_MS, dailyLimitOf, SEARCH_BURST, type Company } from './company';
import { createLookAhead, type LookAhead } from './lookAhead';
import { dailyNewsOf, windowNewsOf } from './rateHeaders';

/** Nobody documents how long the gateway's block lasts; one request tries again after this. */
const BLOCK_PAUSE_MS = 10 * 60 * 1000;
/** After a daily 429 without `Retry-After`: ask again this much later. */
const UNKNOWN_RESET_MS = 60 * 60 * 1000;
const OLD_NEWS_MS = 30 * 60 * 1000;
const USUAL_CONCURRENCY = 8;
const MOST_CONCURRENCY = 32;
/** More requests under way than the mean latency asks for, because latencies vary. */
const SLACK = 3;
const LATENCY_WEIGHT = 0.1;

export interface LedgerStatus extends BudgetStatus {
	spentByRun: number;
	/** 429 answers since this process began, burst and daily. */
	refusals: number;
}

/** The gate of one run. All runs of a company in this process spend from the same day. */
export interface Ledger extends Gate {
	status(): LedgerStatus;
	/** Requests that should be under way at once, so that only the burst window sets the pace. */
	readonly concurrency: number;
}

interface CompanyBooks {
	budget: DailyBudget;
	blockedUntil: number;
	refusals: number;
	/** When the server last told what remains; -Infinity where it never did. */
	toldAt: number;
	lookAhead: LookAhead;
}

interface Lanes {
	limit: number;
	processes: number;
	general: BurstWindow;
	search: BurstWindow;
	/** From leave to answer, the mean of late. */
	latencyMs: number;
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
			perDay: dailyLimitOf(company.budget),
			reserveShare: company.budget.reserveShare,
			keptShare: company.budget.keptShare,
			processes: company.budget.processes,
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
			lookAhead: createLookAhead(() => ports.now()),
		};
		companies.set(company.key, books);
		return books;
	}

	function lanesOf(company: Company, ports: Ports): Lanes {
		const limit = burstLimitOf(company);
		const { processes } = company.budget;
		const known = lanesByToken.get(company.credentialKey);
		if (known?.limit === limit && known.processes === processes) return known;
		const windowMs = BURST_WINDOW_MS;
		const lanes = {
			limit,
			processes,
			general: createBurstWindow({ limit, windowMs, processes }, ports),
			search: createBurstWindow({ limit: SEARCH_BURST, windowMs, processes }, ports),
			latencyMs: 0,
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
			return createLedger(books, lanesOf(company, ports), ports);
		},
	};
}

function createLedger(books: CompanyBooks, lanes: Lanes, ports: Ports): Ledger {
	let spentByRun = 0;

	/** Throws when sending this would be useless: waiting in the burst window takes long enough for that to change. */
	function refuseUseless(cost: number): void {
		if (books.blockedUntil > ports.now()) {
			throw new CoreError(
				'blocked',
				"Pipedrive's gateway blocks this server; no request is sent until it had time to calm down.",
				{ resetsAt: new Date(books.blockedUntil).toISOString(), neverSent: true },
			);
		}
		if (books.budget.status().resetsAt !== undefined) books.budget.spend(Math.max(1, cost));
	}

	function giveBack(spending: Spending, cost: number): void {
		spending.refund();
		spentByRun -= cost;
	}

	function settleWith(
		spending: Spending,
		request: ClientRequest,
		{ response, error }: { response?: HttpResponse; error?: CoreError },
	): void {
		books.lookAhead.heard();
		if (error?.kind === 'rateLimited' || error?.kind === 'budgetSpent') books.refusals++;
		if (error?.kind === 'blocked') books.blockedUntil = ports.now() + BLOCK_PAUSE_MS;
		if (error?.neverSent) {
			giveBack(spending, request.cost ?? 0);
			return;
		}
		const news = dailyNewsOf(response);
		if (news.remaining !== undefined) books.toldAt = ports.now();
		if (error?.kind === 'budgetSpent') {
			news.exhaustedUntil = Date.parse(error.resetsAt ?? '') || ports.now() + UNKNOWN_RESET_MS;
		}
		spending.settle(news);
	}

	return {
		async acquire(request): Promise<Permit> {
			const cost = request.cost ?? 0;
			const seen = await books.lookAhead.begin(books.toldAt !== -Infinity);
			const usual = request.method === 'GET' ? 'read' : 'normal';
			let spending: Spending;
			try {
				refuseUseless(cost);
				spending = books.budget.spend(cost, request.priority ?? usual);
			} catch (error) {
				seen();
				throw asCoreError(error);
			}
			spentByRun += cost;
			// Search has a window of its own, the smaller one, and counts in the general one, too.
			const search = request.lane === 'search' ? await lanes.search.acquire() : undefined;
			const general = await lanes.general.acquire();
			try {
				refuseUseless(cost);
			} catch (error) {
				general.release('neverSent');
				search?.release('neverSent');
				giveBack(spending, cost);
				seen();
				throw asCoreError(error);
			}
			const sentAt = ports.now();
			return {
				settle({ response, error }) {
					const latency = ports.now() - sentAt;
					const before = lanes.latencyMs === 0 ? latency : lanes.latencyMs;
					lanes.latencyMs = before + (latency - before) * LATENCY_WEIGHT;
					const { isSearch, ...told } = windowNewsOf(response, error);
					const outcome = outcomeOf(error);
					// A refusal that names its window says nothing about the other one.
					const unlessOther = (isOther: boolean) =>
						isOther && outcome === 'limited' ? 'answered' : outcome;
					general.release(unlessOther(isSearch === true), isSearch === true ? {} : told);
					search?.release(unlessOther(isSearch === false), isSearch === false ? {} : told);
					settleWith(spending, request, { response, error });
					seen();
				},
			};
		},
		status: () => ({ ...books.budget.status(), spentByRun, refusals: books.refusals }),
		get concurrency() {
			const share = lanes.limit / lanes.processes;
			const usual = Math.min(USUAL_CONCURRENCY, Math.max(4, Math.ceil(share / 4)));
			// Each request under way when the day's budget ends unforeseen costs one more 429, and many in a row bring the block.
			if (ports.now() - books.toldAt > OLD_NEWS_MS) return usual;
			const needed = Math.ceil((SLACK * share * lanes.latencyMs) / BURST_WINDOW_MS);
			return Math.min(MOST_CONCURRENCY, Math.max(usual, needed));
		},
	};
}

function outcomeOf(error: CoreError | undefined): 'neverSent' | 'limited' | 'answered' {
	if (error?.neverSent) return 'neverSent';
	return error?.kind === 'rateLimited' ? 'limited' : 'answered';
}
