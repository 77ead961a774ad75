import type { ErpProduct, ErpRecord } from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { withIdentity, type MappingSettings } from './identity';
import type { TableRow } from './tableAccess';
import { decimalIn, exact, rounded } from './values';

export const STOCK_CODE_COLUMNS = [
	'StockCode',
	'Description',
	'LongDesc',
	'StockUom',
	'ProductClass',
	'StockOnHold',
] as const;

export const WAREHOUSE_COLUMNS = [
	'StockCode',
	'Warehouse',
	'QtyOnHand',
	'QtyAllocated',
	'QtyAllocatedWip',
] as const;

export interface StockCodeSettings extends MappingSettings {
	/** Adds the last cost of the first warehouse; off unless somebody wants cost in the CRM. */
	withCost: boolean;
}

/** A stock code, with its warehouses where they were read. Pure. */
export function stockCodeRecord(
	row: TableRow,
	warehouses: readonly TableRow[],
	settings: StockCodeSettings,
): Loaded<ErpRecord> {
	const cost = settings.withCost ? warehouses.map((one) => one.LastCostEntered).find(Boolean) : '';
	const isOnHold = isSet(row.StockOnHold ?? '');
	const product: ErpProduct = {
		code: row.StockCode,
		name: row.Description || row.LongDesc,
		unit: row.StockUom,
		prices: cost ? [{ currency: settings.companyCurrency, price: '', cost: decimalIn(cost) }] : [],
		stock: warehouses.map(stockOf),
		isActive: !isOnHold,
	};
	const raw = { ...row, ...(warehouses.length > 0 && { warehouses }) };
	return withIdentity('stockCode', row.StockCode, { product }, settings, {
		isBlocked: isOnHold,
		raw,
	});
}

/** `F` is a full and `P` a partial hold; blank and `N` are none. */
function isSet(flag: string): boolean {
	return flag !== '' && flag !== 'N';
}

/** One warehouse, exact. Available to promise: on hand less what is allocated to orders and to jobs. */
export function warehouseQuantities(row: TableRow) {
	const allocated = exact(row.QtyAllocated ?? '') + exact(row.QtyAllocatedWip ?? '');
	const onHand = exact(row.QtyOnHand ?? '');
	return { onHand, allocated, available: onHand - allocated };
}

export function quantityText(value: bigint): string {
	return rounded(value, 6).replace(/\.?0+$/, '');
}

function stockOf(row: TableRow): ErpProduct['stock'][number] {
	const { onHand, allocated, available } = warehouseQuantities(row);
	return {
		warehouse: row.Warehouse,
		onHand: quantityText(onHand),
		allocated: quantityText(allocated),
		available: quantityText(available),
	};
}
