/** Rows of one table. The function module promises no order: rows come scattered. */
import { createHash } from 'node:crypto';
import type { Row, Selection } from './condition.mts';
import { initialValue, type DictionaryTable } from './dictionary.mts';

/** More rows than this share are faster read from the scattered table. */
const NARROW = 1 / 16;

export class StoredTable {
	readonly rows = new Map<string, Row>();
	private readonly places = new WeakMap<Row, string>();
	private scattered: Row[] | undefined;
	/** Field -> value -> rows, for the fields that rows were looked for by. */
	private readonly lookups = new Map<string, Map<string, Set<Row>>>();
	/** Field -> rows in its order, for the fields that ranges were read by. */
	private readonly sorted = new Map<string, Row[]>();

	constructor(readonly description: DictionaryTable) {}

	find(field: string, value: string): Row[] {
		return [...(this.lookup(field).get(value) ?? [])];
	}

	idOf(row: Row): string {
		return this.description.key.map((field) => row[field] ?? '').join('\u0000');
	}

	put(fields: Row): Row {
		const row: Row = {};
		for (const field of this.description.fields.values()) {
			const value = (fields[field.name] ?? initialValue(field)).trimEnd();
			if (value.length > field.length) throw new Error(`${field.name}: '${value}' is too long`);
			row[field.name] = value;
		}
		const unknown = Object.keys(fields).find((name) => !this.description.fields.has(name));
		if (unknown) throw new Error(`${this.description.name} has no field ${unknown}`);
		this.forget(this.rows.get(this.idOf(row)));
		this.rows.set(this.idOf(row), row);
		for (const [field, lookup] of this.lookups) enter(lookup, row[field], row);
		return row;
	}

	delete(row: Row): void {
		this.forget(this.rows.get(this.idOf(row)));
		this.rows.delete(this.idOf(row));
	}

	/** Rows with all matches of a selection among them, in the table's scattered order. */
	candidates({ among, between }: Selection): readonly Row[] {
		const sets = (among?.values ?? []).map((value) => this.lookup(among?.field ?? '').get(value));
		const named = sum(sets.map((set) => set?.size ?? 0));
		const [start, end] = between ? this.placesOf(between) : [0, this.rows.size];
		const few = this.rows.size * NARROW;
		if (among && named <= end - start && named < few) {
			return this.inPlace([...new Set(sets.flatMap((set) => [...(set ?? [])]))]);
		}
		return between && end - start < few
			? this.inPlace(this.inOrderOf(between.field).slice(start, end))
			: this.inNoOrder();
	}

	inNoOrder(): readonly Row[] {
		this.scattered ??= this.inPlace([...this.rows.values()]);
		return this.scattered;
	}

	private lookup(field: string): Map<string, Set<Row>> {
		let lookup = this.lookups.get(field);
		if (!lookup) {
			lookup = new Map();
			this.lookups.set(field, lookup);
			for (const row of this.rows.values()) enter(lookup, row[field], row);
		}
		return lookup;
	}

	/** Where a range begins and ends in the order of its field. */
	private placesOf({ field, above, upTo }: NonNullable<Selection['between']>): [number, number] {
		const rows = this.inOrderOf(field);
		const start = above === undefined ? 0 : firstBehind(rows, field, above);
		const end = upTo === undefined ? rows.length : firstBehind(rows, field, upTo);
		return [start, Math.max(start, end)];
	}

	private inOrderOf(field: string): readonly Row[] {
		let rows = this.sorted.get(field);
		if (!rows) {
			rows = [...this.rows.values()].sort((a, b) => (a[field] < b[field] ? -1 : 1));
			this.sorted.set(field, rows);
		}
		return rows;
	}

	private inPlace(rows: Row[]): Row[] {
		const placed = rows.map((row) => ({ row, place: this.placeOf(row) }));
		return placed.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ row }) => row);
	}

	private placeOf(row: Row): string {
		let place = this.places.get(row);
		if (place === undefined) {
			place = createHash('md5').update(this.idOf(row)).digest('hex');
			this.places.set(row, place);
		}
		return place;
	}

	private forget(row: Row | undefined): void {
		this.scattered = undefined;
		this.sorted.clear();
		if (!row) return;
		for (const [field, lookup] of this.lookups) lookup.get(row[field])?.delete(row);
	}
}

function enter(lookup: Map<string, Set<Row>>, value: string, row: Row): void {
	const rows = lookup.get(value);
	if (rows) rows.add(row);
	else lookup.set(value, new Set([row]));
}

/** Where the rows behind a value begin. */
function firstBehind(rows: readonly Row[], field: string, value: string): number {
	let [low, high] = [0, rows.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (rows[middle][field] <= value) low = middle + 1;
		else high = middle;
	}
	return low;
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
