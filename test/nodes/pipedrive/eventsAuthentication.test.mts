/** Who gets in: Basic login in constant time, HMAC-SHA256 over the raw body, both failing closed. */
import { createHmac } from 'node:crypto';
import CryptoJS from 'crypto-js';
import fc from 'fast-check';
import {
	isAuthentic,
	secretsOf,
	type Secrets,
	type SignatureSettings,
} from '../../../nodes/Pipedrive/events/authentication';

const HEX: SignatureSettings = { header: 'X-Signature-256', encoding: 'hex', prefix: 'sha256=' };
const BASE64: SignatureSettings = { header: 'x-sig', encoding: 'base64', prefix: '' };
const USER = 'pipedrive';
const PASSWORD = 'correct horse battery staple';

const basic = (login: string | Buffer) =>
	`Basic ${Buffer.from(login as string).toString('base64')}`;
const entered = (secrets: Secrets, login = `${USER}:${PASSWORD}`) =>
	isAuthentic({ headers: { authorization: basic(login) } }, secrets);
const plain = secretsOf({ user: USER, password: PASSWORD }, HEX);

/** Signed by another implementation than the one under test. */
function signed(body: Buffer, secret: string, { encoding, prefix }: SignatureSettings): string {
	const words = CryptoJS.lib.WordArray.create(body as unknown as number[]);
	const digest = CryptoJS.HmacSHA256(words, CryptoJS.enc.Utf8.parse(secret));
	const spelling = encoding === 'hex' ? CryptoJS.enc.Hex : CryptoJS.enc.Base64;
	return prefix + digest.toString(spelling);
}

function signedSecrets(settings: SignatureSettings, secret: string, previous = ''): Secrets {
	return secretsOf(
		{ user: USER, password: PASSWORD, signingSecret: secret, previousSigningSecret: previous },
		settings,
	);
}

function isLetIn(secrets: Secrets, rawBody: Buffer | undefined, header?: string, name = 'x-sig') {
	const headers = {
		authorization: basic(`${USER}:${PASSWORD}`),
		...(header === undefined ? {} : { [name]: header }),
	};
	return isAuthentic({ headers, rawBody }, secrets);
}

const ascii = (min: number) =>
	fc.string({
		unit: fc.integer({ min: 0x21, max: 0x7e }).map((n) => String.fromCharCode(n)),
		minLength: min,
		maxLength: 40,
	});

describe('the Basic login', () => {
	it('lets the right one in, whatever case the word Basic has', () => {
		expect(entered(plain)).toBe(true);
		const authorization = basic(`${USER}:${PASSWORD}`).replace('Basic', 'basic');
		expect(isAuthentic({ headers: { authorization } }, plain)).toBe(true);
	});

	it.each([
		undefined,
		'',
		'Basic',
		'Basic ',
		`Bearer ${PASSWORD}`,
		`${USER}:${PASSWORD}`,
		basic(''),
		basic(':'),
		basic(USER),
		basic(`${USER}:`),
		basic(`:${PASSWORD}`),
		basic(`${USER}:${PASSWORD} `),
		basic(`${USER}:${PASSWORD.toUpperCase()}`),
		`${basic(`${USER}:${PASSWORD}`)}, ${basic('x:y')}`,
		`${basic(`${USER}:${PASSWORD}`)}!`,
	])('keeps %p out', (authorization) => {
		expect(isAuthentic({ headers: { authorization } }, plain)).toBe(false);
	});

	it('keeps every other password of the same length out', () => {
		fc.assert(
			fc.property(ascii(8), fc.nat(), fc.integer({ min: 1, max: 90 }), (password, place, by) => {
				const secrets = secretsOf({ user: USER, password }, HEX);
				const at = place % password.length;
				const code = ((password.charCodeAt(at) - 0x21 + by) % 94) + 0x21;
				const wrong = password.slice(0, at) + String.fromCharCode(code) + password.slice(at + 1);
				expect(entered(secrets, `${USER}:${password}`)).toBe(true);
				expect(entered(secrets, `${USER}:${wrong}`)).toBe(wrong === password);
			}),
		);
	});

	it('accepts the previous password during rotation, and no third one', () => {
		const secrets = secretsOf({ user: USER, password: 'new one', previousPassword: PASSWORD }, HEX);
		expect(['new one', PASSWORD, ''].map((p) => entered(secrets, `${USER}:${p}`))).toEqual([
			true,
			true,
			false,
		]);
	});

	it('is never empty: a credential without password protects nothing and is refused', () => {
		for (const credential of [
			{},
			{ user: USER },
			{ password: PASSWORD },
			{ user: '', password: '' },
		]) {
			expect(() => secretsOf(credential, HEX)).toThrow('must not be empty');
		}
		const error = (() => {
			try {
				return secretsOf({ user: 'a:b', password: PASSWORD }, HEX);
			} catch (thrown) {
				return thrown;
			}
		})();
		expect(String(error)).not.toContain(PASSWORD);
	});
});

describe('the signature', () => {
	const body = Buffer.from('{"meta":{"id":"1"},"note":"Größe ü €"}');

	it.each([HEX, BASE64])('made by crypto-js fits %j, for any body and secret', (settings) => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 300 }),
				fc.string({ minLength: 1 }),
				(bytes, secret) => {
					const raw = Buffer.from(bytes);
					const header = signed(raw, secret, settings);
					const secrets = signedSecrets(settings, secret);
					expect(isLetIn(secrets, raw, header, settings.header.toLowerCase())).toBe(true);
				},
			),
		);
	});

	it.each([HEX, BASE64])(
		'does not fit when one bit of the body or of the header differs (%j)',
		(settings) => {
			const secrets = signedSecrets(settings, 'secret');
			const name = settings.header.toLowerCase();
			const header = signed(body, 'secret', settings);
			fc.assert(
				fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
					const changed = Buffer.from(body);
					changed[at] ^= 1 << bit;
					expect(isLetIn(secrets, changed, header, name)).toBe(false);
				}),
			);
			const digest = Buffer.from(header.slice(settings.prefix.length), settings.encoding);
			fc.assert(
				fc.property(fc.nat(31), fc.nat(7), (at, bit) => {
					const forged = Buffer.from(digest);
					forged[at] ^= 1 << bit;
					const shown = settings.prefix + forged.toString(settings.encoding);
					expect(isLetIn(secrets, body, shown, name)).toBe(false);
				}),
			);
		},
	);

	it('is demanded as soon as there is a secret: missing, misplaced, cut, empty or unprefixed ones fail', () => {
		const secrets = signedSecrets(HEX, 'secret');
		const good = signed(body, 'secret', HEX);
		const name = 'x-signature-256';
		expect(isLetIn(secrets, body, good, name)).toBe(true);
		expect(isLetIn(secrets, body, good.toUpperCase().replace('SHA', 'sha'), name)).toBe(true);
		for (const bad of [
			undefined,
			'',
			'sha256=',
			good.slice(7),
			good.slice(0, -2),
			`${good}00`,
			`x${good}`,
		]) {
			expect([bad, isLetIn(secrets, body, bad, name)]).toEqual([bad, false]);
		}
		expect(isLetIn(secrets, body, good, 'x-other')).toBe(false);
		expect(isLetIn(secrets, undefined, good, name)).toBe(false);
		const headers = { authorization: basic('x:y'), [name]: good };
		expect(isAuthentic({ headers, rawBody: body }, secrets)).toBe(false);
	});

	it('of either secret fits during rotation, of a third one does not', () => {
		const secrets = signedSecrets(BASE64, 'new', 'old');
		const by = (secret: string) => isLetIn(secrets, body, signed(body, secret, BASE64));
		expect(['new', 'old', 'older', ''].map(by)).toEqual([true, true, false, false]);
	});

	// RFC 4231, test cases 1 to 4, 6 and 7 (5 is about truncated output).
	const repeated = (byte: number, times: number) => Buffer.alloc(times, byte);
	const counted = Buffer.from(Array.from({ length: 25 }, (_, index) => index + 1));
	it.each([
		[
			repeated(0x0b, 20),
			Buffer.from('Hi There'),
			'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
		],
		[
			Buffer.from('Jefe'),
			Buffer.from('what do ya want for nothing?'),
			'5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
		],
		[
			repeated(0xaa, 20),
			repeated(0xdd, 50),
			'773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
		],
		[
			counted,
			repeated(0xcd, 50),
			'82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
		],
		[
			repeated(0xaa, 131),
			Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
			'60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
		],
		[
			repeated(0xaa, 131),
			Buffer.from(
				'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
			),
			'9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
		],
	])('agrees with the published test vectors (%#)', (key, data, expected) => {
		const words = (bytes: Buffer) => CryptoJS.lib.WordArray.create(bytes as unknown as number[]);
		expect(CryptoJS.HmacSHA256(words(data), words(key)).toString()).toBe(expected);
		expect(createHmac('sha256', key).update(data).digest('hex')).toBe(expected);
		const secret = key.toString('latin1');
		// Secrets are text: only keys that are text can be typed in.
		if (Buffer.from(secret, 'utf8').equals(key)) {
			const secrets = signedSecrets({ ...BASE64, encoding: 'hex' }, secret);
			expect(isLetIn(secrets, data, expected)).toBe(true);
		}
	});
});
