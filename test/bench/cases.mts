import type { ErpRecord } from '../../core/record/erpRecord';
import { item, order } from '../nodes/pipedrive/orders.mts';
import { partner } from '../nodes/pipedrive/support.mts';

export interface BenchCase {
	/** What is in Pipedrive before, written by our upsert. */
	before: ErpRecord[][];
	/** What the ERP delivers. */
	delivered: ErpRecord[];
	/** What counts as one record, of one delivered: partners with their contact where both are written. */
	recordsEach: number;
}

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const BASE = 10_000;

function withTerms(n: number, paymentTerms: string): ErpRecord {
	const erp = { changedAt: paymentTerms === 'NT30' ? '2026-11-20' : '2026-11-21' };
	return partner(n, { organization: { paymentTerms }, erp });
}

/** Every fiftieth has changed. */
const redelivered = () => range(BASE).map((n) => withTerms(n, n % 50 === 0 ? 'NT90' : 'NT30'));

function orderWithLines(n: number): ErpRecord {
	const customer = partner(n).erp.externalId;
	const lines = range(10).map((line) => ({
		productCode: item(line).product.code,
		description: `Pump ${line}`,
		quantity: '2',
		unitPrice: '10.00',
		discount: '',
		tax: '',
	}));
	return order(n, customer, { lines, value: '200.00' });
}

/** In the order in which they are shown. */
export const CASES: Readonly<Record<string, () => BenchCase>> = {
	'new-1000': () => ({
		before: [],
		delivered: range(1000, 100_000).map((n) => partner(n)),
		recordsEach: 2,
	}),
	'changed-1000-of-10000': () => ({
		before: [range(BASE).map((n) => partner(n))],
		delivered: range(1000).map((n) => withTerms(n, 'NT60')),
		recordsEach: 1,
	}),
	'delivered-10000-changed-200': () => ({
		before: [range(BASE).map((n) => partner(n))],
		delivered: redelivered(),
		recordsEach: 1,
	}),
	'replay-10000': () => ({
		before: [range(BASE).map((n) => partner(n)), redelivered()],
		delivered: redelivered(),
		recordsEach: 1,
	}),
	'deals-500x10': () => ({
		before: [[...range(500).map((n) => partner(n)), ...range(10).map((n) => item(n))]],
		delivered: range(500).map(orderWithLines),
		recordsEach: 1,
	}),
};
