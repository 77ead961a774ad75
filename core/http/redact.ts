const REPLACEMENT = '[hidden]';

const PATTERNS: ReadonlyArray<[RegExp, string]> = [
	[/\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{6,}/gi, `$1 ${REPLACEMENT}`],
	[
		/((?:api[_-]?token|x-api-token|access_token|refresh_token|client_secret|password|passwd|pwd|secret|apikey|b1session|userid)["']?\s*[=:]\s*["']?)[^\s"'&,;}<]+/gi,
		`$1${REPLACEMENT}`,
	],
	// The same inside XML: <UserId>…</UserId>.
	[
		/(<(?:\w+:)?\w*(?:password|passwd|userid|secret|token)(?:\s[^>]*)?>)[^<]+/gi,
		`$1${REPLACEMENT}`,
	],
	[/(\/\/)[^/\s:@]+:[^/\s@]+@/g, `$1${REPLACEMENT}@`],
];

/** So much around an excerpt is looked at before it is cut: a part of a login or token would not be recognised. */
export const LONGEST_SECRET = 4_000;

/** Shorter values occur in ordinary texts. */
const SHORTEST_SECRET = 8;
const MOST_SECRETS = 500;
const secrets = new Set<string>();

/**
 * From now on this very value is hidden wherever it stands: a server that repeats a token or a password in the text of
 * an error does not put a name before it.
 */
export function hideSecret(value: string): void {
	if (value.length < SHORTEST_SECRET) return;
	secrets.delete(value);
	secrets.add(value);
	if (secrets.size > MOST_SECRETS) secrets.delete(secrets.values().next().value as string);
}

/** Takes credentials out of a text that may reach a person: headers, tokens, passwords, logins in URLs. */
export function redact(text: string): string {
	let clean = text;
	for (const secret of secrets) clean = clean.replaceAll(secret, REPLACEMENT);
	return PATTERNS.reduce((hidden, [pattern, by]) => hidden.replace(pattern, by), clean);
}
