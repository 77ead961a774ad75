/** Plausible companies and people, the same ones every time. */
import type { Row } from './collection.mts';
import { address } from './normalise.mts';
import { nameParts } from './persons.mts';
import { defaultVisibility } from './record.mts';
import type { World } from './world.mts';

export interface SeedCounts {
	organizations?: number;
	persons?: number;
	/** Custom field code → value of the n-th organization (0-based). */
	organizationFields?: (index: number) => Record<string, unknown>;
	/** Custom field code → value of the n-th person (0-based). */
	personFields?: (index: number) => Record<string, unknown>;
}

const starts = [
	'Nord',
	'Berg',
	'Alpen',
	'Rhein',
	'Hanse',
	'Stein',
	'Silber',
	'Wald',
	'Adler',
	'Kron',
];
const trades = ['Metall', 'Pumpen', 'Werkzeug', 'Logistik', 'Elektro', 'Papier', 'Textil', 'Glas'];
const forms = ['GmbH', 'AG', 'KG', 'GmbH & Co. KG', 'SE', 'e.K.'];
const streets = [
	'Hauptstr.',
	'Industrieweg',
	'Bahnhofstr.',
	'Am Hafen',
	'Lindenallee',
	'Gewerbepark',
];
const towns = ['10115 Berlin', '20095 Hamburg', '80331 München', '50667 Köln', '04109 Leipzig'];
const firstNames = [
	'Lena',
	'Jonas',
	'Mara',
	'Felix',
	'Ayşe',
	'Paul',
	'Ines',
	'Tariq',
	'Sofia',
	'Emil',
];
const lastNames = [
	'Schmidt',
	'Keller',
	'Yılmaz',
	'Novak',
	'Huber',
	'Lange',
	'Rossi',
	'Peters',
	'Øster',
];

const at = <T,>(list: T[], index: number): T => list[index % list.length];

/** Inserts records dated before the present; searches see them at once. */
export function seed(world: World, counts: SeedCounts) {
	const organizations: number[] = [];
	const persons: number[] = [];
	for (let n = 0; n < (counts.organizations ?? 0); n += 1) {
		const row = organization(world, n, counts.organizationFields?.(n) ?? {});
		organizations.push(world.collections.organizations.put(row, Number.NEGATIVE_INFINITY).id);
	}
	const hosts = [...world.collections.organizations.all()].map((row) => row.id);
	for (let n = 0; n < (counts.persons ?? 0); n += 1) {
		const host = hosts.length > 0 ? at(hosts, n) : null;
		const row = person(world, n, host, counts.personFields?.(n) ?? {});
		persons.push(world.collections.persons.put(row, Number.NEGATIVE_INFINITY).id);
	}
	return { organizations, persons };
}

function organization(world: World, n: number, custom: Record<string, unknown>): Row {
	const trade = at(trades, Math.floor(n / starts.length));
	const name = `${at(starts, n)}${trade.toLowerCase()} ${at(forms, n)}${n >= 480 ? ` ${n}` : ''}`;
	const value = `${at(streets, n)} ${(n % 90) + 1}, ${at(towns, n)}, Deutschland`;
	return {
		...times(n),
		id: world.collections.organizations.nextId(),
		name,
		owner_id: (n % 3) + 1,
		is_deleted: false,
		visible_to: defaultVisibility(world),
		address: address({ value }, world.options.geocoding),
		label_ids: [],
		website: n % 4 === 0 ? `https://www.firma-${n}.example` : null,
		linkedin: null,
		industry: null,
		annual_revenue: null,
		employee_count: (n % 40) * 5 + 3,
		custom_fields: custom,
	};
}

function person(
	world: World,
	n: number,
	host: number | null,
	custom: Record<string, unknown>,
): Row {
	const last = at(lastNames, Math.floor(n / firstNames.length));
	const value = `person${n}@firma-${host ?? 0}.example`;
	return {
		...times(n),
		id: world.collections.persons.nextId(),
		...nameParts(`${at(firstNames, n)} ${last}`),
		owner_id: (n % 3) + 1,
		org_id: host,
		emails: [{ value, primary: true, label: 'work' }],
		phones: [{ value: `+49 30 ${1_000_000 + n}`, primary: true, label: 'work' }],
		is_deleted: false,
		visible_to: defaultVisibility(world),
		label_ids: [],
		picture_id: null,
		postal_address: null,
		notes: null,
		im: [],
		birthday: null,
		job_title: null,
		custom_fields: custom,
	};
}

/** One second apart from 2024-02-01 on. */
function times(n: number) {
	const moment = `${new Date(Date.UTC(2024, 1, 1) + n * 1000).toISOString().slice(0, 19)}Z`;
	return { add_time: moment, update_time: moment };
}
