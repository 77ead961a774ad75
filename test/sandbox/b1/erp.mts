import { digitsOf, trafficIn, type Erp, type Expected, type ExpectedCompany } from '../erp.mts';
import { Draw, FAMILY_NAMES, FIRST_NAMES, PLACES, TRADES } from '../s4hana/companies.mts';
import { inTurns } from '../turns.mts';
import { OPERATION_NAMES } from './control.mts';
import type { Row } from './filter.mts';
import { seedCompany } from './seed.mts';
import { startB1Sandbox } from './server.mts';
import type { B1Store } from './store.mts';

export const b1: Erp = {
	name: 'b1',
	title: 'SAP Business One',
	template: 'b1-business-partners.json',
	credentialType: 'erpSapBusinessOneApi',
	async start({ count, port, now, seed }) {
		const { url, store, sessions, faults, log, close } = await startB1Sandbox({ port, now });
		seedCompany(store, count, seed);
		const { companyDb, user, password } = sessions.options;
		return {
			url,
			credential: { baseUrl: url, companyDb, user, password },
			logins: [
				['Service Layer', '/b1s/v2 and /b1s/v1'],
				['login', `${user} / ${password}   company ${companyDb}`],
			],
			operations: OPERATION_NAMES,
			example: ['changePartner', { key: 'C20000', fields: { CardName: 'Neuer Name GmbH' } }],
			expected: () => expectedFrom(store),
			clerk: () => clerk(store),
			tick: ticks(store),
			rename: (key, name) => void store.partner(key, { CardName: name }),
			remove: (key) => store.remove('BusinessPartners', key),
			stumbleAfter: (after) => faults.add({ kind: 'sessionLost', after, match: 'GET' }),
			traffic: () => trafficIn(log.requests),
			close,
		};
	},
};

/** Customers and suppliers; whoever is frozen is not created. */
function partners(store: B1Store): Row[] {
	return store
		.rows('BusinessPartners')
		.filter((row) => row.CardType !== 'cLid' && row.Frozen !== 'tYES');
}

export function expectedFrom(store: B1Store): Expected {
	return { companies: partners(store).map(companyOf), doubtful: [] };
}

function companyOf(row: Row): ExpectedCompany {
	const bill = rowsOf(row, 'BPAddresses').find((one) => one.AddressName === row.BilltoDefault);
	const parts = ['Street', 'StreetNo', 'ZipCode', 'City'];
	return {
		key: String(row.CardCode),
		name: String(row.CardName),
		addressParts: parts.map((part) => word(bill, part)).filter(Boolean),
		persons: rowsOf(row, 'ContactEmployees').map((contact) => ({
			key: String(contact.InternalCode),
			name: `${word(contact, 'FirstName')} ${word(contact, 'LastName')}`,
			phones: [digitsOf(word(contact, 'Phone1'))].filter(Boolean),
			email: word(contact, 'E_Mail'),
		})),
	};
}

function clerk(store: B1Store): string[] {
	const [mover, ...others] = partners(store);
	const host = others.find((row) => rowsOf(row, 'ContactEmployees').length > 0);
	if (!mover || !host) throw new Error('The sandbox holds no partner with a contact person.');
	move(store, mover, { Street: 'Neue Allee', StreetNo: '12', ZipCode: '53111', City: 'Bonn' });
	const [first, ...rest] = rowsOf(host, 'ContactEmployees');
	const ContactEmployees = [{ ...first, Phone1: '+49 30 5550142' }, ...rest];
	store.partner(String(host.CardCode), { ContactEmployees });
	return [
		`${word(mover, 'CardName')} moved to Neue Allee 12, 53111 Bonn`,
		`${word(first, 'Name')} has the new phone +49 30 5550142`,
	];
}

function move(store: B1Store, partner: Row, fields: Row): void {
	const BPAddresses = rowsOf(partner, 'BPAddresses').map((one) =>
		one.AddressName === partner.BilltoDefault ? { ...one, ...fields } : one,
	);
	store.partner(String(partner.CardCode), { BPAddresses });
}

function ticks(store: B1Store): () => string {
	const draw = new Draw(7);
	const keys = () => partners(store).map((row) => String(row.CardCode));
	return inTurns(draw, keys, [
		(key) => {
			const Phone1 = `+49 ${200 + draw.below(700)} ${draw.digits(6)}`;
			store.partner(key, { Phone1 });
			return `${key}: phone ${Phone1}`;
		},
		(key) => {
			const { city: City, postalCode: ZipCode, country: Country } = draw.from(PLACES);
			move(store, store.get('BusinessPartners', key) ?? {}, { City, ZipCode, Country });
			return `${key}: moved to ${City}`;
		},
		(key) => {
			const [FirstName, LastName] = [draw.from(FIRST_NAMES), draw.from(FAMILY_NAMES)];
			const Name = `${FirstName} ${LastName} ${draw.digits(2)}`;
			store.addContact(key, { Name, FirstName, LastName });
			return `${key}: contact ${FirstName} ${LastName}`;
		},
		() => {
			const code = `C${30_000 + draw.below(60_000)}`;
			const CardName = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} GmbH`;
			store.partner(code, { CardName });
			return `${code}: new customer ${CardName}`;
		},
	]);
}

function rowsOf(row: Row, name: string): Row[] {
	return (row[name] ?? []) as Row[];
}

function word(row: Row | undefined, field: string): string {
	return String(row?.[field] ?? '').trim();
}
