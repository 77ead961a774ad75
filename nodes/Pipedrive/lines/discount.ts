import { exactOf, ONE, roundedTo, times } from './decimal';

/** A line's price and discount as Pipedrive takes them; amounts as exact decimals. */
export interface Priced {
	itemPrice: bigint;
	discount: bigint;
	discountType: 'percentage' | 'amount';
}

const HUNDRED = 100n * ONE;

/**
 * `10` is a percentage; `10+5` (also with `/` or `;`, with or without `%`) are percentages one after the other and
 * become a net price, because a line in Pipedrive has one discount. So does a surcharge. `undefined` for other text.
 */
export function withPercentages(price: bigint, text: string): Priced | undefined {
	const parts = text.replace(/[%\s]/g, '').replace(/^\+/, '').split(/[+/;]/).map(exactOf);
	if (text.trim() === '') return { itemPrice: price, discount: 0n, discountType: 'percentage' };
	if (parts.includes(undefined)) return undefined;
	const steps = (parts as bigint[]).filter((percent) => percent !== 0n);
	const [only = 0n] = steps;
	if (steps.length <= 1 && only >= 0n && only <= HUNDRED) {
		return { itemPrice: price, discount: only, discountType: 'percentage' };
	}
	const net = steps.reduce((left, percent) => (left * (HUNDRED - percent)) / HUNDRED, price);
	return { itemPrice: net, discount: 0n, discountType: 'percentage' };
}

/** Money off the line as a whole; a surcharge goes into the price. `undefined` for text that is no number. */
export function withAmount(price: bigint, quantity: bigint, text: string): Priced | undefined {
	const amount = text.trim() === '' ? 0n : exactOf(text);
	if (amount === undefined) return undefined;
	if (amount === 0n) return { itemPrice: price, discount: 0n, discountType: 'percentage' };
	if (amount < 0n && quantity !== 0n) {
		const itemPrice = price - (amount * ONE) / quantity;
		return { itemPrice, discount: 0n, discountType: 'percentage' };
	}
	return { itemPrice: price, discount: roundedTo(amount, 2), discountType: 'amount' };
}

/** What the line comes to, rounded to the cent as an invoice does. */
export function lineTotal({ itemPrice, discount, discountType }: Priced, quantity: bigint): bigint {
	const gross = times(itemPrice, quantity);
	const off = discountType === 'amount' ? discount : (gross * discount) / HUNDRED;
	return roundedTo(gross - off, 2);
}
