import { createHash } from 'node:crypto';

/** 16 hex characters (8 bytes) that change exactly when the content changes; the order of object keys does not matter. */
export function fingerprintOf(content: unknown): string {
	return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16);
}

/** JSON with sorted object keys; `undefined` members are left out, as `JSON.stringify` does. */
export function canonicalJson(value: unknown): string {
	if (value === undefined) return 'null';
	if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	const members = Object.entries(value as Record<string, unknown>)
		.filter(([, member]) => member !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
	return `{${members.join(',')}}`;
}
