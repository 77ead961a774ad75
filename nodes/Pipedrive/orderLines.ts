import { CoreError } from '../../core/http/errors';
import { followPages } from '../../core/http/paging';
import { PAGE_SIZE } from './api';
import { listOf, type Caller } from './call';
import { EVENT_ENDPOINTS } from './events/endpoints';

/** A line of a deal as an order needs it. Quantity, price and discount are as Pipedrive has them. */
export interface OrderLine {
	/** Of the product; '' where it is not linked to the ERP. */
	productExternalId: string;
	productCode: string;
	name: string;
	quantity: number;
	/** In the currency of the deal. */
	unitPrice: number;
	discount: number;
	discountType: 'percentage' | 'amount';
	/** Percent. */
	tax: number;
	/** `inclusive`: the tax is in the price. */
	taxMethod: 'exclusive' | 'inclusive' | 'none';
	comments: string;
	productId: number;
	lineId: number;
}

export interface DealLine {
	line: Omit<OrderLine, 'productExternalId' | 'productCode'>;
	name: string;
	isEnabled: boolean;
}

/** In the order in which a person sees them. */
export async function readLines(call: Caller, dealId: number): Promise<DealLine[]> {
	const what = `the lines of deal ${dealId}`;
	const pages = followPages<{ rows: Array<Record<string, unknown>>; next?: string }>(
		async (cursor) => {
			const { data, nextPageToken } = await call(EVENT_ENDPOINTS.listDealLines, what, {
				ids: { id: String(dealId) },
				query: { limit: PAGE_SIZE, sort_by: 'id', sort_direction: 'asc', cursor },
			});
			return { rows: listOf(data, what) as Array<Record<string, unknown>>, next: nextPageToken };
		},
		() => new CoreError('protocol', `Pipedrive's list of ${what} has no end.`),
	);
	const rows: Array<Record<string, unknown>> = [];
	for await (const page of pages) rows.push(...page.rows);
	return rows
		.sort(
			(a, b) => Number(a.order_nr ?? 0) - Number(b.order_nr ?? 0) || Number(a.id) - Number(b.id),
		)
		.map(dealLineOf);
}

function dealLineOf(row: Record<string, unknown>): DealLine {
	const name = String(row.name ?? '');
	const { discount_type: discountType, tax_method: taxMethod } = row;
	return {
		name,
		isEnabled: row.is_enabled !== false,
		line: {
			lineId: Number(row.id),
			productId: Number(row.product_id),
			name,
			quantity: Number(row.quantity ?? 0),
			unitPrice: Number(row.item_price ?? 0),
			discount: Number(row.discount ?? 0),
			discountType: discountType === 'amount' ? 'amount' : 'percentage',
			tax: Number(row.tax ?? 0),
			taxMethod: taxMethod === 'inclusive' || taxMethod === 'none' ? taxMethod : 'exclusive',
			comments: String(row.comments ?? ''),
		},
	};
}
