import type { ErpPerson, ErpProduct, ErpRecord } from '../../core/record/erpRecord';
import { cancelledReason, stateInPipedrive } from './deals/dealSettings';
import type { EntityName } from './entities';

/** Who wins when both sides have a value (business rule: who wins, per field). */
export type WritePolicy = 'erpWins' | 'erpChanged' | 'onlyWhenEmpty';

/** One line of the field map that the user sees. */
export interface MapRow {
	/** Path in the ERP record: `organization.phone`, `person.email`, `organization.extensions.YY1_REGION`. */
	erpField: string;
	/** Name or key of the Pipedrive field. */
	pipedriveField: string;
	policy: WritePolicy;
	isActive: boolean;
}

/** When the record was read. Written only together with another change: else every poll would rewrite every record. */
export const SYNC_TIME = 'erp.readAt';

const SYNC_CHOICE: [path: string, name: string] = [
	SYNC_TIME,
	'Last ERP Sync (Only With Another Change)',
];

/** ERP fields that can be picked; `organization.extensions.NAME` can be typed. */
export const ERP_FIELDS: Record<EntityName, ReadonlyArray<[path: string, name: string]>> = {
	organization: [
		['organization.balance', 'Balance'],
		['organization.billingAddress', 'Billing Address'],
		['organization.creditLimit', 'Credit Limit'],
		['organization.creditStatus', 'Credit Status'],
		['organization.currency', 'Currency'],
		['organization.email', 'Email'],
		['organization.industry', 'Industry'],
		['organization.language', 'Language'],
		SYNC_CHOICE,
		['organization.name', 'Name'],
		['organization.paymentTerms', 'Payment Terms'],
		['organization.phone', 'Phone'],
		['organization.salesRepresentativeEmail', 'Sales Representative Email'],
		['organization.segment', 'Segment'],
		['organization.shippingAddress', 'Shipping Address'],
		['status', 'Status in the ERP'],
		['organization.orderedItemsStock', 'Stock of Ordered Items'],
		['organization.taxNumber', 'Tax Number'],
		['organization.type', 'Type (Customer, Supplier)'],
		['organization.website', 'Website'],
	],
	person: [
		['person.department', 'Department'],
		['person.email', 'Email'],
		['person.function', 'Function'],
		SYNC_CHOICE,
		['person.mobile', 'Mobile'],
		['person.name', 'Name'],
		['person.phone', 'Phone'],
		['status', 'Status in the ERP'],
	],
	product: [
		['product.isActive', 'Active'],
		['product.code', 'Code'],
		SYNC_CHOICE,
		['product.name', 'Name'],
		['product.prices', 'Prices'],
		['status', 'Status in the ERP'],
		['product.stock', 'Stock by Warehouse'],
		['product.unit', 'Unit'],
	],
	deal: [
		['deal.currency', 'Currency'],
		['deal.customerReference', 'Customer Reference'],
		['deal.deliveredAmount', 'Delivered Amount'],
		['deal.dueDate', 'Due Date'],
		['deal.invoicedAmount', 'Invoiced Amount'],
		SYNC_CHOICE,
		['deal.lastInvoiceDate', 'Last Invoice Date'],
		['deal.lostReason', 'Lost Reason'],
		['deal.orderDate', 'Order Date'],
		['deal.number', 'Order Number'],
		['deal.pipeline', 'Pipeline (From Deal Settings)'],
		['deal.stage', 'Stage (From Deal Settings)'],
		['deal.state', 'State (Open, Won, Lost)'],
		['deal.status', 'Status in the ERP'],
		['deal.title', 'Title'],
		['deal.total', 'Total'],
		['deal.value', 'Value (Only Without Lines)'],
		['deal.wonDate', 'Won Date'],
	],
};

const row = (
	erpField: string,
	pipedriveField: string,
	policy: WritePolicy = 'erpWins',
): MapRow => ({
	erpField,
	pipedriveField,
	policy,
	isActive: true,
});

/** Eight custom organization fields, three of persons, three of products, four of deals, the external ids included: Lite allows 30 per company. */
export const DEFAULT_MAP: Record<EntityName, readonly MapRow[]> = {
	organization: [
		row('organization.name', 'Name'),
		row('organization.type', 'ERP Type'),
		row('organization.billingAddress', 'Address'),
		row('organization.shippingAddress', 'Shipping Address'),
		row('organization.phone', 'ERP Phone', 'erpChanged'),
		row('organization.email', 'ERP Email', 'erpChanged'),
		row('organization.website', 'Website', 'erpChanged'),
		row('organization.taxNumber', 'Tax Number'),
		row('organization.paymentTerms', 'Payment Terms'),
		row('status', 'ERP Status'),
	],
	person: [
		row('person.name', 'Name'),
		row('person.email', 'Email', 'erpChanged'),
		row('person.phone', 'Phone', 'erpChanged'),
		row('person.mobile', 'Phone', 'erpChanged'),
		row('person.function', 'ERP Function'),
		row('status', 'ERP Status'),
	],
	product: [
		row('product.name', 'Name'),
		row('product.code', 'Product code'),
		row('product.unit', 'Unit'),
		row('product.prices', 'Prices'),
		row('product.isActive', 'Active'),
		row('product.stock', 'ERP Stock'),
		row('status', 'ERP Status'),
	],
	deal: [
		row('deal.title', 'Title', 'erpChanged'),
		row('deal.currency', 'Currency'),
		row('deal.value', 'Value'),
		row('deal.state', 'Status'),
		row('deal.wonDate', 'Won time'),
		row('deal.lostReason', 'Lost reason'),
		row('deal.pipeline', 'Pipeline', 'onlyWhenEmpty'),
		row('deal.stage', 'Stage', 'erpChanged'),
		row('deal.dueDate', 'Expected close date', 'erpChanged'),
		row('deal.number', 'ERP Order Number'),
		row('deal.status', 'ERP Status'),
		row('deal.total', 'ERP Total'),
	],
};

export const LEFT_STATUS = 'No longer at this company';
export const DELETED_STATUS = 'Deleted in ERP';
/** What is still written of a record that the ERP deleted. */
export const FLAGS: readonly string[] = ['status', 'deal.status'];

type ErpStock = ErpProduct['stock'][number];

/** What `status` says; '' never: a record that is fine again must be told from one that was never looked at. */
export function statusOf(record: ErpRecord, person?: ErpPerson): string {
	if (person && !person.isActive) return LEFT_STATUS;
	if (record.erp.isDeleted) return DELETED_STATUS;
	if (record.erp.isBlocked) return 'Blocked in ERP';
	return 'Active';
}

/** The ERP's value behind a path; `undefined` where the ERP did not tell. */
export function erpValue(record: ErpRecord, path: string, person?: ErpPerson): unknown {
	if (path === 'status') return statusOf(record, person);
	if (Object.hasOwn(SPECIAL, path)) return SPECIAL[path](record);
	const root: Record<string, unknown> = {
		erp: record.erp,
		organization: record.organization,
		person,
		product: record.product,
		deal: record.deal,
		raw: record.raw,
	};
	let value: unknown = root;
	for (const part of path.split('.')) {
		if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part))
			return undefined;
		value = (value as Record<string, unknown>)[part];
	}
	return value;
}

/** What is not written as it stands in the record. */
const SPECIAL: Record<string, (record: ErpRecord) => unknown> = {
	'product.prices': ({ product }) => product?.prices.filter(({ price }) => price !== ''),
	'product.stock': ({ product }) => product && stockText(product.stock),
	'deal.state': ({ deal }) => stateInPipedrive(deal),
	'deal.lostReason': ({ deal }) => (deal?.state === 'cancelled' ? cancelledReason : undefined),
	'deal.wonDate': ({ deal }) =>
		deal?.state === 'completed' ? deal.lastInvoiceDate || undefined : undefined,
	// With lines Pipedrive computes the value.
	'deal.value': ({ deal }) => (deal && deal.lines.length === 0 ? deal.value : undefined),
	'deal.total': ({ deal }) => deal?.value,
	'deal.status': ({ deal, erp }) => (erp.isDeleted ? DELETED_STATUS : deal?.status),
};

/** One line per warehouse, in the order of the ERP. `undefined` where the ERP was not asked for stock. */
function stockText(stock: readonly ErpStock[]): string | undefined {
	if (stock.length === 0) return undefined;
	return stock
		.map(
			({ warehouse, onHand, allocated, available }) =>
				`${warehouse}: ${onHand} on hand, ${allocated} allocated, ${available} available`,
		)
		.join('\n');
}

/** The currency that an amount needs beside it in a monetary field; `undefined` for what is no amount. */
export function currencyOfAmount(record: ErpRecord, path: string): string | undefined {
	const isOfDeal = ['deal.total', 'deal.deliveredAmount', 'deal.invoicedAmount'].includes(path);
	if (isOfDeal) return record.deal?.currency ?? '';
	const isAmount = path === 'organization.creditLimit' || path === 'organization.balance';
	return isAmount ? (record.organization?.currency ?? '') : undefined;
}
