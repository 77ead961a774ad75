import type { HttpRequest } from '../../../core/http/ports';
import { createTransport } from '../../../core/n8n/transport';

const request: HttpRequest = {
	method: 'GET',
	url: 'https://erp.example:44300/service',
	headers: { accept: 'application/json' },
	timeoutMs: 1000,
};

/** n8n's helper, failing as axios does, with n8n's own wrapper around it. */
const failingWith = (error: object) => ({
	helpers: {
		httpRequest: async () =>
			await Promise.reject(Object.assign(new Error('wrapped'), { cause: error })),
	},
});
const sent = async (context: object) => await createTransport(context)(request);
const withCode = (code: string) =>
	failingWith(Object.assign(new Error(`connect ${code}`), { code }));

describe('no answer is told in one sentence that names host and setting', () => {
	it.each([
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'configuration',
			'The TLS certificate of erp.example:44300 is not trusted',
			'Ignore SSL Issues',
		],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'configuration', 'is not trusted', 'Ignore SSL Issues'],
		['CERT_HAS_EXPIRED', 'configuration', 'is not trusted', 'Ignore SSL Issues'],
		[
			'ENOTFOUND',
			'configuration',
			'The host erp.example:44300 is unknown.',
			'spelling of the address',
		],
		['EPROTO', 'configuration', 'does not speak TLS on this port', 'https:// or http://'],
		['ECONNREFUSED', 'transient', 'does not accept connections', 'Check that it is running'],
	])('%s', async (code, kind, message, remedy) => {
		await expect(sent(withCode(code))).rejects.toMatchObject({
			kind,
			neverSent: true,
			message: expect.stringContaining(message),
			remedy: expect.stringContaining(remedy),
		});
	});

	it.each(['ECONNABORTED', 'ECONNRESET'])(
		'%s may have arrived: a write must not be repeated blindly',
		async (code) => {
			await expect(sent(withCode(code))).rejects.toMatchObject({
				kind: 'transient',
				neverSent: false,
			});
		},
	);
});

describe('any status is an answer', () => {
	it('also where n8n turned it into an error', async () => {
		const response = { status: 401, headers: { 'X-Note': 'a' }, data: Buffer.from('no') };
		const answer = await sent(failingWith({ response }));
		expect(answer).toEqual({ status: 401, headers: { 'x-note': 'a' }, body: Buffer.from('no') });
	});

	it('follows no redirect and checks certificates unless told otherwise', async () => {
		const seen: Array<Record<string, unknown>> = [];
		const helpers = {
			httpRequest: async (options: Record<string, unknown>) => {
				seen.push(options);
				return { statusCode: 200, headers: {}, body: Buffer.alloc(0) };
			},
		};
		await createTransport({ helpers })(request);
		await createTransport({ helpers }, { skipTlsVerification: true })(request);
		expect(seen[0]).toMatchObject({ disableFollowRedirect: true });
		expect(seen[0]).not.toHaveProperty('skipSslCertificateValidation');
		expect(seen[1]).toMatchObject({ skipSslCertificateValidation: true });
	});
});
