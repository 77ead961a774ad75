/** Reads entities of one service: joins, authorizations, keys. */
import { initialValue, type EntitySet, type Navigation, type Row } from './edm.mts';
import { keyPath } from './render/text.mts';
import { Refusal } from './refusal.mts';
import type { Schema } from './schema.mts';
import type { Table } from './table.mts';

export interface Reader {
	/** Absolute address of the service, no trailing slash. */
	root: string;
	schema: Schema;
	table(set: EntitySet): Table;
	/** Entity sets the user may not read. */
	forbidden: ReadonlySet<string>;
	/** Rows behind a navigation come last first. */
	isReversed: boolean;
}

export function follow(reader: Reader, set: EntitySet, row: Row, name: string): Row[] {
	const navigation = set.navigations.get(name) as Navigation;
	const target = targetOf(reader, set, name);
	assertAllowed(reader, target);
	const wanted: Row = {};
	for (const [own, other] of navigation.on) {
		const property = set.properties.get(own);
		wanted[other] = row[own] ?? (property ? initialValue(property) : null);
	}
	const names = navigation.on.map(([, other]) => other);
	const found = reader.table(target).find(names, wanted);
	const rows = navigation.where ? found.filter(navigation.where) : found;
	return reader.isReversed ? rows.reverse() : rows;
}

export function targetOf(reader: Reader, set: EntitySet, name: string): EntitySet {
	const target = reader.schema.get(set.navigations.get(name)?.target ?? '');
	if (!target) throw new Error(`${set.name} has no navigation ${name}`);
	return target;
}

export function assertAllowed(reader: Reader, set: EntitySet): void {
	if (reader.forbidden.has(set.name)) {
		throw new Refusal(
			403,
			'/IWBEP/CM_MGW_RT/186',
			`No authorization to read ${set.name.slice(2)}`,
			set.name,
		);
	}
}

/** @throws Refusal 404 */
export function readByKey(reader: Reader, set: EntitySet, key: Row): Row {
	const row = reader.table(set).get(key);
	if (!row) {
		throw new Refusal(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for ${keyPath(set, key)}`);
	}
	return row;
}
