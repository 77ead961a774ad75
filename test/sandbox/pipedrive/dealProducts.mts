/** Product lines of deals; they take over the deal's value. */
import { invalid, notFound } from './apiError.mts';
import type { Row } from './collection.mts';
import { pageOf, pagingQuery, sortingQuery } from './listing.mts';
import { money, text } from './normalise.mts';
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
	for (const body of sent) priced(newRow(call, deal, body));
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
	const row = priced(newRow(call, deal, body));
	shareTaxMethod(call, deal.id, body);
	const id = call.world.collections.dealProducts.nextId();
	return call.world.put('dealProducts', { ...row, id });
}

function newRow({ world }: Call, deal: Row, body: Record<string, unknown>): Row {
	const now = world.moment();
	const product = productOf(world, body.product_id);
	return {
		id: 0,
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
		...body,
	};
}

/** "Changing this in one product affects the rest of the products attached to the deal." */
function shareTaxMethod({ world }: Call, dealId: number, body: Record<string, unknown>): void {
	if (body.tax_method === undefined) return;
	for (const row of linesOf(world, dealId)) {
		world.put('dealProducts', priced({ ...row, tax_method: body.tax_method }));
	}
}

/** Two decimals of all but the quantity, for which none are documented. */
function priced(sent: Row): Row {
	const price = money(sent.item_price as number);
	const discount = money(sent.discount as number);
	const tax = money(sent.tax as number);
	if (discount < 0 || (sent.discount_type === 'percentage' && discount > 100)) {
		throw invalid('discount: must be between 0 and 100 percent, or an amount from 0');
	}
	const gross = price * (sent.quantity as number);
	const net = sent.discount_type === 'amount' ? gross - discount : gross * (1 - discount / 100);
	const factor = sent.tax_method === 'exclusive' ? 1 + tax / 100 : 1;
	const comments = text(sent.comments) ?? '';
	return { ...sent, comments, item_price: price, discount, tax, sum: money(net * factor) };
}

export function settleValue(call: Call, dealId: number): void {
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
	const name = productOf(call.world, call.body.product_id ?? row.product_id).name;
	const next = priced({ ...row, ...call.body, name, update_time: call.world.moment() });
	shareTaxMethod(call, row.deal_id as number, call.body);
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
