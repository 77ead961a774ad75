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

/** Takes credentials out of a text that may reach a person: headers, tokens, passwords, logins in URLs. */
export function redact(text: string): string {
	return PATTERNS.reduce((clean, [pattern, by]) => clean.replace(pattern, by), text);
}
