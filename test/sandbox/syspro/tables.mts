/** The SQL tables of a SYSPRO 8 company that the sandbox has, with their columns as public model files name them. */

/** `s` text, `n` decimal, `d` date. */
export type ColumnType = 's' | 'n' | 'd';

export interface Table {
	name: string;
	key: string[];
	columns: Record<string, ColumnType>;
}

const texts = (names: string) => typed(names, 's');
const numbers = (names: string) => typed(names, 'n');
const dates = (names: string) => typed(names, 'd');

function typed(names: string, type: ColumnType): Record<string, ColumnType> {
	return Object.fromEntries(
		names
			.trim()
			.split(/\s+/)
			.map((name) => [name, type]),
	);
}

const table = (
	name: string,
	key: string,
	...columns: Array<Record<string, ColumnType>>
): Table => ({
	name,
	key: key.split(' '),
	columns: Object.assign({}, ...columns) as Record<string, ColumnType>,
});

export const TABLES: readonly Table[] = [
	table(
		'ArCustomer',
		'Customer',
		texts(`Customer Name ShortName CustomerClass CreditStatus Salesperson PriceCode Branch TermsCode Area Currency
			TaxStatus Telephone AddTelephone Fax Contact Email SoldToAddr1 SoldToAddr2 SoldToAddr3 SoldToAddr3Loc SoldToAddr4
			SoldToAddr5 SoldPostalCode ShipToAddr1 ShipToAddr2 ShipToAddr3 ShipToAddr4 ShipToAddr5 ShipPostalCode
			CustomerOnHold CompanyTaxNumber UserField1 UserField2`),
		numbers('CreditLimit OutstOrdVal NumOutstOrd HighestBalance'),
		dates('DateCustAdded DateLastSale DateLastPay'),
	),
	table('ArCustomer+', 'Customer', texts('Customer Industry Website')),
	table(
		'SorMaster',
		'SalesOrder',
		texts(`SalesOrder OrderStatus CancelledFlag ActiveFlag DocumentType Customer CustomerName Salesperson
			CustomerPoNumber LastInvoice Branch Warehouse Currency ShipAddress1 ShipAddress2 ShipAddress3 ShipAddress4
			ShipAddress5 ShipPostalCode Email LastOperator DetailStatus`),
		numbers('ExchangeRate CaptureHh CaptureMm'),
		dates('OrderDate EntrySystemDate ReqShipDate DateLastDocPrt DateLastInvPrt'),
	),
	table(
		'SorDetail',
		'SalesOrder SalesOrderLine',
		texts('SalesOrder LineType MStockCode MStockDes MWarehouse MOrderUom MProductClass'),
		numbers(`SalesOrderLine MOrderQty MShipQty MBackOrderQty MPrice MDiscPct1 MDiscPct2 MDiscPct3 MDiscValue
			MUnitCost NMscChargeValue`),
	),
	table(
		'InvMaster',
		'StockCode',
		texts(`StockCode Description LongDesc AlternateKey1 AlternateKey2 StockUom ProductClass Supplier WarehouseToUse
			ListPriceCode StockOnHold UserField1 UserField2 UserField3 UserField4 UserField5`),
		dates('DateStkAdded'),
	),
	table(
		'InvWarehouse',
		'StockCode Warehouse',
		texts('StockCode Warehouse'),
		numbers(`QtyOnHand QtyAllocated QtyAllocatedWip QtyAllocatedToPick QtyOnOrder QtyOnBackOrder QtyInTransit
			QtyInInspection QtyDispatched LastCostEntered`),
	),
	table(
		'ArInvoice',
		'Customer Invoice DocumentType',
		texts('Customer Invoice DocumentType SalesOrder CustomerPoNumber PostCurrency'),
		numbers('CurrencyValue InvoiceBal1 InvoiceBal2 InvoiceBal3'),
		dates('InvoiceDate'),
	),
];

export function tableNamed(name: string): Table | undefined {
	return TABLES.find((table) => table.name === name);
}
