import { CoreError } from '../../../core/http/errors';
import { isOneOf, isSignatureOf, type Delivery } from '../../../core/webhook/signature';

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
	if (!rawBody) return false;
	const { header, prefix, encoding, secrets } = signature;
	const form = { algorithm: 'sha256', encodings: [encoding], prefix } as const;
	return isSignatureOf(rawBody, headers[header.trim().toLowerCase()], secrets, form);
}

function basicLoginOf(header: string | string[] | undefined): Buffer | undefined {
	const match = typeof header === 'string' ? /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header) : null;
	return match ? Buffer.from(match[1], 'base64') : undefined;
}
