import type { SeedSummary } from '../seed.mts';
import { inTurns, type Turn } from '../turns.mts';
import { Draw, FAMILY_NAMES, FIRST_NAMES, PLACES, plain, TRADES } from './companies.mts';
import type { S4Store } from './store.mts';

/** Each call changes one thing and says in one line what it was. */
export function businessPartnerTicks(store: S4Store, seed: SeedSummary, random = 7): () => string {
	const draw = new Draw(random);
	const ordinary = seed.partners.filter((key) => !Object.values(seed.special).includes(key));
	const kinds: Turn[] = [
		(key) => {
			const phone = `+49 ${200 + draw.below(700)} ${draw.digits(6)}`;
			store.changePhone(key, phone, { bump: true });
			return `${key}: phone ${phone}`;
		},
		(key) => {
			const place = draw.from(PLACES);
			const fields = { CityName: place.city, PostalCode: place.postalCode, Country: place.country };
			store.changeAddress(key, fields, { bump: true });
			return `${key}: moved to ${place.city}`;
		},
		(key) => {
			const [firstName, lastName] = [draw.from(FIRST_NAMES), draw.from(FAMILY_NAMES)];
			const email = `${plain(firstName)}.${plain(lastName)}@${plain(key)}.example`;
			store.addContact(key, { firstName, lastName, email, function: 'Einkauf' });
			return `${key}: contact ${firstName} ${lastName}`;
		},
		() => {
			const name = `${draw.from(FAMILY_NAMES)} ${draw.from(TRADES)} GmbH`;
			const key = store.createPartner({ name, customer: {}, email: `info@${plain(name)}.example` });
			ordinary.push(key);
			return `${key}: new customer ${name}`;
		},
		(key) => {
			store.changeEmail(key, `buero${draw.digits(3)}@${plain(key)}.example`);
			return `${key}: e-mail, which leaves the change date as it is`;
		},
	];
	return inTurns(draw, () => ordinary, kinds);
}
