import { COMPANY_ENDPOINTS, ENTITY_ENDPOINTS } from '../api';
import type { Endpoint } from '../call';
import { HISTORY_ENDPOINTS } from '../history/records';

/** Addresses of events, of the records they are about, and of reconciliation. Costs are compared with `x-token-cost` by a conformance test. */
export const EVENT_ENDPOINTS = {
	listWebhooks: { method: 'GET', path: '/webhooks', version: 1, cost: 10 },
	addWebhook: { method: 'POST', path: '/webhooks', version: 1, cost: 10 },
	removeWebhook: { method: 'DELETE', path: '/webhooks/{id}', version: 1, cost: 6 },
	listDeals: ENTITY_ENDPOINTS.deal.list,
	listArchivedDeals: COMPANY_ENDPOINTS.archivedDeals,
} as const satisfies Record<string, Endpoint>;

/** One record of each kind that an event can be about. */
export const RECORD_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
	activity: HISTORY_ENDPOINTS.activity.get,
	deal: ENTITY_ENDPOINTS.deal.get,
	lead: { method: 'GET', path: '/leads/{id}', version: 1, cost: 2 },
	note: HISTORY_ENDPOINTS.note.get,
	organization: ENTITY_ENDPOINTS.organization.get,
	person: ENTITY_ENDPOINTS.person.get,
	pipeline: { method: 'GET', path: '/pipelines/{id}', version: 2, cost: 1 },
	product: ENTITY_ENDPOINTS.product.get,
	stage: { method: 'GET', path: '/stages/{id}', version: 2, cost: 1 },
};
