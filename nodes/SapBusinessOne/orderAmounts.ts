import { asCoreError } from '../../core/http/errors';
import { isForeign } from './documentState';
import {
	LINKED_SETS,
	LinkedLines,
	ORDER_TYPE,
	type LinkedLine,
	type LinkedReading,
	type LinkedSet,
} from './linkedLines';
import { day, isYes, numberOf, text, type Row } from './rows';
import type { ServiceLayer } from './serviceLayer';

/** Net, after discounts, without freight, in the currency of the order. */
export interface OrderAmounts {
	delivered: number;
	invoiced: number;
	/** '' where nothing is invoiced. */
	lastInvoiceDate: string;
}

/** Amounts by DocEntry; without them one sentence that says why. */
export type AmountsRead = { amounts: Map<string, OrderAmounts> } | { why: string };

/**
 * What was delivered and invoiced of these orders: deliveries and invoices that are based on them, invoices of those
 * deliveries, deliveries of reserve invoices, less returns and credit notes. Three to five requests for a page of orders.
 */
export async function amountsOf(
	service: ServiceLayer,
	reading: LinkedReading,
	orders: readonly Row[],
): Promise<AmountsRead> {
	try {
		return { amounts: await readAmounts(service, reading, orders) };
	} catch (caught) {
		const error = asCoreError(caught);
		// What a later try would mend must not look like an order without invoices.
		if (!['forbidden', 'invalid', 'notFound'].includes(error.kind)) throw error;
		return { why: `Delivered and invoiced amounts are left out: ${error.message}` };
	}
}

async function readAmounts(
	service: ServiceLayer,
	reading: LinkedReading,
	orders: readonly Row[],
): Promise<Map<string, OrderAmounts>> {
	const account = new Account(orders);
	const cardCodes = [...new Set(orders.map((row) => text(row, 'CardCode')))];
	const from = orders.map((row) => day(row, 'CreationDate') || day(row, 'DocDate')).sort()[0] ?? '';
	const linked = new LinkedLines(service, reading, { cardCodes, from });
	const read = async (set: LinkedSet, ...bases: Array<[number, Iterable<string>]>) =>
		account.owned(
			await linked.basedOn(
				set,
				bases.map(([type, entries]) => ({ type, entries: [...new Set(entries)] })),
			),
		);
	const deliveries = await read('DeliveryNotes', [ORDER_TYPE, account.orders.keys()]);
	const invoices = await read(
		'Invoices',
		[ORDER_TYPE, account.orders.keys()],
		[LINKED_SETS.DeliveryNotes, entriesOf(deliveries)],
	);
	const reserved = invoices.filter(isReserve);
	deliveries.push(...(await read('DeliveryNotes', [LINKED_SETS.Invoices, entriesOf(reserved)])));
	const returns = await read('Returns', [LINKED_SETS.DeliveryNotes, entriesOf(deliveries)]);
	const credits = await read('CreditNotes', [LINKED_SETS.Invoices, entriesOf(invoices)]);

	for (const line of deliveries) account.deliver(line, 1);
	for (const line of returns) account.deliver(line, -1);
	for (const line of invoices) {
		account.invoice(line, 1);
		const isDirect = numberOf(line.line, 'BaseType') === ORDER_TYPE;
		if (isDirect && !isReserve(line)) account.deliver(line, 1);
	}
	const undelivered = new Set(entriesOf(reserved));
	for (const line of credits) {
		account.invoice(line, -1);
		const hasMoved = !isYes(line.line, 'WithoutInventoryMovement');
		if (hasMoved && !undelivered.has(text(line.line, 'BaseEntry'))) account.deliver(line, -1);
	}
	return account.orders;
}

const entriesOf = (lines: readonly LinkedLine[]) => lines.map(({ entry }) => entry);

/** Invoiced before anything is delivered. */
function isReserve({ header }: LinkedLine): boolean {
	return isYes(header, 'ReserveInvoice');
}

/** Each line belongs to the order of the line that it is based on. */
class Account {
	readonly orders: Map<string, OrderAmounts>;
	private readonly foreign: Set<string>;
	private readonly ownerOf = new Map<string, string>();

	constructor(orders: readonly Row[]) {
		this.orders = new Map(
			orders.map((row) => [
				text(row, 'DocEntry'),
				{ delivered: 0, invoiced: 0, lastInvoiceDate: '' },
			]),
		);
		this.foreign = new Set(orders.filter(isForeign).map((row) => text(row, 'DocEntry')));
	}

	/** Those that lead back to one of the orders. */
	owned(lines: readonly LinkedLine[]): LinkedLine[] {
		return lines.filter((line) => {
			const owner = this.baseOwner(line.line);
			if (owner !== undefined) this.ownerOf.set(nameOf(line), owner);
			return owner !== undefined;
		});
	}

	deliver(line: LinkedLine, sign: 1 | -1): void {
		const order = this.orderOf(line);
		order.delivered = cents(order.delivered + sign * this.valueOf(line));
	}

	invoice(line: LinkedLine, sign: 1 | -1): void {
		const order = this.orderOf(line);
		order.invoiced = cents(order.invoiced + sign * this.valueOf(line));
		const date = day(line.header, 'DocDate');
		if (sign > 0 && date > order.lastInvoiceDate) order.lastInvoiceDate = date;
	}

	private baseOwner(line: Row): string | undefined {
		const [type, entry] = [numberOf(line, 'BaseType'), text(line, 'BaseEntry')];
		if (type === ORDER_TYPE) return this.orders.has(entry) ? entry : undefined;
		return this.ownerOf.get(`${type}|${entry}|${text(line, 'BaseLine')}`);
	}

	private orderOf(line: LinkedLine): OrderAmounts {
		return this.orders.get(this.ownerOf.get(nameOf(line))!)!;
	}

	/** After the discount of the line and that of the document. */
	private valueOf(linked: LinkedLine): number {
		const { line, header } = linked;
		const isForeignOrder = this.foreign.has(this.ownerOf.get(nameOf(linked))!);
		const total = numberOf(line, isForeignOrder ? 'RowTotalFC' : 'LineTotal') ?? 0;
		return total * (1 - (numberOf(header, 'DiscountPercent') ?? 0) / 100);
	}
}

function nameOf({ set, entry, line }: LinkedLine): string {
	return `${LINKED_SETS[set]}|${entry}|${text(line, 'LineNum')}`;
}

function cents(value: number): number {
	return Math.round(value * 100) / 100;
}
