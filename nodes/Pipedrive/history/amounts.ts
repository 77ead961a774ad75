const AMOUNT = /^([+-]?)(\d{1,30})(?:\.(\d{1,12}))?$/;
const PLACES = 12;

/** An amount of the ERP as a whole number of 10^-12; `undefined` for what is no decimal number. */
function unitsOf(amount: string): bigint | undefined {
	const match = AMOUNT.exec(amount);
	if (!match) return undefined;
	const units = BigInt(match[2] + (match[3] ?? '').padEnd(PLACES, '0'));
	return match[1] === '-' ? -units : units;
}

export function isZero(amount: string): boolean {
	return unitsOf(amount) === 0n;
}

/** Whether the two are amounts and the same. */
export function isSameAmount(a: string, b: string): boolean {
	const units = unitsOf(a);
	return units !== undefined && units === unitsOf(b);
}

/** Exact sum with at least two decimals; what is no number counts nothing. */
export function sumOf(amounts: readonly string[]): string {
	const sum = amounts.reduce((total, amount) => total + (unitsOf(amount) ?? 0n), 0n);
	const digits = String(sum < 0n ? -sum : sum).padStart(PLACES + 1, '0');
	const decimals = digits.slice(-PLACES).replace(/0+$/, '').padEnd(2, '0');
	return `${sum < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${decimals}`;
}
