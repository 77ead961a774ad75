/** The entity sets the sandbox serves, with the properties it knows; any other name is refused. */

export type Kind = 'text' | 'int' | 'number' | 'date' | 'time' | 'enum' | 'rows';

export interface EntitySchema {
	/** Name of the entity set. */
	name: string;
	/** Type name in the vendor's metadata. */
	typeName: string;
	key: string;
	properties: Map<string, Kind>;
	/** Names that this server does not have. */
	absent?: readonly string[];
	/** Where the creation and change stamps stand; absent where the ERP has none. */
	stamps?: { created: [string, string]; updated: [string, string] };
}

/** Database values of enumeration members: a filter may use either. */
export const ENUMS: Record<string, string> = {
	tYES: 'Y',
	tNO: 'N',
	cCustomer: 'C',
	cSupplier: 'S',
	cLid: 'L',
	cCompany: 'C',
	cPrivate: 'I',
	cGovernment: 'G',
	cEmployee: 'E',
	bost_Open: 'O',
	bost_Close: 'C',
	bo_ShipTo: 'S',
	bo_BillTo: 'B',
	csYes: 'Y',
	csNo: 'N',
	csCancellation: 'C',
	oOrders: '17',
	oPurchaseOrders: '22',
	oQuotations: '23',
	oInvoices: '13',
	oCreditNotes: '14',
	it_Invoice: '13',
	dDocument_Items: 'I',
	dDocument_Service: 'S',
};

type Groups = Partial<Record<Kind, string>>;

function propertiesOf(groups: Groups): Map<string, Kind> {
	const properties = new Map<string, Kind>();
	for (const [kind, names] of Object.entries(groups)) {
		for (const name of names.split(/\s+/).filter(Boolean)) properties.set(name, kind as Kind);
	}
	return properties;
}

const MASTER_STAMPS: EntitySchema['stamps'] = {
	created: ['CreateDate', 'CreateTime'],
	updated: ['UpdateDate', 'UpdateTime'],
};
const DOCUMENT_STAMPS: EntitySchema['stamps'] = {
	created: ['CreationDate', 'DocTime'],
	updated: ['UpdateDate', 'UpdateTime'],
};

const DOCUMENT: Groups = {
	int: 'DocEntry DocNum SalesPersonCode ContactPersonCode PaymentGroupCode Series BPL_IDAssignedToInvoice',
	text: 'CardCode CardName Address Address2 NumAtCard DocCurrency Comments ShipToCode PayToCode Project',
	number: 'DocTotal DocTotalFc DocTotalSys VatSum VatSumFc DocRate DiscountPercent PaidToDate',
	date: 'DocDate DocDueDate TaxDate CreationDate UpdateDate CancelDate ClosingDate',
	time: 'DocTime UpdateTime',
	enum: 'DocType DocumentStatus Cancelled CancelStatus DocObjectCode ReserveInvoice',
	rows: 'DocumentLines',
};

function documents(name: string): EntitySchema {
	const properties = propertiesOf(DOCUMENT);
	return { name, typeName: 'Document', key: 'DocEntry', properties, stamps: DOCUMENT_STAMPS };
}

export const SCHEMAS: EntitySchema[] = [
	{
		name: 'BusinessPartners',
		typeName: 'BusinessPartner',
		key: 'CardCode',
		stamps: MASTER_STAMPS,
		properties: propertiesOf({
			text: `CardCode CardName CardForeignName Phone1 Phone2 Cellular Fax EmailAddress Website
				ContactPerson FederalTaxID Currency BilltoDefault ShipToDefault FreeText Notes Address ZipCode
				City County Country MailAddress MailZipCode MailCity MailCountry BillToState ShipToState`,
			int: 'GroupCode PriceListNum PayTermsGrpCode SalesPersonCode Industry Territory LanguageCode Series',
			number: `CreditLimit MaxCommitment DiscountPercent CurrentAccountBalance OpenDeliveryNotesBalance
				OpenOrdersBalance`,
			date: 'CreateDate UpdateDate ValidFrom ValidTo FrozenFrom FrozenTo',
			time: 'CreateTime UpdateTime',
			enum: 'CardType CompanyPrivate Valid Frozen',
			rows: 'BPAddresses ContactEmployees BPBankAccounts',
		}),
	},
	{
		name: 'Items',
		typeName: 'Item',
		key: 'ItemCode',
		stamps: MASTER_STAMPS,
		properties: propertiesOf({
			text: 'ItemCode ItemName ForeignName BarCode SalesUnit InventoryUOM DefaultWarehouse',
			int: 'ItemsGroupCode Series',
			number: `QuantityOnStock QuantityOrderedFromVendors QuantityOrderedByCustomers MovingAveragePrice
				AvgStdPrice SalesItemsPerUnit`,
			date: 'CreateDate UpdateDate ValidFrom ValidTo FrozenFrom FrozenTo',
			time: 'CreateTime UpdateTime',
			enum: 'SalesItem PurchaseItem InventoryItem Valid Frozen',
			rows: 'ItemPrices ItemWarehouseInfoCollection',
		}),
	},
	documents('Orders'),
	documents('Quotations'),
	documents('Invoices'),
	documents('CreditNotes'),
	documents('DeliveryNotes'),
	documents('Returns'),
	documents('PurchaseOrders'),
	documents('Drafts'),
	{
		name: 'IncomingPayments',
		typeName: 'Payment',
		key: 'DocEntry',
		properties: propertiesOf({
			int: 'DocEntry DocNum',
			text: 'CardCode CardName DocCurrency CounterReference Remarks JournalRemarks',
			number: 'CashSum TransferSum BillOfExchangeAmount DocRate',
			date: 'DocDate DueDate TransferDate TaxDate',
			enum: 'Cancelled DocType',
			rows: 'PaymentInvoices PaymentChecks PaymentCreditCards',
		}),
	},
	{
		name: 'ProfitCenters',
		typeName: 'ProfitCenter',
		key: 'CenterCode',
		properties: propertiesOf({
			text: 'CenterCode CenterName GroupCode',
			int: 'InWhichDimension CenterOwner',
			date: 'EffectiveFrom EffectiveTo',
			enum: 'Active',
		}),
	},
	{
		name: 'PriceLists',
		typeName: 'PriceList',
		key: 'PriceListNo',
		properties: propertiesOf({
			int: 'PriceListNo BasePriceList',
			text: 'PriceListName DefaultPrimeCurrency',
			number: 'Factor',
			date: 'ValidFrom ValidTo',
			enum: 'Active IsGrossPrice',
		}),
	},
	{
		name: 'BusinessPartnerGroups',
		typeName: 'BusinessPartnerGroup',
		key: 'Code',
		properties: propertiesOf({ int: 'Code', text: 'Name' }),
	},
	{
		name: 'Warehouses',
		typeName: 'Warehouse',
		key: 'WarehouseCode',
		properties: propertiesOf({ text: 'WarehouseCode WarehouseName' }),
	},
	{
		name: 'PaymentTermsTypes',
		typeName: 'PaymentTermsType',
		key: 'GroupNumber',
		properties: propertiesOf({ int: 'GroupNumber', text: 'PaymentTermsGroupName' }),
	},
	{
		name: 'SalesPersons',
		typeName: 'SalesPerson',
		key: 'SalesEmployeeCode',
		properties: propertiesOf({ int: 'SalesEmployeeCode EmployeeID', text: 'SalesEmployeeName' }),
	},
];

/** What a line of a new document may carry; all of `DocumentLine`. */
export const LINE_PROPERTIES: ReadonlyMap<string, Kind> = propertiesOf({
	text: 'ItemCode ItemDescription Currency WarehouseCode VatGroup TaxCode FreeText',
	number: 'Quantity Price PriceAfterVAT UnitPrice DiscountPercent',
	int: 'BaseType BaseEntry BaseLine',
});

/** What a join of a document's lines knows beside that; the line's DocEntry is in the guide's examples only. */
export const JOINED_LINE: ReadonlyMap<string, Kind> = new Map([
	...LINE_PROPERTIES,
	...propertiesOf({
		int: 'DocEntry LineNum',
		number: 'LineTotal RowTotalFC RemainingOpenQuantity',
		enum: 'WithoutInventoryMovement LineStatus',
	}),
]);

/** A user-defined field may have any name that begins so, unless the system is told that it has none. */
export function kindOf(schema: EntitySchema, name: string): Kind | undefined {
	if (schema.absent?.includes(name)) return undefined;
	return schema.properties.get(name) ?? (/^U_\w+$/.test(name) ? 'text' : undefined);
}
