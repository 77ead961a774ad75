import type { Ports } from '../../core/http/ports';
import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	MissingKey,
	ScanPage,
	Window,
} from '../../core/sync/source';
import { changesSince, type ChangePayload } from './changeDocuments';
import { deletedRecord, toErpRecord, type EccRecord, type MappingSettings } from './mapping';
import { isSelected, serverFilter, type MasterFilter } from './masterFilter';
import { MasterReader, type Master, type MasterReadSettings } from './masterReader';
import type { TableReader } from './readTable';

export interface EccSettings extends MappingSettings, MasterReadSettings {
	filter: MasterFilter;
}

/**
 * Customers (KNA1) or suppliers (LFA1) of SAP ECC with addresses and contact persons, key = their number,
 * padded as the database holds it. Changes come from the headers of change documents; a direct update of a
 * table writes none, which only the sweep (`scan`) sees.
 */
export class EccSource implements DeltaSource<EccRecord> {
	readonly order = 'unordered';
	readonly precision = 'timestamp';
	private readonly reader: MasterReader;

	constructor(
		private readonly tables: TableReader,
		private readonly ports: Pick<Ports, 'now'>,
		private readonly settings: EccSettings,
	) {
		this.reader = new MasterReader(tables, settings);
	}

	changes(window: Window, resumeAfter?: string): AsyncIterable<ChangePage> {
		const { side, parts } = this.settings;
		const withPersons = side.type === 'Customer' && parts.has('contacts');
		return changesSince(this.tables, { side, withPersons }, window, resumeAfter);
	}

	/** Changed addresses and contact persons become the companies they belong to; the filter applies to those. */
	async load(changes: readonly Change[]): Promise<Array<Loaded<EccRecord>>> {
		const keys = await this.keysBehind(changes);
		const loaded = this.toRecords(await this.reader.byKeys(keys));
		return loaded.sort((a, b) => (a.key < b.key ? -1 : 1));
	}

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<EccRecord>> {
		const where = serverFilter(this.settings.side, this.settings.filter);
		for await (const { masters, serverNow } of this.reader.pages(where, afterKey)) {
			const rows = this.toRecords(masters);
			yield { rows, ...(serverNow !== '' && { serverNow }) };
		}
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<EccRecord>>> {
		const { side } = this.settings;
		const masters = await this.reader.byKeys(keys);
		const existing = new Set(masters.map(({ row }) => row[side.key]));
		const selected = new Set(this.toRecords(masters).map(({ key }) => key));
		const readAt = this.readAt();
		return keys
			.filter((key) => !selected.has(key))
			.map((key) =>
				existing.has(key)
					? { key, fate: 'leftFilter' as const }
					: { key, fate: 'gone' as const, record: deletedRecord(key, this.settings, readAt) },
			);
	}

	/** Filters and maps. */
	toRecords(masters: readonly Master[]): Array<Loaded<EccRecord>> {
		const { side, filter, personsOnly } = this.settings;
		const readAt = this.readAt();
		return masters
			.filter(({ row }) => isSelected(row, side, filter))
			.filter(({ contacts }) => !personsOnly || (contacts?.length ?? 0) > 0)
			.map((master) => {
				const record = toErpRecord(master, this.settings, readAt);
				return { key: record.erp.key, version: record.erp.version, record };
			});
	}

	private async keysBehind(changes: readonly Change[]): Promise<string[]> {
		const { objectClass } = this.settings.side;
		const keys = new Set<string>();
		const numbers = new Set<string>();
		for (const change of changes) {
			const payload = change.payload as ChangePayload;
			if (payload.stream === 'created') keys.add(payload.key);
			else if (payload.objectClass === objectClass) keys.add(payload.objectId);
			else for (const number of addressNumbers(payload.objectId)) numbers.add(number);
		}
		for (const key of await this.reader.keysByAddressNumbers([...numbers])) keys.add(key);
		return [...keys].sort();
	}

	private readAt(): string {
		return new Date(this.ports.now()).toISOString();
	}
}

/**
 * An address's object id is a group of four characters and then its number of ten digits; where a person is
 * at an address a second number follows. Which of them is which is found out by looking for all.
 */
export function addressNumbers(objectId: string): string[] {
	const trimmed = objectId.trim();
	if (/^\d{10}$/.test(trimmed)) return [trimmed];
	return objectId.slice(4).match(/\d{10}/g) ?? [];
}
