import { createProcessMemory } from '../../../nodes/Pipedrive/memory';
import type { UpsertSettings } from '../../../nodes/Pipedrive/run';
import { contact, defaultSettings, openBench, partner, type Bench } from './support.mts';

let bench: Bench;
beforeEach(async () => {
	bench = await openBench();
});
afterEach(async () => await bench.close());

const organizations = () => bench.sandbox.records('organizations').filter((row) => !row.is_deleted);
const persons = () => bench.sandbox.records('persons').filter((row) => !row.is_deleted);
const custom = (row: { custom_fields?: unknown }, name: string, entity = 'organization' as const) =>
	(row.custom_fields as Record<string, unknown>)[bench.keys[entity][name]];
const personCustom = (row: { custom_fields?: unknown }, name: string) =>
	(row.custom_fields as Record<string, unknown>)[bench.keys.person[name]];
const fresh = () => createProcessMemory();
const alone = (n: number, change: Parameters<typeof partner>[1] = {}) =>
	partner(n, { persons: [], ...change });

async function call(method: string, path: string, body?: unknown) {
	const answer = await fetch(`${bench.sandbox.url}${path}`, {
		method,
		headers: { 'x-api-token': bench.sandbox.token, 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	return ((await answer.json()) as { data: { id: number } }).data;
}
const createByHand = async (body: Record<string, unknown>) =>
	(await call('POST', '/api/v2/organizations', body)).id;

describe('rule 1: one customer, several identities', () => {
	const twin = () =>
		alone(1, {
			erp: { key: 'X1', externalId: 'ecc:800:customer:X1' },
			organization: { type: ['Supplier'] },
		});
	const runTwin = async (secondIdentity: UpsertSettings['secondIdentity']) => {
		await bench.run([alone(1)]);
		return (await bench.run([twin()], { settings: { secondIdentity } })).reports[0];
	};

	it('a match that carries another external id is set aside with its id', async () => {
		const report = await runTwin('setAside');
		expect(report).toMatchObject({ outcome: 'setAside', reasonCode: 'secondIdentity' });
		expect(report.pipedriveId).toBe(organizations()[0].id);
		expect(organizations()).toHaveLength(1);
	});

	it('as alias the field holds both ids, one per line, and the types are merged', async () => {
		expect(await runTwin('alias')).toMatchObject({ outcome: 'updated' });
		const [row] = organizations();
		expect(String(custom(row, 'ERP ID')).split('\n')).toEqual([
			's4hana:100:businessPartner:1000001',
			'ecc:800:customer:X1',
		]);
		expect(custom(row, 'ERP Type')).toHaveLength(2);
		const again = await bench.run([alone(1), twin()], {
			settings: { secondIdentity: 'alias' },
			memory: fresh(),
		});
		expect(again.reports.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
	});

	it('created separately it is a record of its own, also the next time', async () => {
		expect(await runTwin('separate')).toMatchObject({ outcome: 'created' });
		const again = await bench.run([twin()], {
			settings: { secondIdentity: 'separate' },
			memory: fresh(),
		});
		expect(again.reports[0].outcome).toBe('unchanged');
		expect(organizations()).toHaveLength(2);
	});
});

describe('rule 2: linking existing records', () => {
	const address = { value: 'Hafenweg 2, 20457 Hamburg' };

	it('a unique name and address is linked and gets the external id', async () => {
		const id = await createByHand({ name: 'MUSTER WERK 1 gmbh', address });
		const { reports } = await bench.run([alone(1)]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: id });
		expect(custom(organizations()[0], 'ERP ID')).toBe('s4hana:100:businessPartner:1000001');
	});

	it('two of the same name and address are ambiguous: set aside with both ids, nothing is created', async () => {
		const ids = [
			await createByHand({ name: 'Muster Werk 1 GmbH', address }),
			await createByHand({ name: 'Muster Werk 1', address }),
		];
		const { reports } = await bench.run([partner(1)]);
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		for (const id of ids) expect(reports[0].reason).toContain(String(id));
		expect(organizations()).toHaveLength(2);
		expect(persons()).toHaveLength(0);
	});

	it('the same name without an address is a possible match', async () => {
		await createByHand({ name: 'Muster Werk 1 GmbH' });
		const { reports } = await bench.run([alone(1)]);
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'possibleMatch' });
	});

	it('the same name at another address is another company', async () => {
		await createByHand({
			name: 'Muster Werk 1 GmbH',
			address: { value: 'Am Markt 9, 80331 München' },
		});
		const { reports } = await bench.run([alone(1)]);
		expect(reports[0].outcome).toBe('created');
	});

	it('"ask" sets a match aside, "external id only" creates', async () => {
		await createByHand({ name: 'Muster Werk 1 GmbH', address });
		const asked = await bench.run([alone(1)], { settings: { link: 'ask' } });
		expect(asked.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'possibleMatch' });
		const never = await bench.run([alone(1)], { settings: { link: 'never' } });
		expect(never.reports[0].outcome).toBe('created');
	});

	it('a linked record keeps what a person filled in where the ERP has nothing', async () => {
		const taxNumber = bench.keys.organization['Tax Number'];
		await createByHand({
			name: 'Muster Werk 1 GmbH',
			address,
			custom_fields: { [taxNumber]: 'BY HAND' },
		});
		await bench.run([alone(1, { organization: { taxNumber: '' } })]);
		expect(custom(organizations()[0], 'Tax Number')).toBe('BY HAND');
	});

	it('two records with the same external id are set aside and both are named', async () => {
		await bench.run([alone(1)]);
		const key = bench.keys.organization['ERP ID'];
		const id = await createByHand({
			name: 'Copy',
			custom_fields: { [key]: 's4hana:100:businessPartner:1000001' },
		});
		const { reports } = await bench.run([alone(1)], { memory: fresh() });
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'ambiguous' });
		expect(reports[0].reason).toContain(String(id));
	});
});

describe('rule 3: the durable id table', () => {
	it('a record deleted in Pipedrive is set aside and not created again', async () => {
		const { reports } = await bench.run([alone(1)]);
		await call('DELETE', `/api/v2/organizations/${reports[0].pipedriveId}`);
		const changed = alone(1, { organization: { taxNumber: 'DE77' } });
		const next = await bench.run([changed]);
		expect(next.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
		const knownIds = reports[0].idRows.map((row) => ({ ...row, digests: JSON.parse(row.digests) }));
		const restarted = await bench.run([changed], { memory: fresh(), settings: { knownIds } });
		expect(restarted.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deleted' });
		expect(organizations()).toHaveLength(0);
	});

	it('is created again where the user wants that', async () => {
		const { reports } = await bench.run([alone(1)]);
		await call('DELETE', `/api/v2/organizations/${reports[0].pipedriveId}`);
		const next = await bench.run([alone(1, { organization: { taxNumber: 'DE77' } })], {
			settings: { recreateDeleted: true },
		});
		expect(next.reports[0].outcome).toBe('created');
		expect(organizations()).toHaveLength(1);
	});

	it('a record whose id field a person emptied is found by the remembered id and gets it back', async () => {
		const { reports } = await bench.run([alone(1)]);
		const key = bench.keys.organization['ERP ID'];
		bench.sandbox.edit('organizations', reports[0].pipedriveId!, {
			name: 'Renamed by hand',
			custom_fields: { [key]: null },
		});
		const next = await bench.run([alone(1)]);
		expect(next.reports[0]).toMatchObject({
			outcome: 'updated',
			pipedriveId: reports[0].pipedriveId,
		});
		expect(organizations()).toHaveLength(1);
	});

	it('a merged organization: the survivor that carries the id gets the update', async () => {
		const { reports } = await bench.run([alone(1)]);
		const survivor = await createByHand({ name: 'Survivor' });
		await call('PUT', `/api/v1/organizations/${reports[0].pipedriveId}/merge`, {
			merge_with_id: survivor,
		});
		const next = await bench.run([alone(1, { organization: { taxNumber: 'DE77' } })]);
		expect(next.reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: survivor });
	});

	it('idRows are given only when they say something new', async () => {
		const first = await bench.run([partner(1)]);
		expect(first.reports[0].idRows.map(({ pipedriveType }) => pipedriveType)).toEqual([
			'organization',
			'person',
		]);
		const knownIds = first.reports[0].idRows.map((row) => ({
			...row,
			digests: JSON.parse(row.digests),
		}));
		const second = await bench.run([partner(1)], { settings: { knownIds } });
		expect(second.reports[0].idRows).toEqual([]);
	});
});

describe('rule 5: blocked, archived, deleted', () => {
	it('a blocked partner is not created, an existing one is updated and flagged', async () => {
		const blocked = partner(1, { erp: { isBlocked: true } });
		const first = await bench.run([blocked]);
		expect(first.reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'notCreated' });
		expect(organizations()).toHaveLength(0);
		await bench.run([partner(1)]);
		const { reports } = await bench.run([blocked]);
		expect(reports[0].outcome).toBe('updated');
		expect(custom(organizations()[0], 'ERP Status')).toBe('Blocked in ERP');
	});

	it('rule 7: a vanished partner is flagged, never deleted, and loses no field', async () => {
		await bench.run([alone(1)]);
		const { erp } = alone(1, { erp: { isDeleted: true } });
		const { reports } = await bench.run([{ erp }]);
		expect(reports[0].outcome).toBe('updated');
		const [row] = organizations();
		expect(custom(row, 'ERP Status')).toBe('Deleted in ERP');
		expect(row).toMatchObject({ name: 'Muster Werk 1 GmbH' });
		expect(custom(row, 'Tax Number')).toBe('DE100000001');
	});
});

describe('rule 11: no old over new', () => {
	it('an older version changes nothing', async () => {
		const newer = alone(1, {
			erp: { changedAt: '2026-11-20' },
			organization: { taxNumber: 'NEW' },
		});
		const older = alone(1, {
			erp: { changedAt: '2026-11-19' },
			organization: { taxNumber: 'OLD' },
		});
		await bench.run([newer]);
		const { reports } = await bench.run([older]);
		expect(reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'superseded' });
		expect(custom(organizations()[0], 'Tax Number')).toBe('NEW');
	});

	it('of one external id twice in a batch the newest is written, the other names the same record', async () => {
		const { reports } = await bench.run([
			alone(1, { erp: { changedAt: '2026-11-20' }, organization: { taxNumber: 'NEW' } }),
			alone(1, { erp: { changedAt: '2026-11-19' }, organization: { taxNumber: 'OLD' } }),
		]);
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'unchanged']);
		expect(reports[1].pipedriveId).toBe(reports[0].pipedriveId);
		expect(custom(organizations()[0], 'Tax Number')).toBe('NEW');
	});

	it('a change later the same day is not taken for an old one', async () => {
		await bench.run([alone(1, { erp: { changedAt: '2026-11-20T10:00:00' } })]);
		const { reports } = await bench.run([
			alone(1, { erp: { changedAt: '2026-11-20' }, organization: { taxNumber: 'LATER' } }),
		]);
		expect(reports[0].outcome).toBe('updated');
	});
});

describe('rule 13: a missing field', () => {
	it('is left out with a warning, the record goes on', async () => {
		const map = {
			organization: [
				{
					erpField: 'organization.name',
					pipedriveField: 'Name',
					policy: 'erpWins' as const,
					isActive: true,
				},
				{
					erpField: 'organization.segment',
					pipedriveField: 'No Such Field',
					policy: 'erpWins' as const,
					isActive: true,
				},
			],
			person: [],
			product: [],
			deal: [],
		};
		const { reports, notices } = await bench.run([alone(1)], { settings: { map } });
		expect(reports[0].outcome).toBe('created');
		expect(notices.join()).toContain('No Such Field');
	});

	it('a value that does not fit is told with the field of the ERP and the setting', async () => {
		const row = (erpField: string) => ({
			erpField,
			pipedriveField: 'Annual revenue',
			policy: 'erpWins' as const,
			isActive: true,
		});
		const misfit = async (erpField: string, extensions = {}) => {
			const map = { ...defaultSettings.map, organization: [row(erpField)] };
			const records = [alone(1, { organization: { creditStatus: 'Good', extensions } })];
			return (await bench.run(records, { settings: { map } })).reports[0].reason;
		};
		expect(await misfit('organization.creditStatus')).toBe(
			'Credit Status of the ERP: Field "Annual revenue" (whole number) cannot hold "Good": a whole number is needed. Correct the value, or what is mapped; or choose "Leave Out the Value" in the option "When a Value Does Not Fit".',
		);
		const extended = await misfit('organization.extensions.YY1_RATING', { YY1_RATING: 'AAA' });
		expect(extended).toMatch(/^organization\.extensions\.YY1_RATING of the ERP: /);
	});

	it('a field left out is told with what helps: a key can only be corrected', async () => {
		const key = 'ab'.repeat(20);
		const rows = ['Tax Number', 'No Such Field', key].map((pipedriveField) => ({
			erpField: 'organization.segment',
			pipedriveField,
			policy: 'erpWins' as const,
			isActive: true,
		}));
		await call('DELETE', `/api/v2/organizationFields/${bench.keys.organization['Tax Number']}`);
		bench.memory.fields.forget(bench.environment().company.credentialKey, 'organization');
		const map = { ...defaultSettings.map, organization: rows };
		const { notices } = await bench.run([alone(1)], { settings: { map } });
		expect(notices.find((text) => text.includes('Tax Number'))).toContain('Ensure Fields');
		expect(notices.find((text) => text.includes('No Such Field'))).toContain('Those Listed Below');
		const told = notices.find((text) => text.includes(key));
		expect(told).toContain('correct the key in the field map');
		expect(told).not.toContain('Ensure Fields');
	});

	it('a missing option leaves that field out with a warning, and is added only where that is chosen', async () => {
		const api = bench.environment().api;
		await api.addField('organization', { name: 'Segment', type: 'set', options: ['A - Key'] });
		bench.memory.fields.forget(bench.environment().company.credentialKey, 'organization');
		const organization = [
			...defaultSettings.map.organization,
			{
				erpField: 'organization.segment',
				pipedriveField: 'Segment',
				policy: 'erpWins' as const,
				isActive: true,
			},
		];
		const map = { ...defaultSettings.map, organization };
		const records = [
			alone(1, { organization: { segment: 'A - Key Accounts' } }),
			alone(2, { organization: { segment: 'B - Others' } }),
			alone(3, { organization: { segment: 'C - New; b - others' } }),
		];
		const { reports } = await bench.run(records, { settings: { map } });
		expect(reports.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
		expect(reports[0].warnings).toEqual([]);
		expect(reports[1].warnings.join()).toContain('B - Others');
		const added = await bench.run(records, { settings: { map, createsMissingOptions: true } });
		expect(added.reports.map(({ outcome }) => outcome)).toEqual([
			'unchanged',
			'updated',
			'updated',
		]);
		const [segment] = (await api.fields('organization')).filter((f) => f.field_name === 'Segment');
		expect(segment.options?.map(({ label }) => label)).toEqual([
			'A - Key',
			'B - Others',
			'C - New',
		]);
	});

	it('the external id field itself is an error that names Ensure Fields', async () => {
		await expect(
			bench.run([alone(1)], {
				settings: {
					externalIdField: { ...defaultSettings.externalIdField, organization: 'ERP IDs' },
				},
			}),
		).rejects.toMatchObject({ message: expect.stringContaining('did you mean "ERP ID"') });
	});
});

describe('bad input', () => {
	it('the other 499 go through', async () => {
		const records = Array.from({ length: 500 }, (_, n) => alone(n));
		records[0] = alone(0, { organization: { name: '  ' } });
		records[1] = alone(1, { organization: { name: 'Ä'.repeat(300) } });
		records[2] = alone(2, { organization: { email: 'not an address' } });
		records[3] = alone(3, {
			organization: {
				billingAddress: {
					street: 'Main',
					houseNumber: '1',
					postalCode: '1',
					city: 'Town',
					region: '',
					country: 'XX',
				},
			},
		});
		const { reports } = await bench.run(records);
		expect(reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
		expect(reports[0].reason).toContain('no name');
		expect(reports.slice(1).every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(reports[1].warnings.join()).toContain('300 characters');
		expect(reports[2].warnings.join()).toContain('not an address');
		expect(reports[3].warnings.join()).toContain('XX');
		expect(organizations()).toHaveLength(499);
		const named = organizations().find(({ name }) => String(name).startsWith('ÄÄ'));
		expect(String(named?.name)).toHaveLength(255);
	});
});

describe('rule 18: persons', () => {
	it('without a name the local part of the e-mail serves; without anything they are skipped with a reason', async () => {
		const { reports } = await bench.run([
			partner(1, {
				persons: [
					contact(1, { name: '', email: 'p.meier@werk.example' }),
					contact(2, { name: '', email: '', function: '' }),
				],
			}),
		]);
		expect(persons().map(({ name }) => name)).toEqual(['p.meier']);
		expect(reports[0].outcome).toBe('created');
		expect(reports[0].persons?.[1]).toMatchObject({ outcome: 'setAside', reasonCode: 'rejected' });
	});

	it('are found by e-mail, then by full name, within the organization', async () => {
		await bench.run([alone(1)]);
		const orgId = organizations()[0].id;
		const byHand = {
			org_id: orgId,
			name: 'Somebody',
			emails: [{ value: 'ANNA@werk-1.example', primary: true }],
		};
		await call('POST', '/api/v2/persons', byHand);
		await call('POST', '/api/v2/persons', { org_id: orgId, name: 'Bert Beispiel' });
		await bench.run([
			partner(1, {
				persons: [contact(1), contact(2, { name: 'Bert Beispiel', email: 'bert@x.example' })],
			}),
		]);
		expect(persons()).toHaveLength(2);
		expect(persons().map((row) => personCustom(row, 'ERP ID'))).toEqual([
			's4hana:100:contactPerson:9000001',
			's4hana:100:contactPerson:9000002',
		]);
	});

	it('two contacts of the ERP that share a mailbox stay two persons', async () => {
		const shared = { email: 'info@werk-1.example' };
		await bench.run([partner(1, { persons: [contact(1, shared)] })]);
		const { reports } = await bench.run([
			partner(1, { persons: [contact(1, shared), contact(2, { ...shared, name: 'Bert' })] }),
		]);
		expect(reports[0].persons?.map(({ outcome }) => outcome)).toEqual(['unchanged', 'created']);
		expect(persons()).toHaveLength(2);
	});

	it('who left is flagged, not deleted; who left before is not created', async () => {
		await bench.run([partner(1)]);
		const { reports } = await bench.run([
			partner(1, {
				persons: [
					contact(1, { isActive: false }),
					contact(2, { name: 'Gone Before', isActive: false }),
				],
			}),
		]);
		expect(reports[0].persons?.map(({ outcome }) => outcome)).toEqual(['updated', 'unchanged']);
		expect(persons()).toHaveLength(1);
		expect(personCustom(persons()[0], 'ERP Status')).toBe('No longer at this company');
	});

	it('of several companies the standard one wins', async () => {
		await bench.run([
			partner(1, { persons: [contact(5, { isStandard: false })] }),
			partner(2, { persons: [contact(5, { isStandard: true })] }),
		]);
		expect(persons()).toHaveLength(1);
		const second = organizations().find(({ name }) => name === 'Muster Werk 2 GmbH');
		expect(persons()[0].org_id).toBe(second?.id);
	});
});

describe('rule 18: a person of several companies', () => {
	const at = (n: number, isStandard: boolean) =>
		partner(n, { persons: [contact(5, { isStandard })] });
	const hostOf = () => organizations().find(({ id }) => id === persons()[0].org_id)?.name;

	it('moves to the standard one, and stays there when the other one comes again', async () => {
		await bench.run([at(1, false)]);
		expect(hostOf()).toBe('Muster Werk 1 GmbH');
		await bench.run([at(2, true)]);
		expect(hostOf()).toBe('Muster Werk 2 GmbH');
		const { reports } = await bench.run([at(1, false)]);
		expect(hostOf()).toBe('Muster Werk 2 GmbH');
		expect(reports[0].persons?.[0].warnings.join()).toContain('also works for organization');
	});
});

describe('rule 21: who wins', () => {
	const edit = (patch: Record<string, unknown>) =>
		bench.sandbox.edit('organizations', organizations()[0].id, patch);

	it("the name is the ERP's: a person's edit is overwritten and the old value is told", async () => {
		await bench.run([alone(1)]);
		edit({ name: 'Renamed by hand' });
		bench.clock.advance(60_000);
		const { reports } = await bench.run([alone(1)]);
		expect(reports[0].changes).toEqual([
			{ field: 'Name', from: 'Renamed by hand', to: 'Muster Werk 1 GmbH' },
		]);
		expect(reports[0].audit[0].fieldChanges).toContain('Renamed by hand');
	});

	it("an edited website stays until the ERP's value changes", async () => {
		await bench.run([alone(1)]);
		edit({ website: 'https://by-hand.example' });
		const kept = await bench.run([alone(1)]);
		expect(kept.reports[0].outcome).toBe('unchanged');
		await bench.run([alone(1, { organization: { website: 'https://new.example' } })]);
		expect(organizations()[0].website).toBe('https://new.example');
	});

	it('also after a restart, with the id table', async () => {
		const { reports } = await bench.run([alone(1)]);
		const knownIds = reports[0].idRows.map((row) => ({ ...row, digests: JSON.parse(row.digests) }));
		edit({ website: 'https://by-hand.example' });
		const kept = await bench.run([alone(1)], { memory: fresh(), settings: { knownIds } });
		expect(kept.reports[0].outcome).toBe('unchanged');
		// Control: without the table nobody knows what was written.
		const forgot = await bench.run([alone(1)], { memory: fresh() });
		expect(forgot.reports[0].outcome).toBe('updated');
	});

	it('a value deleted in the ERP is cleared, one that was never read is left', async () => {
		await bench.run([alone(1)]);
		await bench.run([alone(1, { organization: { taxNumber: '', website: undefined } })]);
		const [row] = organizations();
		expect(custom(row, 'Tax Number') ?? null).toBeNull();
		expect(row.website).toBe('https://werk-1.example');
	});
});

describe('rule 22: lists are merged', () => {
	it("only our own number is replaced; a person's entries and labels stay", async () => {
		await bench.run([partner(1)]);
		const [person] = persons();
		bench.sandbox.edit('persons', person.id, {
			phones: [
				{ value: '+49 171 999', primary: true, label: 'home' },
				{ value: '+49 40 300001', primary: false, label: 'work' },
			],
		});
		bench.clock.advance(60_000);
		await bench.run([
			partner(1, { persons: [contact(1, { phone: '+49 40 555555', mobile: '+49 170 1234567' })] }),
		]);
		expect(persons()[0].phones).toEqual([
			{ value: '+49 171 999', primary: true, label: 'home' },
			{ value: '+49 40 555555', primary: false, label: 'work' },
			{ value: '+49 170 1234567', primary: false, label: 'mobile' },
		]);
	});
});

describe('rule 23: what Pipedrive normalises', () => {
	it.each(['formatted', 'full', 'off'] as const)(
		'geocoding %s: written once, then equal',
		async (geocoding) => {
			await bench.close();
			bench = await openBench({ geocoding });
			const odd = () =>
				alone(1, {
					organization: {
						taxNumber: '  DE 1  ',
						shippingAddress: {
							street: 'Kai  ',
							houseNumber: '3a',
							postalCode: '20457',
							city: 'Hamburg',
							region: 'HH',
							country: 'DE',
						},
					},
				});
			await bench.run([odd()]);
			const same = await bench.run([odd()]);
			expect(same.reports[0].outcome).toBe('unchanged');
			const restarted = await bench.run([odd()], { memory: fresh() });
			expect(restarted.reports[0].outcome).toBe('unchanged');
		},
	);

	it('a spelling that Pipedrive changes is remembered as equal, also in the id table', async () => {
		const { reports } = await bench.run([alone(1)]);
		const id = reports[0].pipedriveId!;
		const fault = bench.sandbox.store;
		// Pipedrive rewrites the address in its own way right after the write.
		const original = fault.put.bind(fault);
		fault.put = (entity, row) => {
			const address = row.address as { value?: string } | null;
			return original(
				entity,
				address?.value
					? { ...row, address: { ...address, value: 'Hafenweg 7, HH 20457, Deutschland' } }
					: row,
			);
		};
		const moved = alone(1, {
			organization: {
				billingAddress: {
					street: 'Hafenweg',
					houseNumber: '7',
					postalCode: '20457',
					city: 'Hamburg',
					region: '',
					country: 'DE',
				},
			},
		});
		const written = await bench.run([moved]);
		expect(written.reports[0]).toMatchObject({ outcome: 'updated', pipedriveId: id });
		fault.put = original;
		expect((await bench.run([moved])).reports[0].outcome).toBe('unchanged');
		const knownIds = written.reports[0].idRows.map((row) => ({
			...row,
			digests: JSON.parse(row.digests),
		}));
		const restarted = await bench.run([moved], { memory: fresh(), settings: { knownIds } });
		expect(restarted.reports[0].outcome).toBe('unchanged');
	});
});

describe('rule 23: a value that does not stay', () => {
	it('is reported when it is written for the third time', async () => {
		const warnings: string[][] = [];
		for (let round = 0; round < 4; round++) {
			const { reports } = await bench.run([alone(1)]);
			warnings.push(reports[0].warnings);
			bench.sandbox.edit('organizations', reports[0].pipedriveId!, { name: 'Changed back' });
			bench.clock.advance(60_000);
		}
		expect(warnings.slice(0, 2).flat()).toEqual([]);
		expect(warnings[2].join()).toContain('for the third time');
	});
});

describe('more changes than plausible', () => {
	it('nothing is written and all are set aside with one reason', async () => {
		const records = (taxNumber: string) =>
			Array.from({ length: 260 }, (_, n) =>
				alone(n, { organization: { taxNumber: `${taxNumber}${n}` } }),
			);
		await bench.run(records('A'));
		const { reports } = await bench.run(records('B'));
		expect(new Set(reports.map(({ reasonCode }) => reasonCode))).toEqual(
			new Set(['tooManyChanges']),
		);
		expect(String(custom(organizations()[0], 'Tax Number'))).toMatch(/^A/);
		const allowed = await bench.run(records('B'), { settings: { stopAbovePercent: 0 } });
		expect(allowed.reports.every(({ outcome }) => outcome === 'updated')).toBe(true);
	});
});

describe('a dry run', () => {
	it('shows the plan and its cost and writes nothing', async () => {
		await bench.run([alone(1)]);
		const before = bench.sandbox.log.totals().byKind;
		const { reports } = await bench.run(
			[alone(1, { organization: { taxNumber: 'DE77' } }), partner(2)],
			{ settings: { isDryRun: true } },
		);
		const after = bench.sandbox.log.totals().byKind;
		expect([after.create, after.update]).toEqual([before.create, before.update]);
		expect(reports[0]).toMatchObject({ outcome: 'updated', dryRun: true, tokens: 5 });
		expect(reports[0].changes).toEqual([{ field: 'Tax Number', from: 'DE100000001', to: 'DE77' }]);
		expect(reports[1]).toMatchObject({ outcome: 'created', tokens: 10, pipedriveId: null });
		expect(reports[1].audit[0].action).toBe('planned');
	});
});

describe('a field deleted in Pipedrive', () => {
	it('since its fields were read is left out and told', async () => {
		await bench.run([alone(1)]);
		await call('DELETE', `/api/v2/organizationFields/${bench.keys.organization['Tax Number']}`);
		const { reports, notices } = await bench.run([alone(2)]);
		expect(reports[0].outcome).toBe('created');
		expect(notices.join()).toContain('Tax Number');
	});

	it('while we write costs no record', async () => {
		const { store } = bench.sandbox;
		const put = store.put.bind(store);
		store.put = (entity, row) => {
			const kept = store.fields.organization.filter(({ name }) => name !== 'Tax Number');
			store.fields.organization.splice(0, Infinity, ...kept);
			return put(entity, row);
		};
		const { reports } = await bench.run(Array.from({ length: 20 }, (_, n) => alone(n)));
		expect(reports.every(({ outcome }) => outcome === 'created')).toBe(true);
		expect(reports.flatMap(({ warnings }) => warnings).join()).toContain('deleted in Pipedrive');
	});
});

describe('the audit', () => {
	it('has a row per written record and one row for all unchanged ones', async () => {
		await bench.run([partner(1), partner(2)]);
		const { reports } = await bench.run([
			partner(1),
			partner(2),
			partner(3),
			partner(1, { erp: { changedAt: '2026-11-01' } }),
		]);
		const rows = reports.flatMap(({ audit }) => audit);
		const actions = rows.map(({ action, recordCount }) => `${action} ${recordCount}`);
		expect(actions.sort()).toEqual([
			'created 1',
			'created 1',
			'superseded 1',
			'superseded 1',
			'unchanged 4',
		]);
		expect(reports[1].audit).toEqual([]);
	});
});

describe('above the number of records that are listed', () => {
	it('each record is found by exact search, verified by a read', async () => {
		await bench.run([partner(1)]);
		bench.clock.advance(60_000);
		const settings = { maxIndexRows: 0 };
		const { reports } = await bench.run([partner(1), partner(2)], { memory: fresh(), settings });
		expect(reports.map(({ outcome }) => outcome)).toEqual(['unchanged', 'created']);
		expect(bench.sandbox.log.totals().byKind.search?.requests).toBeGreaterThan(0);
	});
});
