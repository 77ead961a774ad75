import type { ErpProduct } from '../../core/record/erpRecord';
import { isInactive } from './creditStatus';
import { currencyOf, type Currencies } from './currencies';
import { amount, decimalText, numberOf, rowsIn, text, type Row } from './rows';

export interface ProductSettings {
	/** Number of the price list whose prices count. */
	priceList: number;
	/** Empty: all warehouses. */
	warehouses: readonly string[];
	/** Whether goods on order from vendors count as available. */
	countsOrdered: boolean;
	withCost: boolean;
}

export const DEFAULT_PRODUCT: ProductSettings = {
	priceList: 1,
	warehouses: [],
	countsOrdered: true,
	withCost: false,
};

export function productOf(
	row: Row,
	settings: ProductSettings,
	currencies: Currencies,
	today: string,
): ErpProduct {
	return {
		code: text(row, 'ItemCode'),
		name: text(row, 'ItemName'),
		unit: text(row, 'SalesUnit'),
		prices: pricesOf(row, settings, currencies),
		stock: stockOf(row, settings),
		isActive: !isInactive(row, today),
	};
}

/** A price list holds up to three prices, each in its currency. */
function pricesOf(
	row: Row,
	{ priceList, withCost }: ProductSettings,
	currencies: Currencies,
): ErpProduct['prices'] {
	const list = rowsIn(row, 'ItemPrices').find((item) => numberOf(item, 'PriceList') === priceList);
	const prices = new Map<string, string>();
	const columns = [
		['Price', 'Currency'],
		['AdditionalPrice1', 'AdditionalCurrency1'],
		['AdditionalPrice2', 'AdditionalCurrency2'],
	];
	for (const [price, currency] of columns) {
		const value = amount(list, price);
		const code = currencyOf(text(list, currency), currencies);
		const isEmpty = value === '' || (value === '0' && text(list, currency) === '');
		if (!isEmpty && code !== '' && !prices.has(code)) prices.set(code, value);
	}
	// The ERP keeps cost in the company's own currency.
	const cost = withCost ? amount(row, 'MovingAveragePrice') : '';
	return [...prices].map(([currency, price]) => ({
		currency,
		price,
		...(cost !== '' && currency === currencies.company && { cost }),
	}));
}

function stockOf(row: Row, { warehouses, countsOrdered }: ProductSettings): ErpProduct['stock'] {
	return rowsIn(row, 'ItemWarehouseInfoCollection')
		.filter((item) => warehouses.length === 0 || warehouses.includes(text(item, 'WarehouseCode')))
		.map((item) => {
			const onHand = numberOf(item, 'InStock') ?? 0;
			const allocated = numberOf(item, 'Committed') ?? 0;
			const ordered = countsOrdered ? (numberOf(item, 'Ordered') ?? 0) : 0;
			return {
				warehouse: text(item, 'WarehouseCode'),
				onHand: decimalText(onHand),
				allocated: decimalText(allocated),
				available: decimalText(onHand - allocated + ordered),
			};
		})
		.sort((a, b) => (a.warehouse < b.warehouse ? -1 : 1));
}
