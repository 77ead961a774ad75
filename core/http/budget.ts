import { CoreError } from './errors';

const DAY_MS = 24 * 60 * 60 * 1000;
const SLICE_MS = 10 * 60 * 1000;

export interface BudgetLimits {
	/** Tokens the whole company may spend in a day; `Infinity` where there is no daily limit. */
	perDay: number;
	/** Share (0 to 1) that is left to people and other tools. */
	reserveShare: number;
}

export interface BudgetStatus {
	perDay: number;
	/** What we may still spend before the reserve is touched. */
	left: number;
	spentByUs: number;
	usedElsewhere: number;
	reserve: number;
	/** ISO instant, only where the server named it. */
	resetsAt?: string;
}

/** What an answer of the server tells about the daily allowance. */
export interface BudgetNews {
	perDay?: number;
	remaining?: number;
	/** The server refuses everything until then (epoch milliseconds). */
	exhaustedUntil?: number;
}

export interface DailyBudget {
	/** Takes the cost, or throws `budgetSpent` when it would touch the reserve. Never waits. */
	spend(cost: number): void;
	/** Gives back what a request that never left had taken. */
	refund(cost: number): void;
	/** Only stricter news counts, except that a remaining amount that grows means a new day began. */
	observe(news: BudgetNews): void;
	/** Tokens that other processes and tools used today, where the user tells us. */
	setUsedElsewhere(tokens: number): void;
	setLimits(limits: BudgetLimits): void;
	status(): BudgetStatus;
}

/**
 * A daily allowance whose reset hour nobody knows: own spending counts for a rolling 24 hours, so that it
 * stays below the limit in every day, whichever hour the server's day begins. A server that reports what
 * remains is believed when it is stricter; when what remains jumps up, its day began anew and our count
 * starts again.
 */
export function createDailyBudget(initial: BudgetLimits, now: () => number): DailyBudget {
	let limits = initial;
	let usedElsewhere = 0;
	let exhaustedUntil = 0;
	let remaining: number | undefined;
	const slices = new Map<number, number>();

	const sliceOf = (at: number) => Math.floor(at / SLICE_MS);

	function spentByUs(): number {
		const oldest = sliceOf(now() - DAY_MS);
		let sum = 0;
		for (const [slice, tokens] of slices) {
			if (slice < oldest) slices.delete(slice);
			else sum += tokens;
		}
		return sum;
	}

	function add(tokens: number): void {
		const slice = sliceOf(now());
		slices.set(slice, (slices.get(slice) ?? 0) + tokens);
	}

	function beginDay(): void {
		slices.clear();
		exhaustedUntil = 0;
	}

	function status(): BudgetStatus {
		const spent = spentByUs();
		const reserve = Math.ceil(limits.perDay * limits.reserveShare);
		const own = limits.perDay - reserve - spent - usedElsewhere;
		const told = remaining === undefined ? Infinity : remaining - reserve;
		const left = exhaustedUntil > now() ? 0 : Math.max(0, Math.min(own, told));
		return {
			perDay: limits.perDay,
			left,
			spentByUs: spent,
			usedElsewhere,
			reserve,
			...(exhaustedUntil > now() ? { resetsAt: new Date(exhaustedUntil).toISOString() } : {}),
		};
	}

	return {
		spend(cost) {
			if (exhaustedUntil !== 0 && exhaustedUntil <= now()) {
				remaining = undefined;
				beginDay();
			}
			const { left, perDay, reserve, resetsAt } = status();
			if (cost > left) {
				throw new CoreError(
					'budgetSpent',
					`The daily API budget is used up to the reserve: this call costs ${cost} tokens, ${Math.floor(left)} of ${perDay} are left before the ${reserve} reserved for people.`,
					{
						resetsAt,
						neverSent: true,
						remedy:
							'It goes on by itself after the daily reset; raise the plan, the top-up or lower the reserve in the Pipedrive credential to go on now.',
					},
				);
			}
			add(cost);
			if (remaining !== undefined) remaining -= cost;
		},
		refund(cost) {
			add(-cost);
			if (remaining !== undefined) remaining += cost;
		},
		observe(news) {
			if (news.perDay !== undefined && news.perDay > 0 && news.perDay < limits.perDay) {
				limits = { ...limits, perDay: news.perDay };
			}
			if (news.remaining !== undefined) {
				const grown = remaining !== undefined && news.remaining > remaining + limits.perDay * 0.25;
				if (grown) beginDay();
				remaining = grown ? news.remaining : Math.min(news.remaining, remaining ?? Infinity);
			}
			if (news.exhaustedUntil !== undefined) exhaustedUntil = news.exhaustedUntil;
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
