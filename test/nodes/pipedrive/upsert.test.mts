import { openBench, partner, type Bench } from './support.mts';

let bench: Bench;
afterEach(async () => await bench.close());

describe('a new partner', () => {
	it('becomes an organization with its contact person', async () => {
		bench = await openBench();
		const { reports } = await bench.run([partner(1)]);
		expect(reports).toHaveLength(1);
		expect(reports[0]).toMatchObject({ outcome: 'created', pipedriveType: 'organization' });
		const [organization] = bench.sandbox.records('organizations');
		expect(organization).toMatchObject({
			name: 'Muster Werk 1 GmbH',
			address: { value: 'Hafenweg 2, 20457 Hamburg, Germany' },
		});
		const custom = organization.custom_fields as Record<string, unknown>;
		expect(custom[bench.keys.organization['ERP ID']]).toBe('s4hana:100:businessPartner:1000001');
		const [person] = bench.sandbox.records('persons');
		expect(person).toMatchObject({ org_id: organization.id, name: 'Anna Muster 1' });
	});

	it('costs nothing to write when it comes again', async () => {
		bench = await openBench();
		await bench.run([partner(1)]);
		const before = bench.sandbox.log.totals();
		const { reports } = await bench.run([partner(1)]);
		expect(reports[0].outcome).toBe('unchanged');
		const after = bench.sandbox.log.totals();
		expect(after.byKind.create).toEqual(before.byKind.create);
		expect(after.byKind.update).toEqual(before.byKind.update);
	});

	it('Create Missing Fields makes the template fields first, and only then', async () => {
		bench = await openBench({ withoutFields: true });
		const { reports } = await bench.run([partner(1)], { settings: { createsMissingFields: true } });
		expect(reports[0].outcome).toBe('created');
		expect(bench.sandbox.store.customFieldsOf('organization')).toHaveLength(8);
		bench.clock.advance(60_000);
		// Once after they were created, the lists tell whether somebody created the same.
		await bench.run([partner(1)], { settings: { createsMissingFields: true } });
		const before = bench.sandbox.log.totals().tokens;
		await bench.run([partner(1)], { settings: { createsMissingFields: true } });
		expect(bench.sandbox.log.totals().tokens - before).toBeLessThan(10);
	});
});
