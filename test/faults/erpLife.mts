import type { S4HanaSandbox } from '../sandbox/s4hana/server.mts';
import type { Random } from './random.mts';

type Store = S4HanaSandbox['store'];

/** What the ERP holds: partner numbers, and relationships of contact persons. */
export interface Companies {
	keys: string[];
	relationships: string[];
	persons: string[];
	counter: number;
}

export function createCompanies(random: Random, store: Store): Companies {
	const companies: Companies = { keys: [], relationships: [], persons: [], counter: 0 };
	for (let count = random.int(3, 14); count > 0; count--) addCompany(random, store, companies);
	return companies;
}

function addCompany(random: Random, store: Store, companies: Companies): string {
	const n = ++companies.counter;
	const key = store.createPartner({
		name: `Werk ${n} GmbH`,
		customer: {},
		...(random.chance(0.3) ? { supplier: {} } : {}),
		phone: `+49 40 ${100_000 + n}`,
		email: `info@werk-${n}.example`,
		taxNumber: `DE${100_000_000 + n}`,
	});
	companies.keys.push(key);
	for (let count = random.int(0, 2); count > 0; count--) addContact(random, store, companies, key);
	return key;
}

function addContact(random: Random, store: Store, companies: Companies, key: string): void {
	const n = ++companies.counter;
	const known = random.chance(0.2) ? random.pick(companies.persons) : undefined;
	const shared = random.chance(0.2) ? 'office@shared.example' : `p${n}@werk.example`;
	const { person, relationship } = store.addContact(key, {
		...(known === undefined ? { firstName: 'Eva', lastName: `Person ${n}` } : { person: known }),
		email: shared,
		phone: `+49 40 ${500_000 + n}`,
		function: `Role ${n}`,
		isStandard: random.chance(0.5),
	});
	if (known === undefined) companies.persons.push(person);
	companies.relationships.push(relationship);
}

/** One change as a clerk makes it; some of them touch no change date. */
export function changeErp(random: Random, store: Store, companies: Companies): string {
	const key = random.pick(companies.keys);
	const n = ++companies.counter;
	const bump = random.chance(0.5);
	switch (random.int(0, 7)) {
		case 0:
			return `new ${addCompany(random, store, companies)}`;
		case 1:
			store.changePartner(key, { OrganizationBPName1: `Renamed ${n} AG`, OrganizationBPName2: '' });
			return `renamed ${key}`;
		case 2:
			store.changeAddress(key, { CityName: `City ${n}` }, { bump });
			return `moved ${key}`;
		case 3:
			store.changePhone(key, `+49 40 ${700_000 + n}`, { bump });
			return `phone of ${key}`;
		case 4:
			addContact(random, store, companies, key);
			return `contact of ${key}`;
		case 5:
			return endOne(random, store, companies);
		case 6:
			store.block(key);
			return `blocked ${key}`;
		default:
			if (companies.keys.length < 3) return 'nothing';
			store.remove(key);
			companies.keys = companies.keys.filter((other) => other !== key);
			return `removed ${key}`;
	}
}

function endOne(random: Random, store: Store, companies: Companies): string {
	const { relationships } = companies;
	// Those of a removed company are gone with it.
	const known = relationships.filter(
		(RelationshipNumber) =>
			store.table('A_BPRelationship').find(['RelationshipNumber'], { RelationshipNumber }).length >
			0,
	);
	if (known.length === 0) return 'nothing';
	store.endRelationship(random.pick(known));
	return 'a relationship ended';
}
