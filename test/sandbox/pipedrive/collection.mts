/** Rows of one kind: by id, in id order, and as the search index saw them a moment ago. */

export interface Row {
	id: number;
	add_time: string;
	update_time: string;
	is_deleted: boolean;
	/** Only set values; reads fill the others with null. */
	custom_fields?: Record<string, unknown>;
	[key: string]: unknown;
}

interface Version {
	at: number;
	row: Row;
}

export class Collection {
	private readonly rows = new Map<number, Row>();
	private readonly ids: number[] = [];
	private readonly versions = new Map<number, Version[]>();
	private readonly sorted = new Map<string, Row[]>();
	private lastId = 0;

	get size(): number {
		return this.rows.size;
	}

	nextId(): number {
		return this.lastId + 1;
	}

	/** Rows are never changed in place: a new state is a new row. `at` in ms, for the index lag. */
	put(row: Row, at: number): Row {
		const before = this.rows.get(row.id);
		if (!before) {
			if (row.id < this.lastId) throw new Error(`id ${row.id} is below the last one`);
			this.ids.push(row.id);
			this.lastId = row.id;
		}
		this.rows.set(row.id, row);
		const versions = this.versions.get(row.id) ?? [];
		versions.push({ at, row });
		this.versions.set(row.id, versions);
		this.sorted.clear();
		return row;
	}

	get(id: number): Row | undefined {
		return this.rows.get(id);
	}

	/** In id order. */
	*all(): Generator<Row> {
		for (const id of this.ids) yield this.rows.get(id) as Row;
	}

	/** Ascending by `key`, then id; kept until the next write. */
	sortedBy(key: string): Row[] {
		let rows = this.sorted.get(key);
		if (!rows) {
			rows = [...this.all()];
			if (key !== 'id') rows.sort((a, b) => compare(a[key], b[key]) || a.id - b.id);
			this.sorted.set(key, rows);
		}
		return rows;
	}

	/** Every row as it stood at `moment`; rows born later are absent. */
	*indexedAt(moment: number): Generator<Row> {
		for (const id of this.ids) {
			const versions = this.versions.get(id) as Version[];
			while (versions.length > 1 && versions[1].at <= moment) versions.shift();
			if (versions[0].at <= moment) yield versions[0].row;
		}
	}

	clear(): void {
		this.rows.clear();
		this.ids.length = 0;
		this.versions.clear();
		this.sorted.clear();
		this.lastId = 0;
	}
}

export function compare(a: unknown, b: unknown): number {
	if (a === b) return 0;
	if (a === null || a === undefined) return -1;
	if (b === null || b === undefined) return 1;
	return (a as string | number) < (b as string | number) ? -1 : 1;
}
