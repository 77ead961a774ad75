/** Documents that this node creates, as the vendor's metadata names them. A sales delivery request is none of them. */
export type OrderKind = 'order' | 'purchaseOrder' | 'quotation';

export interface DocumentKind {
	entitySet: string;
	/** Member of `BoObjectTypes` and its value: what a draft becomes. */
	object: [name: string, value: string];
	what: string;
}

export const ORDER_KINDS: Readonly<Record<OrderKind, DocumentKind>> = {
	order: { entitySet: 'Orders', object: ['oOrders', '17'], what: 'sales order' },
	purchaseOrder: {
		entitySet: 'PurchaseOrders',
		object: ['oPurchaseOrders', '22'],
		what: 'purchase order',
	},
	quotation: { entitySet: 'Quotations', object: ['oQuotations', '23'], what: 'sales quotation' },
};
