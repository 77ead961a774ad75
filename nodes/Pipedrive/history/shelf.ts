import { asCoreError } from '../../../core/http/errors';
import { idsIn, isOurs, isTorn, mayBeOurs } from './block';
import type { HistoryEntity, HistoryLink } from './intents';
import {
	HISTORY_ENDPOINTS,
	PAGE_SIZE,
	type HistoryApi,
	type HistoryRow,
	type Meter,
} from './records';

/** From so many single reads and lists on it is worth asking how long the whole list is. */
const PROBE_FACTOR = 4;

/** Notes or activities of one run, found by the external id in their text. Lists are read once. */
export class Shelf {
	private readonly rows = new Map<number, HistoryRow>();
	private readonly byExternalId = new Map<string, Set<number>>();
	private readonly listed = new Map<string, Promise<void>>();
	private isWhole = false;

	constructor(
		private readonly entity: HistoryEntity,
		private readonly api: HistoryApi,
	) {}

	/**
	 * Reads the company's whole list where that costs less than the single reads and lists that are coming.
	 *
	 * @param ids remembered ones
	 * @param links whose lists would be read for records that were never written
	 */
	async prepare(ids: readonly number[], links: readonly HistoryLink[], meter: Meter) {
		const { get, list } = HISTORY_ENDPOINTS[this.entity];
		const lists = new Set(links.map(linkKey)).size;
		const singly = ids.length * get.cost + lists * list.cost;
		if (singly < PROBE_FACTOR * list.cost) return;
		// Ids are given in ascending order: the newest says how many records there are at most.
		const pages = Math.ceil((await this.api.newestId(this.entity, meter)) / PAGE_SIZE);
		if (pages * list.cost >= singly) return;
		if (pages > 0) await this.readWhole(new Set(ids), meter);
		this.isWhole = true;
	}

	private async readWhole(wanted: ReadonlySet<number>, meter: Meter): Promise<void> {
		for await (const page of this.api.list(this.entity, undefined, meter)) {
			for (const row of page) {
				if (wanted.has(row.id) || mayBeOurs(row.html)) this.put(row);
			}
		}
	}

	put(row: HistoryRow): void {
		this.rows.set(row.id, row);
		for (const externalId of idsIn(row.html)) {
			const ids = this.byExternalId.get(externalId) ?? new Set();
			this.byExternalId.set(externalId, ids.add(row.id));
		}
	}

	drop(id: number): void {
		this.rows.delete(id);
	}

	/** `undefined` when it is gone. */
	async get(id: number, meter: Meter): Promise<HistoryRow | undefined> {
		const known = this.rows.get(id);
		if (known || this.isWhole) return known;
		const row = await this.api.get(this.entity, id, meter);
		if (row) this.put(row);
		return row;
	}

	/** All living records with this external id, as far as the link's list shows them. */
	async find(externalId: string, link: HistoryLink, meter: Meter): Promise<HistoryRow[]> {
		if (!this.isWhole) {
			const key = linkKey(link);
			const reading = this.listed.get(key) ?? this.read(link, meter);
			this.listed.set(key, reading);
			try {
				await reading;
			} catch (error) {
				this.listed.delete(key);
				throw asCoreError(error);
			}
		}
		return this.known(externalId);
	}

	/** The same from a list that is read now. */
	async findAnew(externalId: string, link: HistoryLink, meter: Meter): Promise<HistoryRow[]> {
		await this.read(link, meter);
		return this.known(externalId);
	}

	private async read(link: HistoryLink, meter: Meter): Promise<void> {
		for await (const page of this.api.list(this.entity, link, meter)) {
			for (const row of page) if (mayBeOurs(row.html)) this.put(row);
		}
	}

	/** What was seen of it so far. */
	known(externalId: string): HistoryRow[] {
		return [...(this.byExternalId.get(externalId) ?? [])]
			.flatMap((id) => this.rows.get(id) ?? [])
			.filter(({ html }) => isOurs(html, externalId));
	}

	/** Seen records whose line with the ERP ID was torn apart, and may have been this one's. */
	torn(externalId: string, heading: string): HistoryRow[] {
		return [...this.rows.values()].filter(({ html }) => isTorn(html, heading, externalId));
	}
}

/** Records of one link are written one after the other. */
export function linkKey({ dealId, orgId, personId }: HistoryLink): string {
	if (dealId !== undefined) return `deal|${dealId}`;
	return orgId !== undefined ? `organization|${orgId}` : `person|${personId}`;
}
