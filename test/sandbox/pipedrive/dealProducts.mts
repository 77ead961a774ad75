/** Product lines of deals; they take over the deal's value. */
import { invalid, notFound } from './apiError.mts';
import type { Row } from './collection.mts';
import { pageOf, pagingQuery, sortingQuery } from './listing.mts';
import { money } from './normalise.mts';
import type { Call, Operation, Reply } from './operation.mts';
import { find } from './record.mts';
import { bool, int, listOf, num, obj, str } from './schema.mts';
import type { World } from './world.mts';

const frequencies = ['one-time', 'annually', 'semi-annually', 'quarterly', 'monthly', 'weekly'];
export const billing = {
	billing_frequency: str({ enum: frequencies }),
	billing_frequency_cycles: int({ nullable: true }),
};
const line = {
	product_id: int(),
	item_price: num(),
	quantity: num(),
	tax: num(),
	comments: str(),
	discount: num(),
	is_enabled: bool(),
	tax_method: str({ enum: ['exclusive', 'inclusive', 'none'] }),
	discount_type: str({ enum: ['percentage', 'amount'] }),
	product_variation_id: int({ nullable: true }),
	...billing,
	billing_start_date: str({ format: 'date', nullable: true }),
};
const required = ['product_id', 'item_price', 'quantity'];
const newLine = obj(line, required);
const sorts = ['id', 'add_time', 'update_time', 'order_nr'];
const of = { version: 'v2', path: '/deals/{id}/products' } as const;
const one = { version: 'v2', path: '/deals/{id}/products/{product_attachment_id}' } as const;

export const dealProductOperations: Operation[] = [
	{
		...of,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: { ...sortingQuery(...sorts), ...pagingQuery() },
		run: (call) => list(call, [find(call, 'deals', 'Deal').id]),
	},
	{
		version: 'v2',
		path: '/deals/products',
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: {
			deal_ids: { type: 'integers', required: true, maxItems: 100 },
			...sortingQuery(...sorts, 'deal_id'),
			...pagingQuery(),
		},
		run: (call) => list(call, call.query.deal_ids as number[]),
	},
	{ ...of, method: 'POST', cost: 5, kind: 'create', status: 201, body: newLine, run: add },
	{
		...of,
		path: '/deals/{id}/products/bulk',
		method: 'POST',
		cost: 25,
		kind: 'bulk',
		status: 201,
		body: obj({ data: listOf(newLine, { maxItems: 100 }) }, ['data']),
		run: addMany,
	},
	{
		...of,
		method: 'DELETE',
		cost: 15,
		kind: 'bulk',
		query: { ids: { type: 'integers', maxItems: 100 } },
		run: removeMany,
	},
	{ ...one, method: 'PATCH', cost: 5, kind: 'update', body: obj(line), run: update },
	{ ...one, method: 'DELETE', cost: 3, kind: 'delete', run: removeOne },
];

export function linesOf(world: World, dealId: number): Row[] {
	return [...world.collections.dealProducts.all()].filter(
		(row) => row.deal_id === dealId && !row.is_deleted,
	);
}

function list(call: Call, dealIds: number[]): Reply {
	const sortBy = (call.query.sort_by as string | undefined) ?? 'id';
	const rows = call.world.collections.dealProducts.sortedBy(sortBy);
	const passes = (row: Row) => !row.is_deleted && dealIds.includes(row.deal_id as number);
	return pageOf(call, rows, sortBy, passes, show);
}

function show(row: Row) {
	const { is_deleted: _, ...shown } = row;
	return shown;
}

function add(call: Call): Reply {
	const deal = openDeal(call);
	const row = insert(call, deal, call.body);
	settleValue(call, deal.id);
	return { data: show(row) };
}

function addMany(call: Call): Reply {
	const deal = openDeal(call);
	const sent = call.body.data as Array<Record<string, unknown>>;
	if (sent.length === 0) throw invalid('data: at least one is required');
	for (const body of sent) productOf(call.world, body.product_id);
	const rows = sent.map((body) => insert(call, deal, body));
	settleValue(call, deal.id);
	return { data: rows.map(show) };
}

function openDeal(call: Call): Row {
	const deal = find(call, 'deals', 'Deal');
	if (deal.is_archived) throw invalid('archived deals cannot be edited');
	return deal;
}

function productOf(world: World, id: unknown): Row {
	const product = world.living('products', id);
	if (!product) throw invalid(`product_id: product ${String(id)} does not exist`);
	return product;
}

function insert(call: Call, deal: Row, body: Record<string, unknown>): Row {
	const { world } = call;
	const now = world.moment();
	const id = world.collections.dealProducts.nextId();
	const product = productOf(world, body.product_id);
	const row: Row = {
		id,
		sum: 0,
		tax: 0,
		deal_id: deal.id,
		name: product.name,
		product_id: product.id,
		product_variation_id: null,
		order_nr: linesOf(world, deal.id).length + 1,
		add_time: now,
		update_time: now,
		comments: '',
		currency: deal.currency,
		discount: 0,
		discount_type: 'percentage',
		quantity: 1,
		item_price: 0,
		tax_method: 'exclusive',
		is_enabled: true,
		billing_frequency: 'one-time',
		billing_frequency_cycles: null,
		billing_start_date: null,
		is_deleted: false,
	};
	return world.put('dealProducts', priced({ ...row, ...body }));
}

function priced(row: Row): Row {
	const price = money(row.item_price as number);
	const gross = price * (row.quantity as number);
	const discount = row.discount as number;
	const net = row.discount_type === 'amount' ? gross - discount : gross * (1 - discount / 100);
	const tax = row.tax_method === 'exclusive' ? 1 + (row.tax as number) / 100 : 1;
	return { ...row, item_price: price, sum: money(net * tax) };
}

function settleValue(call: Call, dealId: number): void {
	const { world } = call;
	const enabled = linesOf(world, dealId).filter((row) => row.is_enabled);
	const value = money(enabled.reduce((sum, row) => sum + (row.sum as number), 0));
	const deal = world.collections.deals.get(dealId) as Row;
	world.put('deals', { ...deal, value, update_time: world.moment() });
}

function lineOf(call: Call): Row {
	openDeal(call);
	const row = world(call).get(call.params.product_attachment_id as number);
	if (!row || row.is_deleted || row.deal_id !== call.params.id) throw notFound('Deal product');
	return row;
}

function world(call: Call) {
	return call.world.collections.dealProducts;
}

function update(call: Call): Reply {
	const row = lineOf(call);
	if (call.body.product_id !== undefined) productOf(call.world, call.body.product_id);
	const next = priced({ ...row, ...call.body, update_time: call.world.moment() });
	call.world.put('dealProducts', next);
	settleValue(call, row.deal_id as number);
	return { data: show(next) };
}

function removeOne(call: Call): Reply {
	const row = lineOf(call);
	call.world.put('dealProducts', { ...row, is_deleted: true });
	settleValue(call, row.deal_id as number);
	return { data: { id: row.id } };
}

/** Without ids: up to a hundred lines, whichever they are. */
function removeMany(call: Call): Reply {
	const deal = openDeal(call);
	const ids = call.query.ids as number[] | undefined;
	const lines = linesOf(call.world, deal.id).filter((row) => !ids || ids.includes(row.id));
	const gone = lines.slice(0, 100);
	for (const row of gone) call.world.put('dealProducts', { ...row, is_deleted: true });
	settleValue(call, deal.id);
	const more = !ids && lines.length > gone.length;
	return {
		data: { ids: gone.map((row) => row.id) },
		additionalData: { more_items_in_collection: more },
	};
}
