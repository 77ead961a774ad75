import {
	digitsOf,
	shortKey,
	trafficIn,
	type Erp,
	type Expected,
	type ExpectedCompany,
	type ExpectedPerson,
} from '../erp.mts';
import { Draw, FAMILY_NAMES, PLACES, TRADES } from '../s4hana/companies.mts';
import { inTurns } from '../turns.mts';
import type { Row } from './condition.mts';
import { OPERATION_NAMES } from './control.mts';
import { seedEcc } from './seed.mts';
import { SOAP_PATH, startEccSandbox } from './server.mts';
import type { EccStore } from './store.mts';

export const ecc: Erp = {
	name: 'ecc',
	title: 'SAP ECC',
	template: 'ecc-customers.json',
	credentialType: 'erpSapEccApi',
	async start({ count, port, now }) {
		const system = await startEccSandbox({ port, now });
		const { url, store, login, bridgePath, gatewayPath, faults, log, close } = system;
		seedEcc(store, { count });
		return {
			url,
			credential: { baseUrl: url, access: 'soap', zone: store.clock.zone, ...login },
			logins: [
				['login', `${login.user} / ${login.password}   client ${login.sapClient}`],
				['SOAP', SOAP_PATH],
				['JSON bridge', bridgePath],
				['SAP Gateway', gatewayPath],
			],
			operations: OPERATION_NAMES,
			example: ['changeAddress', { key: '100001', fields: { CITY1: 'Kiel' } }],
			expected: () => expectedFrom(store),
			clerk: () => clerk(store),
			tick: ticks(store),
			rename: (key, name) => {
				store.changeAddress(key, { NAME1: name, NAME2: '' });
				store.changeCustomer(key, { NAME1: name.slice(0, 35), NAME2: '' });
			},
			remove: (key) => store.remove(key),
			stumbleAfter: (after) => faults.add({ kind: 'status', status: 503, after }),
			traffic: () => trafficIn(log.requests),
			close,
		};
	},
};

const NO_ACCOUNTS = ['CPD', 'CPDA', 'CPDL', '0099', '0002', '0003', '0004'];

function expectedFrom(store: EccStore): Expected {
	const wanted = store
		.rows('KNA1')
		.filter((row) => row.XCPDK !== 'X' && !NO_ACCOUNTS.includes(row.KTOKD))
		.filter((row) => row.LOEVM === '' && row.SPERR === '' && row.AUFSD === '');
	return { companies: wanted.map((row) => companyOf(store, row)), doubtful: [] };
}

function companyOf(store: EccStore, row: Row): ExpectedCompany {
	const [address] = store.rows('ADRC', { ADDRNUMBER: row.ADRNR, NATION: '' });
	const parts = ['STREET', 'HOUSE_NUM1', 'POST_CODE1', 'CITY1'];
	return {
		key: shortKey(row.KUNNR),
		name: [address?.NAME1, address?.NAME2].filter(Boolean).join(' '),
		addressParts: parts.map((part) => address?.[part] ?? '').filter(Boolean),
		persons: store
			.rows('KNVK', { KUNNR: row.KUNNR })
			.map((contact) => personOf(store, row, contact)),
	};
}

function personOf(store: EccStore, company: Row, contact: Row): ExpectedPerson {
	const at = { ADDRNUMBER: contact.ADRND || company.ADRNR, PERSNUMBER: contact.PRSNR };
	const mobiles = store.rows('ADR2', at).map((row) => row.TEL_NUMBER);
	return {
		key: shortKey(contact.PARNR),
		name: [contact.NAMEV, contact.NAME1].filter(Boolean).join(' '),
		phones: [contact.TELF1, ...mobiles].map(digitsOf).filter(Boolean),
		email: store.rows('ADR6', at)[0]?.SMTP_ADDR ?? '',
	};
}

function clerk(store: EccStore): string[] {
	const [mover] = expectedFrom(store).companies;
	const contact = store.rows('KNVK')[0];
	if (!mover || !contact) throw new Error('The sandbox holds no customer with a contact person.');
	const place = { STREET: 'Neue Allee', HOUSE_NUM1: '12', POST_CODE1: '53111', CITY1: 'Bonn' };
	store.changeAddress(mover.key, place);
	store.changeContact(contact.PARNR, { TELF1: '+49 30 5550142' });
	return [
		`${mover.name} moved to Neue Allee 12, 53111 Bonn`,
		`${contact.NAMEV} ${contact.NAME1} has the new phone +49 30 5550142`,
	];
}

function ticks(store: EccStore): () => string {
	const draw = new Draw(7);
	const keys = () => expectedFrom(store).companies.map(({ key }) => key);
	return inTurns(draw, keys, [
		(key) => {
			const { city, postalCode, country } = draw.from(PLACES);
			store.changeAddress(key, { CITY1: city, POST_CODE1: postalCode, COUNTRY: country });
			return `${key}: moved to ${city}`;
		},
		(key) => {
			const email = `buero${draw.digits(3)}@example.test`;
			store.changeEmail(key, email);
			return `${key}: e-mail ${email}`;
		},
		(key) => {
			const last = draw.from(FAMILY_NAMES);
			store.addContact(key, { first: 'Anna', last, phone: `+49 221 ${draw.digits(6)}` });
			return `${key}: contact Anna ${last}`;
		},
		() => {
			const name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} GmbH`;
			return `${shortKey(store.createCustomer({ name }))}: new customer ${name}`;
		},
	]);
}
