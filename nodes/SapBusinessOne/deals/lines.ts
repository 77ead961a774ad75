import { CoreError } from '../../../core/http/errors';
import { decimalText, type Row } from '../rows';
import type { Deal, DealLine } from './deal';
import { keyIn } from './keys';
import type { DealSettings } from './settings';

const LONGEST_TEXT = 100;

/**
 * The lines of a deal as the Service Layer takes them.
 * @param currency code of the ERP for the prices; '' where the ERP's price list decides
 * @throws CoreError `invalid` for a line that must not be guessed
 */
export function documentLines(
	deal: Deal,
	settings: DealSettings,
	scope: string,
	currency: string,
): Row[] {
	if (deal.lines.length === 0) {
		throw new CoreError('invalid', `Deal ${deal.id} has no products.`, {
			code: 'noLines',
			remedy: 'Add products to the deal in Pipedrive.',
		});
	}
	return deal.lines.map((line, at) => {
		const name = `Line ${at + 1} ("${line.name || line.productCode}") of deal ${deal.id}`;
		if (!(line.quantity > 0)) {
			throw new CoreError('invalid', `${name} has no quantity above zero.`, {
				code: 'quantity',
				remedy: 'Correct the quantity in Pipedrive, or remove the line.',
			});
		}
		const itemCode = itemCodeOf(line, settings, scope, name);
		const isPlaceholder = itemCode === '';
		return {
			ItemCode: itemCode || settings.placeholderItem,
			...(isPlaceholder && line.name !== '' && { ItemDescription: cut(line.name) }),
			Quantity: line.quantity,
			...(currency !== '' && { ...priceOf(line, name), Currency: currency }),
			...(settings.warehouse !== '' && { WarehouseCode: settings.warehouse }),
			...(settings.taxCode !== '' && { TaxCode: settings.taxCode }),
			...(settings.vatGroup !== '' && { VatGroup: settings.vatGroup }),
			...(line.comments !== '' && { FreeText: cut(line.comments) }),
		};
	});
}

/** '' where the placeholder stands for it. */
function itemCodeOf(
	{ productExternalId, productCode }: DealLine,
	{ placeholderItem }: DealSettings,
	scope: string,
	name: string,
): string {
	if (productExternalId !== '') return keyIn(productExternalId, 'item', scope, name);
	if (productCode !== '') return productCode;
	if (placeholderItem !== '') return '';
	throw new CoreError('invalid', `${name} has neither external ID nor product code.`, {
		code: 'lineWithoutItem',
		remedy:
			'Link the product in Pipedrive or give it a code; or fill in "Item for Lines Without One".',
	});
}

/**
 * A price without tax keeps its percentage; money off the line becomes a net price. A price with tax has to carry its
 * discount, because the ERP takes discounts off the price without tax.
 */
function priceOf(line: DealLine, name: string): Row {
	const { unitPrice, discount, discountType, isGross, quantity } = line;
	const isPercentage = discountType === 'percentage';
	const net = isPercentage ? unitPrice * (1 - discount / 100) : unitPrice - discount / quantity;
	if (!Number.isFinite(net) || net < 0 || discount < 0) {
		throw new CoreError(
			'invalid',
			`${name} has no usable price: ${unitPrice} with a discount of ${discount}${isPercentage ? ' %' : ''}.`,
			{ code: 'price', remedy: 'Correct price and discount in Pipedrive.' },
		);
	}
	if (isGross) return { PriceAfterVAT: rounded(net) };
	if (!isPercentage) return { UnitPrice: rounded(net) };
	return { UnitPrice: rounded(unitPrice), ...(discount > 0 && { DiscountPercent: discount }) };
}

const rounded = (price: number) => Number(decimalText(price));
const cut = (value: string) => value.slice(0, LONGEST_TEXT);
