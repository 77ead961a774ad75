import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	MissingKey,
	ScanPage,
	Window,
} from '../../core/sync/source';

export interface FakeRow {
	key: string;
	version: number;
	/** What the change field says. */
	changedAt: string;
	/** Step of the world's clock from which a reader can see this version. */
	visibleFrom: number;
	/** Content that the change field knows nothing of. */
	hidden: number;
}

export interface FakeErpOptions {
	order: 'ascending' | 'unordered';
	precision: 'day' | 'timestamp';
	pageSize?: number;
	/** Sends the server's present along, as a cursor value. */
	tellsTime?: boolean;
	/** Says where a read can go on; default true. */
	canResume?: boolean;
	/** Each change gives so many records, named `key/0`, `key/1` …; default one, named as the change. */
	gives?: number;
}

/** An ERP in memory: ties, late commits, torn pages, a clock of its own. */
export class FakeErp implements DeltaSource<FakeRow> {
	readonly order: 'ascending' | 'unordered';
	readonly precision: 'day' | 'timestamp';
	/** Seconds since the epoch of this little world. */
	now = Date.parse('2026-11-20T08:00:00Z') / 1000;
	/** The next page request fails. */
	tearAfterPages = Infinity;
	/** Every request fails with this. */
	isDown: Error | undefined;
	rowsRead = 0;
	loads = 0;
	/** Changes that were handed to `load`. */
	loadedChanges = 0;
	private readonly versions = new Map<string, FakeRow[]>();
	private readonly pageSize: number;
	private writes = 0;
	/** Tens of thousands of rows are not sorted for each page. */
	private lastSeen?: { moment: string; rows: FakeRow[]; byOrder?: FakeRow[] };
	private readonly tellsTime: boolean;
	private readonly canResume: boolean;
	gives?: number;

	constructor(options: FakeErpOptions) {
		this.order = options.order;
		this.precision = options.precision;
		this.pageSize = options.pageSize ?? 100;
		this.tellsTime = options.tellsTime ?? true;
		this.canResume = options.canResume ?? true;
		this.gives = options.gives;
	}

	text(at = this.now): string {
		return new Date(at * 1000).toISOString().slice(0, 19);
	}

	/** Writes a version now; readers see it `commitDelay` seconds later. */
	write(key: string, commitDelay = 0, changedAt = this.text()): void {
		this.writes++;
		const before = this.versions.get(key) ?? [];
		const last = before[before.length - 1];
		before.push({
			key,
			version: (last?.version ?? 0) + 1,
			changedAt: this.precision === 'day' ? changedAt.slice(0, 10) : changedAt,
			visibleFrom: this.now + commitDelay,
			hidden: last?.hidden ?? 0,
		});
		this.versions.set(key, before);
	}

	/** Changes content without touching the change field. */
	writeHidden(key: string): void {
		const last = this.visible().find((row) => row.key === key);
		if (last) last.hidden++;
	}

	remove(key: string): void {
		this.writes++;
		this.versions.delete(key);
	}

	/** What a reader sees now, by key. */
	visible(): FakeRow[] {
		const moment = `${this.now}|${this.writes}`;
		if (this.lastSeen?.moment !== moment) this.lastSeen = { moment, rows: this.visibleNow() };
		return this.lastSeen.rows;
	}

	private visibleNow(): FakeRow[] {
		const rows: FakeRow[] = [];
		for (const key of this.versions.keys()) {
			const row = this.visibleVersion(key);
			if (row) rows.push(row);
		}
		return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		if (this.isDown) throw this.isDown;
		const serverNow = this.tellsTime ? this.text() : undefined;
		const order = (row: FakeRow) =>
			this.order === 'ascending' ? `${row.changedAt}|${row.key}` : row.key;
		let after = resumeAfter ?? '';
		for (let page = 0; ; page++) {
			if (page >= this.tearAfterPages) throw new Error('The connection was reset.');
			const rows: FakeRow[] = [];
			for (const row of this.inOrder(order)) {
				if (row.changedAt < window.fromInclusive || order(row) <= after) continue;
				rows.push(row);
				if (rows.length === this.pageSize) break;
			}
			this.rowsRead += rows.length;
			if (rows.length > 0) after = order(rows[rows.length - 1]);
			const token = this.canResume ? after || undefined : undefined;
			yield { changes: rows.map(changeOf), resumeAfter: token, serverNow };
			if (rows.length < this.pageSize) return;
		}
	}

	private visibleVersion(key: string): FakeRow | undefined {
		const versions = this.versions.get(key) ?? [];
		return versions.filter((row) => row.visibleFrom <= this.now).at(-1);
	}

	private inOrder(order: (row: FakeRow) => string): FakeRow[] {
		const rows = this.visible();
		const seen = this.lastSeen!;
		seen.byOrder ??= [...rows].sort((a, b) => (order(a) < order(b) ? -1 : 1));
		return seen.byOrder;
	}

	async load(changes: readonly Change[]): Promise<Array<Loaded<FakeRow>>> {
		this.loads++;
		this.loadedChanges += changes.length;
		const wanted = new Set(changes.map((change) => change.id));
		const found = [...wanted].map((key) => this.visibleVersion(key));
		const rows = found.filter((row) => row !== undefined);
		if (this.gives === undefined) return rows.map(loadedOf);
		const numbers = Array.from({ length: this.gives }, (_, at) => at);
		return rows.flatMap((row) =>
			numbers.map((at) => loadedOf({ ...row, key: `${row.key}/${at}` })),
		);
	}

	async *scan(afterKey = ''): AsyncGenerator<ScanPage<FakeRow>> {
		const rows = this.visible().filter((row) => row.key > afterKey);
		for (let at = 0; at < rows.length || at === 0; at += this.pageSize) {
			if (at / this.pageSize >= this.tearAfterPages) throw new Error('The connection was reset.');
			yield { rows: rows.slice(at, at + this.pageSize).map(loadedOf), serverNow: this.text() };
		}
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<FakeRow>>> {
		const gone = keys.filter((key) => !this.visibleVersion(key));
		return gone.map((key) => ({
			key,
			fate: 'gone' as const,
			record: { key, version: -1, changedAt: '', visibleFrom: 0, hidden: 0 },
		}));
	}
}

function changeOf(row: FakeRow): Change {
	return { id: row.key, version: String(row.version), changedAt: row.changedAt };
}

function loadedOf(row: FakeRow): Loaded<FakeRow> {
	return { key: row.key, version: `${row.version}.${row.hidden}`, record: { ...row } };
}
