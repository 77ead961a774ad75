/** Pipedrive sandbox: what it refuses. */
import { Bench } from './pipedriveBench.mts';

describe('Pipedrive sandbox', () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});
	afterEach(() => bench.sandbox.close());

	describe('strictness', () => {
		it.each([
			['an unknown key', { name: 'x', user_id: 1 }, "Parameter 'user_id' is not allowed"],
			['a number as text', { name: 'x', owner_id: '1' }, 'owner_id: expected integer'],
			['a missing name', { website: null }, 'name: Required'],
			['a blank name', { name: '  ' }, 'name:'],
			['a name of 256 characters', { name: 'x'.repeat(256) }, 'name:'],
			['an unknown nested key', { name: 'x', address: { town: 'y' } }, 'address.town'],
			['an owner who does not exist', { name: 'x', owner_id: 99 }, 'owner_id'],
			['an inactive owner', { name: 'x', owner_id: 4 }, 'owner_id'],
			['a visibility that the plan lacks', { name: 'x', visible_to: 7 }, 'visible_to'],
			['an unknown label', { name: 'x', label_ids: [77] }, 'label_ids'],
			['null where none is declared', { name: 'x', address: null }, 'address'],
			['an unknown custom field', { name: 'x', custom_fields: { abc: 1 } }, 'custom_fields.abc'],
		])('refuses %s', async (_, body, fault) => {
			await bench.start();
			const reply = await bench.send('POST', '/api/v2/organizations', body);
			expect(reply.status).toBe(400);
			expect(reply.body).toMatchObject({ success: false, code: 'ERR_SCHEMA_VALIDATION_FAILED' });
			expect(reply.body.error).toContain(fault);
			expect(bench.sandbox.records('organizations')).toEqual([]);
		});

		it.each([
			['varchar', 5],
			['varchar', 'x'.repeat(256)],
			['double', '5'],
			['monetary', 5],
			['monetary', { value: 5, currency: 'XXX' }],
			['date', '2026-02-30'],
			['set', []],
			['set', [999]],
			['enum', 'Customer'],
			['user', 99],
			['address', 'Hauptstr. 5'],
			['time', '09:00'],
		])('refuses a %s field the value %j and names the field', async (type, value) => {
			await bench.start();
			const options = type === 'set' || type === 'enum' ? { options: [{ label: 'A' }] } : {};
			const { field_code: code } = await bench.newField(type, options);
			const body = { name: 'x', custom_fields: { [code]: value } };
			const reply = await bench.send('POST', '/api/v2/organizations', body);
			expect(reply.status).toBe(400);
			expect(reply.body.error).toContain(code);
		});

		it.each([
			'updated_since=2026-01-01T00:00:00.000Z',
			'limit=501',
			'limit=ten',
			'start=0',
			'sort_by=name',
			'cursor=nonsense',
			`custom_fields=${Array.from({ length: 16 }, (_, n) => n).join()}`,
			`ids=${Array.from({ length: 101 }, (_, n) => n).join()}`,
		])('refuses a list with %s', async (query) => {
			await bench.start();
			expect((await bench.send('GET', `/api/v2/organizations?${query}`)).status).toBe(400);
		});

		it('refuses wrong tokens, wrong verbs, unknown paths and bodies that are not JSON', async () => {
			await bench.start();
			const wrong = await bench.send('GET', '/api/v2/organizations', undefined, 'no');
			expect(wrong.status).toBe(401);
			expect(wrong.headers.get('x-401-by-gw')).toBe('true');
			expect((await bench.send('PUT', '/api/v2/organizations/1', {})).status).toBe(405);
			expect((await bench.send('GET', '/api/v2/users/me')).status).toBe(404);
			expect((await bench.send('GET', '/v2/organizations')).status).toBe(404);
		});

		it('ends an OAuth access token when it expires, and keeps it apart from API tokens', async () => {
			await bench.start();
			const token = bench.sandbox.access.issue();
			const ask = async (headers: Record<string, string>) =>
				(await fetch(`${bench.sandbox.url}/v1/users/me`, { headers })).status;
			expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
			expect(await ask({ 'x-api-token': token })).toBe(401);
			expect(await ask({ authorization: `Bearer ${bench.sandbox.token}` })).toBe(401);
			bench.now += 3_599_000;
			expect(await ask({ authorization: `Bearer ${token}` })).toBe(401);
		});

		it('stops at the custom field quota of the plan', async () => {
			await bench.start({ customFieldQuota: 1 });
			await bench.newField('varchar');
			const body = { field_name: 'G', field_type: 'varchar' };
			const reply = await bench.send('POST', '/api/v2/personFields', body);
			expect(reply.status).toBe(403);
			expect(reply.body.error).toContain("You've reached the");
		});
	});
});
