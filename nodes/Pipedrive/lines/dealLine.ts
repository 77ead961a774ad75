import { CoreError } from '../../../core/http/errors';
import { spoken, writtenOf, type WrittenLine } from './memory';
import type { WantedLine } from './wanted';

/** A line of a deal as Pipedrive has it; `id` is what its documents call product_attachment_id. */
export interface DealLine {
	id: number;
	dealId: number;
	productId: number;
	name: string;
	itemPrice: number;
	quantity: number;
	discount: number;
	discountType: 'percentage' | 'amount';
	tax: number;
	/** `inclusive`: the tax is in the price. */
	taxMethod: 'exclusive' | 'inclusive' | 'none';
	comments: string;
	/** Where a person sees it among the others. */
	orderNumber: number;
	/** '' where Pipedrive does not tell. */
	currency: string;
	/** As Pipedrive adds it up, in the deal's currency. */
	sum: number;
	/** A line that is switched off does not count in the deal's value. */
	isEnabled: boolean;
}

export type LineBody = Record<string, number | string>;

export function dealLineOf(data: unknown, what: string): DealLine {
	const row = data as Record<string, unknown> | null;
	if (!row || typeof row !== 'object' || !Number.isInteger(row.id)) {
		throw new CoreError('protocol', `Pipedrive's answer for ${what} has no line with an id.`);
	}
	return {
		id: Number(row.id),
		dealId: Number(row.deal_id),
		productId: Number(row.product_id),
		name: String(row.name ?? ''),
		itemPrice: Number(row.item_price ?? 0),
		quantity: Number(row.quantity ?? 0),
		discount: Number(row.discount ?? 0),
		discountType: row.discount_type === 'amount' ? 'amount' : 'percentage',
		tax: Number(row.tax ?? 0),
		taxMethod:
			row.tax_method === 'inclusive' || row.tax_method === 'none' ? row.tax_method : 'exclusive',
		comments: String(row.comments ?? ''),
		orderNumber: Number(row.order_nr ?? 0),
		currency: String(row.currency ?? ''),
		sum: Number(row.sum ?? 0),
		isEnabled: row.is_enabled !== false,
	};
}

/** For a new line. Tax method, billing, variation and currency stay Pipedrive's business. */
export function bodyOf(wanted: WantedLine): LineBody {
	return {
		product_id: wanted.productId,
		item_price: wanted.itemPrice,
		quantity: wanted.quantity,
		discount: wanted.discount,
		discount_type: wanted.discountType,
		tax: wanted.tax,
		...(wanted.comments === '' ? {} : { comments: wanted.comments }),
	};
}

/**
 * Only what differs; empty for a line that is as wanted.
 * @param written what was written last: a part that the ERP has not changed since then is a person's to change
 */
export function differenceOf(
	wanted: WantedLine,
	current: DealLine,
	written?: WrittenLine,
): LineBody {
	const body: LineBody = {};
	const now = written && writtenOf(wanted);
	const isOurs = (part: keyof WrittenLine) => !now || now[part] !== written[part];
	if (wanted.productId !== current.productId && isOurs('productId')) {
		body.product_id = wanted.productId;
	}
	if (!isKept(wanted.itemPrice, current.itemPrice) && isOurs('itemPrice')) {
		body.item_price = wanted.itemPrice;
	}
	if (!isKept(wanted.quantity, current.quantity) && isOurs('quantity')) {
		body.quantity = wanted.quantity;
	}
	const isSameType = wanted.discountType === current.discountType;
	const isNone = wanted.discount === 0 && current.discount === 0;
	const isSameDiscount = isNone || (isSameType && isKept(wanted.discount, current.discount));
	if (!isSameDiscount && isOurs('discount')) {
		body.discount = wanted.discount;
		if (!isSameType) body.discount_type = wanted.discountType;
	}
	if (!isKept(wanted.tax, current.tax) && isOurs('tax')) body.tax = wanted.tax;
	if (!isSameComment(wanted.comments, current.comments) && isOurs('comments')) {
		body.comments = wanted.comments;
	}
	return body;
}

/** How many decimals Pipedrive keeps of quantities and percentages is not documented: ours cut to two is ours. */
function isKept(wanted: number, current: number): boolean {
	return wanted === current || Number(wanted.toFixed(2)) === current;
}

function isSameComment(wanted: string, current: string): boolean {
	return wanted === '' || spoken(wanted) === spoken(current);
}

/** `3 x Pump at 9.99 less 10 %, tax 19 % (Unit: box)`. */
export function lineText(line: DealLine): string {
	const unit = line.discountType === 'amount' ? '' : ' %';
	const parts = [
		`${line.quantity} x ${line.name || `product ${line.productId}`} at ${line.itemPrice}`,
		line.discount === 0 ? '' : ` less ${line.discount}${unit}`,
		line.tax === 0 ? '' : `, tax ${line.tax} %`,
		line.comments.trim() === '' ? '' : ` (${line.comments.trim()})`,
	];
	return parts.join('');
}
