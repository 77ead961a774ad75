import type { ErpPerson } from '../../../core/record/erpRecord';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import type { ItemReport } from '../../../nodes/Pipedrive/report';
import { contact, openBench, partner, type Bench, type RunOptions } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

const read = (at: string, change: Partial<ErpPerson> = {}) =>
	partner(1, { persons: [contact(1, change)], erp: { readAt: `2026-11-21T${at}:00.000Z` } });
const blocked = (at: string) => read(at, { isActive: false, isBlocked: true });
const run = async (record: ReturnType<typeof read>, options: RunOptions = {}) =>
	(await bench.run([record], options)).reports;
const alertsOf = (reports: ItemReport[]) =>
	reports.flatMap(({ audit }) => audit.filter(({ action }) => action === 'personBlocked'));
const knownIn = (reports: ItemReport[]) =>
	reports
		.flatMap(({ idRows }) => idRows)
		.map((row) => ({ ...row, digests: JSON.parse(row.digests) }));

describe('rule 31: a person that the ERP blocked or archived', () => {
	it('is reported with what to do, in the item and in an audit row of its own', async () => {
		await run(read('08:00'));
		const reports = await run(blocked('09:00'));
		const [person] = reports[0].persons ?? [];
		expect(person).toMatchObject({ outcome: 'updated', reasonCode: 'personBlocked' });
		expect(person.warnings).toEqual([expect.stringContaining('erase the person')]);
		expect(alertsOf(reports)).toEqual([
			expect.objectContaining({
				externalId: contact(1).externalId,
				pipedriveType: 'person',
				pipedriveId: String(person.pipedriveId),
				tokens: 0,
				reason: person.warnings[0],
			}),
		]);
		expect(reports[0].outcome).toBe('unchanged');
	});

	it('is reported once, also after a restart with the ID table', async () => {
		await run(read('08:00'));
		const reports = await run(blocked('09:00'));
		const knownIds = knownIn(reports);
		expect(alertsOf(await run(blocked('10:00')))).toEqual([]);
		const restarted = { memory: createProcessMemory(), settings: { knownIds } };
		expect(alertsOf(await run(blocked('11:00'), restarted))).toEqual([]);
	});

	it('is reported, too, where nothing has to be written because it had left before', async () => {
		await run(read('08:00'));
		await run(read('08:30', { isActive: false }));
		const reports = await run(blocked('09:00'));
		expect(reports[0].persons?.[0]).toMatchObject({ outcome: 'unchanged' });
		expect(alertsOf(reports)).toHaveLength(1);
	});

	it('is reported again when it was unblocked in between', async () => {
		await run(read('08:00'));
		await run(blocked('09:00'));
		expect(alertsOf(await run(read('10:00')))).toEqual([]);
		expect(alertsOf(await run(blocked('11:00')))).toHaveLength(1);
	});

	it('is no news where Pipedrive has no such person, where it only left, and in a dry run', async () => {
		expect(alertsOf(await run(blocked('09:00')))).toEqual([]);
		await run(read('10:00'));
		expect(alertsOf(await run(read('11:00', { isActive: false })))).toEqual([]);
		expect(alertsOf(await run(blocked('12:00'), { settings: { isDryRun: true } }))).toEqual([]);
		expect(alertsOf(await run(blocked('13:00')))).toHaveLength(1);
	});
});
