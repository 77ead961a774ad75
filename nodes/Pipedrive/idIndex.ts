import { CoreError } from '../../core/http/errors';
import type { Ports } from '../../core/http/ports';
import { ENTITY_ENDPOINTS, type PipedriveApi, type PipedriveRow } from './api';
import { KINDS, type EntityName } from './entities';
import { listedKeys } from './readRows';
import { RecordStore } from './recordStore';

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
