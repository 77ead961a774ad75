import { asCoreError } from '../../core/http/errors';
import { isForeign } from './documentState';
import { MOST_DOCUMENTS, type LinkedLines } from './linkedLines';
import { lineName, LINKED_SETS, ORDER_TYPE, type LinkedLine, type LinkedSet } from './linkedRow';
import { day, isYes, numberOf, text, type Row } from './rows';

/** Net, after discounts, without freight, in the currency of the order. */
export interface OrderAmounts {
	delivered: number;
	invoiced: number;
	/** '' where nothing is invoiced. */
	lastInvoiceDate: string;
}

/** By DocEntry; without amounts one sentence that says why. */
export type AmountsRead = ReadonlyMap<string, OrderAmounts | { why: string }>;

/**
 * What was delivered and invoiced of these orders: deliveries and invoices that are based on them, invoices of those
 * deliveries, deliveries of reserve invoices, less returns and credit notes. Three to five requests for a page of orders.
 */
export async function amountsOf(linked: LinkedLines, orders: readonly Row[]): Promise<AmountsRead> {
	try {
		return await readAmounts(linked, orders);
	} catch (caught) {
		const error = asCoreError(caught);
		// What a later try would mend must not look like an order without invoices.
		if (!['forbidden', 'invalid', 'notFound'].includes(error.kind)) throw error;
		return new Map(orders.map((row) => [text(row, 'DocEntry'), leftOut(error.message)]));
	}
}

function leftOut(why: string): { why: string } {
	return { why: `Delivered and invoiced amounts are left out: ${why}` };
}

async function readAmounts(linked: LinkedLines, orders: readonly Row[]): Promise<AmountsRead> {
	const account = new Account(orders);
	const dated = orders.filter((row) => dayOf(row) !== '');
	const cardCodes = [...new Set(dated.map((row) => text(row, 'CardCode')))];
	const from = dated.map(dayOf).sort()[0] ?? '';
	const read = async (set: LinkedSet, ...bases: Array<[number, Iterable<string>]>) => {
		const asked = bases.map(([type, entries]) => ({ type, entries: [...entries] }));
		const { lines, tooMany } = await linked.basedOn(set, asked, { cardCodes, from });
		if (tooMany) account.leaveOut(unread(orders, set, tooMany));
		return account.owned(lines);
	};
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
	return account.result();
}

const dayOf = (order: Row) => day(order, 'CreationDate') || day(order, 'DocDate');

/** Orders of which not everything was read where the documents of their customers were. */
function unread(
	orders: readonly Row[],
	set: LinkedSet,
	tooMany: ReadonlySet<string>,
): Map<string, string> {
	const reasons = orders.map((row): [string, string] => {
		const card = text(row, 'CardCode');
		if (dayOf(row) === '') return [text(row, 'DocEntry'), 'the order has no date.'];
		const many = `"${card}" has more than ${MOST_DOCUMENTS} ${set} since; only "By Lines" reads so many.`;
		return [text(row, 'DocEntry'), tooMany.has(card) ? many : ''];
	});
	return new Map(reasons.filter(([, why]) => why !== ''));
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
	private readonly reasons = new Map<string, string>();

	constructor(orders: readonly Row[]) {
		this.orders = new Map(
			orders.map((row) => [
				text(row, 'DocEntry'),
				{ delivered: 0, invoiced: 0, lastInvoiceDate: '' },
			]),
		);
		this.foreign = new Set(orders.filter(isForeign).map((row) => text(row, 'DocEntry')));
	}

	leaveOut(reasons: ReadonlyMap<string, string>): void {
		for (const [order, why] of reasons) this.reasons.set(order, why);
	}

	result(): AmountsRead {
		const told = [...this.orders].map(([entry, amounts]) => {
			const why = this.reasons.get(entry);
			return [entry, why === undefined ? amounts : leftOut(why)] as const;
		});
		return new Map(told);
	}

	/** Those that lead back to one of the orders. */
	owned(lines: readonly LinkedLine[]): LinkedLine[] {
		return lines.filter((line) => {
			const owner = this.baseOwner(line.line);
			if (owner !== undefined) this.ownerOf.set(lineName(line), owner);
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
		return this.orders.get(this.ownerOf.get(lineName(line))!)!;
	}

	/** After the discount of the line and that of the document. */
	private valueOf(linked: LinkedLine): number {
		const { line, header } = linked;
		const owner = this.ownerOf.get(lineName(linked))!;
		const field = this.foreign.has(owner) ? 'RowTotalFC' : 'LineTotal';
		const total = numberOf(line, field);
		const isPlain = text(header, 'DiscountPercent') === '';
		const discount = isPlain ? 0 : numberOf(header, 'DiscountPercent');
		if (total !== undefined && discount !== undefined) return total * (1 - discount / 100);
		const [wrong, value] =
			total === undefined
				? [field, text(line, field)]
				: ['DiscountPercent', text(header, 'DiscountPercent')];
		const where = `${linked.set} ${linked.entry}, line ${text(line, 'LineNum')}`;
		this.reasons.set(owner, `${where}: ${wrong} is "${value}", not a number.`);
		return 0;
	}
}

function cents(value: number): number {
	return Math.round(value * 100) / 100;
}
