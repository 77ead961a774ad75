import {
	externalIdOf,
	type ErpDeal,
	type ErpDealLine,
	type ErpDocument,
} from '../../core/record/erpRecord';
import { currencyOf } from './currencies';
import { isCancelled, isForeign, isService } from './documentState';
import type { MappingSettings } from './mappingSettings';
import type { OrderAmounts } from './orderAmounts';
import {
	amount,
	day,
	decimalText,
	isMember,
	isYes,
	numberOf,
	rowsIn,
	text,
	type Row,
} from './rows';

/**
 * An order with its lines. The value is net, in the currency of the document; `amounts` where what follows the order
 * was read.
 */
export function orderOf(row: Row, settings: MappingSettings, amounts?: OrderAmounts): ErpDeal {
	const number = text(row, 'DocNum');
	return {
		title: [`Order ${number}`, text(row, 'CardName')].filter(Boolean).join(' - '),
		number,
		customerReference: text(row, 'NumAtCard'),
		status: STATUS_WORDS[stateOf(row)],
		state: stateOf(row),
		value: netTotalOf(row),
		currency: currencyOf(text(row, 'DocCurrency'), settings.currencies),
		orderDate: day(row, 'DocDate'),
		dueDate: day(row, 'DocDueDate'),
		...(amounts && {
			deliveredAmount: decimalText(amounts.delivered),
			invoicedAmount: decimalText(amounts.invoiced),
			lastInvoiceDate: amounts.lastInvoiceDate,
		}),
		organizationExternalId: partnerIdOf(row, settings.scope),
		lines: rowsIn(row, 'DocumentLines').map((line) => ({
			...lineOf(line, row),
			...(!isCancelled(row) && !isService(row) && shippedOf(line)),
		})),
	};
}

/** What was delivered or invoiced of an order's line; absent where the server does not say what is open. */
function shippedOf(line: Row): { shippedQuantity?: string } {
	const quantity = numberOf(line, 'Quantity');
	const open = numberOf(line, 'RemainingOpenQuantity');
	if (quantity === undefined || open === undefined) return {};
	return { shippedQuantity: decimalText(Math.max(0, quantity - open)) };
}

const STATUS_WORDS = { open: 'Open', completed: 'Closed', cancelled: 'Cancelled' } as const;

/** An invoice or a credit note; what is still open is known only where the server tells what was paid. */
export function documentOf(
	kind: 'invoice' | 'creditNote',
	row: Row,
	settings: MappingSettings,
): ErpDocument {
	const total = totalOf(row);
	return {
		kind,
		state: stateOf(row),
		number: text(row, 'DocNum'),
		date: day(row, 'DocDate'),
		dueDate: day(row, 'DocDueDate'),
		total: decimalText(total),
		open: openOf(row, total),
		currency: currencyOf(text(row, 'DocCurrency'), settings.currencies),
		organizationExternalId: partnerIdOf(row, settings.scope),
		lines: linesOf(row),
	};
}

/** An incoming payment. What was paid by card is known only by what it settles: card data is never read. */
export function paymentOf(row: Row, settings: MappingSettings): ErpDocument {
	const checks = sum(rowsIn(row, 'PaymentChecks'), 'CheckSum');
	const parts = ['CashSum', 'TransferSum', 'BillOfExchangeAmount'];
	const received = parts.reduce((total, name) => total + (numberOf(row, name) ?? 0), checks);
	const applied = sum(rowsIn(row, 'PaymentInvoices'), 'SumApplied');
	const total = Math.max(received, applied);
	return {
		kind: 'payment',
		...(isYes(row, 'Cancelled') ? { state: 'cancelled' as const } : {}),
		number: text(row, 'DocNum'),
		date: day(row, 'DocDate'),
		dueDate: day(row, 'DueDate') || day(row, 'DocDate'),
		total: isYes(row, 'Cancelled') ? '0' : decimalText(total),
		open: '0',
		currency: currencyOf(text(row, 'DocCurrency'), settings.currencies),
		organizationExternalId: partnerIdOf(row, settings.scope),
		lines: [],
	};
}

function stateOf(row: Row): 'open' | 'completed' | 'cancelled' {
	if (isCancelled(row)) return 'cancelled';
	return isMember(row, 'DocumentStatus', 'bost_Open', 'O') ? 'open' : 'completed';
}

function totalOf(row: Row): number {
	return numberOf(row, isForeign(row) ? 'DocTotalFc' : 'DocTotal') ?? 0;
}

function netTotalOf(row: Row): string {
	const tax = numberOf(row, isForeign(row) ? 'VatSumFc' : 'VatSum') ?? 0;
	return decimalText(totalOf(row) - tax);
}

/** Paid amounts are kept in the company's currency; the share of it that is paid is the same in any. */
function openOf(row: Row, total: number): string {
	if (isCancelled(row) || !isMember(row, 'DocumentStatus', 'bost_Open', 'O')) return '0';
	const paid = numberOf(row, 'PaidToDate') ?? 0;
	const own = numberOf(row, 'DocTotal') ?? 0;
	const open = isForeign(row) && own !== 0 ? total * (1 - paid / own) : total - paid;
	return decimalText(Math.round(open * 100) / 100);
}

function linesOf(row: Row): ErpDealLine[] {
	return rowsIn(row, 'DocumentLines').map((line) => lineOf(line, row));
}

function lineOf(line: Row, document: Row): ErpDealLine {
	return {
		productCode: text(line, 'ItemCode'),
		description: text(line, 'ItemDescription') || text(line, 'FreeText'),
		...(isService(document)
			? {
					quantity: '1',
					unitPrice: amount(line, isForeign(document) ? 'RowTotalFC' : 'LineTotal'),
					discount: '0',
				}
			: {
					quantity: amount(line, 'Quantity'),
					// The price before the discount stands beside the discount; where there is none, the price itself.
					unitPrice: amount(line, 'UnitPrice') || amount(line, 'Price'),
					discount: amount(line, 'DiscountPercent'),
				}),
		tax: text(line, 'VatGroup') || text(line, 'TaxCode'),
		unit: text(line, 'MeasureUnit'),
	};
}

function partnerIdOf(row: Row, scope: string): string {
	return externalIdOf('b1', scope, 'businessPartner', text(row, 'CardCode'));
}

function sum(rows: readonly Row[], name: string): number {
	return rows.reduce((total, row) => total + (numberOf(row, name) ?? 0), 0);
}
