/** A certificate that nobody trusts, made on the spot: no private key lies in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface SelfSigned {
	/** PEM. */
	key: string;
	/** PEM. */
	cert: string;
}

/** For `localhost`, valid for a day on either side of now. X.509 v3, ECDSA with SHA-256. */
export function selfSigned(): SelfSigned {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
	const commonName = der(SEQUENCE, oid(COMMON_NAME), der(UTF8_STRING, Buffer.from('localhost')));
	const name = der(SEQUENCE, der(SET, commonName));
	const body = der(
		SEQUENCE,
		der(VERSION_TAG, der(INTEGER, Buffer.from([2]))),
		der(INTEGER, Buffer.from([1])),
		algorithm,
		name,
		der(SEQUENCE, day(-1), day(1)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
	);
	const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', body, privateKey));
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: pem(der(SEQUENCE, body, algorithm, signature)),
	};
}

const [INTEGER, BIT_STRING, OBJECT_ID, UTF8_STRING, UTC_TIME] = [0x02, 0x03, 0x06, 0x0c, 0x17];
const [SEQUENCE, SET, VERSION_TAG] = [0x30, 0x31, 0xa0];
/** 1.2.840.10045.4.3.2 and 2.5.4.3. */
const [ECDSA_WITH_SHA256, COMMON_NAME] = ['2a8648ce3d040302', '550403'];

function der(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const size = length < 128 ? [length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(hex: string): Buffer {
	return der(OBJECT_ID, Buffer.from(hex, 'hex'));
}

/** `YYMMDDhhmmssZ`. */
function day(offset: number): Buffer {
	const at = new Date(Date.now() + offset * 86_400_000).toISOString();
	return der(UTC_TIME, Buffer.from(`${at.replace(/\D/g, '').slice(2, 14)}Z`));
}

function pem(bytes: Buffer): string {
	const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
