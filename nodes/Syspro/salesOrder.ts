import type { ErpDeal, ErpDealLine, ErpRecord } from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { currencyOf, idOf, withIdentity, type MappingSettings } from './identity';
import type { TableRow } from './tableAccess';
import { afterDiscount, dayIn, decimalIn, exact, product, rounded } from './values';

export const ORDER_COLUMNS = [
	'SalesOrder',
	'OrderStatus',
	'CancelledFlag',
	'DocumentType',
	'Customer',
	'CustomerName',
	'CustomerPoNumber',
	'LastInvoice',
	'Branch',
	'Warehouse',
	'Currency',
	'OrderDate',
	'EntrySystemDate',
	'ReqShipDate',
	'DateLastInvPrt',
] as const;

export const LINE_COLUMNS = [
	'SalesOrder',
	'SalesOrderLine',
	'LineType',
	'MStockCode',
	'MStockDes',
	'MOrderQty',
	'MShipQty',
	'MBackOrderQty',
	'MOrderUom',
	'MPrice',
	'MDiscPct1',
	'MDiscPct2',
	'MDiscPct3',
	'MDiscValue',
	'NMscChargeValue',
] as const;

const STATUS: ReadonlyMap<string, string> = new Map(
	Object.entries({
		'0': 'In process',
		'1': 'Open',
		'2': 'Open back order',
		'3': 'Released back order',
		'4': 'In warehouse',
		'8': 'Ready to invoice',
		'9': 'Complete',
		S: 'Suspended',
		F: 'Forward',
		'*': 'Cancelled during entry',
		'\\': 'Cancelled',
	}),
);

/** Statuses after which an order does not change any more. */
export const CLOSED_STATUSES = ['9', '\\', '*'] as const;

export function stateOf(row: TableRow): ErpDeal['state'] {
	if (row.CancelledFlag === 'Y' || row.OrderStatus === '\\' || row.OrderStatus === '*') {
		return 'cancelled';
	}
	if (row.OrderStatus === '9') return 'completed';
	return STATUS.has(row.OrderStatus) ? 'open' : undefined;
}

/** A sales order with its lines. Pure. */
export function orderRecord(
	row: TableRow,
	lines: readonly TableRow[],
	settings: MappingSettings,
): Loaded<ErpRecord> {
	const priced = lines.filter(({ LineType }) => LineType !== COMMENT);
	const state = stateOf(row);
	const deal: ErpDeal = {
		title: ['Order', row.SalesOrder, row.CustomerName].filter(Boolean).join(' '),
		number: row.SalesOrder,
		customerReference: row.CustomerPoNumber,
		status:
			row.CancelledFlag === 'Y' ? 'Cancelled' : (STATUS.get(row.OrderStatus) ?? row.OrderStatus),
		...(state && { state }),
		value: rounded(priced.reduce((sum, line) => sum + valueOf(line), 0n)),
		currency: currencyOf(row.Currency ?? '', settings),
		orderDate: dayIn(row.OrderDate ?? ''),
		dueDate: dayIn(row.ReqShipDate ?? ''),
		lastInvoiceDate: dayIn(row.DateLastInvPrt ?? ''),
		organizationExternalId: idOf('customer', row.Customer, settings),
		lines: priced.map(lineOf),
	};
	return withIdentity('salesOrder', row.SalesOrder, { deal }, settings, { raw: { ...row, lines } });
}

const STOCKED = '1';
const COMMENT = '6';

function lineOf(line: TableRow): ErpDealLine {
	if (line.LineType !== STOCKED) {
		const name = line.LineType === '5' ? 'Miscellaneous charge' : 'Freight';
		return {
			productCode: '',
			description: line.MStockDes || name,
			quantity: '1',
			unitPrice: decimalIn(line.NMscChargeValue ?? '') || '0',
			discount: '0',
			tax: '',
		};
	}
	const discount = decimalIn(line.MDiscValue ?? '') || '0';
	return {
		productCode: line.MStockCode,
		description: line.MStockDes,
		quantity: decimalIn(line.MOrderQty ?? ''),
		unitPrice: rounded(netPrice(line), 5).replace(/0{1,3}$/, ''),
		discount,
		...(Number(discount) === 0 ? {} : { discountType: 'amount' as const }),
		tax: '',
		unit: line.MOrderUom,
		shippedQuantity: decimalIn(line.MShipQty ?? ''),
		backOrderedQuantity: decimalIn(line.MBackOrderQty ?? ''),
	};
}

/** Three percentages, each off what the one before left. */
function netPrice(line: TableRow): bigint {
	const percentages = [line.MDiscPct1, line.MDiscPct2, line.MDiscPct3];
	return percentages.reduce(
		(price, percent) => afterDiscount(price, percent ?? ''),
		exact(line.MPrice ?? ''),
	);
}

/** What a line comes to, rounded to the cent as an invoice does. */
function valueOf(line: TableRow): bigint {
	if (line.LineType !== STOCKED) return exact(line.NMscChargeValue ?? '');
	const gross = product(exact(line.MOrderQty ?? ''), netPrice(line));
	return exact(rounded(gross - exact(line.MDiscValue ?? '')));
}
