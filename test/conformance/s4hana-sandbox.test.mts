import { startS4HanaSandbox, type S4HanaOptions } from '../sandbox/s4hana/server.mts';
import { seedBusinessPartners } from '../sandbox/seed.mts';
import { reading, type Reading } from './s4hanaReading.mts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const running: Reading[] = [];

async function start(options: S4HanaOptions = {}): Promise<Reading> {
	const opened = reading(await startS4HanaSandbox({ now: () => NOON, ...options }));
	running.push(opened);
	return opened;
}

async function seeded(options: S4HanaOptions = {}) {
	const erp = await start(options);
	const seed = seedBusinessPartners(erp.sandbox.store, { count: 40 });
	return { ...erp, seed };
}

type Row = Record<string, unknown>;

const keysOf = (rows: Row[]) => rows.map((row) => row.BusinessPartner);

afterEach(async () => {
	await Promise.all(running.splice(0).map(({ sandbox }) => sandbox.close()));
});

describe('Change fields', () => {
	it('are empty for a partner that was never changed', async () => {
		const { sandbox, entity } = await start();
		const key = sandbox.store.createPartner({ name: 'Neu GmbH' });
		const partner = await entity(`A_BusinessPartner('${key}')`);
		expect(partner).toMatchObject({
			LastChangeDate: null,
			LastChangeTime: 'PT00H00M00S',
			LastChangedByUser: '',
			CreationDate: `/Date(${Date.parse('2026-11-20')})/`,
			CreationTime: 'PT12H00M00S',
			ETag: 'MUELLERK20261120120000',
			Industry: '',
			BirthDate: null,
		});
	});

	it('follow a change of the partner, and of nothing that hangs on it', async () => {
		let now = NOON;
		const { sandbox, entity } = await start({ now: () => now });
		const key = sandbox.store.createPartner({ name: 'Neu GmbH', email: 'a@b.example' });
		now += 3_600_000;
		sandbox.store.changeAddress(key, { CityName: 'Bonn' });
		sandbox.store.changePhone(key, '+49 228 1');
		sandbox.store.changeEmail(key, 'c@d.example');
		expect(await entity(`A_BusinessPartner('${key}')`)).toMatchObject({ LastChangeDate: null });
		sandbox.store.changePartner(key, { SearchTerm2: 'NEU' });
		const changed = await entity(`A_BusinessPartner('${key}')`);
		expect(changed).toMatchObject({
			LastChangeTime: 'PT13H00M00S',
			ETag: 'MUELLERK20261120130000',
		});
		now += 3_600_000;
		sandbox.store.changeAddress(key, { CityName: 'Köln' }, { bump: true });
		expect(await entity(`A_BusinessPartner('${key}')`)).toMatchObject({
			LastChangeTime: 'PT14H00M00S',
		});
	});

	it("are in the server's own zone", async () => {
		const now = () => Date.parse('2026-11-20T23:30:00Z');
		const { sandbox, entity } = await start({ now, zone: 'Europe/Berlin', clockSkewMs: 60_000 });
		const key = sandbox.store.createPartner({ name: 'Spät GmbH' });
		expect(await entity(`A_BusinessPartner('${key}')`)).toMatchObject({
			CreationDate: `/Date(${Date.parse('2026-11-21')})/`,
			CreationTime: 'PT00H30M00S',
		});
		const { response } = await start({ now, clockSkewMs: 60_000 });
		const { headers } = await response('A_BusinessPartner');
		expect(headers.get('date')).toBe('Fri, 20 Nov 2026 23:31:00 GMT');
	});

	it('of a late commit are older than the moment the change shows', async () => {
		let now = NOON;
		const { sandbox, rows } = await start({ now: () => now });
		sandbox.faults.add({ kind: 'lateCommit', times: 2 });
		sandbox.store.createPartner({ name: 'Langsam GmbH' });
		now += 60_000;
		expect(await rows('A_BusinessPartner')).toHaveLength(0);
		expect(await rows('A_BusinessPartner')).toHaveLength(0);
		const [late] = await rows('A_BusinessPartner');
		expect(late.CreationTime).toBe('PT12H00M00S');
	});
});

describe('Paging', () => {
	it('goes on by absolute links until everything was read once', async () => {
		const { rows, sandbox, seed } = await seeded({ pageSize: 7 });
		const read = keysOf(await rows('A_BusinessPartner?$orderby=BusinessPartner'));
		expect(new Set(read).size).toBe(read.length);
		expect(read.length).toBe(seed.partners.length + seed.persons.length);
		expect(sandbox.log.count('A_BusinessPartner')).toBe(Math.ceil(read.length / 7));
	});

	it('keeps to $top and $skip across pages', async () => {
		const { rows } = await seeded({ pageSize: 4 });
		const all = keysOf(await rows('A_BusinessPartner?$orderby=BusinessPartner'));
		const some = keysOf(await rows('A_BusinessPartner?$orderby=BusinessPartner&$skip=3&$top=10'));
		expect(some).toEqual(all.slice(3, 13));
	});

	it('orders keys as the database does: numbers by size, letters last', async () => {
		const { rows } = await seeded();
		const keys = keysOf(await rows('A_BusinessPartner?$orderby=BusinessPartner'));
		expect([keys[0], keys.at(-1)]).toEqual(['977', 'EXT-ÄÖ/7']);
		const behind = await rows(
			"A_BusinessPartner?$filter=BusinessPartner gt '977'&$orderby=BusinessPartner",
		);
		expect(keysOf(behind)).toEqual(keys.slice(1));
	});

	it('gives no order to those who ask for none', async () => {
		const { rows } = await seeded();
		const keys = keysOf(await rows('A_BusinessPartner'));
		expect(keys).not.toEqual([...keys].sort());
	});

	it('refuses a token of another query, and every token once they are expired', async () => {
		const { sandbox, read } = await seeded({ pageSize: 5 });
		const first = await read('A_BusinessPartner?$orderby=BusinessPartner');
		const token = new URL(first.body.d.__next).searchParams.get('$skiptoken');
		expect((await read(`A_BusinessPartner?$skiptoken=${token}`)).status).toBe(400);
		sandbox.paging.expireTokens();
		expect((await read(first.body.d.__next)).status).toBe(400);
	});

	it('counts the selection, not the page', async () => {
		const { read, rows, sandbox } = await seeded({ pageSize: 5 });
		const query = "$filter=Customer ne ''";
		const all = await rows(`A_BusinessPartner?${query}`);
		const page = await read(`A_BusinessPartner?${query}&$inlinecount=allpages&$top=6`);
		expect(page.body.d.__count).toBe(String(all.length));
		const count = await read(`A_BusinessPartner/$count?${query}`);
		expect(count.text).toBe(String(all.length));
		expect(sandbox.log.writes).toBe(0);
	});
});

describe('Selection', () => {
	it('finds a partner by a date, whether changed or only created', async () => {
		const { sandbox, rows } = await seeded();
		const created = sandbox.store.createPartner({ name: 'Heute GmbH' });
		sandbox.store.changePartner('977', { SearchTerm2: 'X' });
		const filter = "LastChangeDate ge datetime'2026-11-20T00:00:00'";
		expect(keysOf(await rows(`A_BusinessPartner?$filter=${filter}`))).toEqual(['977']);
		const either = `${filter} or CreationDate ge datetime'2026-11-20T00:00:00'`;
		const found = keysOf(await rows(`A_BusinessPartner?$filter=${either}`));
		expect(found.sort()).toEqual([created, '977']);
	});

	it('asks for a whole day where a date literal carries a time', async () => {
		const { sandbox, rows } = await start();
		sandbox.store.createPartner({ name: 'Mittag GmbH' });
		const query = (time: string) =>
			`A_BusinessPartner?$filter=CreationDate gt datetime'2026-11-20T${time}'`;
		expect(await rows(query('00:00:00'))).toHaveLength(0);
		const sameDay = "A_BusinessPartner?$filter=CreationDate eq datetime'2026-11-20T17:00:00'";
		expect(await rows(sameDay)).toHaveLength(1);
	});

	it('shows only what is selected, and leaves out an expanded navigation that is not', async () => {
		const { entity, seed } = await seeded();
		const path = `A_BusinessPartner('${seed.special.manyTerms}')`;
		const bare = await entity(`${path}?$select=BusinessPartner&$expand=to_Customer`);
		expect(Object.keys(bare)).toEqual(['__metadata', 'BusinessPartner']);
		const opened = await entity(
			`${path}?$select=BusinessPartner,to_Customer/to_CustomerCompany/PaymentTerms&$expand=to_Customer/to_CustomerCompany`,
		);
		const companies = opened.to_Customer.to_CustomerCompany.results;
		expect(companies.map(({ PaymentTerms }: { PaymentTerms: string }) => PaymentTerms)).toEqual([
			'0001',
			'NT30',
			'',
		]);
		expect(Object.keys(opened.to_Customer)).toEqual(['__metadata', 'to_CustomerCompany']);
	});

	it('gives null for a missing partner of a navigation to one, and a link where none was asked for', async () => {
		const { entity, seed } = await seeded();
		const partner = await entity(
			`A_BusinessPartner('${seed.special.prospect}')?$expand=to_Customer`,
		);
		expect(partner.to_Customer).toBeNull();
		expect(partner.to_Supplier.__deferred.uri).toMatch(/A_BusinessPartner\('\d+'\)\/to_Supplier$/);
	});

	it('promises no order of the rows behind a navigation', async () => {
		const { entity, seed } = await seeded({ turnsChildren: true });
		const path = `A_BusinessPartner('${seed.special.manyTerms}')?$expand=to_BusinessPartnerRole`;
		const roles = async () =>
			(await entity(path)).to_BusinessPartnerRole.results.map(
				(row: Row) => row.BusinessPartnerRole,
			);
		const first = await roles();
		expect(first.length).toBeGreaterThan(1);
		expect(await roles()).toEqual([...first].reverse());
	});

	it('keeps fixed lines and mobile numbers apart', async () => {
		const { sandbox, entity } = await start();
		const key = sandbox.store.createPartner({
			name: 'Ruf AG',
			phone: '+49 30 1',
			mobile: '+49 170 2',
		});
		const { to_BusinessPartnerAddress: addresses } = await entity(
			`A_BusinessPartner('${key}')?$expand=to_BusinessPartnerAddress/to_PhoneNumber,to_BusinessPartnerAddress/to_MobilePhoneNumber`,
		);
		const [address] = addresses.results;
		expect(
			address.to_PhoneNumber.results.map(
				(row: { InternationalPhoneNumber: string }) => row.InternationalPhoneNumber,
			),
		).toEqual(['+49301']);
		expect(
			address.to_MobilePhoneNumber.results.map(
				(row: { InternationalPhoneNumber: string }) => row.InternationalPhoneNumber,
			),
		).toEqual(['+491702']);
	});

	it('finds a partner by its key padded or not, with a slash or umlaut in it', async () => {
		const { entity, response } = await seeded();
		expect((await entity("A_BusinessPartner('0000000977')")).BusinessPartner).toBe('977');
		const awkward = await entity(`A_BusinessPartner('${encodeURIComponent('EXT-ÄÖ/7')}')`);
		expect(awkward.BusinessPartner).toBe('EXT-ÄÖ/7');
		expect((await response(`A_BusinessPartner('4711')`)).status).toBe(404);
	});

	it('answers Atom, and errors in XML, to those who do not ask for JSON', async () => {
		const { sandbox } = await seeded();
		const headers = { authorization: sandbox.login.basic };
		const root = sandbox.url + sandbox.servicePath;
		const feed = await (await fetch(`${root}/A_BusinessPartner?$top=1`, { headers })).text();
		expect(feed).toMatch(/^<\?xml.*<feed .*<d:BusinessPartner>/s);
		const error = await (await fetch(`${root}/A_Nothing`, { headers })).text();
		expect(error).toMatch(/<error .*<message xml:lang="en">Resource not found/s);
	});
});

describe('Contacts', () => {
	it('change their own rows, not the company', async () => {
		let now = NOON;
		const { sandbox, rows, entity } = await start({ now: () => now });
		const company = sandbox.store.createPartner({ name: 'Firma GmbH' });
		const { person, relationship } = sandbox.store.addContact(company, {
			firstName: 'Zoë',
			lastName: 'Groß',
			email: 'z@firma.example',
			mobile: '+49 170 1',
		});
		const [contact] = await rows(
			`A_BusinessPartnerContact?$filter=BusinessPartnerCompany eq '${company}'&$expand=to_ContactAddress/to_EmailAddress,to_ContactAddress/to_MobilePhoneNumber`,
		);
		const place = (
			contact.to_ContactAddress as {
				results: Array<Record<string, { results: Array<Record<string, string>> }>>;
			}
		).results[0];
		expect(place.to_EmailAddress.results[0].EmailAddress).toBe('z@firma.example');
		expect(place.to_MobilePhoneNumber.results).toHaveLength(1);
		now += 86_400_000;
		sandbox.store.endRelationship(relationship);
		const [ended] = await rows(`A_BPRelationship?$filter=BusinessPartner2 eq '${person}'`);
		expect(ended).toMatchObject({
			ValidityEndDate: `/Date(${Date.parse('2026-11-20')})/`,
			LastChangeDate: `/Date(${Date.parse('2026-11-21')})/`,
		});
		expect(await entity(`A_BusinessPartner('${company}')`)).toMatchObject({ LastChangeDate: null });
	});
});

describe('Seed', () => {
	it('gives the same companies for the same seed', async () => {
		const [one, two] = [await seeded(), await seeded()];
		const names = async ({ rows }: Reading) =>
			(await rows('A_BusinessPartner?$orderby=BusinessPartner')).map(
				(row) => row.BusinessPartnerFullName,
			);
		expect(await names(one)).toEqual(await names(two));
	});

	it('holds one partner of each awkward kind', async () => {
		const { entity, seed } = await seeded();
		const partner = (name: string) => entity(`A_BusinessPartner('${seed.special[name]}')`);
		expect(String((await partner('longName')).BusinessPartnerName)).toHaveLength(81);
		expect((await partner('noName')).BusinessPartnerName).toBe('');
		expect((await partner('neverChanged')).LastChangeDate).toBeNull();
		expect((await partner('archived')).IsMarkedForArchiving).toBe(true);
	});
});
