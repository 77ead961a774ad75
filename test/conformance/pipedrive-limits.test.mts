/** Pipedrive sandbox: budget, bursts and the block. */
import { Bench } from './pipedriveBench.mts';

describe('Pipedrive sandbox', () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});
	afterEach(() => bench.sandbox.close());

	describe('limits', () => {
		it('refuses the 21st request within two seconds, and takes it when the window has moved', async () => {
			await bench.start();
			for (let n = 0; n < 20; n += 1) {
				const reply = await bench.send('GET', '/v1/users/me');
				expect(reply.headers.get('x-ratelimit-remaining')).toBe(String(19 - n));
			}
			const refused = await bench.send('GET', '/v1/users/me');
			expect(refused.status).toBe(429);
			expect(refused.headers.get('x-ratelimit-reset')).toBe('2');
			expect(refused.headers.get('retry-after')).toBeNull();
			bench.now += 2000;
			expect((await bench.send('GET', '/v1/users/me')).status).toBe(200);
		});

		it('gives searches their own window of ten', async () => {
			await bench.start({ plan: 'ultimate' });
			const path = '/api/v2/organizations/search?term=ab';
			for (let n = 0; n < 10; n += 1) expect((await bench.send('GET', path)).status).toBe(200);
			expect((await bench.send('GET', path)).status).toBe(429);
			expect((await bench.send('GET', '/v1/users/me')).status).toBe(200);
		});

		it('counts searches among all requests too', async () => {
			await bench.start();
			for (let n = 0; n < 20; n += 1) await bench.send('GET', '/v1/users/me');
			const path = '/api/v2/organizations/search?term=ab';
			expect((await bench.send('GET', path)).status).toBe(429);
		});

		it('blocks only for refusals in a row', async () => {
			await bench.start();
			for (let round = 0; round < 4; round += 1) {
				for (let n = 0; n < 29; n += 1) await bench.send('GET', '/v1/users/me');
				expect(bench.sandbox.log.totals().byStatus[403]).toBeUndefined();
				bench.now += 2000;
			}
			expect(bench.sandbox.log.totals().refused429).toBe(36);
		});

		it('counts each token by itself', async () => {
			await bench.start({ tokens: { other: 2 } });
			for (let n = 0; n < 21; n += 1) await bench.send('GET', '/v1/users/me');
			expect((await bench.send('GET', '/v1/users/me', undefined, 'other')).status).toBe(200);
		});

		it('shows a web page instead of JSON to a client that keeps hammering, for 30 seconds', async () => {
			await bench.start();
			for (let n = 0; n < 30; n += 1) await bench.send('GET', '/v1/users/me');
			const blocked = await bench.send('GET', '/v1/users/me');
			expect(blocked.status).toBe(403);
			expect(blocked.headers.get('content-type')).toContain('text/html');
			expect(blocked.text).toContain('Access denied');
			bench.now += 29_999;
			expect((await bench.send('GET', '/v1/users/me')).status).toBe(403);
			bench.now += 1;
			expect((await bench.send('GET', '/v1/users/me')).status).toBe(200);
		});

		it('spends the daily budget to the last token and says when it comes back', async () => {
			await bench.start({ dailyTokens: 21, blockAfter: 99 });
			await bench.send('GET', '/api/v2/organizations');
			const last = await bench.send('GET', '/api/v2/organizations');
			expect(last.headers.get('x-daily-ratelimit-token-remaining')).toBe('1');
			const refused = await bench.send('POST', '/api/v2/organizations', { name: 'x' });
			expect(refused.status).toBe(429);
			expect(refused.body).toEqual({
				success: false,
				error: 'daily request budget exceeded',
				errorCode: 429,
				error_info: 'Please check developers.pipedrive.com',
			});
			expect(refused.headers.get('retry-after')).toBe(String(15 * 3600));
			expect(bench.sandbox.records('organizations')).toEqual([]);
			bench.now += 15 * 3_600_000;
			expect((await bench.send('POST', '/api/v2/organizations', { name: 'x' })).status).toBe(200);
		});

		it('has 30,000 tokens a day on one Lite seat, times plan and seats elsewhere', async () => {
			await bench.start();
			expect(bench.sandbox.limits.dailyTokens).toBe(30_000);
			await bench.sandbox.close();
			await bench.start({ plan: 'premium', seats: 3 });
			expect(bench.sandbox.limits.dailyTokens).toBe(450_000);
		});

		it('leaves the undocumented budget headers out when told', async () => {
			await bench.start({ dailyHeaders: false });
			const { headers } = await bench.send('GET', '/v1/users/me');
			expect(headers.get('x-daily-ratelimit-token-remaining')).toBeNull();
			expect(headers.get('x-ratelimit-remaining')).toBe('19');
		});

		it('counts requests and tokens by kind', async () => {
			await bench.start();
			await bench.create({ name: 'x' });
			await bench.send('GET', '/api/v2/organizations/1');
			await bench.send('GET', '/api/v2/organizations/search?term=xy');
			expect(bench.sandbox.log.totals()).toMatchObject({
				requests: 3,
				tokens: 26,
				byKind: { create: { requests: 1, tokens: 5 }, search: { requests: 1, tokens: 20 } },
			});
			expect(bench.sandbox.limits.spent).toBe(26);
		});
	});
});
