import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CoreError } from '../../../core/http/errors';

export interface SignatureSettings {
	/** Name of the header, any case. */
	header: string;
	encoding: 'hex' | 'base64';
	/** Stands before the signature in the header, such as `sha256=`. */
	prefix: string;
}

/** What a delivery has to show. */
export interface Secrets {
	user: string;
	/** The password now and, during rotation, the one before. */
	passwords: readonly string[];
	/** Absent: deliveries are not signed. The secret now and, during rotation, the one before. */
	signature?: SignatureSettings & { secrets: readonly string[] };
}

export interface Delivery {
	/** Names in lower case. */
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The exact bytes that came; absent where n8n does not tell them. */
	rawBody?: Buffer;
}

/** Spaces and printable ASCII: what every server encodes alike in a Basic header. */
const PLAIN_TEXT = /^[\x20-\x7e]+$/;

/**
 * @param credential decrypted values of `erpPipedriveWebhookApi`
 * @throws CoreError `configuration` where nothing could be checked: an empty login would let everybody in
 */
export function secretsOf(
	credential: Readonly<Record<string, unknown>>,
	signature: SignatureSettings,
): Secrets {
	const [user, password, previousPassword, secret, previousSecret] = [
		credential.user,
		credential.password,
		credential.previousPassword,
		credential.signingSecret,
		credential.previousSigningSecret,
	].map((value) => (typeof value === 'string' ? value : ''));
	if (user === '' || password === '') throw refused('User and Password must not be empty');
	if (user.includes(':')) throw refused('User must not contain ":"');
	if (![user, password, previousPassword].every((text) => text === '' || PLAIN_TEXT.test(text))) {
		throw refused('User and Password may only hold plain letters, digits and signs (ASCII)');
	}
	if (secret === '' && previousSecret !== '') {
		throw refused('Signing Secret is empty while Previous Signing Secret is not');
	}
	if (secret !== '' && signature.header.trim() === '') {
		throw refused('there is a Signing Secret, but Signature Header in the node is empty');
	}
	const present = (text: string) => text !== '';
	return {
		user,
		passwords: [password, previousPassword].filter(present),
		...(secret === ''
			? {}
			: { signature: { ...signature, secrets: [secret, previousSecret].filter(present) } }),
	};
}

function refused(why: string): CoreError {
	return new CoreError('configuration', `The Pipedrive Webhook credential is not usable: ${why}.`, {
		remedy: 'Correct it in the credential "Pipedrive Webhook (ERP Sync) API".',
	});
}

/** True only where everything that is asked for is there and right. Takes the same time whichever byte is wrong. */
export function isAuthentic(delivery: Delivery, secrets: Secrets): boolean {
	const login = basicLoginOf(delivery.headers.authorization);
	const isKnown = isOneOf(
		login ?? Buffer.alloc(0),
		secrets.passwords.map((password) => Buffer.from(`${secrets.user}:${password}`)),
	);
	return login !== undefined && isKnown && isSigned(delivery, secrets.signature);
}

function isSigned({ headers, rawBody }: Delivery, signature: Secrets['signature']): boolean {
	if (!signature) return true;
	const shown = headers[signature.header.trim().toLowerCase()];
	if (!rawBody || typeof shown !== 'string') return false;
	const given = signatureBytes(shown.trim(), signature);
	if (!given) return false;
	const expected = signature.secrets.map((secret) =>
		createHmac('sha256', secret).update(rawBody).digest(),
	);
	return isOneOf(given, expected);
}

/** HMAC-SHA256 has 32 bytes; anything that is not exactly their spelling is no signature. */
function signatureBytes(
	shown: string,
	{ prefix, encoding }: SignatureSettings,
): Buffer | undefined {
	if (!shown.startsWith(prefix)) return undefined;
	const text = shown.slice(prefix.length);
	const isSpelt =
		encoding === 'hex' ? /^[0-9a-f]{64}$/i.test(text) : /^[A-Za-z0-9+/]{43}=$/.test(text);
	return isSpelt ? Buffer.from(text, encoding) : undefined;
}

function basicLoginOf(header: string | string[] | undefined): Buffer | undefined {
	const match = typeof header === 'string' ? /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header) : null;
	return match ? Buffer.from(match[1], 'base64') : undefined;
}

/** Hashes have one length, so that comparing tells neither length nor place of the difference. */
function isOneOf(given: Buffer, expected: readonly Buffer[]): boolean {
	const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
	const shown = digest(given);
	let isEqual = false;
	for (const one of expected) {
		const fits = timingSafeEqual(shown, digest(one));
		isEqual = isEqual || fits;
	}
	return isEqual;
}
