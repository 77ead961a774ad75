import type { ErpRecord } from '../../core/record/erpRecord';
import type { DeltaSource, Loaded, MissingKey, ScanPage } from '../../core/sync/source';
import { deletedRecord, type MappingSettings, type SysproEntity } from './identity';
import type { TableAccess, TablePage, TableRow } from './tableAccess';
import { condition, keyedPages } from './tablePages';

/** One of SYSPRO's master tables: how it is read and what becomes of its rows. */
export interface Master {
	entity: SysproEntity;
	table: string;
	key: string;
	columns: readonly string[];
	/** Which rows the user wants. */
	isSelected(row: TableRow): boolean;
	/** Records of rows that follow each other in the table. */
	records(rows: readonly TableRow[]): Promise<Array<Loaded<ErpRecord>>>;
}

/**
 * Masters have no change date at all: every poll reads the table by key and compares (`scan` alone). Nothing that
 * is mapped can change unseen, and vanished records are named.
 */
export class MasterSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';

	constructor(
		private readonly access: TableAccess,
		private readonly master: Master,
		private readonly settings: MappingSettings,
		private readonly pageSize: number,
	) {}

	/** Without changes there is nothing to load. */
	load = async (): Promise<Array<Loaded<ErpRecord>>> => [];

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<ErpRecord>> {
		const { table, key, columns } = this.master;
		const read = { table, key, columns, pageSize: this.pageSize };
		for await (const page of keyedPages(this.access, read, afterKey)) {
			const selected = page.rows.filter((row) => this.master.isSelected(row));
			const rows = await this.master.records(selected);
			yield { rows, ...(page.serverNow && { serverNow: page.serverNow }) };
		}
	}

	/** One record by its key, whatever the filter says. */
	async byKey(key: string): Promise<Loaded<ErpRecord> | undefined> {
		const { rows } = await this.rowOf(key);
		return (await this.master.records(rows))[0];
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<ErpRecord>>> {
		const missing: Array<MissingKey<ErpRecord>> = [];
		for (const key of keys) {
			const { rows } = await this.rowOf(key);
			if (rows.length === 0) {
				const record = deletedRecord(this.master.entity, key, this.settings);
				missing.push({ key, fate: 'gone', record });
			} else if (!rows.some((row) => this.master.isSelected(row))) {
				missing.push({ key, fate: 'leftFilter' });
			}
		}
		return missing;
	}

	private async rowOf(value: string): Promise<TablePage> {
		const { table, key, columns } = this.master;
		const where = [condition(key, 'EQ', value)];
		return await this.access.find({ table, columns, where, orderBy: [key], rows: 1 });
	}
}
