/** Exact decimals: a bigint counts 1/10,000,000,000. Floats would lose cents in products and sums. */
const PLACES = 10;
export const ONE = 10n ** BigInt(PLACES);

const PLAIN = /^([+-]?)(\d*)\.?(\d*)$/;
const WITH_EXPONENT = /^[+-]?(\d+\.?\d*|\.\d+)e[+-]?\d+$/i;

/** `undefined` where the text is no number with a decimal point. */
export function exactOf(text: string): bigint | undefined {
	const trimmed = text.trim();
	const plain = WITH_EXPONENT.test(trimmed) ? withoutExponent(trimmed) : trimmed;
	const [, sign, whole, fraction] = PLAIN.exec(plain) ?? [];
	if (whole === undefined || whole + fraction === '') return undefined;
	const digits = BigInt(`${whole}${fraction.slice(0, PLACES).padEnd(PLACES, '0')}`);
	return sign === '-' ? -digits : digits;
}

function withoutExponent(text: string): string {
	const number = Number(text);
	return Math.abs(number) < 1e15 ? number.toFixed(PLACES) : '';
}

export function times(a: bigint, b: bigint): bigint {
	return (a * b) / ONE;
}

/** Half up, away from zero, on so many decimal places. */
export function roundedTo(value: bigint, places: number): bigint {
	const step = 10n ** BigInt(PLACES - places);
	const size = value < 0n ? -value : value;
	const kept = ((size + step / 2n) / step) * step;
	return value < 0n ? -kept : kept;
}

/** Vendor's help: numbers keep 14 digits. */
export const MOST_DIGITS = 14;

/** As a number of JSON; `undefined` where that would lose digits. */
export function numberOf(value: bigint): number | undefined {
	const digits = value.toString().replace('-', '').replace(/0+$/, '');
	return digits.length > MOST_DIGITS ? undefined : Number(decimalText(value));
}

/** At least two decimals, as money is written: `12.50`, `0.125`. */
export function decimalText(value: bigint): string {
	const size = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
	const fraction = size.slice(-PLACES).replace(/0+$/, '').padEnd(2, '0');
	return `${value < 0n ? '-' : ''}${size.slice(0, -PLACES)}.${fraction}`;
}
