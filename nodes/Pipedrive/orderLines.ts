import type { DealLine } from './lines/dealLine';

/** A line of a deal as an order needs it. Quantity, price and discount are as Pipedrive has them. */
export interface OrderLine
	extends Pick<
		DealLine,
		'productId' | 'name' | 'quantity' | 'discount' | 'discountType' | 'taxMethod' | 'comments'
	> {
	/** Of the product; '' where it is not linked to the ERP. */
	productExternalId: string;
	productCode: string;
	/** In the currency of the deal. */
	unitPrice: number;
	/** Percent. */
	tax: number;
	lineId: number;
}

export function orderLineOf(
	line: DealLine,
	product: Pick<OrderLine, 'productExternalId' | 'productCode'>,
): OrderLine {
	const { id, productId, name, quantity, itemPrice, comments } = line;
	const { discount, discountType, tax, taxMethod } = line;
	return {
		lineId: id,
		productId,
		name,
		quantity,
		unitPrice: itemPrice,
		discount,
		discountType,
		tax,
		taxMethod,
		comments,
		...product,
	};
}

/** In the order in which a person sees them. */
export function asSeen(lines: readonly DealLine[]): DealLine[] {
	return [...lines].sort((a, b) => a.orderNumber - b.orderNumber || a.id - b.id);
}
