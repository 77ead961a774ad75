import type { ErpDealLine, ErpRecord } from '../../../core/record/erpRecord';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { readLines } from '../../../nodes/Pipedrive/lines/read';
import { document, item, order } from './orders.mts';
import { contact, openBench, partner, type Bench, type RunOptions } from './support.mts';

const ALL = ['organization', 'person', 'product', 'deal'] as const;
const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

async function run(records: ErpRecord[], options: RunOptions = {}) {
	return await bench.run(records, { entities: [...ALL], ...options });
}

const line = (change: Partial<ErpDealLine> = {}): ErpDealLine => ({
	productCode: 'ITEM-1001',
	description: 'Pump',
	quantity: '2',
	unitPrice: '10',
	discount: '',
	tax: '',
	...change,
});
const deals = () => bench.sandbox.records('deals').filter((deal) => !deal.is_deleted);
const linesOf = async (id: number) => (await readLines(bench.environment().call, [id])).get(id)!;

describe('a deal whose lines were not written', () => {
	it('is set aside, also when the run ends between the deals and their lines', async () => {
		await run([customer, item(1)]);
		bench.sandbox.faults.add({
			kind: 'status',
			status: 401,
			times: 99,
			after: 3,
			body: { success: false, error: 'x' },
			match: { method: 'POST', path: '/deals$' },
		});
		const orders = Array.from({ length: 6 }, (_, n) =>
			order(n, customerId, { value: '20', lines: [line()] }),
		);
		const { reports } = await run(orders);
		expect(reports.filter(({ outcome }) => outcome === 'created')).toEqual([]);
		bench.sandbox.faults.clear();
		const later = await run(orders, { memory: createProcessMemory() });
		expect(later.reports.map(({ outcome }) => outcome)).not.toContain('setAside');
		for (const deal of deals()) expect(await linesOf(deal.id)).toHaveLength(1);
	});
});

describe('a deal or product that a person took away since the list was read', () => {
	const many = (change: (n: number) => Partial<ErpRecord['deal'] & object>) =>
		Array.from({ length: 16 }, (_, n) => order(n, customerId, change(n)));

	it('an archived deal is left alone, and the others are written', async () => {
		await run([customer, ...many(() => ({}))]);
		const [deal] = deals();
		await bench.environment().api.update('deal', deal.id, { is_archived: true });
		const { reports } = await run(many(() => ({ value: '7' })));
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'archived' });
		expect(reports.slice(1).map(({ outcome }) => outcome)).toEqual(Array(15).fill('updated'));
	});

	it('lines of a deleted product stand on the placeholder', async () => {
		await run([customer, item(1)]);
		await run([order(1, customerId, { value: '20', lines: [line()] })]);
		const [product] = bench.sandbox.records('products');
		await fetch(`${bench.sandbox.url}/api/v2/products/${product.id}`, {
			method: 'DELETE',
			headers: { 'x-api-token': bench.sandbox.token },
		});
		const { reports } = await run([order(2, customerId, { value: '20', lines: [line()] })]);
		expect(reports[0].outcome).toBe('created');
		const [written] = await linesOf(reports[0].pipedriveId!);
		expect(written.comments).toContain('ITEM-1001');
	});
});

describe('two runs at once', () => {
	it('with the same new order make one deal with one set of lines', async () => {
		await run([customer, item(1)]);
		const record = () => order(1, customerId, { value: '20', lines: [line()] });
		await Promise.all([run([record()]), run([record()]), run([record()])]);
		expect(deals()).toHaveLength(1);
		expect(await linesOf(deals()[0].id)).toHaveLength(1);
	});
});

describe('one batch', () => {
	it('two orders that fit one deal of a person share it not', async () => {
		const first = await run([customer]);
		await bench.environment().api.create('deal', {
			title: 'Offer for PO-70001',
			org_id: first.reports[0].pipedriveId!,
		});
		const { reports } = await run([
			order(1, customerId),
			order(2, customerId, { customerReference: 'PO-70001' }),
		]);
		const ids = reports.map(({ pipedriveId }) => pipedriveId);
		expect(new Set(ids).size).toBe(2);
		expect(deals()).toHaveLength(2);
	});

	it('two contacts who share a mailbox become two persons, whoever was there before', async () => {
		const first = await run([customer]);
		await bench.environment().api.create('person', {
			name: 'Reception',
			org_id: first.reports[0].pipedriveId!,
			emails: [{ value: 'info@x.example', primary: true, label: 'work' }],
		});
		const persons = [1, 2].map((n) => contact(n, { name: `Person ${n}`, email: 'info@x.example' }));
		const { reports } = await run([partner(1, { persons })]);
		expect(reports[0].outcome).not.toBe('setAside');
		expect(new Set(reports[0].persons!.map(({ pipedriveId }) => pipedriveId)).size).toBe(2);
	});

	it.each([
		['numbers where texts are expected', { number: 50001, customerReference: 70001 }],
		[
			'lines with numbers',
			{ value: 20, lines: [{ productCode: 'ITEM-1001', quantity: 2, unitPrice: 10 }] },
		],
	])('takes %s', async (_, change) => {
		await run([customer, item(1)]);
		const { reports } = await run([order(1, customerId, change as never), order(2, customerId)]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
	});

	it.each([[{}], ['x'], [[null]], [[7]]])(
		'lines of the shape %j cost that order only, in words',
		async (lines) => {
			await run([customer, item(1)]);
			const { reports } = await run([
				order(1, customerId, { lines: lines as never }),
				order(2, customerId, { value: '20', lines: [line()] }),
			]);
			expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
			expect(reports[0].reason).toContain('list of lines');
			expect(reports[1].outcome).toBe('created');
		},
	);

	it('a time of change that is a number does not stop the run', async () => {
		const odd = { changedAt: 5 } as never;
		await run([item(1, {}, odd)]);
		const { reports } = await run([item(1, { name: 'New' }, odd), item(2)]);
		expect(reports.map(({ outcome }) => outcome)).not.toContain('setAside');
	});
});

describe("a person's deal", () => {
	const offer = async (title: string, status: string) => {
		const first = await run([customer]);
		const { api } = bench.environment();
		const made = await api.create('deal', {
			title,
			value: 500,
			org_id: first.reports[0].pipedriveId!,
		});
		await api.update('deal', made.id, { status });
		return made.id;
	};

	it('that was won is not lost because a cancelled order has its number', async () => {
		const id = await offer('Offer PO-70001', 'won');
		const { reports } = await run([order(1, customerId, { state: 'cancelled' })]);
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
		expect(deals().find((deal) => deal.id === id)).toMatchObject({ status: 'won', value: 500 });
	});

	it('that was lost keeps its status when an order is linked to it', async () => {
		const id = await offer('Offer PO-70001', 'lost');
		const { reports } = await run([
			order(1, customerId, { state: 'completed', lastInvoiceDate: '2026-11-19' }),
		]);
		expect(deals().find((deal) => deal.id === id)?.status).toBe('lost');
		expect(reports[0].warnings.join()).toContain('its status stays');
	});

	it('with a postcode in its title is no order', async () => {
		const id = await offer('Spare parts to 50001 Hamburg', 'open');
		const { reports } = await run([order(1, customerId)]);
		expect(reports[0].pipedriveId).not.toBe(id);
	});
});

describe('a row of the id table', () => {
	it('does not make a foreign record ours because both are open, or both pay in 30 days', async () => {
		const { api } = bench.environment();
		await run([customer]);
		const known = (await run([order(1, customerId)])).reports[0].idRows[0];
		const foreign = await api.create('deal', {
			title: 'Kims own deal',
			value: 99,
			currency: 'EUR',
		});
		const digests = JSON.parse(known.digests) as Record<string, string>;
		await api.update('deal', known.pipedriveId, {
			custom_fields: { [bench.keys.deal['ERP ID']]: null },
		});
		const { reports } = await run([order(1, customerId)], {
			memory: createProcessMemory(),
			settings: { knownIds: [{ ...known, pipedriveId: foreign.id, digests }] },
		});
		expect(reports[0].pipedriveId === foreign.id && reports[0].outcome !== 'setAside').toBe(false);
		expect(deals().find((deal) => deal.id === foreign.id)?.title).toBe('Kims own deal');
	});

	it('does not put orders and documents on a foreign organization, nor on one that was merged away', async () => {
		const [mine] = (await run([customer])).reports;
		const foreign = await bench.environment().api.create('organization', { name: 'Else Inc' });
		const knownIds = [{ ...mine.idRows[0], pipedriveId: foreign.id, digests: {} }];
		await run([order(1, customerId), document(1, customerId)], {
			memory: createProcessMemory(),
			settings: { knownIds },
		});
		expect(deals()[0].org_id).toBe(mine.pipedriveId);
		expect(bench.sandbox.records('notes')[0].org_id).toBe(mine.pipedriveId);
	});
});
