import { fingerprintOf } from '../../../core/record/fingerprint';
import type { WantedLine } from './wanted';

/** What was written to one line: digests, '' for nothing. A person's edit can be told by it from news of the ERP. */
export interface WrittenLine {
	productId: number;
	itemPrice: string;
	quantity: string;
	discount: string;
	tax: string;
	comments: string;
}

/** Of all lines that were written to a deal, by their id; other lines of the deal are a person's. */
export type WrittenLines = ReadonlyMap<number, WrittenLine>;

/** Rows of the id table stay below 5 KB: of longer orders the lines are not remembered one by one. */
const MOST_LINES = 100;

export function writtenOf(line: WantedLine): WrittenLine {
	return {
		productId: line.productId,
		itemPrice: digestOf(String(line.itemPrice)),
		quantity: digestOf(String(line.quantity)),
		discount: line.discount === 0 ? '' : digestOf(`${line.discount} ${line.discountType}`),
		tax: line.tax === 0 ? '' : digestOf(String(line.tax)),
		comments: digestOf(spoken(line.comments)),
	};
}

/** Of a comment, to find a line by it; '' for none. */
export function digestOf(text: string): string {
	return text === '' ? '' : fingerprintOf(text).slice(0, 6);
}

export function spoken(comments: string): string {
	return comments.replace(/\s+/g, ' ').trim();
}

/** Lines that were there before anything was written now, and that were not written before. */
export function strangersIn(
	current: ReadonlyArray<{ id: number }>,
	written: WrittenLines | undefined,
): ReadonlySet<number> {
	const strangers = written ? current.filter(({ id }) => !written.has(id)) : [];
	return new Set(strangers.map(({ id }) => id));
}

/** One text; `undefined` for more lines than are remembered. */
export function packed(written: WrittenLines): string | undefined {
	if (written.size > MOST_LINES) return undefined;
	return [...written]
		.map(([id, { productId, itemPrice, quantity, discount, tax, comments }]) =>
			[id.toString(36), productId.toString(36), itemPrice, quantity, discount, tax, comments]
				.join('.')
				.replace(/\.+$/, ''),
		)
		.join(',');
}

/** `undefined` where nothing was remembered, or somebody edited it. */
export function unpacked(text: string | undefined): WrittenLines | undefined {
	if (text === undefined) return undefined;
	const lines = new Map<number, WrittenLine>();
	for (const part of text.split(',').filter(Boolean)) {
		const [id, product, itemPrice = '', quantity = '', discount = '', tax = '', comments = ''] =
			part.split('.');
		const [lineId, productId] = [id, product ?? ''].map((number) => Number.parseInt(number, 36));
		if (!(lineId > 0) || !(productId > 0)) return undefined;
		lines.set(lineId, { productId, itemPrice, quantity, discount, tax, comments });
	}
	return lines;
}
