import { findPostgres, startPostgres } from '../../n8n-host/postgres.mts';
import type { Bench, Company } from './bench.mts';
import { customersOf } from './customers.mts';

const LOGIN = { user: 'officer', password: 'form-password' };
const HEADERS = {
	authorization: `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`,
};
const NOBODY = { credentials: {} };

/** With the login of the page that the template serves. */
async function guarded(bench: Bench): Promise<Company> {
	const company = await customersOf(bench, 's4hana');
	const httpBasicAuth = await bench.once('login', async () =>
		bench.n8n.api.createCredential('httpBasicAuth', LOGIN, 'A page'),
	);
	return { ...company, credentials: { ...company.credentials, httpBasicAuth } };
}

/** They look after the tables that the syncs before them filled. */
export const UPKEEP = {
	async 'retry-set-aside.json'(bench: Bench) {
		const { tables } = bench.n8n.api;
		const before = await tables.rows('erp_setaside_items');
		expect(before.length).toBeGreaterThan(0);
		const company = await customersOf(bench, 's4hana');
		await bench.press('retry-set-aside.json', company, 'Every 15 Minutes');
		expect(await tables.rows('erp_setaside_items')).toHaveLength(before.length);
	},

	async 'budget-alert.json'(bench: Bench) {
		const company = await customersOf(bench, 's4hana');
		await bench.press('budget-alert.json', company, 'Every 15 Minutes');
	},

	async 'sync-health.json'(bench: Bench) {
		const id = await bench.import('sync-health.json', await guarded(bench));
		await bench.whilePublished(id, async () => {
			const url = `${bench.n8n.baseUrl}/webhook/erp-sync-health`;
			const answer = await fetch(url, { headers: HEADERS });
			expect(answer.status).toBe(200);
			expect(await answer.text()).toContain('SAP S/4HANA');
		});
	},

	async 'erase-person.json'(bench: Bench) {
		const company = await guarded(bench);
		const id = await bench.import('erase-person.json', company);
		const [person] = company.crm.records('persons');
		const externalId = /s4hana:[^"\\]+/.exec(JSON.stringify(person))?.[0] ?? '';
		await bench.whilePublished(id, async () => {
			const form = new FormData();
			['External ID', externalId, 'Deleting', 'Only show who is found'].forEach((value, at) =>
				form.set(`field-${at}`, value),
			);
			const url = `${bench.n8n.baseUrl}/form/erp-erase-person`;
			const answer = await fetch(url, { method: 'POST', headers: HEADERS, body: form });
			const text = await answer.text();
			expect([answer.status, text]).toEqual([200, expect.stringContaining(externalId)]);
		});
	},

	async 'audit-to-postgres.json'(bench: Bench) {
		const bin = findPostgres();
		if (!bin && !process.env.CI) {
			console.log('No Postgres here: audit-to-postgres.json is not tried (POSTGRES_BIN).');
			return;
		}
		const database = await startPostgres(bin ?? '');
		bench.onClose(() => database.stop());
		const { host, port, user } = database;
		const login = {
			host,
			port,
			user,
			database: database.database,
			password: 'any',
			ssl: 'disable',
		};
		const postgres = await bench.n8n.api.createCredential('postgres', login, 'Postgres');
		const company = { credentials: { postgres } };
		await bench.press('audit-to-postgres.json', company, 'Every 5 Minutes');
		const [, count] = database.csv('select count(*) from erp_audit_rows').split('\n');
		expect(Number(count)).toBe(await bench.n8n.api.tables.count('erp_audit_rows'));
	},

	async 'audit-retention.json'(bench: Bench) {
		const before = await bench.n8n.api.tables.count('erp_audit_rows');
		await bench.press('audit-retention.json', NOBODY, 'Every Night');
		expect(await bench.n8n.api.tables.count('erp_audit_rows')).toBe(before);
	},
};
