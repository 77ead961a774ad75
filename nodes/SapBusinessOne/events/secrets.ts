import { CoreError } from '../../../core/http/errors';
import type { Delivery, SignatureForm } from '../../../core/webhook/signature';
import { isSignatureOf } from '../../../core/webhook/signature';

export type HmacAlgorithm = SignatureForm['algorithm'];

/** What a delivery has to show. */
export interface EventSecrets {
	/** The one that a subscription is registered with. */
	current: string;
	/** The current one and, during rotation, the one before. */
	accepted: readonly string[];
	algorithm: HmacAlgorithm;
}

const SIGNATURE_HEADER = 'x-b1-webhook-signature';
const SHORTEST_SECRET = 16;

/**
 * @param credential decrypted values of `erpSapBusinessOneWebhookApi`
 * @throws CoreError `configuration` where a signature could protect nothing
 */
export function eventSecretsOf(
	credential: Readonly<Record<string, unknown>>,
	algorithm: HmacAlgorithm,
): EventSecrets {
	const [current, previous] = [credential.signingSecret, credential.previousSigningSecret].map(
		(value) => (typeof value === 'string' ? value.trim() : ''),
	);
	if (current.length < SHORTEST_SECRET) {
		throw new CoreError(
			'configuration',
			`The signing secret of the webhook credential has fewer than ${SHORTEST_SECRET} characters.`,
			{ remedy: 'Enter a long random text in "Signing Secret".' },
		);
	}
	if (previous !== '' && previous.length < SHORTEST_SECRET) {
		throw new CoreError(
			'configuration',
			`The previous signing secret of the webhook credential has fewer than ${SHORTEST_SECRET} characters.`,
			{
				remedy: 'Empty "Previous Signing Secret", or enter the whole secret that was used before.',
			},
		);
	}
	return { current, accepted: [current, previous].filter((text) => text !== ''), algorithm };
}

/** The signature of a delivery is over its exact bytes. */
export function isAuthentic({ headers, rawBody }: Delivery, secrets: EventSecrets): boolean {
	return rawBody !== undefined && isSigned(rawBody, headers[SIGNATURE_HEADER], secrets);
}

/**
 * The signature of a handshake is over its token. One without a signature is answered: it carries nothing, and nothing
 * but its own token goes back.
 */
export function isHandshake(token: string, { headers }: Delivery, secrets: EventSecrets): boolean {
	const shown = headers[SIGNATURE_HEADER];
	return shown === undefined || isSigned(Buffer.from(token), shown, secrets);
}

function isSigned(bytes: Buffer, shown: unknown, { accepted, algorithm }: EventSecrets): boolean {
	const form: SignatureForm = { algorithm, encodings: ['base64', 'hex'], prefix: '' };
	return isSignatureOf(bytes, shown, accepted.flatMap(keysOf), form);
}

/** The key is taken as text; a server may also take what it decodes to. */
function keysOf(secret: string): Array<string | Buffer> {
	const isBase64 = secret.length % 4 === 0 && /^[A-Za-z0-9+/]{20,}={0,2}$/.test(secret);
	return isBase64 ? [secret, Buffer.from(secret, 'base64')] : [secret];
}
