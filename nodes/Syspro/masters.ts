import { CUSTOMER_COLUMNS, customerRecord, type CustomerSettings } from './customer';
import type { Master } from './masterSource';
import { OrderedItems } from './orderedItems';
import { columnsFor, isAllowed, type Selection } from './selection';
import {
	STOCK_CODE_COLUMNS,
	stockCodeRecord,
	WAREHOUSE_COLUMNS,
	type StockCodeSettings,
} from './stockCode';
import type { TableAccess, TableRow } from './tableAccess';
import { condition, groupedPages, keyedPages } from './tablePages';

export function customers(
	access: TableAccess,
	settings: CustomerSettings,
	selection: Selection,
): Master {
	const { extensions, customFields } = settings;
	const items = settings.withOrderedItems && new OrderedItems(access, settings, selection);
	return {
		entity: 'customer',
		table: 'ArCustomer',
		key: 'Customer',
		columns: columnsFor('Customer', [...CUSTOMER_COLUMNS, ...extensions], selection),
		isSelected: (row) => isAllowed(row, selection),
		async records(rows) {
			const forms = new Map<string, TableRow>();
			if (customFields.length > 0 && rows.length > 0) {
				const read = {
					table: 'ArCustomer+',
					key: 'Customer',
					columns: ['Customer', ...customFields],
					where: between('Customer', rows),
					pageSize: selection.pageSize,
				};
				for await (const page of keyedPages(access, read)) {
					for (const form of page.rows) forms.set(form.Customer, form);
				}
			}
			const stock = items ? await items.stockOf(rows) : new Map<string, string>();
			return rows.map((row) =>
				customerRecord(
					row,
					{ form: forms.get(row.Customer), stock: stock.get(row.Customer) },
					settings,
				),
			);
		},
	};
}

/** @param withStock reads the warehouses of every stock code too */
export function stockCodes(
	access: TableAccess,
	settings: StockCodeSettings,
	selection: Selection & { withStock: boolean },
): Master {
	const warehouseColumns = [
		...WAREHOUSE_COLUMNS,
		...(settings.withCost ? ['LastCostEntered'] : []),
	];
	return {
		entity: 'stockCode',
		table: 'InvMaster',
		key: 'StockCode',
		columns: columnsFor('StockCode', STOCK_CODE_COLUMNS, selection),
		isSelected: (row) => isAllowed(row, selection),
		async records(rows) {
			const warehouses = new Map<string, TableRow[]>();
			if (selection.withStock && rows.length > 0) {
				const read = {
					table: 'InvWarehouse',
					group: 'StockCode',
					within: 'Warehouse',
					columns: warehouseColumns,
					where: between('StockCode', rows),
					pageSize: selection.pageSize,
				};
				for await (const page of groupedPages(access, read)) {
					for (const group of page.groups) warehouses.set(group.key, group.rows);
				}
			}
			return rows.map((row) => stockCodeRecord(row, warehouses.get(row.StockCode) ?? [], settings));
		},
	};
}

function between(column: string, rows: readonly TableRow[]) {
	return [
		condition(column, 'GE', rows[0][column]),
		condition(column, 'LE', rows[rows.length - 1][column]),
	];
}
