import type { DealLine } from './dealLine';
import { digestOf, spoken, writtenOf, type WrittenLine, type WrittenLines } from './memory';
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

/** Whose the lines are, as far as it is known. */
export interface Ownership {
	/** Lines that were written before. */
	written?: WrittenLines;
	/** A person's lines: only one that says exactly what the ERP says is paired. */
	strangers?: ReadonlySet<number>;
	/** Of the deal; a line in another one is replaced, so one that has it already comes first. */
	currency?: string;
}

/**
 * Which line of Pipedrive stands for which of the ERP: the same product, most alike first, else in order. A line that
 * was written before is known by what was written, whatever a person changed on it since.
 * A line whose product was not known yet is found again by the comment that we gave it.
 */
export function pairLines(
	wanted: readonly WantedLine[],
	current: readonly DealLine[],
	ownership: Ownership = {},
): Pairing {
	const pairs: Pair[] = [];
	let open = [...current];
	const leftByProduct = [...groups(wanted, open, ownership)].flatMap(([, group]) => {
		pairs.push(...pairOneProduct(group, ownership));
		return group.wanted;
	});
	const paired = new Set(pairs.map((pair) => pair.current));
	open = open.filter((line) => !paired.has(line));
	const left = leftByProduct.filter((line) => {
		const partner = open.find((one) => hadPlaceholder(line, one, ownership));
		if (!partner) return true;
		open = open.filter((one) => one !== partner);
		pairs.push({ wanted: line, current: partner });
		return false;
	});
	return { pairs, wanted: left, current: open };
}

interface Group {
	wanted: WantedLine[];
	/** Written before. */
	known: DealLine[];
	/** Of nobody knows whom. */
	others: DealLine[];
	strangers: DealLine[];
}

function groups(
	wanted: readonly WantedLine[],
	current: readonly DealLine[],
	{ written, strangers }: Ownership,
): Map<number, Group> {
	const byProduct = new Map<number, Group>();
	for (const line of wanted) {
		const group = byProduct.get(line.productId) ?? {
			wanted: [],
			known: [],
			others: [],
			strangers: [],
		};
		group.wanted.push(line);
		byProduct.set(line.productId, group);
	}
	for (const line of current) {
		const known = written?.get(line.id);
		const group = byProduct.get(known?.productId ?? line.productId);
		if (known) group?.known.push(line);
		else if (strangers?.has(line.id)) group?.strangers.push(line);
		else group?.others.push(line);
	}
	return byProduct;
}

/** What a line shows, or what was written to it; each part as one text. */
interface Face {
	exact: string;
	price: string;
	quantity: string;
	terms: string;
	comments: string;
	isFree: boolean;
}

function faceOf(line: WantedLine | DealLine): Face {
	const kind = line.discount === 0 ? '' : line.discountType;
	return {
		exact: [line.itemPrice, line.quantity, line.discount, kind, line.tax, line.comments].join('|'),
		price: line.itemPrice.toFixed(2),
		quantity: line.quantity.toFixed(2),
		terms: [line.discount.toFixed(2), kind, line.tax.toFixed(2)].join(' '),
		comments: spoken(line.comments),
		isFree: line.itemPrice === 0,
	};
}

function faceAsWritten({ itemPrice, quantity, discount, tax, comments }: WrittenLine): Face {
	return {
		exact: [itemPrice, quantity, discount, tax, comments].join('|'),
		price: itemPrice,
		quantity,
		terms: [discount, tax].join(' '),
		comments,
		isFree: false,
	};
}

/** What two lines have to share; and which lines of the ERP, and of Pipedrive, may be paired so. */
interface Likeness {
	of(face: Face): string;
	wanted?(face: Face): boolean;
	current?(face: Face): boolean;
}

const hasComment = ({ comments }: Face) => comments !== '';
/** What costs nothing is most likely a person's gift. */
const isNoGift = ({ isFree }: Face) => !isFree;

const SAME: readonly Likeness[] = [
	{ of: ({ exact }) => exact },
	{ of: ({ price, quantity, terms, comments }) => [price, quantity, terms, comments].join('|') },
];

/** Of the same product, most alike first. The comment names the line where one product stands for many. */
const ALIKE: readonly Likeness[] = [
	...SAME,
	// A line without a comment fits any, but only after those that have this comment.
	{
		of: ({ price, quantity, terms }) => [price, quantity, terms].join('|'),
		wanted: (face) => !hasComment(face),
	},
	{
		of: ({ comments, price, quantity }) => [comments, price, quantity].join('|'),
		wanted: hasComment,
	},
	{ of: ({ comments, price }) => [comments, price].join('|'), wanted: hasComment },
	{ of: ({ comments, quantity }) => [comments, quantity].join('|'), wanted: hasComment },
	{ of: ({ comments }) => comments, wanted: hasComment },
	{ of: ({ price, quantity }) => [price, quantity].join('|') },
	{ of: ({ price }) => price },
	{ of: ({ quantity }) => quantity, current: isNoGift },
];

const ANY: readonly Likeness[] = [{ of: () => '', current: isNoGift }];

/** Takes the pairs out of the group; what has no partner stays in it. */
function pairOneProduct(group: Group, { written, currency }: Ownership): Pair[] {
	const shown = { wanted: faceOf, current: faceOf };
	const remembered = {
		wanted: (line: WantedLine) => faceAsWritten(writtenOf(line)),
		current: ({ id }: DealLine) => faceAsWritten(written!.get(id)!),
	};
	const pairs: Pair[] = [];
	const pairWith = (
		lines: 'known' | 'others' | 'strangers',
		likenesses: readonly Likeness[],
		faces: Faces,
		isOpen: (line: DealLine) => boolean = () => true,
	) => {
		for (const likeness of likenesses) {
			const found = pairBy(likeness, group.wanted, group[lines].filter(isOpen), faces);
			pairs.push(...found);
			const taken = new Set<WantedLine | DealLine>(found.flatMap((pair) => Object.values(pair)));
			group.wanted = group.wanted.filter((line) => !taken.has(line));
			group[lines] = group[lines].filter((line) => !taken.has(line));
		}
	};
	if (group.known.some((line) => isInOther(line, currency))) {
		const isReplacement = (line: DealLine) => line.currency === currency;
		pairWith('others', SAME, shown, isReplacement);
		pairWith('strangers', SAME, shown, isReplacement);
	}
	pairWith('known', ALIKE, remembered);
	pairWith('others', ALIKE, shown);
	pairWith('strangers', SAME, shown);
	pairWith('known', ANY, remembered);
	pairWith('others', ANY, shown);
	return pairs;
}

/** Whether a line stands in another currency than the deal; unknown ones do not. */
export function isInOther(line: DealLine, currency: string | undefined): boolean {
	return Boolean(currency) && line.currency !== '' && line.currency !== currency;
}

interface Faces {
	wanted(line: WantedLine): Face;
	current(line: DealLine): Face;
}

function pairBy(
	likeness: Likeness,
	wanted: readonly WantedLine[],
	current: readonly DealLine[],
	faces: Faces,
): Pair[] {
	if (wanted.length === 0 || current.length === 0) return [];
	const free = new Map<string, DealLine[]>();
	for (const line of current) {
		const face = faces.current(line);
		if (likeness.current?.(face) === false) continue;
		const key = likeness.of(face);
		const twins = free.get(key);
		if (twins) twins.push(line);
		else free.set(key, [line]);
	}
	return wanted.flatMap((line) => {
		const face = faces.wanted(line);
		if (likeness.wanted?.(face) === false) return [];
		const partner = free.get(likeness.of(face))?.shift();
		return partner ? [{ wanted: line, current: partner }] : [];
	});
}

function hadPlaceholder(
	{ text, comments }: WantedLine,
	current: DealLine,
	{ written, strangers }: Ownership,
): boolean {
	if (text === undefined || strangers?.has(current.id)) return false;
	const known = written?.get(current.id);
	if (!known) return textInComment(current.comments) === text;
	return [text, `${text} (${comments})`].some((one) => digestOf(spoken(one)) === known.comments);
}
