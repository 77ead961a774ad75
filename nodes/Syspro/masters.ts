import { CUSTOMER_COLUMNS, customerRecord, type CustomerSettings } from './customer';
import type { Master } from './masterSource';
import {
	STOCK_CODE_COLUMNS,
	stockCodeRecord,
	WAREHOUSE_COLUMNS,
	type StockCodeSettings,
} from './stockCode';
import type { TableAccess, TableRow } from './tableAccess';
import { condition, groupedPages, keyedPages } from './tablePages';

export interface Selection {
	/** Columns this version of SYSPRO lacks. */
	leaveOut: ReadonlySet<string>;
	/** Allowed values by column; a column that is absent allows all. */
	allowed: ReadonlyMap<string, ReadonlySet<string>>;
	pageSize: number;
}

export function customers(
	access: TableAccess,
	settings: CustomerSettings,
	selection: Selection,
): Master {
	const { extensions, customFields } = settings;
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
			return rows.map((row) => customerRecord(row, forms.get(row.Customer), settings));
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

export function columnsFor(
	key: string,
	columns: readonly string[],
	{ leaveOut, allowed }: Selection,
): string[] {
	const wanted = new Set([key, ...columns, ...allowed.keys()]);
	return [...wanted].filter((column) => column === key || !leaveOut.has(column));
}

export function isAllowed(row: TableRow, { allowed }: Selection): boolean {
	return [...allowed].every(([column, values]) => values.has(row[column] ?? ''));
}

function between(column: string, rows: readonly TableRow[]) {
	return [
		condition(column, 'GE', rows[0][column]),
		condition(column, 'LE', rows[rows.length - 1][column]),
	];
}
