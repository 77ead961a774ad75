import { invalid } from './apiError.mts';
import type { Row } from './collection.mts';
import { mergeCustomFields } from './customFields.mts';
import { billing } from './dealProducts.mts';
import { listRows, pagingQuery, sortingQuery } from './listing.mts';
import { money, text } from './normalise.mts';
import type { Call, Operation, Reply } from './operation.mts';
import {
	bulkReadQuery,
	checkLinks,
	customFieldsBody,
	defaultVisibility,
	find,
	projector,
	remove,
} from './record.mts';
import { bool, int, listOf, num, obj, str } from './schema.mts';
import type { World } from './world.mts';

/** The document lists these keys in words only. */
const price = obj({ currency: str(), price: num(), cost: num(), direct_cost: num() }, [
	'currency',
	'price',
]);
const body = {
	name: str({ minLength: 1, maxLength: 255 }),
	code: str({ maxLength: 255, clearable: true }),
	description: str({ clearable: true }),
	unit: str({ maxLength: 255, clearable: true }),
	tax: num(),
	category: num({ clearable: true }),
	owner_id: int(),
	is_linkable: bool(),
	visible_to: num(),
	prices: listOf(price),
	custom_fields: customFieldsBody,
	...billing,
};
const at = { version: 'v2', path: '/products/{id}' } as const;
const root = { version: 'v2', path: '/products' } as const;

export const productOperations: Operation[] = [
	{
		...root,
		method: 'GET',
		cost: 10,
		kind: 'list',
		query: {
			...bulkReadQuery,
			owner_id: { type: 'integer' },
			updated_since: { type: 'moment' },
			custom_fields: { type: 'list', maxItems: 15 },
			...sortingQuery('id', 'name', 'add_time', 'update_time'),
			...pagingQuery(),
		},
		run: list,
	},
	{
		...root,
		method: 'POST',
		cost: 5,
		kind: 'create',
		status: 201,
		body: obj(body, ['name']),
		run: create,
	},
	{
		...at,
		method: 'GET',
		cost: 1,
		kind: 'get',
		run: (call) => ({ data: show(call)(find(call, 'products', 'Product')) }),
	},
	{ ...at, method: 'PATCH', cost: 5, kind: 'update', body: obj(body), run: update },
	{
		...at,
		method: 'DELETE',
		cost: 3,
		kind: 'delete',
		run: (call) => remove(call, 'products', 'Product'),
	},
];

const show = (call: Call) => projector(call, 'product');

function list(call: Call): Reply {
	const owner = call.query.owner_id;
	return listRows(
		call,
		'products',
		show(call),
		(row) => !row.is_deleted && (owner === undefined || row.owner_id === owner),
	);
}

function create(call: Call): Reply {
	const { world } = call;
	const now = world.moment();
	const id = world.collections.products.nextId();
	const empty: Row = {
		id,
		name: '',
		code: null,
		description: null,
		unit: null,
		tax: 0,
		category: null,
		is_linkable: true,
		is_deleted: false,
		visible_to: defaultVisibility(world),
		owner_id: call.user.id,
		add_time: now,
		update_time: now,
		billing_frequency: 'one-time',
		billing_frequency_cycles: null,
		prices: pricesOf(world, id, [{ currency: world.options.currency, price: 0 }]),
		custom_fields: {},
	};
	return { data: show(call)(world.put('products', changed(call, empty))) };
}

function update(call: Call): Reply {
	const row = find(call, 'products', 'Product');
	const next = { ...changed(call, row), update_time: call.world.moment() };
	return { data: show(call)(call.world.put('products', next)) };
}

function changed(call: Call, row: Row): Row {
	const { world } = call;
	const { custom_fields: custom, prices, category, ...sent } = call.body;
	checkLinks(world, 'product', sent);
	const next: Row = { ...row, ...sent };
	next.custom_fields = mergeCustomFields(world, 'product', row.custom_fields ?? {}, custom);
	next.name = text(next.name);
	for (const key of ['code', 'description', 'unit']) if (key in sent) next[key] = text(sent[key]);
	if (category !== undefined) next.category = categoryLabel(call, category);
	if (prices) next.prices = pricesOf(world, row.id, prices as Array<Record<string, unknown>>);
	return next;
}

/** Written as option id, read as label. */
function categoryLabel(call: Call, id: unknown): string | null {
	if (id === null) return null;
	const field = call.world.fields.product.find(({ code }) => code === 'category');
	const option = field?.options?.find((entry) => entry.id === id);
	if (!option) throw invalid(`category: unknown option ${String(id)}`);
	return option.label;
}

function pricesOf(world: World, id: number, sent: Array<Record<string, unknown>>) {
	const seen = new Set<unknown>();
	return sent.map(({ currency, price: amount, cost, direct_cost: direct }) => {
		if (!world.options.activeCurrencies.includes(currency as string)) {
			throw invalid(`prices: currency '${String(currency)}' is not active`);
		}
		if (seen.has(currency)) throw invalid(`prices: currency '${String(currency)}' occurs twice`);
		seen.add(currency);
		return {
			product_id: id,
			price: money(amount as number),
			currency,
			cost: money((cost as number | undefined) ?? 0),
			direct_cost: direct === undefined ? null : money(direct as number),
			notes: '',
		};
	});
}
