/** Lines as an ERP or a person may have them. */
import fc from 'fast-check';
import type { WantedLine } from '../../../nodes/Pipedrive/lines/wanted';

export const ERP_PRODUCTS = [1, 2, 3];
/** 4 came from the ERP when the deal was last written; 5 and 6 are a person's own. */
export const FORMER = 4;
export const ALL_PRODUCTS = [1, 2, 3, 4, 5, 6];

const lineOf = (products: number[]): fc.Arbitrary<WantedLine> =>
	fc.record({
		productId: fc.constantFrom(...products),
		itemPrice: fc.constantFrom(0, 1, 9.99, 120),
		quantity: fc.constantFrom(1, 2, 0.5),
		discount: fc.constantFrom(0, 0, 10),
		discountType: fc.constantFrom('percentage', 'amount'),
		tax: fc.constantFrom(0, 19),
		comments: fc.constantFrom('', 'Unit: box', 'A - b'),
	});
export const anyLines = (products: number[], most: number) =>
	fc.oneof(
		{ weight: 6, arbitrary: fc.array(lineOf(products), { maxLength: 12 }) },
		{ weight: 1, arbitrary: fc.array(lineOf(products), { minLength: most / 2, maxLength: most }) },
	);
