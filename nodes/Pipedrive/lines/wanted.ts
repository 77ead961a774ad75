import type { ErpDeal, ErpDealLine } from '../../../core/record/erpRecord';
import { fingerprintOf } from '../../../core/record/fingerprint';
import { decimalText, exactOf, MOST_DIGITS, numberOf, ONE, roundedTo } from './decimal';
import { lineTotal, withAmount, withPercentages, type Priced } from './discount';

/** A line as Pipedrive shall show it. Its currency is the deal's. */
export interface WantedLine {
	productId: number;
	/** Two decimals: Pipedrive keeps no more. */
	itemPrice: number;
	/** In the sales unit. */
	quantity: number;
	discount: number;
	discountType: 'percentage' | 'amount';
	/** Per cent. */
	tax: number;
	/** '' leaves a person's comment alone. */
	comments: string;
	/** `code - description`, for the audit and to know a line again that had the placeholder product; never sent. */
	text?: string;
}

export interface WantedOptions {
	/** Pipedrive's product for the ERP's code. */
	productIdOf(code: string): number | undefined;
	/** The product that stands for lines without one. */
	placeholderId: () => number | undefined;
}

export type WantedLines =
	| {
			lines: WantedLine[];
			/** The ERP's total of the deal; where it has none, the sum of the lines. */
			total: string;
			warnings: string[];
	  }
	| { reason: string };

/** The ERP's lines as Pipedrive takes them, or what is wrong with them. Pure. */
export function wantedLines(deal: ErpDeal, options: WantedOptions): WantedLines {
	const lines: WantedLine[] = [];
	const warnings: string[] = [];
	let sum = 0n;
	for (const [index, line] of deal.lines.entries()) {
		const read = readLine(line, index + 1, options);
		if ('reason' in read) return read;
		lines.push(read.wanted);
		warnings.push(...read.warnings);
		sum += read.total;
	}
	const told = deal.value.trim() === '' ? sum : exactOf(deal.value);
	if (told === undefined) {
		return { reason: `The deal's value "${deal.value}" is no number; correct it in the ERP.` };
	}
	return { lines, total: decimalText(told), warnings };
}

/** Changes exactly when something changes that would be written; 16 hex characters. */
export function linesDigest(wanted: readonly WantedLine[]): string {
	return fingerprintOf(wanted.map((line) => ({ ...line, text: undefined })));
}

type ReadLine = { wanted: WantedLine; total: bigint; warnings: string[] } | { reason: string };

function readLine(line: ErpDealLine, number: number, options: WantedOptions): ReadLine {
	const wrong = (field: string, value: string) => ({
		reason: `Line ${number}: the ${field} "${value}" is no number; correct it in the ERP.`,
	});
	const quantity = exactOf(line.quantity.trim() || '1');
	if (quantity === undefined) return wrong('quantity', line.quantity);
	const price = exactOf(line.unitPrice.trim() || '0');
	if (price === undefined) return wrong('unit price', line.unitPrice);
	const priced =
		line.discountType === 'amount'
			? withAmount(price, quantity, line.discount)
			: withPercentages(price, line.discount);
	if (!priced) return wrong('discount', line.discount);
	const product = productFor(line, number, options);
	if ('reason' in product) return product;
	const kept: Priced = { ...priced, itemPrice: roundedTo(priced.itemPrice, 2) };
	const total = lineTotal(priced, quantity);
	const tooLong = (field: string, value: string) => ({
		reason: `Line ${number}: the ${field} "${value}" has more than the ${MOST_DIGITS} digits that Pipedrive keeps; correct it in the ERP.`,
	});
	const numbers = {
		itemPrice: numberOf(kept.itemPrice),
		quantity: numberOf(quantity),
		discount: numberOf(kept.discount),
	};
	if (numbers.itemPrice === undefined) return tooLong('unit price', line.unitPrice);
	if (numbers.quantity === undefined) return tooLong('quantity', line.quantity);
	if (numbers.discount === undefined) return tooLong('discount', line.discount);
	const wanted: WantedLine = {
		productId: product.id,
		itemPrice: numbers.itemPrice,
		quantity: numbers.quantity,
		discount: numbers.discount,
		discountType: kept.discountType,
		tax: taxOf(line.tax),
		comments: product.isPlaceholder ? placeholderComment(line, number) : unitText(line),
		text: textOf(line, number),
	};
	const lost = roundingWarning(number, priced, total - lineTotal(kept, quantity));
	return { wanted, total, warnings: [...product.warnings, ...lost] };
}

type Product = { id: number; isPlaceholder: boolean; warnings: string[] } | { reason: string };

function productFor(line: ErpDealLine, number: number, options: WantedOptions): Product {
	const code = line.productCode.trim();
	const known = code === '' ? undefined : options.productIdOf(code);
	if (known !== undefined) return { id: known, isPlaceholder: false, warnings: [] };
	const placeholder = options.placeholderId();
	if (placeholder === undefined) {
		const what = code === '' ? 'it has no product' : `product "${code}" is not in Pipedrive`;
		return {
			reason: `Line ${number}: ${what}, and there is no placeholder product. Bring the products into Pipedrive, or create a product with the code ERP-LINE there.`,
		};
	}
	const warning = `Line ${number}: product "${code}" is not in Pipedrive; the placeholder product stands for it.`;
	return { id: placeholder, isPlaceholder: true, warnings: code === '' ? [] : [warning] };
}

/** A rate is written; the name of a tax group is none: Pipedrive then adds no tax, as the ERP's net total has none. */
function taxOf(text: string): number {
	const rate = exactOf(text.replace('%', ''));
	return rate !== undefined && rate >= 0n && rate <= 100n * ONE ? (numberOf(rate) ?? 0) : 0;
}

function textOf(line: ErpDealLine, number: number): string {
	const parts = [line.productCode, line.description].map(oneLine).filter(Boolean);
	return parts.join(' - ') || `Line ${number}`;
}

const UNIT = /\s*\(?Unit: [^()]*\)?$/;

function unitText(line: ErpDealLine): string {
	const unit = oneLine(line.unit ?? '').replace(/[()]/g, '');
	return unit === '' ? '' : `Unit: ${unit}`;
}

function placeholderComment(line: ErpDealLine, number: number): string {
	const unit = unitText(line);
	return `${textOf(line, number)}${unit === '' ? '' : ` (${unit})`}`;
}

/** A placeholder line's comment without the unit: what `WantedLine.text` was when it was written. */
export function textInComment(comments: string): string {
	return comments.replace(UNIT, '').trim();
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

function roundingWarning(number: number, { itemPrice }: Priced, lost: bigint): string[] {
	const cent = ONE / 100n;
	if (lost <= cent && lost >= -cent) return [];
	return [
		`Line ${number}: the price ${decimalText(roundedTo(itemPrice, 6))} is ${decimalText(roundedTo(itemPrice, 2))} in Pipedrive, which keeps two decimals; the line differs by ${decimalText(lost)}.`,
	];
}
