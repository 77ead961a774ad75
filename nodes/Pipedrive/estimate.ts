import type { BudgetStatus } from '../../core/http/budget';
import type { Outcome } from './result';

/** What a dry run foresees for one record; `tokens` of writing it. */
export interface Foreseen {
	outcome: Outcome;
	tokens: number;
}

export interface Estimate {
	creates: number;
	updates: number;
	unchanged: number;
	setAside: number;
	/** Of a real run: lists and fields read, and all writes. */
	tokens: number;
	/** What may still be spent today without touching the reserve. */
	left: number;
	/** What may be spent on a whole day without touching the reserve. */
	perDay: number;
	/** `tokens` of `left`: 1 = all of it; `null` when nothing is left. */
	shareOfLeft: number | null;
	/** Days with this budget, today counted; `null` when it can never be paid. */
	days: number | null;
	/** One sentence for a person. */
	text: string;
}

/**
 * What writing would cost, from the results of a dry run (records, persons, deals, notes and activities alike).
 *
 * @param reading tokens that the dry run itself spent on lists and fields: a real run on another day spends them, too
 * @param budget as it stands after the dry run
 */
export function estimateOf(
	foreseen: Iterable<Foreseen>,
	reading: number,
	budget: Pick<BudgetStatus, 'left' | 'perDay' | 'reserve'>,
): Estimate {
	const counts: Record<Outcome, number> = { created: 0, updated: 0, unchanged: 0, setAside: 0 };
	let tokens = reading;
	for (const { outcome, tokens: writing } of foreseen) {
		counts[outcome]++;
		tokens += writing;
	}
	const left = Math.max(0, Math.floor(budget.left));
	const perDay = Math.max(0, budget.perDay - budget.reserve);
	const numbers = {
		creates: counts.created,
		updates: counts.updated,
		unchanged: counts.unchanged,
		setAside: counts.setAside,
		tokens,
		left,
		perDay,
		shareOfLeft: left === 0 ? null : tokens / left,
		days: daysOf(tokens, left, perDay),
	};
	return { ...numbers, text: textOf(numbers) };
}

function daysOf(tokens: number, left: number, perDay: number): number | null {
	if (tokens <= left) return 1;
	return perDay === 0 ? null : 1 + Math.ceil((tokens - left) / perDay);
}

function textOf(estimate: Omit<Estimate, 'text'>): string {
	const { setAside, tokens, left, perDay, shareOfLeft, days } = estimate;
	const counts = [
		counted(estimate.creates, 'create'),
		counted(estimate.updates, 'update'),
		`${grouped(estimate.unchanged)} unchanged`,
		...(setAside > 0 ? [`${grouped(setAside)} set aside`] : []),
	].join(', ');
	const cost = `${counts}: ${counted(tokens, 'token')}`;
	if (tokens <= left) return `${cost}, ${percentOf(shareOfLeft ?? 0)} of what is left today`;
	const today =
		shareOfLeft === null
			? 'nothing is left today'
			: `${percentOf(shareOfLeft)} of what is left today`;
	if (days === null) return `${cost}, ${today} and the daily budget leaves nothing to it`;
	return `${cost}, ${today}: ${days} days at ${grouped(perDay)} tokens a day`;
}

function counted(count: number, what: string): string {
	return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

function percentOf(share: number): string {
	const percent = share * 100;
	if (percent > 0 && percent < 1) return 'less than 1 %';
	// Never rounded down to a whole budget that does not suffice.
	return `${grouped(share > 1 ? Math.ceil(percent) : Math.floor(percent))} %`;
}

/** 25700 -> "25,700". */
function grouped(count: number): string {
	return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}
