/** The same plausible customers every time: umlauts, apostrophes, missing parts, blocked and one-time accounts. */
import type { CustomerInput, EccStore } from './store.mts';

const NAMES = [
	'Müller & Söhne GmbH',
	"O'Neill Maritime Ltd.",
	'Ægir Fiskeri A/S',
	'Łódź Tekstylia Sp. z o.o.',
	'Bäckerei Grünwald',
	'Société Générale de Câbles',
	'Nordwind | Anlagenbau AG',
	'Schweißtechnik Groß KG',
	'Ferretería Muñoz S.L.',
	'Öresund Logistik AB',
];
const CITIES = [
	'Köln',
	'Galway',
	'Ålborg',
	'Łódź',
	'Graz',
	'Nîmes',
	'Zürich',
	'Gießen',
	'León',
	'Malmö',
];
const COUNTRIES = ['DE', 'IE', 'DK', 'PL', 'AT', 'FR', 'CH', 'DE', 'ES', 'SE'];
const TERMS = ['ZB01', 'ZB02', '0001', 'NT30'];

export interface SeededEcc {
	customers: string[];
	suppliers: string[];
	contacts: string[];
}

export function seedEcc(store: EccStore, options: { count?: number } = {}): SeededEcc {
	const count = options.count ?? 40;
	const customers = Array.from({ length: count }, (_, n) =>
		store.createCustomer({ ...customerOf(n), fields: { ZZSEGMENT: n % 2 === 0 ? 'A' : '' } }),
	);
	const contacts = customers.flatMap((key, n) =>
		Array.from({ length: n % 3 }, (_, at) =>
			store.addContact(key, {
				first: ['Jürgen', 'Zoë', 'Håkon'][at],
				last: `Weiß-${n}`,
				email: n % 5 === 0 ? '' : `contact${n}.${at}@example.test`,
				phone: `+49 221 ${1000 + n}${at}`,
				mobile: at === 1 ? `+49 171 ${2000 + n}` : '',
				function: at === 0 ? '01' : '',
				department: '0002',
				hasOwnAddress: n % 7 === 0,
			}),
		),
	);
	store.createCustomer({ key: '900001', name: 'One-time customers', fields: { XCPDK: 'X' } });
	store.createCustomer({ key: '900002', name: 'Warehouse South', accountGroup: '0002' });
	const blocked = { LOEVM: 'X' };
	customers.push(store.createCustomer({ key: 'ALT-CUST', name: 'Alte Firma', fields: blocked }));
	const suppliers = [0, 1, 2].map((n) =>
		store.createSupplier({ ...customerOf(n), key: String(300_000 + n), name: `Lieferant ${n}` }),
	);
	return { customers, suppliers, contacts };
}

function customerOf(n: number): CustomerInput {
	const at = n % NAMES.length;
	return {
		key: String(100_000 + n),
		name: `${NAMES[at]}${n < NAMES.length ? '' : ` ${n}`}`,
		street: 'Straße des 17. Juni',
		houseNumber: String(n + 1),
		postalCode: String(50_000 + n),
		city: CITIES[at],
		country: COUNTRIES[at],
		phone: n % 4 === 0 ? '' : `+49 221 ${500_000 + n}`,
		email: n % 6 === 0 ? '' : `info${n}@example.test`,
		vat: n % 3 === 0 ? '' : `DE${812_000_000 + n}`,
		companies: { '1000': TERMS[n % 4], ...(n % 8 === 0 && { '2000': 'ZB99' }) },
		salesAreas: { '1000/10/00': n % 9 === 0 ? 'USD' : 'EUR' },
	};
}
