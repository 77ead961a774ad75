import { asCoreError } from '../../core/http/errors';
import type { Loaded } from '../../core/sync/source';
import type { ErpRecord } from '../../core/record/erpRecord';
import { idOf, type MappingSettings } from './identity';
import { OrderSource } from './orderSource';
import { quantityText, WAREHOUSE_COLUMNS, warehouseQuantities } from './stockCode';
import type { Condition, TableAccess, TableRow } from './tableAccess';
import { condition, groupedPages } from './tablePages';

/** More would make the text of an organization a price list. */
const MOST_ITEMS = 10;
const YEAR_MS = 365 * 86_400_000;
/** So many items are asked for one by one; above that the table is read through. */
const FEW_ITEMS = 25;

interface Demand {
	orders: number;
	isOpen: boolean;
}

interface Quantities {
	onHand: bigint;
	available: bigint;
}

/**
 * Stock for the account manager of a customer: of the items in its open orders and in its orders of twelve months.
 * A list of all items would change on every organization with every movement, so there is none.
 */
export class OrderedItems {
	private everybody: Promise<ReadonlyMap<string, string>> | undefined;

	constructor(
		private readonly access: TableAccess,
		private readonly settings: MappingSettings,
		private readonly reading: { leaveOut: ReadonlySet<string>; pageSize: number },
	) {}

	/** One line for each item, `''` for a customer that ordered nothing; by the customer's number. */
	async stockOf(customers: readonly TableRow[]): Promise<ReadonlyMap<string, string>> {
		const texts = await this.textsFor(customers);
		return new Map(
			customers.map(({ Customer }) => [
				Customer,
				texts.get(idOf('customer', Customer, this.settings)) ?? '',
			]),
		);
	}

	/** Read once for all pages of customers; one customer alone does not wait for the orders of all. */
	private async textsFor(customers: readonly TableRow[]): Promise<ReadonlyMap<string, string>> {
		if (!this.everybody && customers.length === 1) {
			return await this.read([condition('Customer', 'EQ', customers[0].Customer)]);
		}
		this.everybody ??= this.read([]);
		try {
			return await this.everybody;
		} catch (error) {
			// The next page tries again.
			this.everybody = undefined;
			throw asCoreError(error);
		}
	}

	/** By external id of the customer. */
	private async read(among: readonly Condition[]): Promise<ReadonlyMap<string, string>> {
		const demands = await this.demands(among);
		const codes = new Map([...demands].map(([id, items]) => [id, mostWanted(items)]));
		const stock = await this.stock(new Set([...codes.values()].flat()));
		return new Map(
			[...codes].map(([id, wanted]) => [
				id,
				wanted.map((code) => lineOf(code, stock.get(code))).join('\n'),
			]),
		);
	}

	private async demands(among: readonly Condition[]): Promise<Map<string, Map<string, Demand>>> {
		const demands = new Map<string, Map<string, Demand>>();
		const since = new Date(Date.parse(this.settings.readAt()) - YEAR_MS).toISOString().slice(0, 10);
		const orders = new OrderSource(this.access, this.settings, {
			...this.reading,
			allowed: new Map(),
			excludedTypes: new Set(['C']),
			followDays: Infinity,
			withLines: true,
		});
		for await (const page of orders.all(since, among)) {
			for (const loaded of page) count(demands, loaded);
		}
		return demands;
	}

	private async stock(codes: ReadonlySet<string>): Promise<Map<string, Quantities>> {
		const stock = new Map<string, Quantities>();
		const reads: Condition[][] =
			codes.size <= FEW_ITEMS
				? [...codes].map((code) => [condition('StockCode', 'EQ', code)])
				: [[]];
		for (const where of reads) {
			const read = {
				table: 'InvWarehouse',
				group: 'StockCode',
				within: 'Warehouse',
				columns: WAREHOUSE_COLUMNS,
				where,
				pageSize: this.reading.pageSize,
			};
			for await (const { groups } of groupedPages(this.access, read)) {
				for (const { key, rows } of groups) if (codes.has(key)) stock.set(key, totalOf(rows));
			}
		}
		return stock;
	}
}

function count(
	demands: Map<string, Map<string, Demand>>,
	{ record: { deal } }: Loaded<ErpRecord>,
): void {
	if (!deal || deal.state === 'cancelled') return;
	const items = demands.get(deal.organizationExternalId) ?? new Map<string, Demand>();
	for (const code of new Set(deal.lines.map(({ productCode }) => productCode))) {
		if (code === '') continue;
		const { orders, isOpen } = items.get(code) ?? { orders: 0, isOpen: false };
		items.set(code, { orders: orders + 1, isOpen: isOpen || deal.state !== 'completed' });
	}
	demands.set(deal.organizationExternalId, items);
}

/** Those of open orders first, then those that were ordered most often. */
function mostWanted(items: ReadonlyMap<string, Demand>): string[] {
	return [...items]
		.sort(
			([codeA, a], [codeB, b]) =>
				Number(b.isOpen) - Number(a.isOpen) || b.orders - a.orders || (codeA < codeB ? -1 : 1),
		)
		.slice(0, MOST_ITEMS)
		.map(([code]) => code);
}

function totalOf(rows: readonly TableRow[]): Quantities {
	const warehouses = new Map(rows.map((row) => [row.Warehouse, row]));
	return [...warehouses.values()].map(warehouseQuantities).reduce<Quantities>(
		(sum, { onHand, available }) => ({
			onHand: sum.onHand + onHand,
			available: sum.available + available,
		}),
		{ onHand: 0n, available: 0n },
	);
}

function lineOf(code: string, { onHand, available }: Quantities = { onHand: 0n, available: 0n }) {
	return `${code}: ${quantityText(onHand)} on hand, ${quantityText(available)} available`;
}
