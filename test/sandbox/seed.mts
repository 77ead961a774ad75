/** Fills the sandboxes' ERP with plausible companies. The same seed gives the same companies. */
import {
	Draw,
	FAMILY_NAMES,
	FIRST_NAMES,
	FUNCTIONS,
	LEGAL_FORMS,
	PLACES,
	plain,
	STREETS,
	TRADES,
	type Place,
} from './s4hana/companies.mts';
import { SPECIAL_PARTNERS, type SpecialPartner } from './s4hana/specialPartners.mts';
import type { SalesAreaInput } from './s4hana/accounts.mts';
import type { AddressInput } from './s4hana/addresses.mts';
import type { PartnerInput } from './s4hana/partners.mts';
import type { S4Store } from './s4hana/store.mts';

export interface SeedOptions {
	/** Companies and other partners of their own; contact persons come on top. 40 makes a demo. */
	count: number;
	seed?: number;
	/** Contact persons per company on average; 1. */
	contacts?: number;
}

export interface SeedSummary {
	/** Numbers of all partners but the contact persons, in the order they were made. */
	partners: string[];
	/** Numbers of the contact persons. */
	persons: string[];
	/** The awkward ones by name: `noName`, `longName`, `blocked`, … Empty below 40 partners. */
	special: Record<string, string>;
	/** Relationship numbers of the contact persons. */
	relationships: string[];
}

const DAY = 86_400_000;

export function seedBusinessPartners(store: S4Store, options: SeedOptions): SeedSummary {
	const draw = new Draw(options.seed ?? 4711);
	const summary: SeedSummary = { partners: [], persons: [], special: {}, relationships: [] };
	const awkward = options.count >= 40 ? Object.entries(SPECIAL_PARTNERS) : [];
	const ordinary = options.count - awkward.length;
	for (let at = 0; at < ordinary; at++) {
		const key = store.createPartner(ordinaryPartner(store, draw, at, summary.partners));
		summary.partners.push(key);
		addContacts(store, draw, key, options.contacts ?? 1, summary);
	}
	for (const [name, special] of awkward) {
		const base = ordinaryPartner(store, draw, ordinary + summary.partners.length, []);
		const key = store.createPartner({ ...base, ...asInput(special, base) });
		summary.partners.push(key);
		summary.special[name] = key;
	}
	return summary;
}

function asInput(special: SpecialPartner, base: PartnerInput): PartnerInput {
	return typeof special === 'function' ? special(base) : special;
}

/** Of ten: seven customers, two suppliers, one both; every seventh was never changed. */
function ordinaryPartner(
	store: S4Store,
	draw: Draw,
	at: number,
	earlier: readonly string[],
): PartnerInput {
	const family = draw.from(FAMILY_NAMES);
	const name = `${family} ${draw.from(TRADES)} ${draw.from(LEGAL_FORMS)}`;
	const place = draw.from(PLACES);
	const domain = `${plain(name)}.example`;
	const now = store.clock.now();
	const createdAt = now - (30 + draw.below(5 * 365)) * DAY - draw.below(DAY);
	const isChanged = at % 7 !== 3;
	const kind = draw.below(10);
	return {
		name,
		address: address(draw, place),
		email: draw.chance(0.9) ? `info@${domain}` : undefined,
		phone: draw.chance(0.85) ? `${place.areaCode} ${draw.digits(6)}` : undefined,
		mobile: draw.chance(0.15) ? `+49 171 ${draw.digits(7)}` : undefined,
		website: draw.chance(0.6) ? `https://www.${domain}` : undefined,
		taxNumber: place.country === 'DE' ? `DE${draw.digits(9)}` : undefined,
		industry: draw.chance(0.5) ? '1000' : undefined,
		customer: kind < 7 || kind === 9 ? customer(draw, earlier) : undefined,
		supplier: kind >= 7 ? { companies: [company(draw, '1010')] } : undefined,
		createdAt,
		changedAt: isChanged ? between(draw, createdAt + DAY, now - DAY) : undefined,
	};
}

function address(draw: Draw, place: Place): AddressInput {
	return {
		StreetName: draw.from(STREETS),
		HouseNumber: String(1 + draw.below(180)) + (draw.chance(0.1) ? 'a' : ''),
		PostalCode: place.postalCode,
		CityName: place.city,
		Region: place.region,
		Country: place.country,
	};
}

function customer(draw: Draw, earlier: readonly string[]): PartnerInput['customer'] {
	const companies = [company(draw, '1010')];
	if (draw.chance(0.2)) companies.push(company(draw, '1020'));
	const area: SalesAreaInput = {
		SalesOrganization: '1010',
		CustomerPaymentTerms: draw.from(TERMS),
		CustomerGroup: draw.from(['01', '02', '03']),
		CustomerPriceGroup: draw.from(['01', '02', 'C1']),
	};
	if (earlier.length > 2 && draw.chance(0.1))
		area.shipTo = [draw.from(earlier), draw.from(earlier)];
	return { classification: draw.from(['A', 'B', 'C', '']), companies, salesAreas: [area] };
}

const TERMS = ['0001', '0002', '0004', 'NT30'];

function company(draw: Draw, CompanyCode: string) {
	return { CompanyCode, PaymentTerms: draw.from(TERMS) };
}

function addContacts(
	store: S4Store,
	draw: Draw,
	key: string,
	average: number,
	summary: SeedSummary,
): void {
	const createdAt = store.clock.now() - 30 * DAY;
	const count = draw.below(2 * average + 1);
	for (let at = 0; at < count; at++) {
		const [firstName, lastName] = [draw.from(FIRST_NAMES), draw.from(FAMILY_NAMES)];
		const contact = store.addContact(key, {
			firstName,
			lastName,
			email: draw.chance(0.85)
				? `${plain(firstName)}.${plain(lastName)}@${plain(key)}.example`
				: undefined,
			phone: draw.chance(0.6) ? `+49 30 ${draw.digits(7)}` : undefined,
			mobile: draw.chance(0.4) ? `+49 170 ${draw.digits(7)}` : undefined,
			function: draw.from(FUNCTIONS),
			department: draw.chance(0.5) ? draw.from(TRADES) : undefined,
			isStandard: at === 0,
			reachedBy: draw.chance(0.2) ? 'functionAndDepartment' : 'address',
			createdAt,
		});
		summary.persons.push(contact.person);
		summary.relationships.push(contact.relationship);
	}
}

function between(draw: Draw, from: number, to: number): number {
	return from + Math.floor(draw.next() * (to - from));
}
