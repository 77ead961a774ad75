import { numberOf, rowsIn, text, type Row } from '../rows';

/** What a document that is there says otherwise than its deal does now, one sentence each. */
export function differencesOf(wanted: Row, document: Row): string[] {
	const told: string[] = [];
	const [customer, found] = [text(wanted, 'CardCode'), text(document, 'CardCode')];
	if (customer !== found) told.push(`The deal is for ${customer}, the document for ${found}.`);
	const [left, right] = [rowsIn(wanted, 'DocumentLines'), rowsIn(document, 'DocumentLines')];
	const [missing, surplus] = [without(left, right), without(right, left)];
	if (missing.length > 0) told.push(`Only in the deal: ${missing.join('; ')}.`);
	if (surplus.length > 0) told.push(`Only in the document: ${surplus.join('; ')}.`);
	return told;
}

function without(lines: readonly Row[], others: readonly Row[]): string[] {
	const left = [...others];
	return lines
		.filter((line) => {
			const at = left.findIndex((other) => isSame(line, other));
			if (at >= 0) left.splice(at, 1);
			return at < 0;
		})
		.map((line) => `${text(line, 'Quantity')} x ${text(line, 'ItemCode')}${atPrice(line)}`);
}

function atPrice(line: Row): string {
	const name = PRICES.find((one) => numberOf(line, one) !== undefined);
	return name === undefined ? '' : ` at ${text(line, name)}`;
}

const PRICES = ['PriceAfterVAT', 'UnitPrice'];
/** The ERP rounds prices to its own number of decimals, two at least. */
const TOLERANCE = 0.0051;

/** Prices are compared where both tell them: the ERP's own price list is no difference. */
function isSame(a: Row, b: Row): boolean {
	if (text(a, 'ItemCode') !== text(b, 'ItemCode')) return false;
	return ['Quantity', 'DiscountPercent', ...PRICES].every((name) => {
		const [left, right] = [valueOf(a, name), valueOf(b, name)];
		return left === undefined || right === undefined || Math.abs(left - right) < TOLERANCE;
	});
}

/** No discount is a discount of zero, but only beside a price without tax. */
function valueOf(line: Row, name: string): number | undefined {
	const value = numberOf(line, name);
	if (name !== 'DiscountPercent' || value !== undefined) return value;
	return numberOf(line, 'UnitPrice') === undefined ? undefined : 0;
}
