import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How a sender writes its HMAC. */
export interface SignatureForm {
	algorithm: 'sha256' | 'sha384' | 'sha512';
	/** Spellings that count. */
	encodings: ReadonlyArray<'hex' | 'base64'>;
	/** Stands before the signature, such as `sha256=`; '' for none. */
	prefix: string;
}

/** A request as it came. */
export interface Delivery {
	/** Names in lower case. */
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The exact bytes that came; absent where n8n does not tell them. */
	rawBody?: Buffer;
}

const DIGEST_BYTES = { sha256: 32, sha384: 48, sha512: 64 } as const;

/** True where `shown` is the HMAC of these bytes under one of the secrets. Takes the same time whichever byte is wrong. */
export function isSignatureOf(
	bytes: Buffer,
	shown: unknown,
	secrets: ReadonlyArray<string | Buffer>,
	form: SignatureForm,
): boolean {
	const given = typeof shown === 'string' ? signatureBytes(shown.trim(), form) : undefined;
	if (!given) return false;
	const expected = secrets.map((secret) =>
		createHmac(form.algorithm, secret).update(bytes).digest(),
	);
	return isOneOf(given, expected);
}

/** Anything that is not exactly the spelling of a digest is no signature. */
function signatureBytes(
	shown: string,
	{ algorithm, encodings, prefix }: SignatureForm,
): Buffer | undefined {
	if (!shown.startsWith(prefix)) return undefined;
	const text = shown.slice(prefix.length);
	const bytes = DIGEST_BYTES[algorithm];
	const isHex = text.length === 2 * bytes && /^[0-9a-f]+$/i.test(text);
	if (isHex && encodings.includes('hex')) return Buffer.from(text, 'hex');
	const isBase64 = text.length === 4 * Math.ceil(bytes / 3) && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
	const decoded =
		isBase64 && encodings.includes('base64') ? Buffer.from(text, 'base64') : undefined;
	return decoded?.length === bytes ? decoded : undefined;
}

/** Hashes have one length, so that comparing tells neither length nor place of the difference. */
export function isOneOf(given: Buffer, expected: readonly Buffer[]): boolean {
	const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
	const shown = digest(given);
	let isEqual = false;
	for (const one of expected) {
		const fits = timingSafeEqual(shown, digest(one));
		isEqual = isEqual || fits;
	}
	return isEqual;
}
