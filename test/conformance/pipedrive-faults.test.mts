/** Pipedrive sandbox: faults on request. */
import { Bench, type Json } from './pipedriveBench.mts';

describe('Pipedrive sandbox', () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});
	afterEach(() => bench.sandbox.close());

	describe('faults', () => {
		const arm = (fault: Json) => bench.send('POST', '/__control/faults', fault);

		it('does the work and loses the answer', async () => {
			await bench.start();
			await arm({ kind: 'lostAnswer', match: { method: 'POST', path: 'organizations$' } });
			await expect(bench.create({ name: 'Once' })).rejects.toThrow();
			expect(bench.sandbox.records('organizations').map(({ name }) => name)).toEqual(['Once']);
			expect(await bench.create({ name: 'Twice' })).toMatchObject({ id: 2 });
		});

		it('cuts the connection before the work', async () => {
			await bench.start();
			await arm({ kind: 'dropBefore', times: 2, after: 1 });
			expect(await bench.create({ name: 'A' })).toMatchObject({ id: 1 });
			await expect(bench.create({ name: 'B' })).rejects.toThrow();
			await expect(bench.create({ name: 'B' })).rejects.toThrow();
			expect(await bench.create({ name: 'B' })).toMatchObject({ id: 2 });
		});

		it.each([
			['status', { status: 503, headers: { 'retry-after': '7' } }, 503, '"success":false', 0],
			['html403', {}, 403, '<html', 0],
			['successFalse', {}, 200, '"success":false', 0],
			['badJson', {}, 200, '{"success":true', 1],
			['emptyBody', {}, 200, '', 1],
		])('answers %s', async (kind, more, status, text, written) => {
			await bench.start();
			await arm({ kind, ...more });
			const reply = await bench.send('POST', '/api/v2/organizations', { name: 'x' });
			expect(reply.status).toBe(status);
			expect(reply.text).toContain(text);
			expect(reply.body.data ?? null).toBeNull();
			expect(bench.sandbox.records('organizations')).toHaveLength(written);
		});

		it('is slow when told, by the clock it was given', async () => {
			const slept: number[] = [];
			await bench.start({ sleep: (ms) => Promise.resolve(void slept.push(ms)) });
			await arm({ kind: 'slow', ms: 45_000 });
			expect(await bench.create({ name: 'x' })).toMatchObject({ id: 1 });
			expect(slept).toEqual([45_000]);
		});

		it('is down until the given time', async () => {
			await bench.start();
			await bench.send('POST', '/__control/down', { ms: 60_000 });
			await expect(bench.create({ name: 'x' })).rejects.toThrow();
			expect((await bench.send('GET', '/__control/state')).body.down).toBe(true);
			bench.now += 60_000;
			expect(await bench.create({ name: 'x' })).toMatchObject({ id: 1 });
		});

		it('keeps a fault for later when the request was refused by a limit', async () => {
			await bench.start({ dailyTokens: 4 });
			await arm({ kind: 'lostAnswer' });
			expect((await bench.send('POST', '/api/v2/organizations', { name: 'x' })).status).toBe(429);
			bench.sandbox.limits.setDailyTokens(100);
			await expect(bench.create({ name: 'x' })).rejects.toThrow();
		});

		it('resets, and shows every record without tokens', async () => {
			await bench.start();
			await bench.create({ name: 'x' });
			await arm({ kind: 'dropBefore', times: 99 });
			await bench.send('POST', '/__control/reset', {});
			const { body } = await bench.send('GET', '/__control/records?entity=organizations');
			expect(body).toEqual([expect.objectContaining({ id: 1, name: 'x' })]);
			expect(bench.sandbox.log.totals().requests).toBe(0);
			await bench.send('POST', '/__control/reset', { records: true });
			expect(bench.sandbox.records('organizations')).toEqual([]);
		});
	});
});
