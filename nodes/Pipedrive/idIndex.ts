import { CoreError } from '../../core/http/errors';
import type { Ports } from '../../core/http/ports';
import { ENTITY_ENDPOINTS, MOST_FIELD_KEYS, MOST_IDS } from './api';
import type { PipedriveApi, PipedriveRow } from './api';
import { KINDS, type EntityName } from './entities';
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

/**
 * More than 15 keys do not fit one `custom_fields=`. Without the list the same page costs the same 10 tokens
 * and only more bytes, while each further pass costs all pages again: so never several passes.
 */
export function listedKeys(shape: IndexShape): readonly string[] | undefined {
	return shape.customKeys.length <= MOST_FIELD_KEYS ? shape.customKeys : undefined;
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

// 0 stands for "not set" in a packed row: it is shorter than null and a real 0 is wrapped.
function slim(value: unknown): unknown {
	if (value === 0) return '0';
	if (Array.isArray(value) || typeof value !== 'object') return value;
	// Of a geocoded address only the text is compared and shown.
	if ('locality' in (value as object)) return { value: (value as { value?: unknown }).value };
	const parts = Object.entries(value as object).filter(([, part]) => part !== null && part !== '');
	return Object.fromEntries(parts);
}

/** Lists do not tell about deletions: a daily look must not meet the list of the day before. */
const LONGEST_LIFE_MS = 23 * 60 * 60 * 1000;
/** Clocks and replicas of the server may differ by this much. */
const OVERLAP_MS = 30_000;
/** Where the server does not tell its time, our own clock may be wrong by this much. */
const CLOCK_DOUBT_MS = 300_000;

/**
 * A complete list of one entity's records, read from list pages of 500 and kept current by `updated_since`.
 * Complete or not used: a read that breaks off throws. Once a day it is read anew, because lists do not tell
 * about deletions.
 */
export class IdIndex extends RecordStore {
	private filledAt = -Infinity;
	private refreshedTo: number | undefined;
	private archivedTo: number | undefined;
	private running: Promise<void> | undefined;
	private next: Promise<void> | undefined;
	/** More rows than allowed: not used until the process ends. */
	isTooLarge = false;

	/** Tokens to make it current now; `undefined` = unknown, all pages have to be read. */
	costToRefresh(now: number): number | undefined {
		if (!this.isComplete || now - this.filledAt > LONGEST_LIFE_MS) return undefined;
		return ENTITY_ENDPOINTS[this.shape.entity].list.cost;
	}

	/** Whether it came into being when this list was last read, or later. */
	isNews({ add_time: addedAt }: PipedriveRow, now: number): boolean {
		const readTo = this.isComplete ? this.refreshedTo : undefined;
		return Date.parse(String(addedAt)) > (readTo ?? now - LONGEST_LIFE_MS);
	}

	/** Everything that others wrote before this call is known afterwards. Calls at the same time share one read. */
	refresh(api: PipedriveApi, ports: Ports, maxRows: number): Promise<void> {
		if (this.next) return this.next;
		const start = () => {
			this.next = undefined;
			const work = this.read(api, ports, maxRows).finally(() => {
				if (this.running === work) this.running = undefined;
			});
			this.running = work;
			return work;
		};
		if (!this.running) return start();
		this.next = this.running.then(start, start);
		return this.next;
	}

	/**
	 * Archived deals are in no other list. Only asked for when a deal is not among the living: 20 tokens per page, and
	 * after the first time only for what was archived since.
	 */
	async readArchived(api: PipedriveApi, ports: Ports): Promise<void> {
		const updatedSince =
			this.archivedTo === undefined ? undefined : new Date(this.archivedTo).toISOString();
		const readAt = ports.now() - CLOCK_DOUBT_MS;
		const progress = new Progress(this.shape.entity);
		let pageToken: string | undefined;
		do {
			const page = await api.list(this.shape.entity, {
				pageToken,
				updatedSince,
				customFieldKeys: listedKeys(this.shape),
				isArchived: true,
			});
			for (const row of page.rows) this.put(row);
			if (page.nextPageToken !== undefined && progress.isStuckAt(page)) throw progress.error();
			pageToken = page.nextPageToken;
		} while (pageToken !== undefined);
		this.archivedTo = readAt;
	}

	private async read(api: PipedriveApi, ports: Ports, maxRows: number): Promise<void> {
		const isFirst = this.costToRefresh(ports.now()) === undefined;
		if (isFirst) {
			this.clear();
			this.archivedTo = undefined;
		}
		const { entity } = this.shape;
		const updatedSince =
			isFirst || this.refreshedTo === undefined
				? undefined
				: `${new Date(this.refreshedTo).toISOString().slice(0, 19)}Z`;
		let readAt: number | undefined;
		let pageToken: string | undefined;
		const progress = new Progress(entity);
		do {
			const page = await api.list(entity, {
				pageToken,
				updatedSince,
				customFieldKeys: listedKeys(this.shape),
			});
			readAt ??=
				page.serverTime === undefined ? ports.now() - CLOCK_DOUBT_MS : page.serverTime - OVERLAP_MS;
			for (const row of page.rows) this.put(row);
			if (this.size > maxRows) {
				this.isTooLarge = true;
				this.clear();
				return;
			}
			if (page.nextPageToken !== undefined && progress.isStuckAt(page)) {
				this.clear();
				throw progress.error();
			}
			pageToken = page.nextPageToken;
		} while (pageToken !== undefined);
		if (isFirst) this.filledAt = ports.now();
		this.refreshedTo = readAt;
		this.isComplete = true;
	}
}

/** A cursor that leads nowhere may be a gap of records that the user may not see, but each page costs 10 tokens. */
const MOST_PAGES_WITHOUT_NEWS = 5;

/** Lists are asked for in the order of ids: one that brings no higher id any more would never end. */
export class Progress {
	private highest = -Infinity;
	private pagesWithoutNews = 0;

	constructor(private readonly entity: EntityName) {}

	isStuckAt(page: { rows: readonly PipedriveRow[] }): boolean {
		const highest = page.rows.reduce((most, { id }) => Math.max(most, id), this.highest);
		this.pagesWithoutNews = highest > this.highest ? 0 : this.pagesWithoutNews + 1;
		this.highest = highest;
		return this.pagesWithoutNews >= MOST_PAGES_WITHOUT_NEWS;
	}

	error(): CoreError {
		return new CoreError(
			'protocol',
			`Pipedrive's list of ${KINDS[this.entity].plural} gives the same pages again and again.`,
		);
	}
}

/** Cheapest way to read these records: one by one, or up to 100 in one list. */
export function costOfReading(entity: EntityName, count: number): number {
	const { get, list } = ENTITY_ENDPOINTS[entity];
	const lists = Math.floor(count / MOST_IDS) * list.cost;
	return lists + Math.min((count % MOST_IDS) * get.cost, list.cost);
}

/** Reads exactly these records. Ids that are gone, or that the token's user may not see, are missing in the answer. */
export async function readRows(
	api: PipedriveApi,
	shape: IndexShape,
	ids: readonly number[],
): Promise<PipedriveRow[]> {
	const { get, list } = ENTITY_ENDPOINTS[shape.entity];
	const rows: PipedriveRow[] = [];
	for (let start = 0; start < ids.length; start += MOST_IDS) {
		const some = ids.slice(start, start + MOST_IDS);
		if (some.length * get.cost < list.cost) {
			const read = await Promise.all(some.map(async (id) => await readRow(api, shape, id)));
			rows.push(...read.filter((row) => row !== undefined));
		} else {
			const page = await api.list(shape.entity, { ids: some, customFieldKeys: listedKeys(shape) });
			rows.push(...page.rows);
		}
	}
	return rows.filter((row) => !row.is_deleted);
}

/** `undefined` when it was deleted or merged away. */
export async function readRow(
	api: PipedriveApi,
	shape: IndexShape,
	id: number,
): Promise<PipedriveRow | undefined> {
	try {
		const row = await api.get(shape.entity, id, listedKeys(shape));
		return row.is_deleted ? undefined : row;
	} catch (error) {
		return absentOrThrow(error);
	}
}

function absentOrThrow(error: unknown): undefined {
	if (error instanceof CoreError && error.kind === 'notFound') return undefined;
	throw error;
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
