/** Deals, products and lines in the sandbox, and what writing lines costs there. */
import type { ErpDeal, ErpDealLine } from '../../../core/record/erpRecord';
import type { Transport } from '../../../core/http/ports';
import type { Caller, Endpoint } from '../../../nodes/Pipedrive/call';
import type { DealLine } from '../../../nodes/Pipedrive/lines/dealLine';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import type { WantedLine } from '../../../nodes/Pipedrive/lines/wanted';
import { writeLines, type WriteOptions } from '../../../nodes/Pipedrive/lines/write';
import type { PipedriveOptions } from '../../sandbox/pipedrive/server.mts';
import { openBench, type Bench } from './support.mts';

const CREATE_DEAL: Endpoint = { method: 'POST', path: '/deals', version: 2, cost: 5 };
const CREATE_PRODUCT: Endpoint = { method: 'POST', path: '/products', version: 2, cost: 5 };
const ADD_LINES: Endpoint = {
	method: 'POST',
	path: '/deals/{id}/products/bulk',
	version: 2,
	cost: 25,
};

export interface LinesBench extends Bench {
	call: Caller;
	newDeal(): Promise<number>;
	/** As a person would have put them there. */
	put(dealId: number, lines: readonly Partial<WantedLine>[]): Promise<void>;
	linesOf(dealId: number): Promise<DealLine[]>;
	write(
		dealId: number,
		wanted: readonly WantedLine[],
		options?: Partial<WriteOptions> & { transport?: (wire: Transport) => Transport },
	): Promise<Written>;
}

export type Written = Awaited<ReturnType<typeof writeLines>> & {
	/** What the sandbox counted while the lines were written, reads before not included. */
	spent: number;
	requests: string[];
};

/** Products 1 to `products` exist. */
export async function openLinesBench(
	options: PipedriveOptions & { products?: number } = {},
): Promise<LinesBench> {
	const bench = await openBench({ withoutFields: true, ...options });
	const { call } = bench.environment();
	for (let n = 1; n <= (options.products ?? 6); n++) {
		await call(CREATE_PRODUCT, 'product', { json: { name: `Product ${n}` } });
	}
	const linesOf = async (dealId: number) => (await readLines(call, [dealId])).get(dealId)!;
	return {
		...bench,
		call,
		linesOf,
		async newDeal() {
			const { data } = await call(CREATE_DEAL, 'deal', { json: { title: 'Order' } });
			return (data as { id: number }).id;
		},
		async put(dealId, lines) {
			for (let at = 0; at < lines.length; at += 100) {
				const data = lines.slice(at, at + 100).map((line) => sent({ ...line1, ...line }));
				await call(ADD_LINES, 'lines', { ids: { id: String(dealId) }, json: { data } });
			}
		},
		async write(dealId, wanted, { transport, ...chosen } = {}) {
			const current = await linesOf(dealId);
			const before = bench.sandbox.log.totals().tokens;
			const from = bench.sandbox.log.entries.length;
			const caller = transport ? bench.environment({ transport }).call : call;
			const result = await writeLines(caller, dealId, wanted, current, {
				removesOthers: false,
				ports: bench.clock,
				...chosen,
			});
			return {
				...result,
				spent: bench.sandbox.log.totals().tokens - before,
				requests: bench.sandbox.log.entries
					.slice(from)
					.map(({ method, operation }) => `${method} ${operation}`),
			};
		},
	};
}

const line1: WantedLine = {
	productId: 1,
	itemPrice: 10,
	quantity: 1,
	discount: 0,
	discountType: 'percentage',
	tax: 0,
	comments: '',
};

function sent(line: WantedLine): Record<string, unknown> {
	return {
		product_id: line.productId,
		item_price: line.itemPrice,
		quantity: line.quantity,
		discount: line.discount,
		discount_type: line.discountType,
		tax: line.tax,
		comments: line.comments,
	};
}

/** A line of product 1 for 10, changed. */
export function wantedLine(change: Partial<WantedLine> = {}): WantedLine {
	return { ...line1, ...change };
}

export function manyLines(count: number, change: Partial<WantedLine> = {}): WantedLine[] {
	return Array.from({ length: count }, (_, n) =>
		wantedLine({ productId: (n % 6) + 1, itemPrice: n + 1, ...change }),
	);
}

/** Without comments, which a person may have written where the ERP has none. */
export function multiset(lines: ReadonlyArray<WantedLine | DealLine>): string[] {
	return lines
		.map(({ productId, itemPrice, quantity, discount, discountType, tax }) =>
			[productId, itemPrice, quantity, discount, discount === 0 ? '' : discountType, tax].join(' '),
		)
		.sort();
}

export function erpDeal(
	lines: Array<Partial<ErpDealLine>>,
	change: Partial<ErpDeal> = {},
): ErpDeal {
	return {
		title: 'Order 4711',
		status: 'Open',
		value: '',
		currency: 'EUR',
		orderDate: '2026-11-20',
		dueDate: '',
		organizationExternalId: '',
		...change,
		lines: lines.map((line) => ({
			productCode: 'PUMP',
			description: 'Pump 5 kW',
			quantity: '1',
			unitPrice: '10',
			discount: '',
			tax: '',
			...line,
		})),
	};
}
