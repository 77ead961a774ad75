import type { StampFields } from './changeWalk';

export type EntityName =
	| 'businessPartner'
	| 'creditStatus'
	| 'item'
	| 'order'
	| 'purchaseOrder'
	| 'invoice'
	| 'creditNote'
	| 'incomingPayment'
	| 'profitCenter'
	| 'priceList';

/** What is read of an entity set, and where its changes stand. */
export interface Entity {
	entitySet: string;
	key: string;
	keyKind: 'text' | 'number';
	/** Properties of the record itself, read when looking for changes. */
	fields: readonly string[];
	/** Sub-collections, read only for records that changed. They come whole: their fields cannot be chosen. */
	collections: readonly string[];
	/** Fields that older versions lack; left out where the server does not know them. */
	optional?: readonly string[];
	/** Change stamps; a record without one is found by its creation date. Absent: no change field at all. */
	changed?: Omit<StampFields, 'key' | 'keyKind'>;
	created?: Omit<StampFields, 'key' | 'keyKind'>;
}

/** Sources: the vendor's `$metadata`; `PaidToDate` is on newer servers only. */
const MASTER = {
	changed: { date: 'UpdateDate', time: 'UpdateTime' },
	created: { date: 'CreateDate' },
};
const MASTER_STAMPS = ['UpdateDate', 'UpdateTime', 'CreateDate'];

const CREDIT_FIELDS = [
	'CreditLimit',
	'MaxCommitment',
	'CurrentAccountBalance',
	'OpenDeliveryNotesBalance',
	'OpenOrdersBalance',
];
const ACTIVITY_FIELDS = ['Valid', 'ValidFrom', 'ValidTo', 'Frozen', 'FrozenFrom', 'FrozenTo'];

const DOCUMENT_FIELDS = [
	'DocNum',
	'DocType',
	'DocDate',
	'DocDueDate',
	'CardCode',
	'CardName',
	'NumAtCard',
	'DocTotal',
	'DocTotalFc',
	'VatSum',
	'VatSumFc',
	'DocCurrency',
	'DocumentStatus',
	'Cancelled',
	'CancelStatus',
	'PaidToDate',
	'CreationDate',
	'UpdateDate',
	'UpdateTime',
];

function documents(entitySet: string): Entity {
	return {
		entitySet,
		key: 'DocEntry',
		keyKind: 'number',
		fields: DOCUMENT_FIELDS,
		collections: ['DocumentLines'],
		optional: ['PaidToDate', 'CancelStatus', 'UpdateTime'],
		changed: { date: 'UpdateDate', time: 'UpdateTime' },
		created: { date: 'CreationDate' },
	};
}

const PARTNER_KEY = { entitySet: 'BusinessPartners', key: 'CardCode', keyKind: 'text' } as const;

export const ENTITIES: Readonly<Record<EntityName, Entity>> = {
	businessPartner: {
		...PARTNER_KEY,
		...MASTER,
		fields: [
			'CardName',
			'CardType',
			'CompanyPrivate',
			'GroupCode',
			'Phone1',
			'Phone2',
			'Cellular',
			'EmailAddress',
			'Website',
			'ContactPerson',
			'FederalTaxID',
			'Currency',
			'PriceListNum',
			'PayTermsGrpCode',
			'BilltoDefault',
			'ShipToDefault',
			'Address',
			'ZipCode',
			'City',
			'Country',
			...CREDIT_FIELDS,
			...ACTIVITY_FIELDS,
			...MASTER_STAMPS,
		],
		collections: ['BPAddresses', 'ContactEmployees'],
		optional: ['UpdateTime', 'CompanyPrivate'],
	},
	creditStatus: {
		...PARTNER_KEY,
		fields: ['CardName', 'CardType', 'CompanyPrivate', ...CREDIT_FIELDS, ...ACTIVITY_FIELDS],
		collections: [],
		optional: ['CompanyPrivate'],
	},
	item: {
		entitySet: 'Items',
		key: 'ItemCode',
		keyKind: 'text',
		...MASTER,
		fields: [
			'ItemName',
			'SalesItem',
			'SalesUnit',
			'MovingAveragePrice',
			...ACTIVITY_FIELDS,
			...MASTER_STAMPS,
		],
		collections: ['ItemPrices', 'ItemWarehouseInfoCollection'],
		optional: ['UpdateTime'],
	},
	order: documents('Orders'),
	purchaseOrder: documents('PurchaseOrders'),
	invoice: documents('Invoices'),
	creditNote: documents('CreditNotes'),
	incomingPayment: {
		entitySet: 'IncomingPayments',
		key: 'DocEntry',
		keyKind: 'number',
		fields: [
			'DocNum',
			'DocDate',
			'DueDate',
			'CardCode',
			'CardName',
			'DocCurrency',
			'CashSum',
			'TransferSum',
			'BillOfExchangeAmount',
			'Cancelled',
		],
		collections: ['PaymentInvoices', 'PaymentChecks'],
		changed: { date: 'DocDate' },
	},
	profitCenter: {
		entitySet: 'ProfitCenters',
		key: 'CenterCode',
		keyKind: 'text',
		fields: [
			'CenterName',
			'GroupCode',
			'InWhichDimension',
			'EffectiveFrom',
			'EffectiveTo',
			'Active',
		],
		collections: [],
		optional: ['Active'],
	},
	priceList: {
		entitySet: 'PriceLists',
		key: 'PriceListNo',
		keyKind: 'number',
		fields: [
			'PriceListName',
			'BasePriceList',
			'Factor',
			'Active',
			'ValidFrom',
			'ValidTo',
			'DefaultPrimeCurrency',
			'IsGrossPrice',
		],
		collections: [],
		optional: ['Active', 'ValidFrom', 'ValidTo', 'DefaultPrimeCurrency', 'IsGrossPrice'],
	},
};

/** Small tables whose texts stand beside codes. */
export const NAME_TABLES = {
	group: { entitySet: 'BusinessPartnerGroups', key: 'Code', name: 'Name' },
	paymentTerms: {
		entitySet: 'PaymentTermsTypes',
		key: 'GroupNumber',
		name: 'PaymentTermsGroupName',
	},
	priceList: { entitySet: 'PriceLists', key: 'PriceListNo', name: 'PriceListName' },
} as const;

/** For lists of the panel only: its name is in no record. */
export const WAREHOUSES = {
	entitySet: 'Warehouses',
	key: 'WarehouseCode',
	name: 'WarehouseName',
} as const;
