import {
	digitsOf,
	shortKey,
	trafficIn,
	type Erp,
	type Expected,
	type ExpectedCompany,
} from '../erp.mts';
import { Draw, FAMILY_NAMES, FIRST_NAMES, PLACES, TRADES } from '../s4hana/companies.mts';
import { inTurns } from '../turns.mts';
import { OPERATION_NAMES } from './control.mts';
import type { Row } from './schema.mts';
import { seedCustomers } from './seed.mts';
import { startSage300Sandbox } from './server.mts';
import type { Sage300Store } from './store.mts';

export const sage300: Erp = {
	name: 'sage300',
	title: 'Sage 300',
	template: 'sage300-customers.json',
	credentialType: 'erpSage300Api',
	async start({ count, port, now, seed }) {
		const system = await startSage300Sandbox({ port, now });
		const { url, apiUrl, company, user, password, store, faults, log, close } = system;
		seedCustomers(store, { count, seed });
		return {
			url,
			credential: { baseUrl: apiUrl, company, user, password },
			logins: [
				['Web API', apiUrl],
				['login', `${user} / ${password}   company ${company}`],
			],
			operations: OPERATION_NAMES,
			example: ['putCustomer', { customer: '1200', fields: { City: 'Kiel' } }],
			expected: () => expectedFrom(store),
			clerk: () => clerk(store),
			tick: ticks(store),
			rename: (key, name) => store.putCustomer(key, { CustomerName: name }),
			remove: (key) => store.remove('ARCustomers', { CustomerNumber: key }),
			stumbleAfter: (after) => faults.add({ kind: 'status', status: 503, after }),
			traffic: () => trafficIn(log.requests),
			close,
		};
	},
};

/** An inactive customer is not created. */
function customers(store: Sage300Store): Row[] {
	return store.rows('ARCustomers').filter((row) => row.Status !== 'Inactive');
}

function expectedFrom(store: Sage300Store): Expected {
	return { companies: customers(store).map(companyOf), doubtful: [] };
}

function companyOf(row: Row): ExpectedCompany {
	const parts = ['AddressLine1', 'AddressLine2', 'ZipPostalCode', 'City'];
	const key = shortKey(word(row, 'CustomerNumber'));
	const contact = {
		key,
		name: word(row, 'ContactName'),
		phones: [digitsOf(word(row, 'ContactsPhone'))].filter(Boolean),
		email: word(row, 'ContactsEmail'),
	};
	return {
		key,
		name: word(row, 'CustomerName') || word(row, 'ShortName'),
		addressParts: parts.map((part) => word(row, part)).filter(Boolean),
		persons: contact.name === '' ? [] : [contact],
	};
}

function clerk(store: Sage300Store): string[] {
	const [mover, host] = customers(store);
	if (!mover || !host) throw new Error('The sandbox holds too few customers.');
	store.putCustomer(word(mover, 'CustomerNumber'), {
		...{ AddressLine1: 'Neue Allee 12', AddressLine2: '', ZipPostalCode: '53111', City: 'Bonn' },
	});
	store.putCustomer(word(host, 'CustomerNumber'), { ContactsPhone: '0305550142' });
	return [
		`${word(mover, 'CustomerName')} moved to Neue Allee 12, 53111 Bonn`,
		`${word(host, 'ContactName')} has the new phone 030 5550142`,
	];
}

function ticks(store: Sage300Store): () => string {
	const draw = new Draw(7);
	const keys = () => customers(store).map((row) => word(row, 'CustomerNumber'));
	return inTurns(draw, keys, [
		(key) => {
			const PhoneNumber = draw.digits(10);
			store.putCustomer(key, { PhoneNumber });
			return `${key}: phone ${PhoneNumber}`;
		},
		(key) => {
			const { city, postalCode } = draw.from(PLACES);
			store.putCustomer(key, { City: city, ZipPostalCode: postalCode });
			return `${key}: moved to ${city}`;
		},
		(key) => {
			const ContactName = `${draw.from(FIRST_NAMES)} ${draw.from(FAMILY_NAMES)}`;
			store.putCustomer(key, { ContactName });
			return `${key}: contact ${ContactName}`;
		},
		(key) => {
			const balance = draw.below(2_000_000) / 100;
			store.touchCustomer(key, { BalanceDueInCustomerCurrency: balance });
			return `${key}: balance ${balance}, which leaves the date as it is`;
		},
		() => {
			const number = `N${draw.digits(6)}`;
			const name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)}`;
			store.putCustomer(number, { CustomerName: name });
			return `${number}: new customer ${name}`;
		},
	]);
}

function word(row: Row, field: string): string {
	return String(row[field] ?? '').trim();
}
