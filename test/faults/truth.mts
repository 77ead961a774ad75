/** What must be so in the end, told by the ERP itself without any fault. */
import type { ErpPerson, ErpRecord } from '../../core/record/erpRecord';
import type { Bench } from '../nodes/pipedrive/support.mts';
import { scanAll, type TestSystem } from '../nodes/sapS4Hana/system.mts';

type Entity = 'organization' | 'person';
interface Row {
	id: number;
	name: string;
	is_deleted?: boolean;
	org_id?: number | null;
	address?: { value?: string } | null;
	emails?: Array<{ value: string }>;
	custom_fields: Record<string, unknown>;
}

export async function differences(system: TestSystem, bench: Bench): Promise<string[]> {
	const records = await scanAll(system.source());
	const findings: string[] = [];
	const rowsOf = (entity: Entity) => {
		const key = bench.keys[entity]['ERP ID'];
		const rows = bench.sandbox.records(`${entity}s`) as unknown as Row[];
		const byId = new Map<string, Row[]>();
		for (const row of rows.filter(({ is_deleted }) => !is_deleted)) {
			const id = row.custom_fields?.[key];
			if (typeof id === 'string') byId.set(id, [...(byId.get(id) ?? []), row]);
		}
		for (const [id, same] of byId) {
			if (same.length > 1) findings.push(`${id} is there ${same.length} times.`);
		}
		return byId;
	};
	const organizations = rowsOf('organization');
	const persons = rowsOf('person');
	const field = (entity: Entity, row: Row, name: string) =>
		row.custom_fields[bench.keys[entity][name]] ?? '';

	for (const record of records) {
		const row = organizations.get(record.erp.externalId)?.[0];
		if (!row) {
			if (!record.erp.isBlocked) findings.push(`${record.erp.externalId} is missing.`);
			continue;
		}
		findings.push(...wrongFields(record, row, (name) => field('organization', row, name)));
	}
	for (const { person, hosts } of personsOf(records)) {
		const [row] = persons.get(person.externalId) ?? [];
		const active = hosts.filter(
			({ host, as }) =>
				as.isActive && !host.erp.isBlocked && organizations.has(host.erp.externalId),
		);
		if (!row) {
			if (active.length > 0) findings.push(`Person ${person.externalId} is missing.`);
			continue;
		}
		if (row.name !== person.name)
			findings.push(`Person ${person.externalId} is called ${row.name}.`);
		// A company that vanished tells nothing more; the person follows when the other company changes.
		const shown = hosts.find(
			({ host }) => organizations.get(host.erp.externalId)?.[0].id === row.org_id,
		);
		const roles = hosts.map(({ as }) => as.function);
		if (
			shown &&
			active.length > 0 &&
			!roles.includes(String(field('person', row, 'ERP Function')))
		) {
			findings.push(`Person ${person.externalId} has a function that no company gives.`);
		}
		const status = field('person', row, 'ERP Status');
		if (hosts.length === 1 && active.length === 1 && status !== 'Active') {
			findings.push(`Person ${person.externalId} is ${String(status)}.`);
		}
	}
	return findings;
}

function wrongFields(record: ErpRecord, row: Row, field: (name: string) => unknown): string[] {
	const { organization, erp } = record;
	const wanted: Array<[string, unknown, unknown]> = [
		['name', organization?.name, row.name],
		['tax number', organization?.taxNumber, field('Tax Number')],
		['phone', organization?.phone, field('ERP Phone')],
		['status', erp.isBlocked ? 'Blocked in ERP' : 'Active', field('ERP Status')],
	];
	const city = organization?.billingAddress?.city ?? '';
	const wrong = wanted.filter(([, erpValue, value]) => erpValue !== value);
	if (!String(row.address?.value ?? '').includes(city))
		wrong.push(['city', city, row.address?.value]);
	return wrong.map(
		([name, erpValue, value]) =>
			`${erp.externalId}: ${name} is "${String(value)}", not "${String(erpValue)}".`,
	);
}

interface Employed {
	person: ErpPerson;
	hosts: Array<{ host: ErpRecord; as: ErpPerson }>;
}

function personsOf(records: readonly ErpRecord[]): Employed[] {
	const byId = new Map<string, Employed>();
	for (const host of records) {
		for (const as of host.persons ?? []) {
			const known = byId.get(as.externalId) ?? { person: as, hosts: [] };
			known.hosts.push({ host, as });
			byId.set(as.externalId, known);
		}
	}
	return [...byId.values()];
}
