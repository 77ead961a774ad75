/** Fills the company with plausible customers. The same seed gives the same ones. */
import {
	Draw,
	FAMILY_NAMES,
	FIRST_NAMES,
	PLACES,
	plain,
	STREETS,
	TRADES,
} from '../s4hana/companies.mts';
import type { Row } from './schema.mts';
import type { Sage300Store } from './store.mts';

export interface Sage300Seed {
	customers: string[];
	/** The awkward ones by name; empty below 20 customers. */
	special: Record<string, string>;
}

const SPECIAL: Record<string, Row> = {
	inactive: { Status: 'Inactive', InactiveDate: '2025-03-31' },
	onHold: { OnHold: 'Yes', BalanceDueInCustomerCurrency: 9000 },
	overLimit: { CreditLimitCustomerCurrency: 1000, BalanceDueInCustomerCurrency: 1500.5 },
	nearLimit: { CreditLimitCustomerCurrency: 1000, BalanceDueInCustomerCurrency: 850 },
	noLimit: { CreditLimitCustomerCurrency: 0, BalanceDueInCustomerCurrency: 50000 },
	noName: { CustomerName: '', ShortName: 'OHNE NAME' },
	noContact: { ContactName: '', ContactsEmail: '', ContactsPhone: '', ContactsFax: '' },
	onlyEmail: { ContactName: '', ContactsEmail: 'einkauf@example.example' },
	longStreet: {
		AddressLine1: 'Gewerbepark Süd',
		AddressLine2: 'Gebäude 7, Aufgang B',
		AddressLine3: 'Postfach 12',
		AddressLine4: 'z. Hd. Frau Größler',
	},
	quote: { CustomerName: 'O\'Brien & Söhne "Metall"', City: "L'Aquila" },
};

export function seedCustomers(
	store: Sage300Store,
	{ count, seed = 300 }: { count: number; seed?: number },
): Sage300Seed {
	const draw = new Draw(seed);
	const summary: Sage300Seed = { customers: [], special: {} };
	store.putGroup('WHL', 'Wholesale');
	store.putGroup('RTL', 'Retail');
	store.putTerms('N30', 'Net 30 days');
	store.putTerms('2N10', '2% 10 days, net 30');
	const awkward = count >= 20 ? Object.entries(SPECIAL) : [];
	for (let at = 0; at < count; at++) {
		const number = String(1200 + at);
		const [name, special] = awkward[at - (count - awkward.length)] ?? [];
		store.putCustomer(number, { ...ordinary(draw, number), ...special }, dayBefore(store, draw));
		if (draw.chance(0.4)) addShipTo(store, draw, number);
		summary.customers.push(number);
		if (name !== undefined) summary.special[name] = number;
	}
	return summary;
}

function ordinary(draw: Draw, number: string): Row {
	const name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)}`;
	const domain = `${plain(name)}.example`;
	const place = draw.from(PLACES);
	const [first, last] = [draw.from(FIRST_NAMES), draw.from(FAMILY_NAMES)];
	return {
		CustomerName: name,
		ShortName: name.slice(0, 10).toUpperCase(),
		GroupCode: draw.from(['WHL', 'RTL']),
		AddressLine1: `${draw.from(STREETS)} ${1 + draw.below(150)}`,
		City: place.city,
		ZipPostalCode: place.postalCode,
		Country: draw.from(['Germany', 'DE', 'DEU', '']),
		PhoneNumber: draw.digits(10),
		Email: `info@${domain}`,
		WebSite: draw.chance(0.5) ? `www.${domain}` : '',
		ContactName: `${first} ${last}`,
		ContactsEmail: `${plain(first)}.${plain(last)}@${domain}`,
		ContactsPhone: draw.digits(10),
		Terms: draw.from(['N30', '2N10']),
		CurrencyCode: draw.from(['USD', 'CAD', 'EUR']),
		CheckCreditLimit: 'Yes',
		CreditLimitCustomerCurrency: 1000 * (1 + draw.below(20)),
		BalanceDueInCustomerCurrency: draw.below(90000) / 100,
		TaxRegistrationNumber1: draw.chance(0.5) ? draw.digits(9) : '',
		CustomerOptionalFieldValues: draw.chance(0.5)
			? [{ CustomerNumber: number, OptionalField: 'SEGMENT', Value: draw.from(['A', 'B', 'C']) }]
			: [],
	};
}

function addShipTo(store: Sage300Store, draw: Draw, number: string): void {
	const place = draw.from(PLACES);
	store.putShipTo(number, 'WAREHS', {
		Description: 'Warehouse',
		AddressLine1: `${draw.from(STREETS)} ${1 + draw.below(150)}`,
		City: place.city,
		ZipPostalCode: place.postalCode,
		Country: 'Germany',
		PrimaryShipToIndicator: 'Yes',
	});
	store.touchCustomer(number, { PrimaryShipToLocation: 'WAREHS' });
}

function dayBefore(store: Sage300Store, draw: Draw): string {
	const at = store.now() - (1 + draw.below(700)) * 86_400_000;
	return new Date(at).toISOString().slice(0, 10);
}
