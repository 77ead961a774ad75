/** Stock and orders of SYSPRO as Pipedrive should show them, read straight from the ERP's tables. */
import { cents, type ExpectedDeal, type ExpectedProduct } from '../trade/expected.mts';
import type { Row, SysproStore } from './store.mts';

/** A stock code on hold is not created. */
export function stockOf(store: SysproStore): ExpectedProduct[] {
	return store
		.rows('InvMaster')
		.filter((row) => row.StockOnHold === '')
		.map((row) => ({
			code: row.StockCode,
			name: row.Description,
			isActive: true,
			prices: [],
			stock: store
				.rows('InvWarehouse')
				.filter(({ StockCode }) => StockCode === row.StockCode)
				.map(({ Warehouse, QtyOnHand, QtyAllocated }) => {
					const [have, gone] = [Number(QtyOnHand), Number(QtyAllocated)];
					return `${Warehouse}: ${have} on hand, ${gone} allocated, ${have - gone} available`;
				}),
		}));
}

/**
 * Orders of customers that Pipedrive has. A cancelled one is expected only where it has a deal already, so the caller
 * says which were seen open.
 */
export function ordersOf(
	store: SysproStore,
	company: string,
	seenBefore: ReadonlySet<string> = new Set(),
): ExpectedDeal[] {
	const isInPipedrive = ({ Customer }: Row) => {
		const row = store.get('ArCustomer', [Customer]);
		return row !== undefined && row.CustomerOnHold !== 'Y';
	};
	return store
		.rows('SorMaster')
		.filter((row) => row.DocumentType !== 'C' && isInPipedrive(row))
		.map((row) => dealOf(row, linesOf(store, row.SalesOrder), company))
		.filter(({ status, number }) => status !== 'lost' || seenBefore.has(number));
}

function linesOf(store: SysproStore, order: string): Row[] {
	return store.rows('SorDetail').filter(({ SalesOrder }) => SalesOrder === order);
}

function dealOf(row: Row, lines: readonly Row[], company: string): ExpectedDeal {
	return {
		number: row.SalesOrder,
		status: stateOf(row),
		customer: `syspro:${company}:customer:${row.Customer}`,
		total: cents(lines.reduce((sum, line) => sum + cents(netOf(line) * Number(line.MOrderQty)), 0)),
		lines: lines
			.map((line) => `${line.MStockCode} ${Number(line.MOrderQty)} x ${cents(netOf(line))}`)
			.sort(),
	};
}

function stateOf(row: Row): ExpectedDeal['status'] {
	if (row.OrderStatus === '9') return 'won';
	return row.OrderStatus === '\\' ? 'lost' : 'open';
}

function netOf(line: Row): number {
	return Number(line.MPrice) * (1 - Number(line.MDiscPct1 || 0) / 100);
}
