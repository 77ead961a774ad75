import { jsonOf, statusError, textOf } from '../../../core/http/body';
import { createClient, type ClientRequest } from '../../../core/http/client';
import { CoreError } from '../../../core/http/errors';
import type { HttpResponse, Transport } from '../../../core/http/ports';
import { FakeClock } from '../../fakes/fakeClock.mts';

const answer = (
	status: number,
	body = '{}',
	headers: Record<string, string> = {},
): HttpResponse => ({
	status,
	headers,
	body: Buffer.from(body),
});

type Step = HttpResponse | CoreError;

function setUp(steps: Step[], options: { totalTimeoutMs?: number; deadline?: () => number } = {}) {
	const clock = new FakeClock();
	const sentAt: number[] = [];
	const transport: Transport = async () => {
		sentAt.push(clock.now());
		const step = steps[Math.min(sentAt.length, steps.length) - 1];
		if (step instanceof CoreError) throw step;
		return step;
	};
	const client = createClient({
		transport,
		ports: clock,
		classify: (response) =>
			response.status < 300 ? undefined : statusError(response, `HTTP ${response.status}`),
		...options,
	});
	const start = clock.now();
	const send = async (request: Partial<ClientRequest> = {}) =>
		await clock.until(client.send({ method: 'GET', url: 'https://erp.example/x', ...request }));
	return { send, pauses: () => sentAt.map((at) => at - start), sentAt, clock };
}

const lost = () => new CoreError('transient', 'The answer is lost.');
const refused = () => new CoreError('transient', 'Connection refused.', { neverSent: true });

describe('sending a request', () => {
	it('repeats a read after a server error and gives the good answer', async () => {
		const { send, sentAt } = setUp([answer(503), answer(502), answer(200, '{"a":1}')]);
		expect(jsonOf(await send(), 'the list')).toEqual({ a: 1 });
		expect(sentAt).toHaveLength(3);
	});

	it('waits as long as the server says, to the millisecond', async () => {
		const { send, pauses } = setUp([answer(429, '', { 'retry-after': '7' }), answer(200)]);
		await send();
		expect(pauses()).toEqual([0, 7000]);
	});

	it('reads a Retry-After date against the clock of the server, not ours', async () => {
		const headers = {
			'retry-after': 'Fri, 01 Jan 2021 00:00:09 GMT',
			date: 'Fri, 01 Jan 2021 00:00:04 GMT',
		};
		const { send, pauses } = setUp([answer(503, '', headers), answer(200)]);
		await send();
		expect(pauses()).toEqual([0, 5000]);
	});

	it('still repeats where Retry-After is no number and no date', async () => {
		const { send, pauses } = setUp([answer(429, '', { 'retry-after': 'soon' }), answer(200)]);
		await send();
		expect(pauses()[1]).toBeGreaterThan(0);
	});

	it('ends instead of waiting longer than there is time', async () => {
		const { send, sentAt } = setUp([answer(429, '', { 'retry-after': '3939' }), answer(200)]);
		await expect(send()).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 3_939_000 });
		expect(sentAt).toHaveLength(1);
	});

	it('never repeats a write whose answer was lost', async () => {
		const { send, sentAt } = setUp([lost(), answer(200)]);
		await expect(send({ method: 'POST' })).rejects.toMatchObject({
			kind: 'transient',
			neverSent: false,
		});
		expect(sentAt).toHaveLength(1);
	});

	it('repeats a write that never left or was refused for speed, and one that is marked harmless', async () => {
		for (const [first, request] of [
			[refused(), { method: 'POST' }],
			[answer(429, '', { 'retry-after': '1' }), { method: 'POST' }],
			[lost(), { method: 'PATCH', repeatable: true }],
		] as Array<[Step, Partial<ClientRequest>]>) {
			const { send, sentAt } = setUp([first, answer(200)]);
			await send(request);
			expect(sentAt).toHaveLength(2);
		}
	});

	it.each([400, 401, 403, 404, 410, 422])('does not repeat a %i', async (status) => {
		const { send, sentAt } = setUp([answer(status)]);
		await expect(send()).rejects.toBeInstanceOf(CoreError);
		expect(sentAt).toHaveLength(1);
	});

	it('gives up after four attempts', async () => {
		const { send, sentAt } = setUp([answer(503)]);
		await expect(send()).rejects.toMatchObject({ kind: 'transient', status: 503 });
		expect(sentAt).toHaveLength(4);
	});

	it('sends nothing once the time of the poll is over', async () => {
		const { send, sentAt } = setUp([answer(200)], { deadline: () => 0 });
		await expect(send()).rejects.toThrow('time for this run is used up');
		expect(sentAt).toHaveLength(0);
	});
});

describe('reading an answer', () => {
	it('tells a web page from data and shows how it began', () => {
		const page = answer(200, '<!DOCTYPE html>\n<html><body>Log on</body></html>');
		expect(() => jsonOf(page, 'the business partners')).toThrow(
			/A web page came back instead of the business partners \(HTTP 200\): "<!DOCTYPE html> <html>/,
		);
	});

	it('takes an empty answer for an error, not for an empty list', () => {
		expect(() => jsonOf(answer(200, ''), 'the list')).toThrow(
			'An empty answer came back instead of the list',
		);
	});

	it('decodes the declared charset', () => {
		const body = Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x80]);
		const headers = { 'content-type': 'text/xml; charset=windows-1252' };
		expect(textOf({ status: 200, headers, body })).toBe('Müller€');
	});

	it.each([
		['Authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
		['{"x-api-token":"4f5c8d2e1a9b"}', '4f5c8d2e1a9b'],
		['grant_type=client_credentials&client_secret=hush-hush&scope=a', 'hush-hush'],
		['see https://user:geheim@erp.example/x', 'geheim'],
		['"password": "geheim"', 'geheim'],
	])('hides the secret in %s', (text, secret) => {
		expect(new CoreError('protocol', text).message).not.toContain(secret);
		expect(new CoreError('protocol', 'x', { remedy: text }).remedy).not.toContain(secret);
	});
});
