import { CoreError } from '../../core/http/errors';

/** A date as ISO day; `''` for empty and for SYSPRO's zero dates. */
export function dayIn(value: string): string {
	const day = value.trim().slice(0, 10);
	return /^\d{4}-\d{2}-\d{2}$/.test(day) && !/^(0000|0001|1900-01-01)/.test(day) ? day : '';
}

/** `'   1500.00'` -> `1500.00`, `'5.00-'` -> `-5.00`, `'.5'` -> `0.5`; `''` stays. */
export function decimalIn(value: string): string {
	const text = value.trim().replace(/^(.*)-$/, '-$1');
	if (text === '') return '';
	if (/^-?\d+(\.\d+)?$/.test(text)) return text;
	if (/^-?\.\d+$/.test(text)) return text.replace('.', '0.');
	const number = Number(text);
	if (Math.abs(number) >= 1e21 && Number.isFinite(number)) return BigInt(number).toString();
	if (Number.isFinite(number)) return number.toFixed(6).replace(/\.?0+$/, '');
	throw new CoreError('protocol', `"${value}" is not a number, where SYSPRO has one.`);
}

const SCALE = 8;
const UNIT = 10n ** BigInt(SCALE);

/** A decimal as an exact integer of 1/100,000,000. */
export function exact(value: string): bigint {
	const [, sign, whole, fraction = ''] =
		/^(-?)(\d+)(?:\.(\d+))?$/.exec(decimalIn(value) || '0') ?? [];
	const digits = BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
	return sign === '-' ? -digits : digits;
}

export function product(a: bigint, b: bigint): bigint {
	return (a * b) / UNIT;
}

/** So many per cent off: `afterDiscount(price, '10')`. */
export function afterDiscount(price: bigint, percent: string): bigint {
	return (price * (100n * UNIT - exact(percent))) / (100n * UNIT);
}

/** Rounded half up to `decimals` places, as text. */
export function rounded(value: bigint, decimals = 2): string {
	const step = 10n ** BigInt(SCALE - decimals);
	const size = value < 0n ? -value : value;
	const steps = (size + step / 2n) / step;
	const text = steps.toString().padStart(decimals + 1, '0');
	const number = `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
	return value < 0n && steps > 0n ? `-${number}` : number;
}
