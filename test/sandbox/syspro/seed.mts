/** Fills a SYSPRO company with plausible customers, stock, orders and invoices. The same seed gives the same ones. */
import {
	Draw,
	FAMILY_NAMES,
	FIRST_NAMES,
	PLACES,
	plain,
	STREETS,
	TRADES,
} from '../s4hana/companies.mts';
import type { Row, SysproStore } from './store.mts';

export interface SysproSeedOptions {
	/** Customers. 40 makes a demo. */
	count: number;
	seed?: number;
	/** Epoch milliseconds of the company's present. */
	now: number;
}

export interface SysproSeed {
	customers: string[];
	stockCodes: string[];
	orders: string[];
	invoices: Array<{ customer: string; invoice: string; type: string }>;
}

const DAY = 86_400_000;

export function seedSyspro(
	store: SysproStore,
	{ count, seed = 4711, now }: SysproSeedOptions,
): SysproSeed {
	const draw = new Draw(seed);
	const made: SysproSeed = { customers: [], stockCodes: [], orders: [], invoices: [] };
	for (let n = 1; n <= Math.max(3, Math.ceil(count / 4)); n++)
		made.stockCodes.push(addStock(store, draw, n));
	for (let n = 1; n <= count; n++) made.customers.push(addCustomer(store, draw, n));
	for (let n = 1; n <= count; n++) {
		const customer = draw.from(made.customers);
		const daysAgo = n % 3 === 0 ? 30 + draw.below(300) : draw.below(7);
		const order = addOrder(store, draw, {
			n,
			customer,
			stockCodes: made.stockCodes,
			at: now - daysAgo * DAY,
		});
		made.orders.push(order);
		if (n % 4 === 0)
			made.invoices.push(addInvoice(store, draw, { n, customer, order, at: now - daysAgo * DAY }));
	}
	return made;
}

function addCustomer(store: SysproStore, draw: Draw, n: number): string {
	const name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} ${n % 5 ? '(Pty) Ltd' : '& Söhne'}`;
	const place = draw.from(PLACES);
	// Some companies number their customers, some name them.
	const Customer = n % 10 === 0 ? `C-${String(n).padStart(4, '0')}` : String(n).padStart(7, '0');
	const row: Row = {
		Customer,
		Name: name,
		ShortName: name.slice(0, 20),
		CustomerClass: draw.from(['RT', 'WH', '']),
		CreditStatus: draw.from(['0', '1', '2']),
		CreditLimit: `${draw.below(90) * 1000}.00`,
		Salesperson: draw.from(['100', '101', '102']),
		Branch: draw.from(['10', '20']),
		TermsCode: draw.from(['A', 'B', 'CO']),
		Currency: draw.from(['', '', '', '$', 'EUR']),
		Telephone: draw.chance(0.8) ? `${place.areaCode} ${draw.digits(6)}` : '',
		Contact: draw.chance(0.7) ? `${draw.from(FIRST_NAMES)} ${draw.from(FAMILY_NAMES)}` : '',
		Email: draw.chance(0.8) ? `info@${plain(name)}.example` : '',
		SoldToAddr1: draw.chance(0.3) ? `Unit ${1 + draw.below(20)}` : '',
		SoldToAddr2: `${1 + draw.below(180)} ${draw.from(STREETS)}`,
		SoldToAddr3: place.city,
		SoldToAddr5: place.country,
		SoldPostalCode: place.postalCode,
		CustomerOnHold: n % 13 === 0 ? 'Y' : 'N',
		CompanyTaxNumber: draw.chance(0.5) ? `4${draw.digits(9)}` : '',
		DateCustAdded: '2024-01-15',
	};
	if (draw.chance(0.4))
		Object.assign(row, { ShipToAddr2: `Dock ${n}`, ShipToAddr3: draw.from(PLACES).city });
	store.put('ArCustomer', row);
	if (draw.chance(0.5)) store.put('ArCustomer+', { Customer, Industry: draw.from(TRADES) });
	return Customer;
}

function addStock(store: SysproStore, draw: Draw, n: number): string {
	const StockCode = `A${100 + n}`;
	store.put('InvMaster', {
		StockCode,
		Description: `${draw.from(TRADES)} Größe ${n}`,
		StockUom: draw.from(['EA', 'KG', 'BOX']),
		ProductClass: draw.from(['BIKE', 'PART']),
		StockOnHold: n % 11 === 0 ? 'F' : '',
		DateStkAdded: '2023-05-01',
	});
	for (const Warehouse of ['N', 'S'].slice(0, 1 + draw.below(2))) {
		store.put('InvWarehouse', {
			StockCode,
			Warehouse,
			QtyOnHand: `${draw.below(500)}.000000`,
			QtyAllocated: `${draw.below(50)}.000000`,
			LastCostEntered: `${1 + draw.below(100)}.50`,
		});
	}
	return StockCode;
}

interface OrderSeed {
	n: number;
	customer: string;
	stockCodes: readonly string[];
	at: number;
}

function addOrder(
	store: SysproStore,
	draw: Draw,
	{ n, customer, stockCodes, at }: OrderSeed,
): string {
	const SalesOrder = String(800 + n).padStart(6, '0');
	store.put('SorMaster', {
		SalesOrder,
		OrderStatus: draw.from(['1', '1', '2', '4', '8', '9', '9', 'S', '\\']),
		DocumentType: n % 15 === 0 ? 'C' : 'O',
		Customer: customer,
		CustomerName: store.get('ArCustomer', [customer])?.Name ?? '',
		CustomerPoNumber: draw.chance(0.6) ? `PO ${draw.digits(5)}` : '',
		Branch: '10',
		OrderDate: dayOf(at),
		EntrySystemDate: n % 9 === 0 ? '' : dayOf(at),
		ReqShipDate: dayOf(at + 14 * DAY),
	});
	for (let line = 1; line <= 1 + draw.below(4); line++) {
		const MOrderQty = String(1 + draw.below(20));
		store.put('SorDetail', {
			SalesOrder,
			SalesOrderLine: String(line),
			LineType: '1',
			MStockCode: draw.from(stockCodes),
			MStockDes: draw.from(TRADES),
			MOrderQty,
			MShipQty: MOrderQty,
			MOrderUom: 'EA',
			MPrice: `${1 + draw.below(900)}.95`,
			MDiscPct1: draw.from(['0', '0', '5.00']),
		});
	}
	return SalesOrder;
}

function addInvoice(
	store: SysproStore,
	draw: Draw,
	{ n, customer, order, at }: { n: number; customer: string; order: string; at: number },
) {
	const invoice = String(100_000 + n);
	const value = `${100 + draw.below(5000)}.00`;
	store.put('ArInvoice', {
		Customer: customer,
		Invoice: invoice,
		DocumentType: 'I',
		InvoiceDate: dayOf(at),
		SalesOrder: order,
		CurrencyValue: value,
		InvoiceBal1: draw.chance(0.5) ? value : '0.00',
	});
	return { customer, invoice, type: 'I' };
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
