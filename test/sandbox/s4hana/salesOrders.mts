/** Orders of the generic service with change timestamps, and the journal its delta links read from. */
import type { Database } from './database.mts';
import type { EntitySet, Row } from './edm.mts';
import { Refusal } from './refusal.mts';
import { Table } from './table.mts';

interface JournalEntry {
	sequence: number;
	key: string;
}

export class SalesOrders {
	readonly table: Table;
	/** Number of the last change. */
	sequence = 0;
	private journal: JournalEntry[] = [];
	private oldestToken = 0;

	constructor(
		private readonly database: Database,
		set: EntitySet,
	) {
		this.table = new Table(set);
	}

	/** Creates or changes; `LastChangeDateTime` follows. */
	put(key: string, fields: Row): void {
		this.database.commit((stamp) => {
			const before = this.table.get({ SalesOrder: key }) ?? { CreationDate: stamp.date };
			const seconds = Math.floor(stamp.instant / 1000) * 1000;
			this.table.put({ ...before, ...fields, SalesOrder: key, LastChangeDateTime: seconds });
			this.note(key);
		});
	}

	remove(key: string): void {
		this.database.commit(() => {
			const row = this.table.get({ SalesOrder: key });
			if (!row) throw new Error(`There is no sales order ${key}`);
			this.table.remove(row);
			this.note(key);
		});
	}

	/** Delta links given out so far answer 410 from now on. */
	expireDeltaLinks(): void {
		this.oldestToken = ++this.sequence;
	}

	/** Keys touched behind `from`, up to and with `to`, each once. @throws Refusal 410 */
	changedKeys(from: number, to: number): string[] {
		if (!(from >= this.oldestToken)) {
			throw new Refusal(410, '/IWBEP/CM_MGW_RT/410', 'The delta token is no longer valid');
		}
		const touched = this.journal.filter(({ sequence }) => sequence > from && sequence <= to);
		return [...new Set(touched.map(({ key }) => key))].sort();
	}

	private note(key: string): void {
		this.journal.push({ sequence: ++this.sequence, key });
	}
}
