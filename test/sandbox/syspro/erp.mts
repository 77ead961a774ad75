import { shortKey, trafficIn, type Erp, type Expected, type ExpectedCompany } from '../erp.mts';
import { Draw, FAMILY_NAMES, FIRST_NAMES, PLACES, plain, TRADES } from '../s4hana/companies.mts';
import { inTurns } from '../turns.mts';
import { OPERATION_NAMES } from './control.mts';
import { seedSyspro } from './seed.mts';
import { startSysproSandbox } from './server.mts';
import type { Row, SysproStore } from './store.mts';

const CUSTOMERS = 'ArCustomer';

export const syspro: Erp = {
	name: 'syspro',
	title: 'SYSPRO',
	template: 'syspro-customers.json',
	credentialType: 'erpSysproRestApi',
	async start({ count, port, now = Date.now, seed }) {
		const system = await startSysproSandbox({ port, now });
		const { url, restUrl, odataUrl, login, odata, store, faults, log, close } = system;
		seedSyspro(store, { count, seed, now: now() });
		const { operator, password, company, companyPassword } = login;
		return {
			url,
			credential: {
				baseUrl: restUrl,
				operator,
				operatorPassword: password,
				companyId: company,
				companyPassword,
			},
			logins: [
				['e.net REST', `${restUrl}   ${operator} / ${password}`],
				['company', `${company} / ${companyPassword}`],
				['OData', `${odataUrl}   ${odata.user} / ${odata.password}`],
			],
			operations: OPERATION_NAMES,
			example: ['patch', { table: CUSTOMERS, key: ['0000001'], fields: { Telephone: '0431 1' } }],
			expected: () => expectedFrom(store),
			clerk: () => clerk(store),
			tick: ticks(store),
			rename: (key, Name) => store.patch(CUSTOMERS, [whole(store, key)], { Name }),
			remove: (key) => store.remove(CUSTOMERS, [whole(store, key)]),
			stumbleAfter: (after) => faults.add({ kind: 'loseSession', after, match: 'COMFND' }),
			traffic: () => trafficIn(log.calls),
			close,
		};
	},
};

/** The stored key of one that was written without its zeros. */
function whole(store: SysproStore, key: string): string {
	const row = store.rows(CUSTOMERS).find(({ Customer }) => shortKey(Customer) === shortKey(key));
	if (!row) throw new Error(`There is no customer ${key}`);
	return row.Customer;
}

/** A customer on hold is not created. */
function customers(store: SysproStore): Row[] {
	return store.rows(CUSTOMERS).filter((row) => row.CustomerOnHold !== 'Y');
}

export function expectedFrom(store: SysproStore): Expected {
	return { companies: customers(store).map(companyOf), doubtful: [] };
}

function companyOf(row: Row): ExpectedCompany {
	const parts = ['SoldToAddr1', 'SoldToAddr2', 'SoldPostalCode', 'SoldToAddr3'];
	const key = shortKey(row.Customer);
	const contact = { key: `${key}/contact`, name: row.Contact, phones: [], email: row.Email };
	return {
		key,
		name: row.Name,
		addressParts: parts.map((part) => row[part]).filter(Boolean),
		persons: row.Contact === '' ? [] : [contact],
	};
}

function clerk(store: SysproStore): string[] {
	const [mover, ...others] = customers(store);
	const host = others.find((row) => row.Contact !== '');
	if (!mover || !host) throw new Error('The sandbox holds no customer with a contact.');
	const SoldToAddr2 = '12 Neue Allee';
	store.patch(CUSTOMERS, [mover.Customer], {
		...{ SoldToAddr2, SoldToAddr3: 'Bonn', SoldPostalCode: '53111' },
	});
	const Email = 'neu@einkauf.example';
	store.patch(CUSTOMERS, [host.Customer], { Email });
	return [
		`${mover.Name} moved to ${SoldToAddr2}, 53111 Bonn`,
		`${host.Contact} has the new e-mail ${Email}`,
	];
}

function ticks(store: SysproStore): () => string {
	const draw = new Draw(7);
	const keys = () => customers(store).map(({ Customer }) => Customer);
	return inTurns(draw, keys, [
		(key) => {
			const Telephone = `0${200 + draw.below(700)} ${draw.digits(6)}`;
			store.patch(CUSTOMERS, [key], { Telephone });
			return `${key}: phone ${Telephone}`;
		},
		(key) => {
			const { city: SoldToAddr3, postalCode, country: SoldToAddr5 } = draw.from(PLACES);
			store.patch(CUSTOMERS, [key], { SoldToAddr3, SoldToAddr5, SoldPostalCode: postalCode });
			return `${key}: moved to ${SoldToAddr3}`;
		},
		(key) => {
			const Contact = `${draw.from(FIRST_NAMES)} ${draw.from(FAMILY_NAMES)}`;
			store.patch(CUSTOMERS, [key], { Contact });
			return `${key}: contact ${Contact}`;
		},
		() => {
			const Customer = draw.digits(7);
			const Name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} (Pty) Ltd`;
			store.put(CUSTOMERS, { Customer, Name, Email: `info@${plain(Name)}.example` });
			return `${Customer}: new customer ${Name}`;
		},
	]);
}
