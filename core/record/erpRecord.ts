/**
 * What every trigger emits and what Pipedrive Upsert takes without any mapping.
 *
 * Ids, amounts and quantities are strings: no precision is lost on the way. Dates are ISO 8601.
 * A field that the ERP does not have is absent; a field that the ERP has empty is an empty string,
 * so that a value deleted in the ERP can be told from one that was never read.
 */
export interface ErpRecord {
	erp: ErpIdentity;
	organization?: ErpOrganization;
	persons?: ErpPerson[];
	deal?: ErpDeal;
	product?: ErpProduct;
	document?: ErpDocument;
	/** What was left out on purpose, one sentence each: it goes to the audit of whoever writes the record. */
	warnings?: string[];
	/** The vendor's row, only where the user asked for it. */
	raw?: Record<string, unknown>;
}

export interface ErpIdentity {
	/** `s4hana`, `ecc`, `b1`, `syspro`, `sage300`. */
	system: string;
	/** `businessPartner`, `customer`, `item`, ... */
	entity: string;
	/** The ERP's own key, padded as the ERP stores it. */
	key: string;
	/** `<system>:<scope>:<entity>:<key>`, see `externalIdOf`. */
	externalId: string;
	/** Changes exactly when the record's content changes. */
	version: string;
	/** When the ERP says the record changed: ISO date, local date-time or instant, as precise as the ERP is; '' when unknown. */
	changedAt: string;
	/** ISO instant at which we read it. */
	readAt: string;
	isDeleted: boolean;
	isBlocked: boolean;
}

export type OrganizationType = 'Customer' | 'Supplier';

export interface ErpOrganization {
	name: string;
	type: OrganizationType[];
	phone?: string;
	email?: string;
	website?: string;
	taxNumber?: string;
	currency?: string;
	/** `code - description`, or the code alone. */
	paymentTerms?: string;
	creditLimit?: string;
	balance?: string;
	creditStatus?: string;
	segment?: string;
	industry?: string;
	language?: string;
	salesRepresentativeEmail?: string;
	billingAddress?: ErpAddress;
	shippingAddress?: ErpAddress;
	/** Stock of the items that the customer ordered lately, a line each. */
	orderedItemsStock?: string;
	/** Extension fields the user picked by name (`YY1_*`, `Z*`, `U_*`, optional fields). */
	extensions?: Record<string, string>;
}

export interface ErpAddress {
	street: string;
	houseNumber: string;
	postalCode: string;
	city: string;
	region: string;
	/** ISO 3166-1 alpha-2. */
	country: string;
}

export interface ErpPerson {
	/** The contact's own key in the ERP. */
	key: string;
	externalId: string;
	firstName?: string;
	lastName?: string;
	name: string;
	email?: string;
	phone?: string;
	mobile?: string;
	function?: string;
	department?: string;
	/** False once the relationship ended or the person is inactive: flagged in Pipedrive, never deleted, not created. */
	isActive: boolean;
	/** The ERP blocked the person itself or marked it for archiving: somebody has to decide about erasing it elsewhere. */
	isBlocked?: boolean;
	/** The standard relationship wins when a person belongs to several companies. */
	isStandard: boolean;
}

export interface ErpDealLine {
	productCode: string;
	description: string;
	quantity: string;
	unitPrice: string;
	/** Percentages, `10` or one after the other `10+5`; money off the line where `discountType` says so. */
	discount: string;
	discountType?: 'amount';
	/** A rate in per cent, or the name of a tax group. */
	tax: string;
	unit?: string;
	/** Of `quantity`: how much left the warehouse, and how much waits for stock. */
	shippedQuantity?: string;
	backOrderedQuantity?: string;
}

export interface ErpDeal {
	title: string;
	/** The ERP's own number of the order, and the customer's purchase order number. */
	number?: string;
	customerReference?: string;
	/** As the ERP words it. */
	status: string;
	/** What the status comes to; absent where the ERP's status is unknown. */
	state?: 'open' | 'completed' | 'cancelled';
	/** Date of the last invoice, where there is one. */
	lastInvoiceDate?: string;
	value: string;
	/** Net, in the deal's currency: what of the value was delivered, and what was invoiced. */
	deliveredAmount?: string;
	invoicedAmount?: string;
	currency: string;
	orderDate: string;
	dueDate: string;
	organizationExternalId: string;
	lines: ErpDealLine[];
}

export interface ErpProduct {
	code: string;
	name: string;
	unit: string;
	prices: Array<{ currency: string; price: string; cost?: string }>;
	stock: Array<{ warehouse: string; onHand: string; allocated: string; available: string }>;
	isActive: boolean;
}

export interface ErpDocument {
	kind: string;
	/** Absent where the ERP does not tell. A cancelled document changes what stands in the history, and adds nothing. */
	state?: 'open' | 'completed' | 'cancelled';
	number: string;
	date: string;
	dueDate: string;
	total: string;
	open: string;
	currency: string;
	organizationExternalId: string;
	lines: ErpDealLine[];
}

/**
 * Builds `<system>:<scope>:<entity>:<key>`. Scope is the client, company database or company id,
 * so that two ERPs or two companies can share one Pipedrive. A colon or per cent sign inside a part
 * is percent-encoded, so that the parts can always be told apart; so are all blanks that a CRM would trim or
 * collapse, because keys may differ in nothing else. Blanks at the end only fill up a column.
 */
export function externalIdOf(system: string, scope: string, entity: string, key: string): string {
	return [system, scope, entity, key].map(encodePart).join(':');
}

function encodePart(part: string): string {
	return part
		.trimEnd()
		.replace(/%/g, '%25')
		.replace(/:/g, '%3A')
		.replace(/\s+/g, (blanks, at: number) => {
			const kept = at > 0 && blanks.startsWith(' ') ? ' ' : '';
			return kept + encodeURIComponent(blanks.slice(kept.length));
		});
}
