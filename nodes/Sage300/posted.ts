import { externalIdOf, type ErpDocument, type ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { later } from '../../core/sync/cursorValue';
import { currencyOf, type Currencies } from './currencies';
import { amount, day, isYes, text, whole, type Row } from './fields';
import { identityOf, SYSTEM } from './mapping';

export type PostedEntity = 'invoice' | 'receipt';

/** A part of a key: how it is written into a filter and how wide it is as text. */
export interface KeyPart {
	property: string;
	/** Padded to this width, texts sort as the database sorts the keys. */
	width: number;
	isNumber?: boolean;
}

export interface DocumentContext {
	organizationExternalId: string;
	currencies: Currencies;
}

/** One resource of posted documents. */
export interface PostedResource {
	resource: string;
	key: readonly KeyPart[];
	/** Dates that move when a document is posted or changed. */
	dates: readonly string[];
	/** A number that grows with every posting. */
	sequence: string;
	fields: readonly string[];
	/** Whether the key is simple enough to go on behind it, so that everything can be swept. */
	canScan: boolean;
	/** `undefined` for rows that are no document of this kind. */
	toDocument(row: Row, context: DocumentContext): ErpDocument | undefined;
}

const CUSTOMER: KeyPart = { property: 'CustomerNumber', width: 12 };

export const POSTED: Readonly<Record<PostedEntity, PostedResource>> = {
	invoice: {
		resource: 'AR/ARPostedDocuments',
		key: [CUSTOMER, { property: 'DocumentNumber', width: 22 }],
		dates: ['LastActivityDate', 'PostingDate'],
		sequence: 'PostingSequenceNumber',
		fields: [
			'CustomerNumber',
			'DocumentNumber',
			'DocumentType',
			'TransactionType',
			'DocumentDate',
			'DueDate',
			'PostingDate',
			'LastActivityDate',
			'PostingSequenceNumber',
			'CurrencyCode',
			'CustomerCurrencyInvoiceAmount',
			'CustomerCurrencyAmountDue',
			'FullyPaid',
			'OrderNumber',
			'PONumber',
			'DocumentDescription',
		],
		canScan: true,
		toDocument: invoiceOf,
	},
	receipt: {
		resource: 'AR/ARPostedReceipts',
		key: [
			{ property: 'BankCode', width: 8 },
			CUSTOMER,
			{ property: 'CheckReceiptNumber', width: 24 },
			{ property: 'DepositSerialNumber', width: 12, isNumber: true },
			{ property: 'DepositLineNumber', width: 12, isNumber: true },
			{ property: 'ReceiptDate', width: 10 },
		],
		dates: ['DateLastMaintained', 'PostingDate'],
		sequence: 'BatchNumber',
		fields: [
			'BankCode',
			'CustomerNumber',
			'CheckReceiptNumber',
			'DepositSerialNumber',
			'DepositLineNumber',
			'ReceiptDate',
			'DateLastMaintained',
			'PostingDate',
			'BatchNumber',
			'CurrencyCode',
			'CustomerReceiptAmount',
			'DateReturned',
			'DocumentNumber',
			'MiscellaneousReceiptFlag',
		],
		canScan: false,
		toDocument: receiptOf,
	},
};

/** A row becomes an ErpRecord with a document; `undefined` for rows of another kind. Pure. */
export function toPostedRecord(
	entity: PostedEntity,
	row: Row,
	settings: { scope: string; withRaw: boolean; readAt: string; currencies: Currencies },
): ErpRecord | undefined {
	const posted = POSTED[entity];
	const customer = text(row, 'CustomerNumber');
	const document = posted.toDocument(row, {
		organizationExternalId: externalIdOf(SYSTEM, settings.scope, 'customer', customer),
		currencies: settings.currencies,
	});
	if (!document) return undefined;
	return {
		erp: {
			...identityOf(settings.scope, entity, shownKey(posted, row), settings.readAt),
			version: fingerprintOf(document),
			changedAt: changeDayOf(posted, row),
		},
		document,
		...(settings.withRaw && { raw: { ...row } }),
	};
}

/** The latest of the row's change dates, `''` when it has none. */
export function changeDayOf(posted: PostedResource, row: Row): string {
	return posted.dates.reduce((latest, name) => later(latest, day(row, name)), '');
}

/** `1200/IN0000000000001`. */
function shownKey(posted: PostedResource, row: Row): string {
	return posted.key.map((part) => partOf(part, row)).join('/');
}

/** The key as a text that sorts as the database sorts. */
export function sortKey(posted: PostedResource, row: Row): string {
	return posted.key
		.map((part) =>
			part.isNumber
				? partOf(part, row).padStart(part.width, '0')
				: partOf(part, row).padEnd(part.width),
		)
		.join('/');
}

function partOf({ property }: KeyPart, row: Row): string {
	return property.endsWith('Date') ? day(row, property) : text(row, property);
}

/** Payments that are posted as documents of their own come by the receipts. */
const PAYMENTS = /receipt|cash|prepayment|refund|payment|^(5|10|11|19)$/i;

/** Numbers of document types in builds that do not spell them. */
const KIND_OF_NUMBER: ReadonlyMap<string, string> = new Map([
	['1', 'invoice'],
	['2', 'debitNote'],
	['3', 'creditNote'],
	['4', 'interest'],
]);

function invoiceOf(row: Row, context: DocumentContext): ErpDocument | undefined {
	const type = text(row, 'DocumentType').replace(/[^A-Za-z0-9]/g, '');
	if (PAYMENTS.test(type)) return undefined;
	return {
		kind: KIND_OF_NUMBER.get(type) ?? type.charAt(0).toLowerCase() + type.slice(1),
		number: text(row, 'DocumentNumber'),
		date: day(row, 'DocumentDate'),
		dueDate: day(row, 'DueDate'),
		total: amount(row, 'CustomerCurrencyInvoiceAmount'),
		open: isYes(row, 'FullyPaid') ? '0' : amount(row, 'CustomerCurrencyAmountDue'),
		currency: currencyOf(text(row, 'CurrencyCode'), context.currencies),
		organizationExternalId: context.organizationExternalId,
		lines: [],
	};
}

/** A miscellaneous receipt belongs to no customer. A returned one keeps its amount and says so in its kind. */
function receiptOf(row: Row, context: DocumentContext): ErpDocument | undefined {
	if (text(row, 'CustomerNumber') === '' || whole(row, 'MiscellaneousReceiptFlag') === 1) {
		return undefined;
	}
	return {
		kind: day(row, 'DateReturned') === '' ? 'payment' : 'returnedPayment',
		number: text(row, 'CheckReceiptNumber') || text(row, 'DocumentNumber'),
		date: day(row, 'ReceiptDate'),
		dueDate: '',
		total: amount(row, 'CustomerReceiptAmount'),
		open: '',
		currency: currencyOf(text(row, 'CurrencyCode'), context.currencies),
		organizationExternalId: context.organizationExternalId,
		lines: [],
	};
}
