import type { Endpoint } from '../call';

/** Of Pipedrive's OpenAPI v2; costs are `x-token-cost`. */
export const LINE_ENDPOINTS = {
	list: { method: 'GET', path: '/deals/products', version: 2, cost: 10 },
	add: { method: 'POST', path: '/deals/{id}/products', version: 2, cost: 5 },
	addMany: { method: 'POST', path: '/deals/{id}/products/bulk', version: 2, cost: 25 },
	update: {
		method: 'PATCH',
		path: '/deals/{id}/products/{product_attachment_id}',
		version: 2,
		cost: 5,
	},
	remove: {
		method: 'DELETE',
		path: '/deals/{id}/products/{product_attachment_id}',
		version: 2,
		cost: 3,
	},
	/** Without `ids` this deletes up to a hundred lines, whichever they are. */
	removeMany: { method: 'DELETE', path: '/deals/{id}/products', version: 2, cost: 15 },
} as const satisfies Record<string, Endpoint>;

/** Most deals of one list, most lines of one bulk call. */
export const MOST_DEALS = 100;
export const MOST_LINES = 100;
export const LINE_PAGE_SIZE = 500;
