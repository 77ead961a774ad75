/**
 * The OData sides of the sandboxes against a client that was not written here (`@odata/client`): what it asks in its own
 * words has to be understood, and what it is told has to be read by it. Otherwise node and sandbox could share a mistake.
 */
import { OData, type ODataNewOptions } from '@odata/client';
import { seedCompany } from '../sandbox/b1/seed.mts';
import { startB1Sandbox, type B1Sandbox } from '../sandbox/b1/server.mts';
import { seedCustomers } from '../sandbox/sage300/seed.mts';
import { startSage300Sandbox, type Sage300Sandbox } from '../sandbox/sage300/server.mts';
import { seedSyspro } from '../sandbox/syspro/seed.mts';
import { startSysproSandbox, type SysproSandbox } from '../sandbox/syspro/server.mts';

type Row = Record<string, unknown>;

const v4 = (options: ODataNewOptions) => OData.New4(options);
const filter = () => OData.newFilter<Row>();
const options = () => OData.newOptions<Row>();

describe('the Service Layer of SAP Business One', () => {
	let sandbox: B1Sandbox;
	beforeEach(async () => {
		sandbox = await startB1Sandbox();
		seedCompany(sandbox.store, 30);
	});
	afterEach(async () => sandbox.close());

	/** The cookies come from a login of its own; the client only carries them. */
	async function client() {
		const { companyDb, user, password } = sandbox.sessions.options;
		const body = JSON.stringify({ CompanyDB: companyDb, UserName: user, Password: password });
		const login = await fetch(`${sandbox.url}/b1s/v2/Login`, { method: 'POST', body });
		const cookie = login.headers
			.getSetCookie()
			.map((one) => one.split(';')[0])
			.join('; ');
		const commonHeaders = { cookie, prefer: 'odata.maxpagesize=0' };
		return v4({ serviceEndpoint: `${sandbox.url}/b1s/v2/`, commonHeaders });
	}

	it('gives one partner by its key, contacts included', async () => {
		const [known] = sandbox.store.rows('BusinessPartners');
		const partners = (await client()).getEntitySet<Row>('BusinessPartners');
		const partner = await partners.retrieve(String(known.CardCode));
		expect(partner).toMatchObject({ CardCode: known.CardCode, CardName: known.CardName });
		expect(partner.BPAddresses).toHaveLength((known.BPAddresses as Row[]).length);
	});

	it('selects, filters and sorts as it is asked', async () => {
		const partners = (await client()).getEntitySet<Row>('BusinessPartners');
		const wanted = sandbox.store
			.rows('BusinessPartners')
			.filter((row) => row.CardType === 'cSupplier');
		const rows = await partners.query(
			options()
				.filter(filter().property('CardType').eq('cSupplier'))
				.select(['CardCode', 'CardName'])
				.orderby('CardCode', 'desc'),
		);
		expect(wanted.length).toBeGreaterThan(3);
		expect(rows.map((row) => row.CardCode)).toEqual(
			wanted
				.map((row) => row.CardCode)
				.sort()
				.reverse(),
		);
		expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['CardCode', 'CardName']);
	});

	it('counts, and skips', async () => {
		const partners = (await client()).getEntitySet<Row>('BusinessPartners');
		const all = await partners.query(options().orderby('CardCode'));
		const some = await partners.query(options().orderby('CardCode').skip(5).top(7));
		expect(all).toHaveLength(30);
		expect(some).toEqual(all.slice(5, 12));
	});

	it('refuses an unknown field with a message that the client can show', async () => {
		const partners = (await client()).getEntitySet<Row>('BusinessPartners');
		await expect(partners.query(options().select('NoSuchField'))).rejects.toThrow(/NoSuchField/);
	});
});

describe('the OData service of SYSPRO', () => {
	let sandbox: SysproSandbox;
	beforeEach(async () => {
		sandbox = await startSysproSandbox({ odata: { rowCap: 10 } });
		seedSyspro(sandbox.store, { count: 30, now: Date.now() });
	});
	afterEach(async () => sandbox.close());

	const client = () => {
		const { user: username, password } = sandbox.odata;
		return v4({ serviceEndpoint: `${sandbox.odataUrl}/`, credential: { username, password } });
	};

	it('gives rows in key order behind a key, capped', async () => {
		const customers = client().getEntitySet<Row>('ArCustomer');
		const query = (after: string) =>
			customers.query(
				options()
					.filter(filter().property('Customer').gt(after))
					.orderby('Customer', 'asc')
					.select(['Customer', 'Name']),
			);
		const read: Row[] = [];
		for (
			let page = await query('');
			page.length > 0;
			page = await query(String(read.at(-1)?.Customer))
		)
			read.push(...page);
		const known = sandbox.store
			.rows('ArCustomer')
			.map(({ Customer, Name }) => ({ Customer, Name }));
		expect(read).toEqual(known);
	});

	it('keeps amounts as numbers and empty texts as null', async () => {
		const [row] = await client().getEntitySet<Row>('ArCustomer').query(options().top(1));
		expect(typeof row.CreditLimit).toBe('number');
		expect(row.UserField1).toBeNull();
	});

	it('sorts downwards too', async () => {
		const customers = client().getEntitySet<Row>('ArCustomer');
		const rows = await customers.query(options().orderby('Customer', 'desc').top(3));
		const known = sandbox.store.rows('ArCustomer').map(({ Customer }) => Customer);
		expect(rows.map((row) => row.Customer)).toEqual(known.slice(-3).reverse());
	});

	it('gives a stranger nothing', async () => {
		const stranger = v4({ serviceEndpoint: `${sandbox.odataUrl}/` });
		await expect(stranger.getEntitySet<Row>('ArCustomer').query()).resolves.toBeUndefined();
	});
});

describe('the Web API of Sage 300', () => {
	let sandbox: Sage300Sandbox;
	beforeEach(async () => {
		sandbox = await startSage300Sandbox({ pageSize: 10, plainErrors: true });
		seedCustomers(sandbox.store, { count: 25 });
	});
	afterEach(async () => sandbox.close());

	const client = () => {
		const { apiUrl, company, user: username, password } = sandbox;
		const serviceEndpoint = `${apiUrl}/v1.0/-/${company}/AR/`;
		const commonHeaders = { 'Content-Type': 'application/json' };
		return v4({ serviceEndpoint, commonHeaders, credential: { username, password } });
	};

	it('gives one customer by its key', async () => {
		const customer = await client().getEntitySet<Row>('ARCustomers').retrieve('1200');
		expect(customer).toMatchObject({ CustomerNumber: '1200', Status: 'Active' });
	});

	it('pages by skip, selects, and filters', async () => {
		const customers = client().getEntitySet<Row>('ARCustomers');
		const read: Row[] = [];
		for (let skip = 0; ; skip = read.length) {
			const page = await customers.query(options().select('CustomerNumber').skip(skip).top(10));
			read.push(...page);
			if (page.length < 10) break;
		}
		expect(read).toHaveLength(25);
		const onHold = await customers.query(filter().property('OnHold').eq('Yes'));
		expect(onHold.length).toBeGreaterThan(0);
		expect(onHold.every((row) => row.OnHold === 'Yes')).toBe(true);
	});

	it('tells an unknown customer', async () => {
		const customers = client().getEntitySet<Row>('ARCustomers');
		await expect(customers.retrieve('NOBODY')).rejects.toThrow(/does not exist/);
	});
});
