/** Lines of deals: our requests and the sandbox's answers against Pipedrive's OpenAPI, and Pipedrive's own client. */
import * as v2 from 'pipedrive/v2';
import { dealLineOf } from '../../nodes/Pipedrive/lines/dealLine';
import { LINE_ENDPOINTS } from '../../nodes/Pipedrive/lines/endpoints';
import { readLines } from '../../nodes/Pipedrive/lines/read';
import {
	manyLines,
	multiset,
	openLinesBench,
	type LinesBench,
} from '../nodes/pipedrive/linesBench.mts';
import { createPipedriveValidator } from './openapi.mts';
import { documentsPresent, loadOperations, skipReason } from './openapiDocuments.mts';

if (!documentsPresent) console.warn(skipReason);
const describeWith = documentsPresent ? describe : describe.skip;

let bench: LinesBench;
afterEach(async () => await bench?.close());

describeWith('the endpoints of lines', () => {
	const operations = documentsPresent ? loadOperations() : [];

	it.each(Object.entries(LINE_ENDPOINTS))(
		'%s exists and costs what the document says',
		(_, endpoint) => {
			const { method, path, version, cost } = endpoint;
			const operation = operations.find(
				(one) => one.method === method && one.path === path && one.version === `v${version}`,
			);
			expect(operation?.cost).toBe(cost);
		},
	);
});

describeWith('every exchange about lines', () => {
	it('fits the documents: bulk, single, changed, removed, read page by page', async () => {
		bench = await openLinesBench({ record: true });
		const deal = await bench.newDeal();
		const many = manyLines(620, { comments: 'Unit: box', discount: 5, tax: 19 });
		const all = { removesOthers: true, formerProducts: [1, 2, 3, 4, 5, 6] };
		await bench.write(deal, many, all);
		await bench.write(deal, manyLines(3, { discount: 2, discountType: 'amount' }), all);
		await bench.write(deal, manyLines(6), all);
		await bench.write(deal, manyLines(4), all);
		const { exchanges } = bench.sandbox.log;
		const { check } = createPipedriveValidator();
		const faults = exchanges.flatMap((exchange) => check(exchange as never));
		console.info(
			`${exchanges.length} exchanges held against the documents, ${faults.length} faults`,
		);
		expect(faults).toEqual([]);
		const operations = bench.sandbox.log.entries.map(
			({ method, operation }) => `${method} ${operation}`,
		);
		for (const { method, path } of Object.values(LINE_ENDPOINTS)) {
			expect(operations).toContain(`${method} ${path}`);
		}
	});

	it("the document's own example is a line", () => {
		const row = { id: 3, sum: 90, tax: 0, deal_id: 1, name: 'Mechanical Pencil', product_id: 1 };
		expect(dealLineOf({ ...row, quantity: 1, item_price: 90 }, 'it')).toMatchObject({
			id: 3,
			sum: 90,
			comments: '',
			discountType: 'percentage',
			isEnabled: true,
		});
		expect(() => dealLineOf({ deal_id: 1 }, 'line 7')).toThrow('line 7 has no line with an id');
	});
});

describe("Pipedrive's own client", () => {
	it('reads what we wrote, and we read what it wrote', async () => {
		bench = await openLinesBench({ record: true });
		const deal = await bench.newDeal();
		await bench.write(deal, manyLines(7, { discount: 10, comments: 'Unit: box' }));
		const configuration = new v2.Configuration({
			apiKey: bench.sandbox.token,
			basePath: `${bench.sandbox.url}/api/v2`,
		});
		const deals = new v2.DealProductsApi(configuration);
		const list = await deals.getDealProducts({ id: deal, limit: 500, sort_by: 'id' });
		expect(multiset((list.data ?? []).map((row) => dealLineOf(row, 'it')))).toEqual(
			multiset(manyLines(7, { discount: 10 })),
		);

		const bulk = await deals.addManyDealProducts({
			id: deal,
			CreateManyDealProductRequest: {
				data: [
					{ product_id: 1, item_price: 9.99, quantity: 3, tax: 19 },
					{ product_id: 2, item_price: 5, quantity: 1, discount: 1, discount_type: 'amount' },
				],
			},
		});
		const single = await deals.addDealProduct({
			id: deal,
			AddDealProductRequest: { product_id: 3, item_price: 1, quantity: 2, comments: 'by hand' },
		});
		const added = [...(bulk.data ?? []), single.data].map((row) => dealLineOf(row, 'it'));
		await deals.updateDealProduct({
			id: deal,
			product_attachment_id: added[0].id,
			UpdateDealProductRequest: { quantity: 4 },
		});
		await deals.deleteDealProduct({ id: deal, product_attachment_id: added[1].id });
		const ours = (await readLines(bench.call, [deal])).get(deal)!;
		expect(ours).toHaveLength(9);
		expect(ours.find(({ id }) => id === added[0].id)).toMatchObject({
			quantity: 4,
			tax: 19,
			sum: 47.55,
		});
		expect(ours.find(({ id }) => id === added[2].id)).toEqual(added[2]);

		const several = await deals.getDealsProducts({ deal_ids: [deal] });
		expect(several.data?.map(({ id }) => id)).toEqual(ours.map(({ id }) => id));
		await deals.deleteManyDealProducts({
			id: deal,
			ids: ours
				.slice(1)
				.map(({ id }) => id)
				.join(','),
		});
		expect((await readLines(bench.call, [deal])).get(deal)).toEqual([ours[0]]);
		if (!documentsPresent) return;
		const { check } = createPipedriveValidator();
		expect(bench.sandbox.log.exchanges.flatMap((exchange) => check(exchange as never))).toEqual([]);
	});
});
