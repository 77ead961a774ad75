/** Pipedrive sandbox: search lag and stored values. */
import { Bench, type Json } from './pipedriveBench.mts';

describe('Pipedrive sandbox', () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});
	afterEach(() => bench.sandbox.close());

	describe('search', () => {
		it('does not see the writes of the last five seconds', async () => {
			await bench.start();
			const find = async (term: string) => {
				const reply = await bench.send('GET', `/api/v2/organizations/search?term=${term}`);
				return (reply.body.data.items as Json[]).map((hit) => hit.item.name as string);
			};
			await bench.create({ name: 'Alpha' });
			expect(await find('alpha')).toEqual([]);
			bench.now += 5000;
			expect(await find('alpha')).toEqual(['Alpha']);
			await bench.send('PATCH', '/api/v2/organizations/1', { name: 'Beta' });
			expect([await find('alpha'), await find('beta')]).toEqual([['Alpha'], []]);
			bench.now += 5000;
			expect([await find('alpha'), await find('beta')]).toEqual([[], ['Beta']]);
			await bench.send('DELETE', '/api/v2/organizations/1');
			expect(await find('beta')).toEqual(['Beta']);
			bench.now += 5000;
			expect(await find('beta')).toEqual([]);
		});

		it('finds one field exactly, case-sensitively, and refuses types that are not searchable', async () => {
			await bench.start({ searchLagSeconds: 0 });
			const text = await bench.newField('varchar');
			const date = await bench.newField('date');
			await bench.create({ name: 'A', custom_fields: { [text.field_code]: 'S4:1' } });
			const find = (term: string, code: string) =>
				bench.send(
					'GET',
					`/api/v2/itemSearch/field?term=${term}&field=${code}&entity_type=organization`,
				);
			expect((await find('S4:1', text.field_code)).body.data).toHaveLength(1);
			expect((await find('s4:1', text.field_code)).body.data).toHaveLength(0);
			expect((await find('2026-01-01', date.field_code)).status).toBe(400);
		});
	});

	describe('records', () => {
		it('stores other values than were sent: trimmed, rounded, geocoded, defaulted', async () => {
			await bench.start();
			const { field_code: code } = await bench.newField('monetary');
			const sent = {
				name: '  Nordmetall GmbH ',
				address: { value: ' Hauptstr.  5,10115   Berlin ' },
				custom_fields: { [code]: { value: 1.005, currency: 'EUR' } },
			};
			expect(await bench.create(sent)).toMatchObject({
				name: 'Nordmetall GmbH',
				owner_id: 1,
				address: {
					value: 'Hauptstr. 5,10115 Berlin',
					formatted_address: 'Hauptstr. 5, 10115 Berlin',
					country: null,
				},
				custom_fields: { [code]: { value: 1.01, currency: 'EUR' } },
			});
			const person = {
				name: 'Ines',
				emails: [{ value: 'a@b.example ' }, { value: 'c@d.example' }],
			};
			const reply = await bench.send('POST', '/api/v2/persons', person);
			expect(reply.body.data.emails).toEqual([
				{ value: 'a@b.example', primary: true, label: 'work' },
				{ value: 'c@d.example', primary: false, label: 'work' },
			]);
		});

		it('replaces lists and addresses whole, and merges custom fields key by key', async () => {
			await bench.start();
			const one = (await bench.newField('varchar')).field_code as string;
			const two = (await bench.newField('varchar')).field_code as string;
			const custom_fields = { [one]: 'a', [two]: 'b' };
			const address = { value: 'Am Hafen 7', country: 'Germany' };
			await bench.create({ name: 'x', label_ids: [1, 2], address, custom_fields });
			bench.now += 1500;
			const patch = {
				label_ids: [3],
				address: { value: 'Am Hafen 8' },
				custom_fields: { [one]: null },
			};
			const { body } = await bench.send('PATCH', '/api/v2/organizations/1', patch);
			expect(body.data).toMatchObject({
				label_ids: [3],
				address: { value: 'Am Hafen 8', country: null },
				custom_fields: { [one]: null, [two]: 'b' },
				add_time: '2026-03-02T09:00:00Z',
				update_time: '2026-03-02T09:00:01Z',
			});
		});

		it('lets two records have the same name and the same key', async () => {
			await bench.start();
			const { field_code: code } = await bench.newField('varchar');
			const twin = { name: 'Twin', custom_fields: { [code]: 'S4:1' } };
			expect([await bench.create(twin), await bench.create(twin)]).toMatchObject([
				{ id: 1 },
				{ id: 2 },
			]);
		});

		it.each([404, 410, 200] as const)(
			'answers %d for a deleted record when told',
			async (answer) => {
				await bench.start({ deletedAnswers: answer });
				await bench.create({ name: 'x' });
				await bench.send('DELETE', '/api/v2/organizations/1');
				const read = await bench.send('GET', '/api/v2/organizations/1');
				const write = await bench.send('PATCH', '/api/v2/organizations/1', { name: 'y' });
				expect([read.status, write.status]).toEqual([answer, answer]);
				if (answer === 200) expect(write.body.data.is_deleted).toBe(true);
				expect((await bench.send('GET', '/api/v2/organizations')).body.data).toEqual([]);
			},
		);

		it('merges: the survivor wins, empty fields are filled, related records move, the other is gone', async () => {
			await bench.start();
			await bench.create({ name: 'Gone', website: 'https://gone.example' });
			await bench.create({ name: 'Survivor' });
			await bench.send('POST', '/api/v2/persons', { name: 'Ines', org_id: 1 });
			await bench.send('PUT', '/v1/organizations/1/merge', { merge_with_id: 2 });
			expect((await bench.send('GET', '/api/v2/organizations/1')).status).toBe(404);
			const { body } = await bench.send('GET', '/api/v2/organizations/2');
			expect(body.data).toMatchObject({ name: 'Survivor', website: 'https://gone.example' });
			expect(bench.sandbox.records('persons')[0].org_id).toBe(2);
		});

		it('hides private records of others from a user who is no admin', async () => {
			await bench.start({ tokens: { ben: 2 } });
			await bench.create({ name: 'Private', visible_to: 1 });
			await bench.create({ name: 'Open', visible_to: 3 });
			const mine = await bench.send('GET', '/api/v2/organizations', undefined, 'ben');
			expect(mine.body.data.map(({ name }: Json) => name)).toEqual(['Open']);
			const hidden = await bench.send('GET', '/api/v2/organizations/1', undefined, 'ben');
			expect(hidden.status).toBe(404);
			const me = await bench.send('GET', '/v1/users/me', undefined, 'ben');
			expect(me.body.data.access.some(({ admin }: Json) => admin)).toBe(false);
		});

		it('takes the value of a deal from its lines', async () => {
			await bench.start();
			await bench.send('POST', '/api/v2/products', { name: 'Pump' });
			await bench.send('POST', '/api/v2/deals', { title: 'Order', value: 7 });
			const line = { product_id: 1, item_price: 9.99, quantity: 3 };
			await bench.send('POST', '/api/v2/deals/1/products/bulk', { data: [line, line] });
			const { body } = await bench.send('PATCH', '/api/v2/deals/1', { value: 1 });
			expect(body.data.value).toBe(59.94);
		});

		it("shows a person's edit in the user interface as a later change", async () => {
			await bench.start();
			await bench.create({ name: 'x' });
			bench.now += 3000;
			bench.sandbox.edit('organizations', 1, { name: 'By hand' });
			const path = '/api/v2/organizations?updated_since=2026-03-02T09:00:03Z';
			expect((await bench.send('GET', path)).body.data).toMatchObject([{ name: 'By hand' }]);
			const earlier = '/api/v2/organizations?updated_until=2026-03-02T09:00:03Z';
			expect((await bench.send('GET', earlier)).body.data).toEqual([]);
		});

		it('goes on at the right place when the row that the cursor names has moved', async () => {
			await bench.start();
			bench.sandbox.seed({ organizations: 6 });
			const path = '/api/v2/organizations?limit=2&sort_by=update_time&sort_direction=desc';
			const { body } = await bench.send('GET', path);
			bench.sandbox.edit('organizations', 4, { name: 'Moved to the front' });
			const cursor = encodeURIComponent(body.additional_data.next_cursor as string);
			const next = await bench.send('GET', `${path}&cursor=${cursor}`);
			expect(next.body.data.map(({ id }: Json) => id)).toEqual([3, 2]);
		});

		it('lists 10,000 organizations in 20 pages, each once, in either order', async () => {
			await bench.start({ plan: 'ultimate' });
			bench.sandbox.seed({ organizations: 10_000 });
			for (const direction of ['asc', 'desc']) {
				const ids = new Set<number>();
				let cursor: string | null = null;
				let pages = 0;
				do {
					const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
					const path = `/api/v2/organizations?limit=500&sort_direction=${direction}${at}`;
					const { body } = await bench.send('GET', path);
					for (const { id } of body.data as Json[]) ids.add(id as number);
					cursor = body.additional_data.next_cursor as string | null;
					pages += 1;
				} while (cursor !== null);
				expect([pages, ids.size]).toEqual([20, 10_000]);
			}
		});
	});
});
