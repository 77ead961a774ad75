import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isSignatureOf, type SignatureForm } from '../../../core/webhook/signature';

const BODY = Buffer.from('[{"id":"1"}]');
const SECRET = 'a long secret of our own';
const ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;
const ENCODINGS = ['hex', 'base64'] as const;

const form = (more: Partial<SignatureForm> = {}): SignatureForm => ({
	algorithm: 'sha256',
	encodings: ENCODINGS,
	prefix: '',
	...more,
});
const sign = (algorithm: string, encoding: 'hex' | 'base64', secret: string | Buffer = SECRET) =>
	createHmac(algorithm, secret).update(BODY).digest(encoding);

describe.each(ALGORITHMS)('a signature by %s', (algorithm) => {
	it.each(ENCODINGS)('in %s counts, and by no other algorithm, secret or bytes', (encoding) => {
		const shown = sign(algorithm, encoding);
		expect(isSignatureOf(BODY, shown, [SECRET], form({ algorithm }))).toBe(true);
		expect(isSignatureOf(BODY, ` ${shown} `, ['other', SECRET], form({ algorithm }))).toBe(true);
		expect(isSignatureOf(BODY, shown, ['other'], form({ algorithm }))).toBe(false);
		expect(isSignatureOf(BODY, shown, [], form({ algorithm }))).toBe(false);
		expect(isSignatureOf(Buffer.from('[]'), shown, [SECRET], form({ algorithm }))).toBe(false);
		for (const other of ALGORITHMS.filter((one) => one !== algorithm)) {
			expect(isSignatureOf(BODY, shown, [SECRET], form({ algorithm: other }))).toBe(false);
		}
	});

	it('in a spelling that was not agreed on does not count', () => {
		const encodings = ['hex'] as const;
		const base64 = sign(algorithm, 'base64');
		expect(isSignatureOf(BODY, base64, [SECRET], form({ algorithm, encodings }))).toBe(false);
	});
});

it('a prefix has to be there', () => {
	const shown = sign('sha256', 'hex');
	const prefixed = form({ prefix: 'sha256=' });
	expect(isSignatureOf(BODY, `sha256=${shown}`, [SECRET], prefixed)).toBe(true);
	expect(isSignatureOf(BODY, shown, [SECRET], prefixed)).toBe(false);
});

it.each([undefined, ['a', 'b'], '', '=', 7])('%p is no signature', (shown) => {
	expect(isSignatureOf(BODY, shown, [SECRET], form())).toBe(false);
});

it('nothing but the right one counts', () => {
	const right = ENCODINGS.map((encoding) => sign('sha256', encoding));
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.stringMatching(/^[0-9a-f]{64}$/),
				fc.base64String({ minLength: 44, maxLength: 44 }),
			),
			(shown) => {
				expect(isSignatureOf(BODY, shown, [SECRET], form())).toBe(right.includes(shown));
			},
		),
	);
});
