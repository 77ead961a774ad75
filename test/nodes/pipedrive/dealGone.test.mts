/** Deals and products that a person deleted or merged in Pipedrive. */
import type { ErpDeal, ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { LINE_ENDPOINTS } from '../../../nodes/Pipedrive/lines/endpoints';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { knownIdsOf } from '../../../nodes/Pipedrive/settings';
import { item, order } from './orders.mts';
import { openBench, partner, type Bench, type RunOptions } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
let rows: object[];
afterEach(async () => await bench.close());

async function open(options: Parameters<typeof openBench>[0] = {}): Promise<void> {
	bench = await openBench(options);
	rows = [];
}
async function run(records: ErpRecord[], settings: object = {}, options: RunOptions = {}) {
	const result = await bench.run(records, {
		entities: ['organization', 'product', 'deal'],
		...options,
		settings: { ...options.settings, ...settings },
	});
	rows.push(...result.reports.flatMap(({ idRows }) => idRows));
	return result;
}
const restarted = (): RunOptions => ({
	memory: createProcessMemory(),
	settings: { knownIds: knownIdsOf(rows) },
});
const line = (change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: 'ITEM-1001',
	description: 'Pump',
	quantity: '2',
	unitPrice: '10',
	discount: '',
	tax: '',
	...change,
});
const theOrder = (change: Partial<ErpDeal> = {}) =>
	order(1, customerId, { lines: [line()], value: '20', ...change });
const living = (kind: 'deals' | 'products') =>
	bench.sandbox.records(kind).filter(({ is_deleted }) => !is_deleted);
const stored = (kind: 'deals' | 'products' | 'dealProducts', id: number) =>
	JSON.stringify(bench.sandbox.store.collections[kind].get(id));
const linesOf = async (id: number) => (await readLines(bench.environment().call, [id])).get(id)!;
const request = async (method: string, path: string, body?: object) => {
	const answer = await fetch(`${bench.sandbox.url}${path}`, {
		method,
		headers: { 'x-api-token': bench.sandbox.token, 'content-type': 'application/json' },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	expect(answer.status).toBe(200);
};
const remove = async (kind: 'deals' | 'products', id: number) =>
	await request('DELETE', `/api/v2/${kind}/${id}`);
const merge = async (id: number, survivor: number) =>
	await request('PUT', `/api/v1/deals/${id}/merge`, { merge_with_id: survivor });
/** An offer that a person made, with a line of its own. */
async function offer(): Promise<number> {
	const { id } = await bench.environment().api.create('deal', {
		title: 'Offer',
		org_id: bench.sandbox.records('organizations')[0].id,
	});
	return id;
}

const changes: Array<[string, Partial<ErpDeal>]> = [
	['the order', { title: 'Renamed' }],
	['its lines', { lines: [line({ quantity: '3' }), line({ unitPrice: '7' })] }],
];

describe.each([[404], [410], [200]] as const)(
	'a deal that a person deleted, where Pipedrive answers %i for it',
	(deletedAnswers) => {
		describe.each([
			['in one process', () => ({})],
			['after a restart', restarted],
		])('%s', (_, options: () => RunOptions) => {
			it.each(changes)('is not written to when %s changes: set aside', async (__, change) => {
				await open({ deletedAnswers });
				const { reports } = await run([customer, item(1), theOrder()]);
				const id = reports[2].pipedriveId!;
				const [{ id: lineId }] = await linesOf(id);
				await remove('deals', id);
				const before = [stored('dealProducts', lineId), living('deals').length];
				const second = await run([theOrder(change)], {}, options());
				expect(second.reports[0]).toMatchObject({
					outcome: 'setAside',
					reasonCode: 'deleted',
					pipedriveId: id,
				});
				expect(second.reports[0].reason).toContain('Create Again When Deleted');
				expect([stored('dealProducts', lineId), living('deals').length]).toEqual(before);
			});

			it.each(changes)(
				'is created again with all lines if that is chosen: %s',
				async (__, change) => {
					await open({ deletedAnswers });
					const { reports } = await run([customer, item(1), theOrder()]);
					await remove('deals', reports[2].pipedriveId!);
					const second = await run([theOrder(change)], { recreateDeleted: true }, options());
					expect(second.reports[0]).toMatchObject({ outcome: 'created' });
					const [deal] = living('deals');
					expect(deal.id).toBe(second.reports[0].pipedriveId);
					expect(await linesOf(deal.id)).toHaveLength(change.lines?.length ?? 1);
					expect(second.reports[0].idRows.at(-1)).toMatchObject({ pipedriveId: deal.id });
					const third = await run([theOrder(change)], { recreateDeleted: true }, options());
					expect(third.reports[0].outcome).toBe('unchanged');
				},
			);
		});
	},
);

describe('a deal that was merged into another', () => {
	describe.each([
		['in one process', () => ({})],
		['after a restart', restarted],
	])('%s', (_, options: () => RunOptions) => {
		it.each(changes)('lives on in the survivor when %s changes', async (__, change) => {
			await open();
			const { reports } = await run([customer, item(1), theOrder()]);
			const id = reports[2].pipedriveId!;
			const survivor = await offer();
			bench.clock.advance(60_000);
			await merge(id, survivor);
			const second = await run([theOrder(change)], {}, options());
			expect(second.reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: survivor });
			expect(second.reports[0].idRows.at(-1)).toMatchObject({ pipedriveId: survivor });
			expect(living('deals')).toHaveLength(1);
			expect(await linesOf(survivor)).toHaveLength(change.lines?.length ?? 1);
			const third = await run([theOrder(change)], {}, options());
			expect(third.reports[0]).toMatchObject({ outcome: 'unchanged', pipedriveId: survivor });
		});

		it("keeps a person's edits of lines, and lines that only the survivor had", async () => {
			await open();
			const { reports } = await run([customer, item(1), theOrder()]);
			const id = reports[2].pipedriveId!;
			const [ours] = await linesOf(id);
			bench.sandbox.edit('dealProducts', ours.id, { discount: 12 });
			const survivor = await offer();
			bench.clock.advance(60_000);
			const call = bench.environment().call;
			await call(LINE_ENDPOINTS.add, 'line', {
				ids: { id: String(survivor) },
				json: { product_id: ours.productId, item_price: 99, quantity: 1 },
			});
			await merge(id, survivor);
			await run([theOrder({ lines: [line({ quantity: '3' })] })], {}, options());
			const now = await linesOf(survivor);
			expect(
				now.map(({ itemPrice, quantity, discount }) => [itemPrice, quantity, discount]),
			).toEqual(
				expect.arrayContaining([
					[10, 3, 12],
					[99, 1, 0],
				]),
			);
			expect(now).toHaveLength(2);
		});

		it('with an external ID of its own: set aside, because nothing says where it went', async () => {
			await open();
			const { reports } = await run([customer, item(1), theOrder(), order(2, customerId)]);
			bench.clock.advance(60_000);
			await merge(reports[2].pipedriveId!, reports[3].pipedriveId!);
			const second = await run(
				[theOrder({ title: 'Renamed' }), order(2, customerId)],
				{},
				options(),
			);
			expect(second.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
			expect(second.reports[0].reason).toContain('merged into the deal of another order');
			expect(second.reports[0].reason).toContain('Pipedrive does not tell which');
			expect(second.reports[1].outcome).not.toBe('setAside');
		});
	});
});

describe('a product that a person deleted', () => {
	it.each([[404], [410], [200]] as const)(
		'is set aside, or created again (%i)',
		async (answers) => {
			await open({ deletedAnswers: answers });
			const { reports } = await run([item(1)]);
			const id = reports[0].pipedriveId!;
			await remove('products', id);
			const before = stored('products', id);
			for (const options of [{}, restarted()]) {
				const second = await run([item(1, { name: 'New' })], {}, options);
				expect(second.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
				expect(second.reports[0].reason).not.toContain('order');
			}
			// Where Pipedrive takes a write to what is deleted, only its answer tells.
			if (answers !== 200) expect(stored('products', id)).toBe(before);
			const third = await run([item(1, { name: 'New' })], { recreateDeleted: true });
			expect(third.reports[0].outcome).toBe('created');
			expect(living('products')).toHaveLength(1);
		},
	);
});
