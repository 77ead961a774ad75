/** A person who works for several companies that come in one batch: what Pipedrive shows is what one of them says. */
import { contact, openBench, partner, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const at = (n: number, change: Parameters<typeof contact>[1]) =>
	partner(n, { persons: [contact(5, { isStandard: false, ...change })] });
const persons = () => bench.sandbox.records('persons');
const field = (name: string) =>
	(persons()[0].custom_fields as Record<string, unknown>)[bench.keys.person[name]];
const hostName = () =>
	bench.sandbox.records('organizations').find(({ id }) => id === persons()[0].org_id)?.name;

describe('a person of several companies, all in one batch', () => {
	const head = { isStandard: true, function: 'Head' };
	const adviser = { function: 'Adviser' };

	it.each([
		['first', (a: object, b: object) => [at(1, a), at(2, b)]],
		['last', (a: object, b: object) => [at(2, b), at(1, a)]],
	])('the shown company changes its view, and comes %s', async (_, batch) => {
		await bench.run(batch(head, adviser));
		await bench.run(batch({ function: 'Owner' }, adviser));
		expect(field('ERP Function')).toBe('Owner');
		expect(hostName()).toBe('Muster Werk 1 GmbH');
		expect(persons()).toHaveLength(1);
	});

	it('who left the shown company is shown at the other one at once', async () => {
		await bench.run([at(1, head), at(2, adviser)]);
		await bench.run([at(1, { ...head, isActive: false }), at(2, adviser)]);
		expect(field('ERP Function')).toBe('Adviser');
		expect(field('ERP Status')).toBe('Active');
		expect(hostName()).toBe('Muster Werk 2 GmbH');
	});

	it('who left both companies is flagged where Pipedrive shows the person', async () => {
		await bench.run([at(1, adviser), at(2, adviser)]);
		const shown = hostName();
		await bench.run([at(1, { ...head, isActive: false }), at(2, { ...adviser, isActive: false })]);
		expect(field('ERP Status')).toBe('No longer at this company');
		expect(hostName()).toBe(shown);
		await bench.run([at(1, adviser)]);
		await bench.run([at(1, { ...adviser, isActive: false }), at(2, { ...head, isActive: false })]);
		expect(field('ERP Status')).toBe('No longer at this company');
	});

	it('two standard companies do not take the person from each other in every batch', async () => {
		await bench.run([at(1, head)]);
		const { reports } = await bench.run([at(1, head), at(2, { ...head, function: 'Chair' })]);
		expect(reports.map(({ persons: [person] = [] }) => person.outcome)).toEqual([
			'unchanged',
			'unchanged',
		]);
		expect(hostName()).toBe('Muster Werk 1 GmbH');
	});

	it('two relationships with one company, one of them ended: the other one counts', async () => {
		await bench.run([at(1, head)]);
		const both = partner(1, {
			persons: [
				contact(5, { isStandard: false, function: 'Adviser' }),
				contact(5, { ...head, isActive: false }),
			],
		});
		await bench.run([both]);
		expect(field('ERP Function')).toBe('Adviser');
		expect(field('ERP Status')).toBe('Active');
	});

	it('a dry run says what the run then does', async () => {
		const batch = [at(1, { ...head, isActive: false }), at(2, adviser)];
		await bench.run([at(1, head), at(2, adviser)]);
		const told = await bench.run(batch, { settings: { isDryRun: true } });
		const done = await bench.run(batch);
		const outcomes = (run: typeof done) =>
			run.reports.flatMap(({ persons: list = [] }) => list.map(({ outcome }) => outcome));
		expect(outcomes(told)).toEqual(outcomes(done));
	});
});

describe('two versions of one company in one batch, as when a set-aside one is repeated', () => {
	const read = (time: string, change: object) => {
		const record = at(1, change);
		return { ...record, erp: { ...record.erp, readAt: `2026-11-21T${time}:00.000Z` } };
	};
	const orders: Array<[string, (older: object, newer: object) => ReturnType<typeof at>[]]> = [
		['first', (older, newer) => [read('08:00', older), read('09:00', newer)]],
		['last', (older, newer) => [read('09:00', newer), read('08:00', older)]],
	];

	it.each(orders)(
		'the one that was read later is written, the older one comes %s',
		async (_, batch) => {
			await bench.run(batch({ function: 'Old' }, { function: 'New' }));
			expect(field('ERP Function')).toBe('New');
		},
	);

	it.each(orders)(
		'a contact whose relationship ended is not revived, the older one comes %s',
		async (_, batch) => {
			await bench.run([at(1, {})]);
			await bench.run(batch({ isStandard: true }, { isActive: false }));
			expect(field('ERP Status')).toBe('No longer at this company');
		},
	);

	it.each(orders)(
		'a contact that the newer version lacks is not created, the older one comes %s',
		async (_, batch) => {
			const records = batch({ function: 'Old' }, { function: 'New' });
			const newest = records.find(({ erp }) => erp.readAt.includes('09:00'))!;
			newest.persons = [contact(6)];
			await bench.run(records);
			expect(persons().map(({ name }) => name)).toEqual(['Anna Muster 6']);
		},
	);
});
