import { ensureFields } from '../../../nodes/Pipedrive/ensureFields';
import { openBench, type Bench } from './support.mts';

let bench: Bench;
afterEach(async () => await bench.close());

const organizationField = (name: string, type: string, options?: string[]) => ({
	entity: 'organization' as const,
	name,
	type,
	...(options ? { options } : {}),
});

describe('Ensure Fields', () => {
	it('adds missing options, renames and removes none', async () => {
		bench = await openBench();
		const { api } = bench.environment();
		const key = bench.keys.organization['ERP Type'];
		await api.addOptions('organization', key, ['By Hand']);
		const wanted = [organizationField('erp type', 'set', ['customer', 'Prospect'])];
		const report = await ensureFields(bench.environment(), wanted, false);
		expect(report.optionsAdded).toEqual([
			{ entity: 'organization', name: 'erp type', options: ['Prospect'] },
		]);
		const field = (await api.fields('organization')).find(({ field_code }) => field_code === key);
		expect(field?.options?.map(({ label }) => label)).toEqual([
			'Customer',
			'Supplier',
			'By Hand',
			'Prospect',
		]);
	});

	it('of two runs at the same time creates each field once', async () => {
		bench = await openBench({ withoutFields: true });
		const wanted = ['ERP ID', 'ERP Status'].map((name) => organizationField(name, 'varchar'));
		const runs = [1, 2].map(async () => await ensureFields(bench.environment(), wanted, false));
		await Promise.all(runs);
		expect(bench.sandbox.store.customFieldsOf('organization')).toHaveLength(2);
	});

	it('without room in the plan creates none and tells the numbers', async () => {
		bench = await openBench({ plan: 'lite' });
		const wanted = Array.from({ length: 25 }, (_, n) => organizationField(`F${n}`, 'varchar'));
		await expect(ensureFields(bench.environment(), wanted, false)).rejects.toThrow(
			'no room for 25 more custom fields: 18 of 30 are used',
		);
		expect(bench.sandbox.store.customFieldsOf('organization')).toHaveLength(8);
		const dry = await ensureFields(bench.environment(), wanted, true);
		expect(dry).toMatchObject({ needed: 25, used: 18, limit: 30, fits: false, tokens: 125 });
	});

	it('warns of a field of another type instead of making a second one', async () => {
		bench = await openBench();
		const report = await ensureFields(
			bench.environment(),
			[organizationField('Tax Number', 'double')],
			false,
		);
		expect(report.created).toEqual([]);
		expect(report.warnings[0]).toContain('is of type text');
	});

	it('creates a field that was asked for twice once', async () => {
		bench = await openBench();
		const wanted = [organizationField('Twice', 'text'), organizationField('twice', 'text')];
		expect((await ensureFields(bench.environment(), wanted, false)).created).toHaveLength(1);
	});
});
