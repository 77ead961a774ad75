import type { ErpDocument, ErpRecord } from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { currencyOf, idOf, withIdentity, type MappingSettings } from './identity';
import type { TableRow } from './tableAccess';
import { dayIn, decimalIn } from './values';

export const INVOICE_COLUMNS = [
	'Customer',
	'Invoice',
	'DocumentType',
	'InvoiceDate',
	'CurrencyValue',
	'InvoiceBal1',
	'PostCurrency',
] as const;

const KINDS: ReadonlyMap<string, string> = new Map([
	['I', 'invoice'],
	['C', 'creditNote'],
	['D', 'debitNote'],
]);

/** `<customer>/<invoice>/<type>`: a credit note can have the number of its invoice. */
export function invoiceKeyOf(row: TableRow): string {
	return `${row.Customer}/${row.Invoice}/${row.DocumentType}`;
}

/** A document of the receivables ledger. Pure. */
export function invoiceRecord(row: TableRow, settings: MappingSettings): Loaded<ErpRecord> {
	const document: ErpDocument = {
		kind: KINDS.get(row.DocumentType) ?? row.DocumentType,
		number: row.Invoice,
		date: dayIn(row.InvoiceDate ?? ''),
		dueDate: '',
		total: decimalIn(row.CurrencyValue ?? ''),
		open: decimalIn(row.InvoiceBal1 ?? ''),
		currency: currencyOf(row.PostCurrency ?? '', settings),
		organizationExternalId: idOf('customer', row.Customer, settings),
		lines: [],
	};
	return withIdentity('invoice', invoiceKeyOf(row), { document }, settings, { raw: row });
}
