/** The company's data, and what people at Sage 300 do to it. Dates are set by the day of the session. */
import { DateTime } from 'luxon';
import { RESOURCES, type Resource, type Row } from './schema.mts';

export interface InvoiceInput {
	customer: string;
	number: string;
	amount: number;
	/** Session date where it is not today: month-end postings are back-dated. */
	day?: string;
	documentType?: string;
	fields?: Row;
}

export interface ReceiptInput {
	customer: string;
	number: string;
	amount: number;
	day?: string;
	fields?: Row;
}

export class Sage300Store {
	private readonly tables = new Map<string, Map<string, Row>>();
	private readonly sorted = new Map<string, Row[]>();
	/** Resource -> filter -> rows, for the pages to come. */
	private readonly found = new Map<string, Map<string, Row[]>>();
	private postingSequence = 0;
	private batch = 0;

	constructor(
		readonly now: () => number,
		readonly zone: string,
	) {}

	/** `YYYY-MM-DD` at the company. */
	today(): string {
		return DateTime.fromMillis(this.now(), { zone: this.zone }).toISODate() ?? '';
	}

	/** In key order. */
	rows(resource: string): Row[] {
		const known = this.sorted.get(resource);
		if (known) return known;
		const rows = [...this.table(resource).entries()]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([, row]) => row);
		this.sorted.set(resource, rows);
		return rows;
	}

	/** Rows that match, in key order; `words` names the filter. */
	matching(resource: string, words: string, matches: (row: Row) => boolean): Row[] {
		const lists = this.found.get(resource) ?? new Map<string, Row[]>();
		this.found.set(resource, lists);
		const rows = lists.get(words) ?? this.rows(resource).filter(matches);
		if (lists.size > 3) lists.clear();
		lists.set(words, rows);
		return rows;
	}

	/** Creates a customer or changes it, as somebody at the customer screen does. */
	putCustomer(number: string, fields: Row = {}, day = this.today()): void {
		const existing = this.find('ARCustomers', { CustomerNumber: number });
		this.put('ARCustomers', {
			...(existing ?? blank('ARCustomers')),
			...(existing ? {} : { Status: 'Active', OnHold: 'No', StartDate: day, CurrencyCode: 'USD' }),
			CustomerNumber: number,
			DateLastMaintained: day,
			...fields,
		});
	}

	/** Changes fields without the date: an import, a macro, a posting. */
	touchCustomer(number: string, fields: Row): void {
		this.change('ARCustomers', { CustomerNumber: number }, fields);
	}

	putShipTo(customer: string, location: string, fields: Row = {}): void {
		const key = { CustomerNumber: customer, ShipToLocationKey: location };
		const before = this.find('ARShipToLocations', key) ?? {
			...blank('ARShipToLocations'),
			Status: 'Active',
			PrimaryShipToIndicator: 'No',
		};
		const date = { DateLastMaintained: this.today() };
		this.put('ARShipToLocations', { ...before, ...key, ...date, ...fields });
	}

	putGroup(code: string, description: string): void {
		this.put('ARCustomerGroups', {
			...blank('ARCustomerGroups'),
			GroupCode: code,
			Description: description,
			DateLastMaintained: this.today(),
		});
	}

	putTerms(code: string, description: string): void {
		const key = { TermsCode: code, TermsCodeKey: code };
		this.put('ARTerms', { ...key, Description: description });
	}

	/** Posts a batch with one document; the number of the posting is given by the server. */
	postInvoice({ customer, number, amount, day = this.today(), ...more }: InvoiceInput): number {
		this.postingSequence++;
		this.put('ARPostedDocuments', {
			...blank('ARPostedDocuments'),
			CustomerNumber: customer,
			DocumentNumber: number,
			DocumentType: more.documentType ?? 'Invoice',
			DocumentDate: day,
			DueDate: DateTime.fromISO(day).plus({ days: 30 }).toISODate() ?? '',
			PostingDate: day,
			LastActivityDate: day,
			CurrencyCode: 'USD',
			FullyPaid: 'No',
			PostingSequenceNumber: this.postingSequence,
			BatchNumber: ++this.batch,
			EntryNumber: 1,
			CustomerCurrencyInvoiceAmount: amount,
			CustomerCurrencyAmountDue: amount,
			...more.fields,
		});
		return this.postingSequence;
	}

	/** A payment is applied to a document: amount due and last activity move. */
	applyPayment(customer: string, number: string, amount: number, day = this.today()): void {
		const key = { CustomerNumber: customer, DocumentNumber: number };
		const due = Number(this.find('ARPostedDocuments', key)?.CustomerCurrencyAmountDue) - amount;
		this.change('ARPostedDocuments', key, {
			CustomerCurrencyAmountDue: due,
			FullyPaid: due === 0 ? 'Yes' : 'No',
			LastActivityDate: day,
		});
	}

	touchDocument(customer: string, number: string, fields: Row): void {
		this.change('ARPostedDocuments', { CustomerNumber: customer, DocumentNumber: number }, fields);
	}

	postReceipt({ customer, number, amount, day = this.today(), fields }: ReceiptInput): void {
		this.batch++;
		this.put('ARPostedReceipts', {
			...blank('ARPostedReceipts'),
			BankCode: 'SEATAC',
			CustomerNumber: customer,
			CheckReceiptNumber: number,
			DepositSerialNumber: this.batch,
			DepositLineNumber: 1,
			ReceiptDate: day,
			PostingDate: day,
			DateLastMaintained: day,
			CurrencyCode: 'USD',
			CustomerReceiptAmount: amount,
			BatchNumber: this.batch,
			EntryNumber: 1,
			MiscellaneousReceiptFlag: 0,
			CardNumber: '4111111111111111',
			...fields,
		});
	}

	/** Changes the receipt with this number. */
	touchReceipt(number: string, fields: Row): void {
		const found = this.rows('ARPostedReceipts').find((row) => row.CheckReceiptNumber === number);
		if (!found) throw new Error(`No receipt ${number}`);
		this.put('ARPostedReceipts', { ...found, ...fields });
	}

	remove(resource: string, key: Row): void {
		const found = this.find(resource, key);
		if (!found) throw new Error(`No ${resource} ${JSON.stringify(key)}`);
		this.table(resource).delete(keyOf(resourceNamed(resource), found));
		this.forgetLists(resource);
	}

	find(resource: string, key: Row): Row | undefined {
		return this.table(resource).get(keyOf(resourceNamed(resource), key));
	}

	private change(resource: string, key: Row, fields: Row): void {
		const found = this.find(resource, key);
		if (!found) throw new Error(`No ${resource} ${JSON.stringify(key)}`);
		this.put(resource, { ...found, ...fields });
	}

	private put(resource: string, row: Row): void {
		const { properties } = resourceNamed(resource);
		const unknown = Object.keys(row).filter((name) => !properties.has(name));
		if (unknown.length > 0) throw new Error(`${resource} has no ${unknown.join(', ')}`);
		this.table(resource).set(keyOf(resourceNamed(resource), row), row);
		this.forgetLists(resource);
	}

	private forgetLists(resource: string): void {
		this.sorted.delete(resource);
		this.found.delete(resource);
	}

	private table(resource: string): Map<string, Row> {
		const known = this.tables.get(resource);
		if (known) return known;
		const table = new Map<string, Row>();
		this.tables.set(resource, table);
		return table;
	}
}

function resourceNamed(name: string): Resource {
	const resource = RESOURCES.get(name);
	if (!resource) throw new Error(`The sandbox has no ${name}`);
	return resource;
}

/** Sorts as the database does: part by part, in binary order. */
function keyOf(resource: Resource, row: Row): string {
	return resource.key
		.map((name) => {
			const value = row[name];
			return typeof value === 'number' ? String(value).padStart(12, '0') : String(value);
		})
		.join('\u0000');
}

function blank(resource: string): Row {
	const row: Row = {};
	for (const [name, type] of resourceNamed(resource).properties) {
		row[name] = type === 'string' ? '' : type === 'number' ? 0 : type === 'rows' ? [] : null;
	}
	return row;
}
