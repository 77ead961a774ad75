import type { DealLine } from './dealLine';
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

type Line = WantedLine | DealLine;

/** What two lines have to share; and which lines of the ERP may be paired so. */
interface Likeness {
	of(line: Line): string;
	only?(wanted: WantedLine): boolean;
}

const spoken = (line: Line) => line.comments.replace(/\s+/g, ' ').trim();
const price = (line: Line) => line.itemPrice.toFixed(2);
const quantity = (line: Line) => line.quantity.toFixed(2);
const terms = (line: Line) =>
	[line.discount, line.discount === 0 ? '' : line.discountType, line.tax].join(' ');
const roundedTerms = (line: Line) =>
	[
		line.discount.toFixed(2),
		line.discount === 0 ? '' : line.discountType,
		line.tax.toFixed(2),
	].join(' ');
const hasComment = (wanted: WantedLine) => wanted.comments !== '';

/** Of the same product, most alike first. The comment names the line where one product stands for many. */
const LIKENESSES: readonly Likeness[] = [
	{ of: (line) => [line.itemPrice, line.quantity, terms(line), line.comments].join('|') },
	{ of: (line) => [price(line), quantity(line), roundedTerms(line), spoken(line)].join('|') },
	// A line without a comment fits any, but only after those that have this comment.
	{
		of: (line) => [price(line), quantity(line), roundedTerms(line)].join('|'),
		only: (wanted) => !hasComment(wanted),
	},
	{ of: (line) => [spoken(line), price(line), quantity(line)].join('|'), only: hasComment },
	{ of: (line) => [spoken(line), price(line)].join('|'), only: hasComment },
	{ of: (line) => [spoken(line), quantity(line)].join('|'), only: hasComment },
	{ of: spoken, only: hasComment },
	{ of: (line) => [price(line), quantity(line)].join('|') },
	{ of: price },
	{ of: quantity },
	{ of: () => '' },
];

/** Takes the pairs out of the group; what has no partner stays in it. */
function pairOneProduct(group: Group): Pair[] {
	return LIKENESSES.flatMap((likeness) => pairBy(likeness, group));
}

function pairBy({ of, only }: Likeness, group: Group): Pair[] {
	if (group.wanted.length === 0 || group.current.length === 0) return [];
	const free = new Map<string, DealLine[]>();
	for (const line of group.current) {
		const key = of(line);
		const twins = free.get(key);
		if (twins) twins.push(line);
		else free.set(key, [line]);
	}
	const pairs: Pair[] = [];
	group.wanted = group.wanted.filter((wanted) => {
		const current = (only?.(wanted) ?? true) ? free.get(of(wanted))?.shift() : undefined;
		if (current) pairs.push({ wanted, current });
		return current === undefined;
	});
	const paired = new Set(pairs.map(({ current }) => current));
	group.current = group.current.filter((line) => !paired.has(line));
	return pairs;
}

function hadPlaceholder(wanted: WantedLine, current: DealLine): boolean {
	return wanted.text !== undefined && textInComment(current.comments) === wanted.text;
}
