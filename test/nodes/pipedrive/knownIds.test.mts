/** What a row of the id table may do, and what it may not: whoever writes it, a stranger's record stays as it is. */
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { knownIdsOf } from '../../../nodes/Pipedrive/settings';
import { contact, openBench, partner, type Bench, type PartnerChange } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const alone = (n: number, change: PartnerChange = {}) => partner(n, { persons: [], ...change });
const organizations = () => bench.sandbox.records('organizations');
const externalId = alone(1).erp.externalId;
const row = (pipedriveId: unknown, change: object = {}) => ({
	externalId,
	pipedriveType: 'organization',
	pipedriveId,
	digests: '{}',
	writtenAt: '2026-11-01T00:00:00Z',
	...change,
});
/** After a restart: the table is all that is remembered. */
const withRows = (rows: object[], settings: object = {}) => ({
	memory: createProcessMemory(),
	settings: { knownIds: knownIdsOf(rows), ...settings },
});
const clearId = (id: number, change: object = {}) =>
	bench.sandbox.edit('organizations', id, {
		custom_fields: { [bench.keys.organization['ERP ID']]: null },
		...change,
	});

describe('a row that names a record', () => {
	it.each(['setAside', 'alias', 'separate'] as const)(
		'of a stranger: set aside, nothing is overwritten, with When Linked to Another ERP Record %s',
		async (secondIdentity) => {
			const [stranger] = bench.sandbox.seed({ organizations: 1 }).organizations;
			const before = JSON.stringify(organizations());
			const { reports } = await bench.run(
				[alone(1)],
				withRows([row(stranger)], { secondIdentity }),
			);
			expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'notRecognised' });
			expect(reports[0].reason).toContain(`Known IDs names organization ${stranger}`);
			expect(JSON.stringify(organizations())).toBe(before);
		},
	);

	it('of another ERP record: set aside, nothing is overwritten', async () => {
		await bench.run([alone(2)]);
		const before = JSON.stringify(organizations());
		const { reports } = await bench.run([alone(1)], withRows([row(organizations()[0].id)]));
		expect(reports[0].outcome).toBe('setAside');
		expect(JSON.stringify(organizations())).toBe(before);
	});

	it('of the same name is believed: that is how a person links two records', async () => {
		const [own] = bench.sandbox.seed({ organizations: 1 }).organizations;
		bench.sandbox.edit('organizations', own, { name: 'Muster Werk 1' });
		const { reports } = await bench.run([alone(1)], withRows([row(own)]));
		expect(reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: own });
	});

	it('whose id and name a person changed is known by what was written last', async () => {
		const { reports } = await bench.run([alone(1)]);
		clearId(reports[0].pipedriveId!, { name: 'Renamed by hand' });
		const next = await bench.run([alone(1)], withRows(reports[0].idRows));
		expect(next.reports[0]).toMatchObject({
			outcome: 'updated',
			pipedriveId: reports[0].pipedriveId,
		});
	});

	it('of a person who is a stranger: set aside', async () => {
		const [stranger] = bench.sandbox.seed({ persons: 1 }).persons;
		const before = JSON.stringify(bench.sandbox.records('persons')[0]);
		const person = row(stranger, {
			externalId: contact(1).externalId,
			pipedriveType: 'person',
		});
		const { reports } = await bench.run([partner(1)], withRows([person]));
		expect(reports[0].persons?.[0]).toMatchObject({ outcome: 'setAside' });
		expect(JSON.stringify(bench.sandbox.records('persons')[0])).toBe(before);
	});
});

describe('rule 11: a payload that waited while its record was removed from the ERP', () => {
	const read = (time: string) => `2026-11-21T${time}:00.000Z`;
	const older = alone(1, { erp: { readAt: read('08:00') } });
	const tombstone = (change: object = {}) => {
		const { organization, persons, ...rest } = alone(1);
		const erp = { ...rest.erp, changedAt: '', version: 'deleted', isDeleted: true };
		return { ...rest, erp: { ...erp, readAt: read('09:00'), ...change } };
	};

	it('is not created by a retry', async () => {
		const gone = await bench.run([tombstone()]);
		expect(gone.reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
		const { reports } = await bench.run([older]);
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'superseded' });
		expect(organizations()).toHaveLength(0);
	});

	it('also after a restart, by its row of the id table', async () => {
		const gone = await bench.run([tombstone()]);
		expect(gone.reports[0].idRows).toMatchObject([{ externalId, pipedriveId: 0 }]);
		const { reports } = await bench.run([older], withRows(gone.reports[0].idRows));
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'superseded' });
		expect(organizations()).toHaveLength(0);
		// Control: nobody else knows.
		expect((await bench.run([older], withRows([]))).reports[0].outcome).toBe('created');
	});

	it('the row is written once', async () => {
		const gone = await bench.run([tombstone()]);
		const again = await bench.run(
			[tombstone({ readAt: read('10:00') })],
			withRows(gone.reports[0].idRows),
		);
		expect(again.reports[0].idRows).toEqual([]);
	});

	it('in one batch with it: not created either, in whatever order', async () => {
		await bench.run([tombstone(), older]);
		await bench.run([older, tombstone()], withRows([]));
		expect(organizations()).toHaveLength(0);
	});

	it('a record that came back to the ERP is created', async () => {
		const gone = await bench.run([tombstone()]);
		const back = alone(1, { erp: { readAt: read('11:00') } });
		const { reports } = await bench.run([back], withRows(gone.reports[0].idRows));
		expect(reports[0]).toMatchObject({ outcome: 'created' });
		expect(reports[0].idRows[0].pipedriveId).toBe(reports[0].pipedriveId);
	});

	it('one that was blocked since then is not created by a retry of the same process', async () => {
		await bench.run([alone(1, { erp: { isBlocked: true, readAt: read('09:00') } })]);
		expect((await bench.run([older])).reports[0].reasonCode).toBe('superseded');
		expect(organizations()).toHaveLength(0);
	});
});
