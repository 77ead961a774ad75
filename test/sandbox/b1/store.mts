/** The company database: tables by key, stamps as the ERP writes them, in its own local time. */
import { DateTime } from 'luxon';
import type { Transaction } from './events.mts';
import type { Row } from './filter.mts';
import { SCHEMAS, type EntitySchema } from './schema.mts';

export interface Stamped {
	/** False where the ERP changes something without touching the record's change stamp. */
	bump?: boolean;
}

export class B1Store {
	/** Whether documents and partners carry seconds in their change time; some versions cut them off. */
	stampSeconds = true;
	/** Told of every change that the ERP would tell of. */
	watch?: (set: string, transaction: Transaction, key: string | number) => void;
	private readonly tables = new Map<string, Map<string | number, Row>>();
	private readonly lists = new Map<string, readonly Row[]>();
	private readonly schemas = new Map(SCHEMAS.map((schema) => [schema.name, schema]));
	private nextEntry = 1;
	private nextContact = 1;

	constructor(
		private readonly now: () => number,
		readonly zone: string,
	) {}

	schema(name: string): EntitySchema | undefined {
		return this.schemas.get(name);
	}

	/** The same list as long as nothing in it changes. */
	rows(name: string): readonly Row[] {
		const rows = this.lists.get(name) ?? [...this.table(name).values()];
		this.lists.set(name, rows);
		return rows;
	}

	get(name: string, key: string | number): Row | undefined {
		return this.table(name).get(key);
	}

	/** Creates a row or changes it; stamps follow unless `bump` is false. Fields given always win. */
	put(name: string, key: string | number, fields: Row = {}, { bump = true }: Stamped = {}): Row {
		const schema = this.schemas.get(name);
		if (!schema) throw new Error(`The sandbox has no ${name}`);
		const table = this.table(name);
		const before = table.get(key);
		const { stamps } = schema;
		const [date, time] = this.stamp();
		const created =
			!before && stamps ? { [stamps.created[0]]: date, [stamps.created[1]]: time } : {};
		const updated =
			stamps && (bump || !before) ? { [stamps.updated[0]]: date, [stamps.updated[1]]: time } : {};
		const base = before ?? this.empty(schema, key);
		const row = { ...base, ...created, ...updated, ...fields };
		table.set(key, row);
		this.lists.delete(name);
		const isCancelled = row.Cancelled === 'tYES' && before?.Cancelled !== 'tYES';
		const changed = isCancelled ? 'Cancelled' : 'Updated';
		this.watch?.(name, before ? changed : 'Created', key);
		return row;
	}

	remove(name: string, key: string | number): void {
		this.table(name).delete(key);
		this.lists.delete(name);
		this.watch?.(name, 'Deleted', key);
	}

	partner(cardCode: string, fields: Row = {}, stamped?: Stamped): Row {
		const row = this.get('BusinessPartners', cardCode);
		const defaults = row ? {} : PARTNER;
		return this.put('BusinessPartners', cardCode, { ...defaults, ...fields }, stamped);
	}

	addContact(cardCode: string, fields: Row, stamped?: Stamped): number {
		const partner = this.get('BusinessPartners', cardCode);
		if (!partner) throw new Error(`There is no partner ${cardCode}`);
		const InternalCode = this.nextContact++;
		const contacts = (partner.ContactEmployees as Row[] | undefined) ?? [];
		const contact = { CardCode: cardCode, InternalCode, ...CONTACT, ...fields };
		this.partner(cardCode, { ContactEmployees: [...contacts, contact] }, stamped);
		return InternalCode;
	}

	item(itemCode: string, fields: Row = {}, stamped?: Stamped): Row {
		const defaults = this.get('Items', itemCode) ? {} : ITEM;
		return this.put('Items', itemCode, { ...defaults, ...fields }, stamped);
	}

	/** A marketing document; without `entry` a new one with the next numbers. */
	document(name: string, fields: Row = {}, entry = this.nextEntry++, stamped?: Stamped): Row {
		const known = this.get(name, entry);
		const [date] = this.stamp();
		const defaults = known
			? {}
			: { ...DOCUMENT, DocNum: 1000 + entry, DocDate: date, DocDueDate: date, TaxDate: date };
		this.nextEntry = Math.max(this.nextEntry, entry + 1);
		return this.put(name, entry, { ...defaults, ...fields }, stamped);
	}

	payment(fields: Row = {}, entry = this.nextEntry++): Row {
		const [date] = this.stamp();
		const known = this.get('IncomingPayments', entry);
		this.nextEntry = Math.max(this.nextEntry, entry + 1);
		const defaults = known ? {} : { ...PAYMENT, DocNum: 5000 + entry, DocDate: date };
		return this.put('IncomingPayments', entry, { ...defaults, ...fields });
	}

	/** Today's date and the time, as the ERP stamps them. */
	stamp(): [date: string, time: string] {
		const local = DateTime.fromMillis(this.now(), { zone: this.zone });
		return [
			local.toFormat('yyyy-MM-dd'),
			local.toFormat(this.stampSeconds ? 'HH:mm:ss' : 'HH:mm:00'),
		];
	}

	private table(name: string): Map<string | number, Row> {
		const table = this.tables.get(name) ?? new Map<string | number, Row>();
		this.tables.set(name, table);
		return table;
	}

	private empty({ properties, key }: EntitySchema, value: string | number): Row {
		const entries = [...properties].map(([name, kind]) => [name, kind === 'rows' ? [] : null]);
		return { ...Object.fromEntries(entries), [key]: value };
	}
}

const PARTNER: Row = {
	CardName: 'Partner',
	CardType: 'cCustomer',
	CompanyPrivate: 'cCompany',
	GroupCode: 100,
	Currency: 'EUR',
	CreditLimit: 0,
	MaxCommitment: 0,
	CurrentAccountBalance: 0,
	OpenDeliveryNotesBalance: 0,
	OpenOrdersBalance: 0,
	PriceListNum: 1,
	PayTermsGrpCode: -1,
	SalesPersonCode: -1,
	Valid: 'tYES',
	Frozen: 'tNO',
};

/** With what must never leave the ERP. */
const CONTACT: Row = {
	Active: 'tYES',
	DateOfBirth: '1980-02-29',
	PlaceOfBirth: 'Bielefeld',
	Gender: 'gt_Undefined',
	Password: 'b1-contact-password',
};

const ITEM: Row = {
	ItemName: 'Item',
	SalesItem: 'tYES',
	PurchaseItem: 'tYES',
	InventoryItem: 'tYES',
	Valid: 'tYES',
	Frozen: 'tNO',
	QuantityOnStock: 0,
};

const DOCUMENT: Row = {
	DocType: 'dDocument_Items',
	DocCurrency: 'EUR',
	DocTotal: 0,
	DocTotalFc: 0,
	VatSum: 0,
	VatSumFc: 0,
	PaidToDate: 0,
	DocumentStatus: 'bost_Open',
	Cancelled: 'tNO',
	CancelStatus: 'csNo',
};

const PAYMENT: Row = {
	DocCurrency: 'EUR',
	CashSum: 0,
	TransferSum: 0,
	BillOfExchangeAmount: 0,
	Cancelled: 'tNO',
	PaymentCreditCards: [{ CreditCardNumber: '4111111111111111' }],
};
