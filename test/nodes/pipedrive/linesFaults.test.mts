import type { HttpRequest, Transport } from '../../../core/http/ports';
import type { FaultKind } from '../../sandbox/pipedrive/faults.mts';
import { manyLines, multiset, openLinesBench, wantedLine, type LinesBench } from './linesBench.mts';

let bench: LinesBench;
let deal: number;
beforeEach(async () => {
	bench = await openLinesBench();
	deal = await bench.newDeal();
});
afterEach(async () => await bench.close());

const LINES = { path: '/products(/bulk)?$' };
const lines = async () => multiset(await bench.linesOf(deal));

describe('an answer to new lines that never arrives', () => {
	it.each<[FaultKind, number]>([
		['lostAnswer', 1],
		['lostAnswer', 3],
		['badJson', 30],
		['emptyBody', 250],
		['dropBefore', 30],
		['dropBefore', 3],
	])('%s: %i lines are there once', async (kind, count) => {
		bench.sandbox.faults.add({ kind, match: { method: 'POST', ...LINES } });
		const result = await bench.write(deal, manyLines(count));
		expect(result.error).toBeUndefined();
		expect(await lines()).toEqual(multiset(manyLines(count)));
		expect(bench.sandbox.faults.list()[0].hits).toBe(1);
		expect(result.tokens).toBeGreaterThanOrEqual(result.spent);
	});

	it('costs one read, not a second bulk call', async () => {
		bench.sandbox.faults.add({ kind: 'lostAnswer', match: { method: 'POST', ...LINES } });
		expect(await bench.write(deal, manyLines(100))).toMatchObject({
			spent: 35,
			tokens: 35,
			requests: ['POST /deals/{id}/products/bulk', 'GET /deals/products'],
			changes: [{ field: 'Lines' }],
		});
	});

	it('is looked for twice, because the list may lag behind', async () => {
		bench.sandbox.faults.add({ kind: 'lostAnswer', match: { method: 'POST', ...LINES } });
		let lists = 0;
		const lagging: (wire: Transport) => Transport = (wire) => async (request) => {
			const answer = await wire(request);
			if (request.method !== 'GET' || ++lists > 1) return answer;
			const body = { success: true, data: [], additional_data: { next_cursor: null } };
			return { ...answer, body: Buffer.from(JSON.stringify(body)) };
		};
		const result = await bench.write(deal, manyLines(10), { transport: lagging });
		expect(result.error).toBeUndefined();
		expect(result.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1);
		expect(await lines()).toEqual(multiset(manyLines(10)));
	});

	it('three times is reported, with what it was about', async () => {
		bench.sandbox.faults.add({
			kind: 'status',
			status: 504,
			times: 99,
			match: { method: 'POST', ...LINES },
		});
		const result = await bench.write(deal, manyLines(10));
		expect(result.error).toMatchObject({ kind: 'transient' });
		expect(result.error?.message).toMatch(new RegExp(`^Lines of deal ${deal}: .*504`));
		expect(result).toMatchObject({ attempts: 3, changes: [] });
		expect(result.digest).toBeUndefined();
		expect(await lines()).toEqual([]);
	});

	it('the third time is no failure where the lines are there', async () => {
		bench.sandbox.faults.add({ kind: 'lostAnswer', times: 9, match: { method: 'POST', ...LINES } });
		const result = await bench.write(deal, manyLines(3));
		expect(result.error).toBeUndefined();
		expect(await lines()).toEqual(multiset(manyLines(3)));
	});
});

describe('lines of which only a part arrives', () => {
	/** The request reaches Pipedrive with only its first lines. */
	const cut =
		(keep: number, answer: 'told' | 'refused' | 'lost') =>
		(wire: Transport): Transport => {
			let isCut = false;
			return async (request: HttpRequest) => {
				if (isCut || !request.url.endsWith('/bulk')) return await wire(request);
				isCut = true;
				const { data } = JSON.parse(String(request.body)) as { data: unknown[] };
				const body = JSON.stringify({ data: data.slice(0, keep) });
				const response = await wire({ ...request, body });
				if (answer === 'told') return response;
				if (answer === 'lost') return { ...response, body: Buffer.from('{"succ') };
				const refusal = { success: false, error: 'Product is gone', code: 'ERR' };
				return { ...response, status: 400, body: Buffer.from(JSON.stringify(refusal)) };
			};
		};

	it.each(['told', 'refused', 'lost'] as const)('%s: the rest follows', async (answer) => {
		const wanted = manyLines(20);
		const result = await bench.write(deal, wanted, { transport: cut(12, answer) });
		expect(result.error).toBeUndefined();
		expect(await lines()).toEqual(multiset(wanted));
	});
});

describe('a refusal', () => {
	it('of the new lines is reported at once, after one look at what is there', async () => {
		const wanted = [...manyLines(9), wantedLine({ productId: 4711 })];
		const result = await bench.write(deal, wanted);
		expect(result.error).toMatchObject({ kind: 'invalid' });
		expect(result.error?.message).toContain('product 4711 does not exist');
		expect(result).toMatchObject({ attempts: 1, spent: 35 });
	});

	it('in the middle leaves what was written before in the changes', async () => {
		const result = await bench.write(deal, [wantedLine(), wantedLine({ productId: 4711 })]);
		expect(result.error).toMatchObject({ kind: 'invalid' });
		expect(result.changes).toEqual([{ field: 'Lines', from: null, to: '1 x Product 1 at 10' }]);
		expect(result.digest).toBeUndefined();
	});

	it('because the deal is gone is told as that', async () => {
		const result = await bench.write(4711, manyLines(2));
		expect(result.error).toMatchObject({ kind: 'notFound' });
		expect(result.attempts).toBe(1);
	});

	it('because the budget is spent is not repeated', async () => {
		bench.sandbox.faults.add({
			kind: 'status',
			status: 429,
			times: 99,
			body: { success: false, error: 'daily request budget exceeded', errorCode: 429 },
			match: { method: 'POST', ...LINES },
		});
		const result = await bench.write(deal, manyLines(10));
		expect(result.error).toMatchObject({ kind: 'budgetSpent' });
		expect(result.attempts).toBe(1);
	});
});

describe('a person at work on the same lines', () => {
	it('who removed a line meanwhile gets it again, because the ERP has it', async () => {
		await bench.write(deal, manyLines(3));
		const wanted = manyLines(3, { quantity: 2 });
		let isDone = false;
		const racing: (wire: Transport) => Transport = (wire) => async (request) => {
			if (!isDone && request.method === 'PATCH') {
				isDone = true;
				await wire({ ...request, method: 'DELETE', body: undefined });
			}
			return await wire(request);
		};
		const result = await bench.write(deal, wanted, { transport: racing });
		expect(result.error).toBeUndefined();
		expect(await lines()).toEqual(multiset(wanted));
	});

	it('a removal of which Pipedrive carries out a part is finished', async () => {
		await bench.put(deal, manyLines(9, { productId: 1 }));
		let isCut = false;
		const cut: (wire: Transport) => Transport = (wire) => async (request) => {
			if (isCut || request.method !== 'DELETE') return await wire(request);
			isCut = true;
			return await wire({ ...request, url: request.url.replace(/%2C\d+$/, '') });
		};
		const wanted = manyLines(1, { productId: 1 });
		const options = { removesOthers: true, transport: cut };
		expect((await bench.write(deal, wanted, options)).error).toBeUndefined();
		expect(await lines()).toEqual(multiset(wanted));
	});

	it.each<FaultKind>(['lostAnswer', 'emptyBody'])(
		'%s to removals: nothing else goes',
		async (kind) => {
			await bench.put(deal, [...manyLines(7, { productId: 1 }), ...manyLines(2, { productId: 6 })]);
			bench.sandbox.faults.add({ kind, match: { method: 'DELETE' } });
			const wanted = manyLines(1, { productId: 1 });
			const result = await bench.write(deal, wanted, { removesOthers: true });
			expect(result.error).toBeUndefined();
			expect(await lines()).toEqual(multiset([...wanted, ...manyLines(2, { productId: 6 })]));
		},
	);
});
