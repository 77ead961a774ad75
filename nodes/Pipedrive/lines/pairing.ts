import { differenceOf, type DealLine } from './dealLine';
import { textInComment, type WantedLine } from './wanted';

export interface Pair {
	wanted: WantedLine;
	current: DealLine;
}

export interface Pairing {
	pairs: Pair[];
	/** Without a partner. */
	wanted: WantedLine[];
	current: DealLine[];
}

/**
 * Which line of Pipedrive stands for which of the ERP: the same product, most alike first, else in order.
 * A line whose product was not known yet is found again by the comment that we gave it.
 */
export function pairLines(wanted: readonly WantedLine[], current: readonly DealLine[]): Pairing {
	const pairs: Pair[] = [];
	let open = [...current];
	const leftByProduct = [...groups(wanted, open)].flatMap(([, group]) => {
		pairs.push(...pairOneProduct(group));
		return group.wanted;
	});
	const paired = new Set(pairs.map((pair) => pair.current));
	open = open.filter((line) => !paired.has(line));
	const left = leftByProduct.filter((line) => {
		const partner = open.find((one) => hadPlaceholder(line, one));
		if (!partner) return true;
		open = open.filter((one) => one !== partner);
		pairs.push({ wanted: line, current: partner });
		return false;
	});
	return { pairs, wanted: left, current: open };
}

interface Group {
	wanted: WantedLine[];
	current: DealLine[];
}

function groups(wanted: readonly WantedLine[], current: readonly DealLine[]): Map<number, Group> {
	const byProduct = new Map<number, Group>();
	for (const line of wanted) {
		const group = byProduct.get(line.productId) ?? { wanted: [], current: [] };
		group.wanted.push(line);
		byProduct.set(line.productId, group);
	}
	for (const line of current) byProduct.get(line.productId)?.current.push(line);
	return byProduct;
}

/** Takes the pairs out of the group; what has no partner stays in it. */
function pairOneProduct(group: Group): Pair[] {
	const pairs: Pair[] = [];
	for (let least = ALIKE_AT_MOST; least >= 0; least--) {
		if (group.current.length === 0) break;
		group.wanted = group.wanted.filter((wanted) => {
			const at = group.current.findIndex((current) => likeness(wanted, current) >= least);
			if (at < 0) return true;
			pairs.push({ wanted, current: group.current[at] });
			group.current.splice(at, 1);
			return false;
		});
	}
	return pairs;
}

/** The comment names the line where one product stands for many; the rest only counts where that is no help. */
const WEIGHTS: Readonly<Record<string, number>> = { comments: 6, item_price: 3, quantity: 2 };
const ALIKE_AT_MOST = 14;

function likeness(wanted: WantedLine, current: DealLine): number {
	const different = Object.keys(differenceOf(wanted, current));
	// A line without a comment fits any: it must not take the place of the one that has this comment.
	const isLoose = wanted.comments === '' && current.comments.trim() !== '';
	const most = isLoose ? ALIKE_AT_MOST - 1 : ALIKE_AT_MOST;
	return Math.max(
		0,
		different.reduce((left, key) => left - (WEIGHTS[key] ?? 1), most),
	);
}

function hadPlaceholder(wanted: WantedLine, current: DealLine): boolean {
	return wanted.text !== undefined && textInComment(current.comments) === wanted.text;
}
