import { CoreError } from './errors';

const DAY_MS = 24 * 60 * 60 * 1000;
/** With the hour that a clock change may add. */
const LONGEST_DAY_MS = DAY_MS + 60 * 60 * 1000;
const SLICE_MS = 10 * 60 * 1000;
/** So old, what the server said may be of another day; one request may ask. */
const OLD_NEWS_MS = 30 * 60 * 1000;
/** Kept back for such requests, so that they never touch the reserve. */
const PROBE_SHARE = 0.01;
/** What remains may rise a little by itself; a rise by this share of the day is a new day. */
const NEW_DAY_SHARE = 0.25;

/** `code` of the error when only what is kept for higher priorities is left. */
export const KEPT_BACK = 'keptBack';

/**
 * `high`: may use what is kept back. `read`: may use half of it, because every run begins with reads.
 * `normal`: must leave it.
 */
export type Priority = 'high' | 'read' | 'normal';

const OPEN_SHARE: Record<Priority, number> = { high: 1, read: 0.5, normal: 0 };

export interface BudgetLimits {
	/** Tokens the whole company may spend in a day; `Infinity` where there is no daily limit. */
	perDay: number;
	/** Share (0 to 1) that is left to people and other tools. */
	reserveShare: number;
	/** Share (0 to 1) kept back for high priority; default 0. */
	keptShare?: number;
	/** Processes that share the rest in equal parts; default 1. */
	processes?: number;
}

/** Tokens of this process: its part of the company's. */
export interface BudgetStatus {
	perDay: number;
	/** What we may still spend before the reserve is touched. */
	left: number;
	/** Of `left`, what is kept back for high priority. */
	kept: number;
	spentByUs: number;
	usedElsewhere: number;
	reserve: number;
	/** ISO instant, only where the server named it. */
	resetsAt?: string;
}

/** What an answer of the server tells about the daily allowance of the company. */
export interface BudgetNews {
	perDay?: number;
	remaining?: number;
	/** The server refuses everything until then (epoch milliseconds). */
	exhaustedUntil?: number;
}

/** The cost of one request. Call one of both, once, when it has its answer or its error. */
export interface Spending {
	settle(news?: BudgetNews): void;
	/** It never left. */
	refund(): void;
}

export interface DailyBudget {
	/** Takes the cost, or throws `budgetSpent` when it would touch the reserve. Never waits. */
	spend(cost: number, priority?: Priority): Spending;
	/** Tokens that other processes and tools used today, where the user tells us. */
	setUsedElsewhere(tokens: number): void;
	setLimits(limits: BudgetLimits): void;
	status(): BudgetStatus;
}

/**
 * A daily allowance whose reset hour nobody knows: own spending counts for a rolling 24 hours, so that it
 * stays below the limit in every day, whichever hour the server's day begins. A server that reports what
 * remains is believed when it is stricter; when what remains jumps up, its day began anew and our count
 * starts again. What it said half an hour ago is old news: then one request at a time may ask again, out of
 * a hundredth that is kept back for that.
 */
export function createDailyBudget(initial: BudgetLimits, now: () => number): DailyBudget {
	let limits = initial;
	let usedElsewhere = 0;
	let exhaustedUntil = 0;
	/** Of the company, less what is under way. */
	let remaining: number | undefined;
	let toldPerDay = Infinity;
	let toldAt = -Infinity;
	let probes: Array<{ at: number; cost: number }> = [];
	let underWay = 0;
	let spendings = 0;
	let open = 0;
	const slices = new Map<number, number>();

	const sliceOf = (at: number) => Math.floor(at / SLICE_MS);
	const companyPerDay = () => Math.min(limits.perDay, toldPerDay);
	const processes = () => Math.max(1, limits.processes ?? 1);
	const perDayOf = () => Math.floor(companyPerDay() / processes());

	const keptOf = () => Math.ceil(perDayOf() * (limits.keptShare ?? 0));

	function spentByUs(): number {
		const oldest = sliceOf(now() - DAY_MS);
		let sum = 0;
		for (const [slice, tokens] of slices) {
			if (slice < oldest) slices.delete(slice);
			else sum += tokens;
		}
		return sum;
	}

	function add(tokens: number, at: number): void {
		const slice = sliceOf(at);
		slices.set(slice, (slices.get(slice) ?? 0) + tokens);
	}

	function beginDay(): void {
		slices.clear();
		// What is under way may be counted in the new day.
		add(underWay, now());
		exhaustedUntil = 0;
	}

	/** What may still be spent to ask again; nothing where the server never tells. */
	function leftForProbes(): number {
		if (toldAt === -Infinity) return 0;
		probes = probes.filter(({ at }) => at > now() - DAY_MS);
		const spent = probes.reduce((sum, { cost }) => sum + cost, 0);
		return Math.max(0, Math.ceil(perDayOf() * PROBE_SHARE) - spent);
	}

	function status(): BudgetStatus {
		const perDay = perDayOf();
		const spent = spentByUs();
		const reserve = Math.ceil(perDay * limits.reserveShare);
		const own = perDay - reserve - spent - usedElsewhere;
		const companyReserve = Math.ceil(companyPerDay() * limits.reserveShare);
		const told =
			remaining === undefined ? Infinity : Math.floor((remaining - companyReserve) / processes());
		const isExhausted = exhaustedUntil > now();
		const left = isExhausted ? 0 : Math.max(0, Math.min(own, told) - leftForProbes());
		return {
			perDay,
			left,
			kept: Math.min(left, keptOf()),
			spentByUs: spent,
			usedElsewhere,
			reserve,
			...(isExhausted ? { resetsAt: new Date(exhaustedUntil).toISOString() } : {}),
		};
	}

	function isProbe(cost: number): boolean {
		const asked = Math.max(toldAt, ...probes.map(({ at }) => at));
		return (
			exhaustedUntil <= now() &&
			now() - asked > OLD_NEWS_MS &&
			open === 0 &&
			cost <= leftForProbes()
		);
	}

	/** Takes the cost from what is kept for probes, or throws. */
	function probeOrRefuse(cost: number, priority: Priority): void {
		if (!isProbe(cost)) throw refusal(cost, status(), priority);
		probes.push({ at: now(), cost });
	}

	function listen(news: BudgetNews, isAlone: boolean): void {
		if (news.perDay !== undefined && news.perDay > 0) toldPerDay = news.perDay;
		if (news.remaining !== undefined) {
			const before = remaining ?? Infinity;
			const isNewDay = news.remaining > before + companyPerDay() * NEW_DAY_SHARE;
			if (isNewDay) beginDay();
			// What is under way may not have been counted yet. An answer may also be older than one before it.
			const least = news.remaining - underWay;
			remaining = isNewDay || isAlone ? least : Math.min(least, before);
			toldAt = now();
		}
		if (news.exhaustedUntil !== undefined) exhaustedUntil = news.exhaustedUntil;
	}

	function spendingOf(cost: number): Spending {
		const at = now();
		const number = ++spendings;
		const isFirst = open === 0;
		open++;
		underWay += cost;
		add(cost, at);
		if (remaining !== undefined) remaining -= cost;
		let isOver = false;
		const end = () => {
			const wasOver = isOver;
			isOver = true;
			if (!wasOver) {
				open--;
				underWay -= cost;
			}
			return !wasOver;
		};
		return {
			settle(news = {}) {
				if (end()) listen(news, isFirst && spendings === number);
			},
			refund() {
				if (!end()) return;
				add(-cost, at);
				if (remaining !== undefined) remaining += cost;
			},
		};
	}

	return {
		spend(cost, priority = 'normal') {
			// Whatever hour the server's day begins at, it has begun anew meanwhile; a small budget has no probe to find out.
			if (now() - toldAt > LONGEST_DAY_MS) {
				remaining = undefined;
				toldAt = -Infinity;
			}
			if (exhaustedUntil !== 0 && exhaustedUntil <= now()) {
				remaining = undefined;
				beginDay();
			}
			const closed = keptOf() * (1 - OPEN_SHARE[priority]);
			if (cost > status().left - closed) probeOrRefuse(cost, priority);
			return spendingOf(cost);
		},
		setUsedElsewhere(tokens) {
			usedElsewhere = Math.max(0, tokens);
		},
		setLimits(next) {
			limits = next;
		},
		status,
	};
}

function refusal(cost: number, status: BudgetStatus, priority: Priority): CoreError {
	const { left, perDay, reserve, kept, resetsAt } = status;
	const told = `this call costs ${cost} tokens, ${Math.floor(left)} of ${perDay} are left before the ${reserve} reserved for people`;
	const isKept = cost <= left && priority !== 'high';
	return new CoreError(
		'budgetSpent',
		isKept
			? `The daily API budget is used up to the ${kept} tokens that are kept for new records: ${told}.`
			: `The daily API budget is used up to the reserve: ${told}.`,
		{
			resetsAt,
			neverSent: true,
			...(isKept ? { code: KEPT_BACK } : {}),
			remedy: `It goes on by itself after the daily reset; raise the plan, the top-up or lower the ${isKept ? 'share kept for new records' : 'reserve'} in the Pipedrive credential to go on now.`,
		},
	);
}
