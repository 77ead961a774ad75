/**
 * A generic service with a change timestamp and delta links. No vendor file at hand covers it:
 * it stands for any service a user names, not for a promise about SAP's sales orders.
 */
import { entitySet } from '../edm.mts';

const properties = `
	SalesOrder! 10, SoldToParty 10, TotalNetAmount decimal(16,3), TransactionCurrency 5,
	CreationDate date, LastChangeDateTime offset`;

export const salesOrderV2 = entitySet({
	name: 'A_SalesOrder',
	namespace: 'API_SALES_ORDER_SRV',
	properties,
});

/** The same rows, as the V4 service names the set. */
export const salesOrderV4 = entitySet({
	name: 'SalesOrder',
	namespace: 'com.sap.gateway.srvd_a2x.api_salesorder.v0001',
	properties,
});
