import { fingerprintOf } from '../../core/record/fingerprint';
import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	MissingKey,
	ScanPage,
	Window,
} from '../../core/sync/source';
import { sortableKey, walkChanges, type StampFields } from './changeWalk';
import { ENTITIES, type Entity, type EntityName } from './entities';
import { linkedPages, LINKED_NAMES, ordersBehind, type LinkedDocument } from './linkedChanges';
import { LinkedLines, type LinkedReading } from './linkedLines';
import { deletedRecord, toErpRecord, type B1Record, type Moment } from './mapping';
import type { MappingSettings } from './mappingSettings';
import { Names } from './names';
import { amountsOf } from './orderAmounts';
import { EntityReader, isLastPage } from './reader';
import { stampOf, text, type Row } from './rows';
import { isSelected, serverFilter, type SourceFilter } from './selection';
import type { ServiceLayer } from './serviceLayer';

export interface SourceSettings extends MappingSettings {
	entity: EntityName;
	filter: SourceFilter;
	/** Light rows per request. */
	pageSize: number;
	/** Whole records per request. */
	keysPerRequest: number;
	/** How what follows an order is read; absent: it is not. */
	linked?: LinkedReading;
}

type Stream = 'changed' | 'created';

/**
 * One entity of SAP Business One by the Service Layer. Changes come in ascending order of change date, time and
 * key; records without a change date are found by their creation date. Some changes touch no date (balances, stock,
 * prices): the sweep sees them, or the snapshot of an entity that has no change field at all.
 */
export class B1Source implements DeltaSource<B1Record> {
	/** Tokens tell where to go on: that serves an interrupted read better than moving the mark. */
	readonly order = 'unordered';
	readonly precision: 'day' | 'timestamp';
	readonly changes?: DeltaSource<B1Record>['changes'];
	private readonly entity: Entity;
	private readonly names: Names;
	private readonly reader: EntityReader;
	private readonly linked?: LinkedLines;
	private readonly crowds = {
		changed: new Map<string, string[]>(),
		created: new Map<string, string[]>(),
	};

	constructor(
		private readonly service: ServiceLayer,
		private readonly settings: SourceSettings,
	) {
		const { entity, extensions, pageSize, keysPerRequest } = settings;
		this.entity = ENTITIES[entity];
		this.names = new Names(service);
		const filter = serverFilter(entity, settings.filter);
		this.reader = new EntityReader(service, this.entity, {
			filter,
			extensions,
			pageSize,
			keysPerRequest,
		});
		if (settings.linked) this.linked = new LinkedLines(service, settings.linked);
		const { changed } = this.entity;
		this.precision = changed && changed.time === undefined ? 'day' : 'timestamp';
		if (changed) this.changes = (window, resumeAfter) => this.changesIn(window, resumeAfter);
	}

	async load(changes: readonly Change[]): Promise<Array<Loaded<B1Record>>> {
		const payloads = changes.map(({ payload }) => payload as string | LinkedDocument);
		const keys = new Set(payloads.filter((payload) => typeof payload === 'string'));
		const linked = payloads.filter((payload) => typeof payload !== 'string');
		const { linked: reading } = this.settings;
		if (reading && linked.length > 0) {
			const orders = await ordersBehind(this.service, reading, linked, undefined, this.linked);
			for (const key of orders) keys.add(key);
		}
		return await this.selected(await this.reader.byKeys([...keys]));
	}

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<B1Record>> {
		if (this.entity.keyKind === 'number') yield* this.scanNumbers(afterKey);
		else if (this.entity.collections.length === 0) yield* this.scanSnapshot(afterKey);
		else yield* this.scanTexts(afterKey);
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<B1Record>>> {
		const { keyKind } = this.entity;
		const plain = (key: string) => (keyKind === 'number' ? String(Number(key)) : key);
		const left = await this.loaded(await this.reader.byKeys(keys.map(plain)));
		const records = new Map(left.map(({ key, record }) => [key, record]));
		return keys.map((key) => {
			const record = records.get(key);
			if (record) return { key, fate: 'leftFilter' as const, record };
			const { entity, scope } = this.settings;
			const gone = deletedRecord(entity, plain(key), scope, this.readAt());
			return { key, fate: 'gone' as const, record: gone };
		});
	}

	/** Whole records by their keys as the ERP writes them, whatever the filter says. */
	async byKeys(keys: readonly string[]): Promise<B1Record[]> {
		return (await this.loaded(await this.reader.byKeys(keys))).map(({ record }) => record);
	}

	/** Records by their keys as the filter lets them through, and which of the keys exist at all. */
	async currentByKeys(
		keys: readonly string[],
	): Promise<{ records: B1Record[]; known: Set<string> }> {
		const rows = await this.reader.byKeys(keys);
		const records = (await this.selected(rows)).map(({ record }) => record);
		return { records, known: new Set(rows.map((row) => text(row, this.entity.key))) };
	}

	private async *changesIn(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const from = `${window.fromInclusive}T00:00`.slice(0, 16);
		const [resumed, ...position] = resumeAfter?.split('|') ?? ['changed', from];
		const minute = position.join('|');
		const { linked, pageSize } = this.settings;
		if (resumed === 'linked') {
			yield* linkedPages(this.service, from.slice(0, 10), pageSize, position);
			return;
		}
		if (resumed === 'changed') yield* this.stream('changed', minute, from);
		// Creation is walked by the day: not every version keeps the time of it.
		const day = `${from.slice(0, 10)}T00:00`;
		if (this.entity.created) {
			yield* this.stream('created', resumed === 'created' ? minute : day, day);
		}
		if (linked) yield* linkedPages(this.service, from.slice(0, 10), pageSize);
	}

	private async *stream(stream: Stream, minute: string, from: string): AsyncGenerator<ChangePage> {
		const end =
			stream === 'changed' && this.entity.created
				? `created|${from.slice(0, 10)}T00:00`
				: this.settings.linked && `linked|${LINKED_NAMES[0]}|`;
		for await (const part of this.walked(stream, minute)) {
			const { rows, next, serverNow } = part;
			const changes = rows
				.filter((row) => stream === 'changed' || this.hasNoChangeDate(row))
				.map((row) => this.changeOf(stream, row));
			const resumeAfter = next === undefined ? end : `${stream}|${next}`;
			yield { changes, resumeAfter, serverNow: serverNow || undefined };
		}
	}

	/** A field that this server lacks is left out, and the rest is read on. */
	private async *walked(stream: Stream, minute: string) {
		for (let from = minute; ; ) {
			const walk = {
				entitySet: this.entity.entitySet,
				fields: this.stampFields(stream),
				select: this.reader.select(false),
				filter: serverFilter(this.settings.entity, this.settings.filter),
				pageSize: this.settings.pageSize,
				from,
				crowds: this.crowds[stream],
			};
			try {
				for await (const part of walkChanges(this.service, walk)) {
					from = part.next ?? from;
					yield part;
				}
				return;
			} catch (error) {
				this.reader.leaveOut(error);
			}
		}
	}

	private hasNoChangeDate(row: Row): boolean {
		const { changed } = this.entity;
		return changed !== undefined && stampOf(row, changed.date) === '';
	}

	private changeOf(stream: Stream, row: Row): Change {
		const { date, time, key, keyKind } = this.stampFields(stream);
		const changedAt = stampOf(row, date, time);
		const payload = text(row, key);
		return {
			id: `${stream}:${changedAt.slice(0, 16)}|${sortableKey(payload, keyKind)}`,
			// More than the stamp: two changes within one minute may carry the same one.
			version: fingerprintOf(row),
			changedAt: this.precision === 'day' ? changedAt.slice(0, 10) : changedAt,
			payload,
		};
	}

	private stampFields(stream: Stream): StampFields {
		const { key, keyKind } = this.entity;
		const { date, time } = this.entity[stream] ?? { date: '', time: undefined };
		const hasTime = time !== undefined && !this.reader.lacks(time);
		return { date, ...(hasTime && { time }), key, keyKind };
	}

	private async *scanNumbers(afterKey?: string): AsyncGenerator<ScanPage<B1Record>> {
		const { key, collections } = this.entity;
		const { pageSize, keysPerRequest } = this.settings;
		const size = collections.length === 0 ? pageSize : keysPerRequest;
		for (let after = afterKey; ; ) {
			const page = await this.reader.behind(after, true, size);
			yield { rows: await this.selected(page.rows), serverNow: page.serverNow || undefined };
			if (isLastPage(page, size)) return;
			after = text(page.rows[page.rows.length - 1], key);
		}
	}

	private async *scanTexts(afterKey = ''): AsyncGenerator<ScanPage<B1Record>> {
		const keys = (await this.reader.sortedKeys()).filter((key) => key > afterKey);
		const { keysPerRequest } = this.settings;
		for (let at = 0; at < keys.length; at += keysPerRequest) {
			const rows = await this.reader.byKeys(keys.slice(at, at + keysPerRequest));
			yield { rows: await this.selected(rows) };
		}
	}

	/** Small rows, all of them: read once in the server's order and handed over in ours. */
	private async *scanSnapshot(afterKey = ''): AsyncGenerator<ScanPage<B1Record>> {
		const { key } = this.entity;
		const { pageSize } = this.settings;
		const rows: Row[] = [];
		for (let after: string | undefined; ; ) {
			const page = await this.reader.behind(after, true, pageSize);
			rows.push(...page.rows);
			if (isLastPage(page, pageSize)) break;
			after = text(rows[rows.length - 1], key);
		}
		const sorted = rows
			.map((row) => [text(row, key), row] as const)
			.filter(([one]) => one > afterKey)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([, row]) => row);
		for (let at = 0; at < sorted.length; at += pageSize) {
			yield { rows: await this.selected(sorted.slice(at, at + pageSize)) };
		}
	}

	private async selected(rows: readonly Row[]): Promise<Array<Loaded<B1Record>>> {
		const { entity, filter } = this.settings;
		return await this.loaded(rows.filter((row) => isSelected(entity, row, filter)));
	}

	/** Records in ascending order of their keys. */
	private async loaded(rows: readonly Row[]): Promise<Array<Loaded<B1Record>>> {
		const { entity } = this.settings;
		const { key, keyKind } = this.entity;
		const isNamed = entity === 'businessPartner' && rows.length > 0;
		const nameOf = isNamed ? await this.names.load() : (_table: string, code: string) => code;
		const moment: Moment = {
			today: this.service.localNow().slice(0, 10),
			readAt: this.readAt(),
			...(this.linked && rows.length > 0 && { amounts: await amountsOf(this.linked, rows) }),
		};
		return rows
			.map((row) => {
				const record = toErpRecord(entity, row, nameOf, this.settings, moment);
				const sortable = sortableKey(text(row, key), keyKind);
				return { key: sortable, version: record.erp.version, record };
			})
			.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
	}

	private readAt(): string {
		return new Date(this.service.ports.now()).toISOString();
	}
}
