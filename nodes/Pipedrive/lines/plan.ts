import { differenceOf, type DealLine, type LineBody } from './dealLine';
import { LINE_ENDPOINTS, MOST_LINES } from './endpoints';
import type { WrittenLines } from './memory';
import { isInOther, pairLines, type Pair } from './pairing';
import type { WantedLine } from './wanted';

export interface LineOptions {
	/** Lines that came from the ERP and are not in it any more are removed; else they stay and are told. */
	removesOthers: boolean;
	/** Products of lines that were written to this deal before, see `LinesResult.products`. */
	formerProducts?: readonly number[];
	/** What was written to the deal's lines before, by id: a person's edits of them stay. */
	written?: WrittenLines;
	/** See `strangersIn`. */
	strangers?: ReadonlySet<number>;
	/** Of the deal. Lines in another one are made anew, because Pipedrive does not change a line's currency. */
	currency?: string;
	/** Ids of lines that are being made anew. */
	replaced?: ReadonlySet<number>;
	/** Whether the ERP stands behind a product; lines of other products belong to a person. */
	isFromErp?(productId: number): boolean;
}

export interface LineUpdate {
	id: number;
	/** Only what differs. */
	body: LineBody;
	wanted: WantedLine;
}

export interface LinePlan {
	adds: WantedLine[];
	updates: LineUpdate[];
	/** Ids. */
	removes: number[];
	/** Lines that are as wanted, or as a person wants them. */
	settled: Pair[];
	/** How many those are. */
	kept: number;
	/** Among `removes`: lines that are made anew in the deal's currency. */
	replaced: DealLine[];
	/** From the ERP, not in it any more, and not to be removed. */
	staying: DealLine[];
	/** A person's own lines: never touched. */
	foreign: DealLine[];
	tokens: number;
}

/** What has to be done so that Pipedrive's lines are the ERP's. Lines change in place: what a person set on them stays. */
export function planLines(
	wanted: readonly WantedLine[],
	current: readonly DealLine[],
	options: LineOptions,
): LinePlan {
	const isReplaced = ({ id }: DealLine) => options.replaced?.has(id) === true;
	const replaced = current.filter(isReplaced);
	const open = current.filter((line) => !isReplaced(line));
	const { pairs, wanted: missing, current: others } = pairLines(wanted, open, options);
	const adds = [...missing];
	const updates: LineUpdate[] = [];
	const settled: Pair[] = [];
	for (const pair of pairs) {
		const body = differenceOf(pair.wanted, pair.current, options.written?.get(pair.current.id));
		if (isInOther(pair.current, options.currency)) {
			adds.push(pair.wanted);
			replaced.push(pair.current);
		} else if (Object.keys(body).length === 0) settled.push(pair);
		else updates.push({ id: pair.current.id, body, wanted: pair.wanted });
	}
	const products = new Set([
		...wanted.map((line) => line.productId),
		...(options.formerProducts ?? []),
	]);
	const isOurs = ({ id, productId }: DealLine) => {
		if (options.written?.has(id)) return true;
		if (options.strangers?.has(id)) return false;
		return products.has(productId) || options.isFromErp?.(productId) === true;
	};
	const ours = others.filter(isOurs);
	const removes = [...replaced, ...(options.removesOthers ? ours : [])].map(({ id }) => id);
	return {
		adds,
		updates,
		removes,
		settled,
		kept: settled.length,
		replaced,
		staying: options.removesOthers ? [] : ours,
		foreign: others.filter((line) => !isOurs(line)),
		tokens:
			addingCost(adds.length) +
			updates.length * LINE_ENDPOINTS.update.cost +
			removingCost(removes.length),
	};
}

export function isEmptyPlan({ adds, updates, removes }: LinePlan): boolean {
	return adds.length + updates.length + removes.length === 0;
}

/** In the order of the lines: what goes into one call. A part of one is a single call, of more a bulk call. */
export function addingParts(adds: readonly WantedLine[]): WantedLine[][] {
	return partsOf(adds, LEAST_BULK_ADD);
}

export function removingParts(ids: readonly number[]): number[][] {
	return partsOf(ids, LEAST_BULK_REMOVE);
}

/** From here on one bulk call costs no more than single calls: 25 against 5 each, 15 against 3 each. */
const LEAST_BULK_ADD = Math.floor(LINE_ENDPOINTS.addMany.cost / LINE_ENDPOINTS.add.cost) + 1;
const LEAST_BULK_REMOVE = Math.ceil(LINE_ENDPOINTS.removeMany.cost / LINE_ENDPOINTS.remove.cost);

function partsOf<T>(all: readonly T[], leastBulk: number): T[][] {
	const parts: T[][] = [];
	for (let at = 0; at < all.length; at += MOST_LINES) {
		const part = all.slice(at, at + MOST_LINES);
		parts.push(...(part.length >= leastBulk ? [part] : part.map((one) => [one])));
	}
	return parts;
}

function addingCost(count: number): number {
	const { add, addMany } = LINE_ENDPOINTS;
	const parts = partsOf(Array(count).fill(0), LEAST_BULK_ADD);
	return parts.reduce((cost, part) => cost + (part.length > 1 ? addMany.cost : add.cost), 0);
}

function removingCost(count: number): number {
	const { remove, removeMany } = LINE_ENDPOINTS;
	const parts = partsOf(Array(count).fill(0), LEAST_BULK_REMOVE);
	return parts.reduce((cost, part) => cost + (part.length > 1 ? removeMany.cost : remove.cost), 0);
}
