import { excerptOf } from '../http/body';
import { CoreError } from '../http/errors';

/** The error for a body that has not the protocol's shape. Reading it as "no rows" would lose changes. */
export function unexpectedBody(body: unknown, what: string, missing: string): CoreError {
	const begin = excerptOf(JSON.stringify(body) ?? String(body));
	return new CoreError('protocol', `The answer for ${what} has no ${missing}: ${begin}`, {
		remedy: 'Check that the service speaks the chosen OData version (V2 or V4).',
	});
}

const KEYS = /\((.*)\)$/;
const PAIR = /(?:(\w+)=)?(?:[a-z]*'((?:[^']|'')*)'|([^,']+))(?:,|$)/gi;

/** Key values in an entity's id, `…/A_Set(Key='1',Other='2')`; a single unnamed key stands under `''`. */
export function keysOfId(id: string): Record<string, string> {
	const inside = KEYS.exec(decoded(id))?.[1];
	if (inside === undefined) return {};
	const keys: Record<string, string> = {};
	for (const [, name, quotedValue, bareValue] of inside.matchAll(PAIR)) {
		keys[name ?? ''] = quotedValue?.replace(/''/g, "'") ?? bareValue.trim();
	}
	return keys;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
