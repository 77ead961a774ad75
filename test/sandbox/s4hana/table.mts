/** Rows of one entity set, found by key and by any join, listed in the database's key order. */
import {
	comparable,
	compareValues,
	valueOf,
	type EntitySet,
	type Row,
	type Value,
} from './edm.mts';

type Lookup = Map<string, Set<Row>>;

export class Table {
	readonly set: EntitySet;
	private readonly rows = new Map<string, Row>();
	private readonly lookups = new Map<string, Lookup>();
	/** Grows with every change. */
	version = 0;
	private sorted: Row[] | undefined;
	private scattered: Row[] | undefined;

	constructor(set: EntitySet) {
		this.set = set;
	}

	get size(): number {
		return this.rows.size;
	}

	/** Inserts or replaces. The row must carry its whole key. */
	put(row: Row): void {
		for (const name in row) this.checkField(name, row[name]);
		const id = this.identify(row, this.set.key);
		const before = this.rows.get(id);
		if (before) this.forget(before);
		this.rows.set(id, row);
		for (const [names, lookup] of this.lookups)
			add(lookup, this.identify(row, names.split(' ')), row);
		this.forgetOrder();
	}

	/** Changes a row and returns it; fields of the key may change too. */
	update(row: Row, fields: Row): Row {
		for (const name in fields) this.checkField(name, fields[name]);
		this.remove(row);
		const next = { ...row, ...fields };
		this.put(next);
		return next;
	}

	remove(row: Row): void {
		if (this.rows.delete(this.identify(row, this.set.key))) {
			this.forget(row);
			this.forgetOrder();
		}
	}

	get(key: Row): Row | undefined {
		return this.rows.get(this.identify(key, this.set.key));
	}

	/** Rows whose `names` have these values, in key order. */
	find(names: string[], values: Row): Row[] {
		const found = this.lookupOf(names).get(this.identify(values, names));
		if (!found) return [];
		return found.size < 2 ? [...found] : [...found].sort((a, b) => this.compareKeys(a, b));
	}

	all(): readonly Row[] {
		this.sorted ??= [...this.rows.values()].sort((a, b) => this.compareKeys(a, b));
		return this.sorted;
	}

	/** Where rows whose first key is `edge` or greater begin in `all`. */
	firstFrom(edge: Value): number {
		const rows = this.all();
		let [low, high] = [0, rows.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (compareValues(this.compared(rows[middle], this.set.key[0]), edge) < 0) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** An order of its own: who wants the key order has to ask for it. */
	inNoOrder(): readonly Row[] {
		this.scattered ??= this.all()
			.map((row) => ({ row, place: scatter(this.identify(row, this.set.key)) }))
			.sort((a, b) => a.place - b.place)
			.map(({ row }) => row);
		return this.scattered;
	}

	compareKeys(left: Row, right: Row): number {
		for (const name of this.set.key) {
			const order = compareValues(this.compared(left, name), this.compared(right, name));
			if (order !== 0) return order;
		}
		return 0;
	}

	private compared(row: Row, name: string): Value {
		const property = this.set.properties.get(name);
		if (!property) throw new Error(`${this.set.name} has no property ${name}`);
		return comparable(valueOf(row, property), property);
	}

	private identify(row: Row, names: string[]): string {
		return names.map((name) => String(this.compared(row, name))).join('\u0000');
	}

	private checkField(name: string, value: Value): void {
		const property = this.set.properties.get(name);
		if (!property) throw new Error(`${this.set.name} has no property ${name}`);
		if (property.maxLength && typeof value === 'string' && value.length > property.maxLength) {
			throw new Error(`${name} holds ${property.maxLength} characters, '${value}' has more`);
		}
	}

	private forgetOrder(): void {
		this.version++;
		this.sorted = undefined;
		this.scattered = undefined;
	}

	private forget(row: Row): void {
		for (const [names, lookup] of this.lookups) {
			const id = this.identify(row, names.split(' '));
			const rows = lookup.get(id);
			rows?.delete(row);
			if (rows?.size === 0) lookup.delete(id);
		}
	}

	private lookupOf(names: string[]): Lookup {
		const name = names.join(' ');
		let lookup = this.lookups.get(name);
		if (!lookup) {
			lookup = new Map();
			for (const row of this.rows.values()) add(lookup, this.identify(row, names), row);
			this.lookups.set(name, lookup);
		}
		return lookup;
	}
}

/** FNV-1a, 32 bits. */
function scatter(text: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) {
		hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	}
	return hash >>> 0;
}

function add(lookup: Lookup, id: string, row: Row): void {
	const rows = lookup.get(id);
	if (rows) rows.add(row);
	else lookup.set(id, new Set([row]));
}
