import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { document, order } from './orders.mts';
import { openBench, partner, type Bench } from './support.mts';

const customer = partner(1, { persons: [] });
const customerId = customer.erp.externalId;

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

const notes = () =>
	[...bench.sandbox.store.collections.notes.all()].filter((note) => !note.is_deleted);

describe('rule 26: documents of a customer', () => {
	it('become one summary note of the organization, written once for the batch', async () => {
		const { reports } = await bench.run([
			customer,
			document(1, customerId),
			document(2, customerId, { kind: 'creditNote', total: '10.00', open: '0' }),
		]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
		expect(reports[1].pipedriveType).toBe('note');
		expect(reports[1].pipedriveId).toBe(reports[2].pipedriveId);
		expect(reports[2].tokens).toBe(0);
		expect(notes()).toHaveLength(1);
		expect(String(notes()[0].content)).toContain('Invoice | 90001');
		expect(String(notes()[0].content)).toContain('Credit note | 90002');
		expect(notes()[0].org_id).toBe(reports[0].pipedriveId);
	});

	it('again cost nothing; a paid invoice updates its line', async () => {
		await bench.run([customer, document(1, customerId)]);
		const again = await bench.run([document(1, customerId)]);
		expect(again.reports[0]).toMatchObject({ outcome: 'unchanged', tokens: 0 });
		const paid = await bench.run([document(1, customerId, { open: '0' })]);
		expect(paid.reports[0]).toMatchObject({ outcome: 'updated' });
		expect(notes()).toHaveLength(1);
		expect(String(notes()[0].content)).toContain('paid');
	});

	it('find the note again after a restart without any memory', async () => {
		await bench.run([customer, document(1, customerId)]);
		await bench.run([document(2, customerId)], { memory: createProcessMemory() });
		expect(notes()).toHaveLength(1);
		expect(String(notes()[0].content)).toContain('90001');
		expect(String(notes()[0].content)).toContain('90002');
	});

	it('of a customer that is not in Pipedrive wait, with a time to try again', async () => {
		const { reports } = await bench.run([document(1, customerId), order(1, customerId)], {
			entities: ['organization', 'deal'],
		});
		for (const report of reports) {
			expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'organizationMissing' });
			expect(report.retryAt).toBeDefined();
		}
		expect(notes()).toHaveLength(0);
	});

	it('become activities from a date on, where that is chosen', async () => {
		const { reports } = await bench.run(
			[customer, document(1, customerId), document(2, customerId, { date: '2025-01-01' })],
			{ settings: { documents: { mode: 'activity', activitiesFrom: '2026-01-01' } } },
		);
		expect(reports[1]).toMatchObject({ outcome: 'created', pipedriveType: 'activity' });
		expect(reports[2].outcome).toBe('unchanged');
		expect([...bench.sandbox.store.collections.activities.all()]).toHaveLength(1);
	});

	it('that were cancelled update their line and add nothing', async () => {
		await bench.run([customer, document(1, customerId)]);
		await bench.run([
			document(1, customerId, { state: 'cancelled', open: '0' }),
			document(2, customerId, { state: 'cancelled', open: '0' }),
		]);
		const content = String(notes()[0].content);
		expect(content).toContain('| cancelled | b1:SBO:invoice:1');
		expect(content).not.toContain('90002');
	});

	it('that are gone from the ERP are no failure', async () => {
		const { erp } = document(1, customerId, {}, { isDeleted: true });
		const { reports } = await bench.run([customer, { erp }]);
		expect(reports[1]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
	});
});
