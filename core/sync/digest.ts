import { createHash } from 'node:crypto';

/** 8 bytes of SHA-256 as a 16-digit hex text: enough that two different rows never pass for one. */
export function hash8(...parts: string[]): string {
	return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16);
}

const MODULUS = 1n << 64n;

/** A sum of row hashes: independent of order, so that it can be built page by page. */
export function addHash(sum: string, hash: string): string {
	const total = (BigInt(`0x${sum}`) + BigInt(`0x${hash}`)) % MODULUS;
	return total.toString(16).padStart(16, '0');
}

export const EMPTY_SUM = '0'.repeat(16);
