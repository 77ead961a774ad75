/** All tables of the system, the stamps of changes, and when changes become visible. */
import type { Row } from './edm.mts';
import { stampOf, type Clock, type Stamp } from './clock.mts';
import type { Schema } from './schema.mts';
import { Table } from './table.mts';

/** Changes one thing or another and is told when the change happened. */
export type Change = (stamp: Stamp) => void;

export class Database {
	readonly clock: Clock;
	/** Who changes things: at most 12 characters. */
	user = 'MUELLERK';
	private readonly tables: Map<string, Table>;
	private readonly numbers = new Map<string, number>();
	private held: Array<() => void> | undefined;

	constructor(schema: Schema, clock: Clock) {
		this.clock = clock;
		this.tables = new Map([...schema.values()].map((set) => [set.name, new Table(set)]));
	}

	table(name: string): Table {
		const table = this.tables.get(name);
		if (!table) throw new Error(`The system has no entity set ${name}`);
		return table;
	}

	/** False on a system too old for it. */
	has(name: string): boolean {
		return this.tables.has(name);
	}

	everyTable(): Table[] {
		return [...this.tables.values()];
	}

	/** Inserts where the system has the set. */
	put(name: string, row: Row): void {
		this.tables.get(name)?.put(row);
	}

	/** Rows of all tables. */
	get size(): number {
		return [...this.tables.values()].reduce((sum, table) => sum + table.size, 0);
	}

	nextNumber(range: string, first: number): string {
		const number = this.numbers.get(range) ?? first;
		this.numbers.set(range, number + 1);
		return String(number);
	}

	stamp(instant = this.clock.now()): Stamp {
		return stampOf(instant, this.clock.zone);
	}

	/** Stamps the change now and makes it visible now, or at the release when commits are held. */
	commit(change: Change): void {
		const stamp = this.stamp();
		if (this.held) this.held.push(() => change(stamp));
		else change(stamp);
	}

	/** From here on changes are stamped but nobody sees them: a long transaction's late commit. */
	holdCommits(): void {
		this.held ??= [];
	}

	releaseCommits(): void {
		const held = this.held ?? [];
		this.held = undefined;
		for (const change of held) change();
	}
}
