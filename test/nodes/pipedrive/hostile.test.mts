/** What no honest system does, and what a record must not lose by it. */
import { CoreError } from '../../../core/http/errors';
import type { ErpRecord } from '../../../core/record/erpRecord';
import type { PipedriveApi } from '../../../nodes/Pipedrive/api';
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
const persons = () => bench.sandbox.records('persons');
const outcomes = (run: { reports: Array<{ outcome: string }> }) =>
	run.reports.map(({ outcome }) => outcome);
const personField = (name: string) =>
	(persons()[0].custom_fields as Record<string, unknown>)[bench.keys.person[name]];
const fresh = () => createProcessMemory();

describe('an external id that the field would not give back', () => {
	it.each([
		['a line break', 's4hana:100:businessPartner:1\n2'],
		['a blank at the end', 's4hana:100:businessPartner:7 '],
		['300 characters', 'x'.repeat(300)],
		['half a character', 'a\ud800b'],
	])('%s: the record is set aside, never created in every run', async (_, externalId) => {
		const record = (name: string) =>
			alone(1, { erp: { externalId }, organization: { name, billingAddress: undefined } });
		const first = await bench.run([record('A'), alone(2)], { memory: fresh() });
		const second = await bench.run([record('B'), alone(2)], { memory: fresh() });
		expect(outcomes(first)).toEqual(['setAside', 'created']);
		expect(outcomes(second)).toEqual(['setAside', 'unchanged']);
		expect(first.reports[0].reason).toContain('The external id');
		expect(organizations()).toHaveLength(1);
	});
});

describe('an item that only resembles an ERP Record', () => {
	const bad: Array<[string, object]> = [
		['persons that are no list', { persons: 'abc' }],
		['an empty person', { persons: [null] }],
		['a number for a name', { organization: { name: 5, type: [] } }],
		[
			'a number for a street',
			{ organization: { name: 'Q', type: [], billingAddress: { street: 5, city: null } } },
		],
	];
	it.each(bad)('%s costs that record only', async (_, part) => {
		const run = await bench.run([alone(1), { ...alone(3), ...part } as ErpRecord, alone(2)]);
		expect(outcomes(run)).toEqual(['created', 'setAside', 'created']);
		expect(run.reports[1]).toMatchObject({ reasonCode: 'rejected' });
		expect(run.reports[1].reason).toContain('not the shape of an ERP Record');
	});
});

describe('a person of several companies', () => {
	const at = (n: number, change: Parameters<typeof contact>[1], erp: PartnerChange['erp'] = {}) =>
		partner(n, { persons: [contact(5, change)], erp });
	const main = { isStandard: true, function: 'Head', email: 'head@x.example' };
	const hostName = () => organizations().find(({ id }) => id === persons()[0].org_id)?.name;
	const other = { isStandard: false, function: 'Adviser', email: 'adviser@y.example' };

	it('is what the standard company says, however often the other one comes', async () => {
		await bench.run([at(1, main)]);
		const run = await bench.run([at(2, other)]);
		expect(personField('ERP Function')).toBe('Head');
		expect(JSON.stringify(persons()[0].emails)).not.toContain('adviser');
		expect(run.reports[1 - 1].persons?.[0].warnings.join()).toContain('also works for');
	});

	it('who left the other company still works here', async () => {
		await bench.run([at(1, main), at(2, other)]);
		await bench.run([at(2, { ...other, isActive: false })]);
		expect(personField('ERP Status')).toBe('Active');
		await bench.run([at(1, main), at(2, { ...main, isActive: false })]);
		expect(personField('ERP Status')).toBe('Active');
	});

	it('who left for another company is shown there', async () => {
		await bench.run([at(1, main)]);
		await bench.run([at(1, { ...main, isActive: false })]);
		expect(personField('ERP Status')).toBe('No longer at this company');
		await bench.run([at(2, other)]);
		expect(personField('ERP Status')).toBe('Active');
		expect(personField('ERP Function')).toBe('Adviser');
		expect(hostName()).toBe('Muster Werk 2 GmbH');
	});

	it('whose shown company vanished from the ERP is shown at the other one', async () => {
		await bench.run([at(1, main), at(2, other)]);
		const gone = { ...partner(1), organization: undefined, persons: undefined };
		await bench.run([{ ...gone, erp: { ...gone.erp, isDeleted: true } }]);
		await bench.run([at(2, other)]);
		expect(personField('ERP Function')).toBe('Adviser');
		expect(hostName()).toBe('Muster Werk 2 GmbH');
	});

	it('a change arrives although the other company changed later', async () => {
		const early = { changedAt: '2020-01-01T08:00:00' };
		const late = { changedAt: '2026-11-21T08:00:00' };
		await bench.run([at(1, { ...main, isStandard: false }, late)]);
		const run = await bench.run([
			at(2, { ...main, function: 'Owner' }, { ...early, readAt: '2026-11-21T09:00:00.000Z' }),
		]);
		expect(run.reports[0].persons?.[0].outcome).toBe('updated');
		expect(personField('ERP Function')).toBe('Owner');
	});

	it('whom a person moved by hand to a company of their own still gets the changes', async () => {
		await bench.run([at(1, other)]);
		const [own] = bench.sandbox.seed({ organizations: 1 }).organizations;
		bench.sandbox.edit('persons', persons()[0].id, { org_id: own });
		await bench.run([at(1, { ...other, function: 'Owner' })]);
		expect(personField('ERP Function')).toBe('Owner');
		expect(persons()[0].org_id).toBe(own);
	});
});

describe('dates that lie', () => {
	it('a change dated in the year 9999 does not hide those after it', async () => {
		await bench.run([alone(1, { erp: { changedAt: '9999-12-31T00:00:00' } })]);
		const erp = { changedAt: '2026-11-22T00:00:00', readAt: '2026-11-22T09:00:00.000Z' };
		const run = await bench.run([alone(1, { erp, organization: { name: 'New' } })]);
		expect(outcomes(run)).toEqual(['updated']);
	});

	it('of two versions with the same date the one that was read later stays', async () => {
		const city = (name: string) => ({ ...partner(1).organization!.billingAddress!, city: name });
		const read = (time: string, name: string) =>
			alone(1, { erp: { readAt: time }, organization: { billingAddress: city(name) } });
		await bench.run([read('2026-11-21T08:00:00.000Z', 'Alt')]);
		const deferred = read('2026-11-21T09:00:00.000Z', 'Mitte');
		await bench.run([read('2026-11-21T10:00:00.000Z', 'Neu')]);
		const run = await bench.run([deferred]);
		expect(run.reports[0]).toMatchObject({ outcome: 'unchanged', reasonCode: 'superseded' });
		expect(JSON.stringify(organizations()[0].address)).toContain('Neu');
	});

	it('reading the same again makes no new row of the id table', async () => {
		await bench.run([alone(1)]);
		const erp = { readAt: '2026-11-22T09:00:00.000Z' };
		const known = (await bench.run([alone(1)], { memory: fresh() })).reports[0].idRows;
		const knownIds = knownIdsOf(known);
		const run = await bench.run([alone(1, { erp })], { memory: fresh(), settings: { knownIds } });
		expect(run.reports[0].idRows).toEqual([]);
	});
});

describe('the external id field', () => {
	it('deleted in the middle ends the writing: no record is made without its id', async () => {
		const url = `${bench.sandbox.url}/api/v2/organizationFields/${bench.keys.organization['ERP ID']}`;
		let isDeleted = false;
		const disguise = (api: PipedriveApi): PipedriveApi => ({
			...api,
			create: async (entity, body) => {
				if (!isDeleted) {
					isDeleted = true;
					await fetch(url, { method: 'DELETE', headers: { 'x-api-token': bench.sandbox.token } });
				}
				return await api.create(entity, body);
			},
		});
		const run = await bench.run(
			[1, 2, 3].map((n) => alone(n)),
			{ disguise },
		);
		expect(outcomes(run)).toEqual(['setAside', 'setAside', 'setAside']);
		expect(run.reports[0].reason).toContain('"ERP ID" that holds the external ids was deleted');
		expect(organizations()).toEqual([]);
	});
});

it('a create whose answer and look-up are lost is not made again by a run at the same time', async () => {
	bench.sandbox.faults.add({
		kind: 'lostAnswer',
		match: { method: 'POST', path: '/organizations$' },
	});
	let isLost = false;
	const disguise = (api: PipedriveApi): PipedriveApi => ({
		...api,
		create: async (entity, body) => {
			isLost = true;
			return await api.create(entity, body);
		},
		list: async (entity, query) => {
			if (!isLost) return await api.list(entity, query);
			isLost = false;
			throw new CoreError('protocol', 'Half an answer.');
		},
	});
	const runs = [bench.run([alone(1)], { disguise }), bench.run([alone(1)], { disguise })];
	const results = await Promise.all(runs);
	expect(organizations()).toHaveLength(1);
	expect(results.map((run) => outcomes(run)[0]).sort()).toEqual(['setAside', 'unchanged']);
});

describe('lists without an end', () => {
	it.each([
		['new cursors that bring the same page', (page: number) => `t${page}`],
		['two cursors in turn', (page: number) => `t${page % 2}`],
	])('%s stop before they eat the budget', async (_, tokenOf) => {
		await bench.run([alone(1)]);
		let pages = 0;
		const disguise = (api: PipedriveApi): PipedriveApi => ({
			...api,
			list: async (entity, query) => {
				if (++pages > 50) throw new Error('50 pages');
				const page = await api.list(entity, { ...query, pageToken: undefined });
				return { ...page, nextPageToken: tokenOf(pages) };
			},
		});
		await expect(bench.run([alone(2)], { memory: fresh(), disguise })).rejects.toMatchObject({
			kind: 'protocol',
		});
		expect(pages).toBeLessThan(10);
	});
});

describe('an id table that was edited by hand', () => {
	const row = (change: object) => ({
		externalId: alone(1).erp.externalId,
		pipedriveType: 'organization',
		pipedriveId: 1,
		digests: '{}',
		writtenAt: '2026-11-01T00:00:00Z',
		...change,
	});

	it.each([
		['a fraction for an id', { pipedriveId: 1.5 }, 'created'],
		['an id beyond all numbers', { pipedriveId: 1e20 }, 'created'],
		['a number for a digest', { digests: '{"name":5,"$at":5}' }, 'setAside'],
		['text for digests', { digests: 'gone' }, 'setAside'],
	])('%s costs no run', async (_, change, outcome) => {
		await bench.run([alone(9)]);
		const id = organizations()[0].id;
		bench.sandbox.edit('organizations', id, {
			custom_fields: { [bench.keys.organization['ERP ID']]: null },
		});
		const knownIds = knownIdsOf([row({ pipedriveId: id, ...change })]);
		const run = await bench.run([alone(1), alone(2)], { memory: fresh(), settings: { knownIds } });
		expect(outcomes(run)).toEqual([outcome, 'created']);
	});
});

it.each(['9999999999999', '315360000'])(
	'a daily 429 that asks to wait %s seconds is believed for a day',
	async (seconds) => {
		bench.sandbox.faults.add({
			kind: 'status',
			status: 429,
			headers: { 'retry-after': seconds },
			body: { success: false, error: 'daily budget' },
			match: { method: 'POST' },
		});
		const run = await bench.run([alone(1)]);
		expect(run.reports[0]).toMatchObject({ outcome: 'setAside', reasonCode: 'deferred' });
		const waits = Date.parse(run.reports[0].retryAt ?? '') - bench.clock.now();
		expect(waits).toBeLessThanOrEqual(25 * 3_600_000);
		bench.clock.advance(waits + 1_000);
		expect(outcomes(await bench.run([alone(1)]))).toEqual(['created']);
	},
);

it('a name that is cut in the middle of an emoji is a name all the same', async () => {
	await bench.run([alone(1, { organization: { name: `${'x'.repeat(254)}😀` } })]);
	expect(organizations()[0].name).toBe('x'.repeat(254));
});

it('a token that Pipedrive repeats in its refusal is shown nowhere', async () => {
	const { token } = bench.sandbox;
	const refusal = { success: false, error: `Nothing for ${token} here` };
	bench.sandbox.faults.add(
		{ kind: 'status', status: 400, body: refusal, match: { method: 'POST' } },
		{ kind: 'status', status: 403, body: refusal, match: { method: 'POST' } },
	);
	const run = await bench.run([alone(1), alone(2)]);
	expect(outcomes(run)).toEqual(['setAside', 'setAside']);
	expect(JSON.stringify([run.reports, run.notices])).toContain('Nothing for [hidden] here');
	expect(JSON.stringify([run.reports, run.notices])).not.toContain(token);
});
