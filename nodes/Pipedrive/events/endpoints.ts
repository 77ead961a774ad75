import type { Endpoint } from '../call';

/** Addresses of events, of the records they are about, and of reconciliation. Costs are compared with `x-token-cost` by a conformance test. */
export const EVENT_ENDPOINTS = {
	listWebhooks: { method: 'GET', path: '/webhooks', version: 1, cost: 10 },
	addWebhook: { method: 'POST', path: '/webhooks', version: 1, cost: 10 },
	removeWebhook: { method: 'DELETE', path: '/webhooks/{id}', version: 1, cost: 6 },
	listDeals: { method: 'GET', path: '/deals', version: 2, cost: 10 },
	listArchivedDeals: { method: 'GET', path: '/deals/archived', version: 2, cost: 20 },
	listDealLines: { method: 'GET', path: '/deals/{id}/products', version: 2, cost: 10 },
} as const satisfies Record<string, Endpoint>;

/** One record of each kind that an event can be about. */
export const RECORD_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
	activity: { method: 'GET', path: '/activities/{id}', version: 2, cost: 1 },
	deal: { method: 'GET', path: '/deals/{id}', version: 2, cost: 1 },
	lead: { method: 'GET', path: '/leads/{id}', version: 1, cost: 2 },
	note: { method: 'GET', path: '/notes/{id}', version: 1, cost: 2 },
	organization: { method: 'GET', path: '/organizations/{id}', version: 2, cost: 1 },
	person: { method: 'GET', path: '/persons/{id}', version: 2, cost: 1 },
	pipeline: { method: 'GET', path: '/pipelines/{id}', version: 2, cost: 1 },
	product: { method: 'GET', path: '/products/{id}', version: 2, cost: 1 },
	stage: { method: 'GET', path: '/stages/{id}', version: 2, cost: 1 },
};
