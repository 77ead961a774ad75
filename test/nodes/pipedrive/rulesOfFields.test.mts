import { TEMPLATE_FIELDS } from '../../../nodes/Pipedrive/templateFields';
import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import { defaultSettings, openBench, partner, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => {
	await bench.close();
});

const row = (erpField: string, pipedriveField: string, policy = 'erpWins' as const) => ({
	erpField,
	pipedriveField,
	policy,
	isActive: true,
});
const mapWith = (...rows: Array<ReturnType<typeof row>>) => ({
	...defaultSettings.map,
	organization: [...defaultSettings.map.organization, ...rows],
});
const alone = (n: number, organization = {}, erp = {}) =>
	partner(n, { persons: [], organization, erp });
const organizations = () => bench.sandbox.records('organizations');

describe('rule 19: owners', () => {
	const ANNA = 1;

	it('a new organization belongs to the default user, an existing one keeps its owner', async () => {
		const owner = bench.sandbox.store.users[ANNA];
		const settings = { defaultOwner: owner.email };
		await bench.run([alone(1)], { settings });
		expect(organizations()[0].owner_id).toBe(owner.id);
		const other = bench.sandbox.store.users[0];
		await bench
			.environment()
			.api.update('organization', organizations()[0].id, { owner_id: other.id });
		bench.clock.advance(60_000);
		await bench.run([alone(1, { taxNumber: 'DE1' })], { settings });
		expect(organizations()[0]).toMatchObject({ owner_id: other.id });
	});

	it("the ERP's sales representative owns it by e-mail; one without a user leaves the owner alone", async () => {
		const owner = bench.sandbox.store.users[ANNA];
		const map = mapWith(row('organization.salesRepresentativeEmail', 'Owner'));
		const { reports } = await bench.run(
			[
				alone(1, { salesRepresentativeEmail: owner.email.toUpperCase() }),
				alone(2, { salesRepresentativeEmail: 'nobody@acme.example' }),
			],
			{ settings: { map } },
		);
		expect(organizations().map(({ owner_id }) => owner_id)).toEqual([
			owner.id,
			bench.sandbox.store.users[0].id,
		]);
		expect(reports[1].warnings.join()).toContain('nobody@acme.example');
	});
});

describe('rule 20: extra fields are scarce', () => {
	it('the templates need at most 8 organization, 3 person, 4 deal and 3 product fields', () => {
		const counts = Object.fromEntries(
			Object.entries(TEMPLATE_FIELDS).map(([entity, fields]) => [entity, fields.length]),
		);
		expect(counts).toEqual({ organization: 8, person: 3, product: 3, deal: 4 });
	});

	it.each([15, 16, 31])(
		'%d mapped keys cost one list, and nothing is written twice',
		async (count) => {
			const { api, company } = bench.environment();
			// The external id is one of the keys.
			const names = Array.from({ length: count - 1 }, (_, n) => `Extra ${n}`);
			for (const name of names) await api.addField('organization', { name, type: 'varchar' });
			bench.memory.fields.forget(company.credentialKey, 'organization');
			const organization = [
				row('organization.name', 'Name'),
				...names.map((name, n) => row(`organization.extensions.X${n}`, name)),
			];
			const settings = { map: { ...defaultSettings.map, organization } };
			const extensions = Object.fromEntries(names.map((_, n) => [`X${n}`, `value ${n}`]));
			const record = alone(1, { extensions });
			expect((await bench.run([record], { settings })).reports[0].outcome).toBe('created');
			const before = bench.sandbox.log.entries.length;
			const again = await bench.run([record], { settings, memory: createProcessMemory() });
			expect(again.reports[0].outcome).toBe('unchanged');
			const lists = bench.sandbox.log.entries
				.slice(before)
				.filter(({ operation }) => operation === '/organizations');
			expect(lists).toHaveLength(1);
		},
	);
});

describe('rule 34: the time of the last sync', () => {
	it('is written only together with another change', async () => {
		const { api, company } = bench.environment();
		const key = (await api.addField('organization', { name: 'Last ERP sync', type: 'date' }))
			.field_code;
		bench.memory.fields.forget(company.credentialKey, 'organization');
		const settings = { map: mapWith(row('erp.readAt', 'Last ERP sync')) };
		const syncDay = () => organizations()[0].custom_fields?.[key];
		const first = await bench.run([alone(1, {}, { readAt: '2026-11-21T08:00:00.000Z' })], {
			settings,
		});
		expect(syncDay()).toBe('2026-11-21');
		const later = await bench.run([alone(1, {}, { readAt: '2026-11-22T08:00:00.000Z' })], {
			settings,
		});
		expect(later.reports[0].outcome).toBe('unchanged');
		// No new row would wear the table.
		expect(later.reports[0].idRows[0].digests).toBe(first.reports[0].idRows[0].digests);
		expect(syncDay()).toBe('2026-11-21');
		await bench.run([alone(1, { taxNumber: 'DE7' }, { readAt: '2026-11-23T08:00:00.000Z' })], {
			settings,
		});
		expect(syncDay()).toBe('2026-11-23');
	});

	it('stands in the audit of every delivered record', async () => {
		const { reports } = await bench.run([alone(1)]);
		expect(reports[0].audit[0].lastSyncAt).not.toBe('');
	});
});
