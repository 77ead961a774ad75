import type { PipedriveRow } from './api';
import type { EntityName } from './entities';
import { externalIdsOf, matchKeysOf } from './matchKeys';

/** What matching needs to know about Pipedrive's records. */
export interface Directory {
	byExternalId(externalId: string): number[];
	byMatchKey(key: string): number[];
	row(id: number): PipedriveRow | undefined;
	/** A record that is not here does not exist (apart from the last seconds). */
	readonly isComplete: boolean;
}

/** Which fields of the records are kept. */
export interface IndexShape {
	entity: EntityName;
	externalIdKey: string;
	/** Built-in body keys, without `name`. */
	builtInKeys: readonly string[];
	/** Custom field keys, the external id's included. */
	customKeys: readonly string[];
}

type Ids = number | number[];

/** Rows by id, external id and match key. Each row is one JSON text: 100,000 of them stay below 100 MB. */
export class RecordStore implements Directory {
	isComplete = false;
	private readonly rows = new Map<number, string>();
	private readonly externalIds = new Map<string, Ids>();
	private readonly matchKeys = new Map<string, Ids>();

	constructor(readonly shape: IndexShape) {}

	get size(): number {
		return this.rows.size;
	}

	/** How many ERP records are linked. */
	get linkedCount(): number {
		return this.externalIds.size;
	}

	byExternalId(externalId: string): number[] {
		return listOf(this.externalIds.get(externalId));
	}

	byMatchKey(key: string): number[] {
		return key === '' ? [] : listOf(this.matchKeys.get(key));
	}

	row(id: number): PipedriveRow | undefined {
		const packed = this.rows.get(id);
		return packed === undefined ? undefined : this.unpack(id, packed);
	}

	put(row: PipedriveRow): void {
		this.remove(row.id);
		if (row.is_deleted) return;
		this.rows.set(row.id, this.pack(row));
		for (const key of externalIdsOf(row, this.shape.externalIdKey))
			add(this.externalIds, key, row.id);
		for (const key of matchKeysOf(this.shape.entity, row)) add(this.matchKeys, key, row.id);
	}

	remove(id: number): void {
		const known = this.row(id);
		if (!known) return;
		this.rows.delete(id);
		for (const key of externalIdsOf(known, this.shape.externalIdKey))
			drop(this.externalIds, key, id);
		for (const key of matchKeysOf(this.shape.entity, known)) drop(this.matchKeys, key, id);
	}

	clear(): void {
		this.rows.clear();
		this.externalIds.clear();
		this.matchKeys.clear();
		this.isComplete = false;
	}

	private pack(row: PipedriveRow): string {
		const { builtInKeys, customKeys } = this.shape;
		const kept = (value: unknown) => (value === undefined || value === null ? 0 : slim(value));
		return JSON.stringify([
			row.name,
			row.update_time ?? '',
			builtInKeys.map((key) => kept(row[key])),
			customKeys.map((key) => kept(row.custom_fields?.[key])),
		]);
	}

	private unpack(id: number, packed: string): PipedriveRow {
		const [name, updateTime, builtIn, custom] = JSON.parse(packed) as [
			string | null,
			string,
			unknown[],
			unknown[],
		];
		const { builtInKeys, customKeys } = this.shape;
		const row: PipedriveRow = { id, name, update_time: updateTime, custom_fields: {} };
		builtInKeys.forEach((key, index) => (row[key] = builtIn[index] === 0 ? null : builtIn[index]));
		customKeys.forEach((key, index) => {
			row.custom_fields![key] = custom[index] === 0 ? null : custom[index];
		});
		return row;
	}
}

/** Some products, those that orders named lately, of a company with too many for the index. */
export interface FoundProducts {
	openedAt: number;
	store: RecordStore;
}

// 0 stands for "not set" in a packed row: it is shorter than null and a real 0 is wrapped.
function slim(value: unknown): unknown {
	if (value === 0) return '0';
	if (Array.isArray(value) || typeof value !== 'object') return value;
	// Of a geocoded address only the text is compared and shown.
	if ('locality' in (value as object)) return { value: (value as { value?: unknown }).value };
	const parts = Object.entries(value as object).filter(([, part]) => part !== null && part !== '');
	return Object.fromEntries(parts);
}

function listOf(ids: Ids | undefined): number[] {
	if (ids === undefined) return [];
	return typeof ids === 'number' ? [ids] : [...ids];
}

function add(map: Map<string, Ids>, key: string, id: number): void {
	const known = map.get(key);
	map.set(key, known === undefined ? id : [...listOf(known), id]);
}

function drop(map: Map<string, Ids>, key: string, id: number): void {
	const left = listOf(map.get(key)).filter((other) => other !== id);
	if (left.length === 0) map.delete(key);
	else map.set(key, left.length === 1 ? left[0] : left);
}
