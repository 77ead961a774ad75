/** A deal as an order needs it: names, external ids, lines in order, what is missing told. */
import { readDeal } from '../../../nodes/Pipedrive/readDeal';
import { openBench, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

async function send(method: string, path: string, body?: object): Promise<{ id: number }> {
	// The burst window of the test's own requests.
	bench.clock.advance(100);
	const answer = await fetch(`${bench.sandbox.url}/api/v2${path}`, {
		method,
		headers: { 'x-api-token': bench.sandbox.token, 'content-type': 'application/json' },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const { data, error } = (await answer.json()) as { data: { id: number }; error?: string };
	if (error) throw new Error(error);
	return data;
}

type Entity = 'organization' | 'person' | 'product' | 'deal';
const erpId = (entity: Entity, id: string) => ({
	custom_fields: { [bench.keys[entity]['ERP ID']]: id },
});
const product = async (n: number) =>
	await send('POST', '/products', {
		name: `Pump ${n}`,
		code: `P-${n}`,
		...erpId('product', `b1:SBO:item:P-${n}`),
	});
const line = async (deal: number, productId: number, more: object = {}) =>
	await send('POST', `/deals/${deal}/products`, {
		product_id: productId,
		item_price: 99.9,
		quantity: 2.5,
		...more,
	});
const read = async (deal: number, field = 'ERP ID') =>
	await readDeal(bench.environment(), deal, field);

async function fullDeal() {
	const org = await send('POST', '/organizations', {
		name: 'Muster GmbH',
		...erpId('organization', 'b1:SBO:bp:C1'),
	});
	const person = await send('POST', '/persons', {
		name: 'Anna',
		org_id: org.id,
		...erpId('person', 'b1:SBO:contact:7'),
	});
	return await send('POST', '/deals', {
		title: 'Pumps',
		org_id: org.id,
		person_id: person.id,
		stage_id: 2,
		...erpId('deal', 'deal-1'),
	});
}

it('gives names, external ids and lines with quantity, price, discount, tax and comments', async () => {
	const deal = await fullDeal();
	const [one, two] = [await product(1), await product(2)];
	await line(deal.id, one.id, {
		discount: 5,
		discount_type: 'amount',
		tax: 19,
		tax_method: 'inclusive',
		comments: 'red',
	});
	await line(deal.id, two.id, { discount: 10, tax_method: 'inclusive' });
	bench.sandbox.log.clear();
	const result = await read(deal.id);
	expect(result).toMatchObject({
		deal: {
			id: deal.id,
			title: 'Pumps',
			stage: 'Contact Made',
			pipeline: 'Pipeline',
			currency: 'EUR',
			custom_fields: { 'ERP ID': 'deal-1' },
		},
		organizationExternalId: 'b1:SBO:bp:C1',
		personExternalId: 'b1:SBO:contact:7',
		warnings: [],
	});
	expect(result.deal).not.toHaveProperty('name');
	expect(result.lines).toEqual([
		{
			lineId: 1,
			productId: one.id,
			name: 'Pump 1',
			productExternalId: 'b1:SBO:item:P-1',
			productCode: 'P-1',
			quantity: 2.5,
			unitPrice: 99.9,
			discount: 5,
			discountType: 'amount',
			tax: 19,
			taxMethod: 'inclusive',
			comments: 'red',
		},
		expect.objectContaining({
			productExternalId: 'b1:SBO:item:P-2',
			discount: 10,
			discountType: 'percentage',
			taxMethod: 'inclusive',
			comments: '',
		}),
	]);
	const kinds = bench.sandbox.log.entries.filter(({ kind }) => kind !== 'fields');
	const records = kinds.filter(({ operation }) => !/^\/(pipelines|stages)$/.test(operation));
	expect(records.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1 + 10 + 2 + 1 + 1);
});

it('reads lines of all pages and products a hundred at a time, in the order a person sees', async () => {
	const deal = await fullDeal();
	const products: Array<{ id: number }> = [];
	for (let n = 0; n < 120; n++) products.push(await product(n));
	for (let at = 0; at < 620; at += 100) {
		const data = Array.from({ length: Math.min(100, 620 - at) }, (_, n) => ({
			product_id: products[(at + n) % 120].id,
			item_price: 1,
			quantity: at + n + 1,
		}));
		await send('POST', `/deals/${deal.id}/products/bulk`, { data });
	}
	bench.sandbox.log.clear();
	const { lines, warnings } = await read(deal.id);
	expect(lines.map(({ quantity }) => quantity)).toEqual(
		Array.from({ length: 620 }, (_, n) => n + 1),
	);
	expect(lines.every(({ productExternalId: id }) => id !== '')).toBe(true);
	expect(warnings).toEqual([]);
	const lists = bench.sandbox.log.entries.filter(({ kind }) => kind === 'list');
	expect(lists.filter(({ operation }) => operation === '/products')).toHaveLength(2);
	expect(lists.filter(({ operation }) => operation.endsWith('/products')).length).toBe(4);
});

it('tells what an order would lack instead of failing', async () => {
	const org = await send('POST', '/organizations', { name: 'New GmbH' });
	const deal = await send('POST', '/deals', { title: 'Pumps', org_id: org.id });
	const plain = await send('POST', '/products', { name: 'No ERP' });
	const gone = await product(1);
	const off = await product(2);
	await line(deal.id, plain.id);
	await line(deal.id, gone.id);
	await line(deal.id, off.id, { is_enabled: false });
	await send('DELETE', `/products/${gone.id}`);
	const { lines, organizationExternalId, personId, warnings } = await read(deal.id);
	expect(lines.map(({ productExternalId }) => productExternalId)).toEqual(['', '']);
	expect(organizationExternalId).toBe('');
	expect(personId).toBeNull();
	expect(warnings).toEqual([
		'The line "Pump 2" is switched off in Pipedrive and left out.',
		'The product of the line "No ERP" has no external ID that can be used.',
		`The product ${gone.id} of the line "Pump 1" cannot be read.`,
		'The organization "New GmbH" has no external ID that can be used.',
	]);
});

it('takes no id where a record stands for several ERP records', async () => {
	const org = await send('POST', '/organizations', {
		name: 'Two',
		custom_fields: { [bench.keys.organization['ERP ID']]: 'b1:SBO:bp:C1' },
	});
	const deal = await send('POST', '/deals', { title: 'Pumps', org_id: org.id });
	const [stored] = bench.sandbox.records('organizations');
	bench.sandbox.edit('organizations', org.id, {
		custom_fields: { ...stored.custom_fields, [bench.keys.organization['ERP ID']]: 'C1\nC2' },
	});
	const { organizationExternalId, warnings } = await read(deal.id);
	expect(organizationExternalId).toBe('');
	expect(warnings[0]).toContain('stands for 2 ERP records (C1, C2)');
});

it('says which field is missing, and that a deal is gone', async () => {
	const deal = await fullDeal();
	expect((await read(deal.id, 'No such field')).warnings).toContain(
		'Pipedrive has no organization field "No such field".',
	);
	await send('DELETE', `/deals/${deal.id}`);
	await expect(read(deal.id)).rejects.toMatchObject({ kind: 'notFound' });
	bench.sandbox.store.options.deletedAnswers = 200;
	await expect(read(deal.id)).rejects.toThrow('is deleted in Pipedrive');
});
