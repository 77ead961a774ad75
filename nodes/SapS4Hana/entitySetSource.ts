import { asCoreError, CoreError } from '../../core/http/errors';
import type { ODataRow, ODataTombstone } from '../../core/odata/dialect';
import { checkedName } from '../../core/odata/literals';
import { allOf, type ODataQuery } from '../../core/odata/query';
import { externalIdOf, type ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { Change, ChangePage, DeltaSource, Loaded, Window } from '../../core/sync/source';
import { storedKey, text } from './fields';
import type { ODataService, ServicePage } from './service';

export type ChangeFieldType = 'date' | 'dateTime' | 'dateTimeOffset';

export interface EntitySetSettings {
	entitySet: string;
	/** In the order of the key. */
	keyFields: readonly string[];
	changeField: string;
	changeFieldType: ChangeFieldType;
	/** Read beside key and change field. */
	fields: readonly string[];
	/** Ask for delta links and use them where the service gives any. */
	useDeltaLinks: boolean;
	pageSize: number;
	scope: string;
}

/**
 * Any entity set that has a change field. Rows leave as they are (`raw`), with an identity. Where the service
 * offers delta links they replace the change field, and deletions become visible.
 */
export class EntitySetSource implements DeltaSource<ErpRecord> {
	readonly precision: 'day' | 'timestamp';
	private readonly settings: EntitySetSettings;
	private readsDelta = false;

	constructor(
		private readonly service: ODataService,
		settings: EntitySetSettings,
	) {
		this.settings = checkedSettings(settings);
		this.precision = settings.changeFieldType === 'date' ? 'day' : 'timestamp';
	}

	/** Rows of a window come by their change field; rows behind a delta link come in no order. */
	get order(): 'ascending' | 'unordered' {
		return this.readsDelta ? 'unordered' : 'ascending';
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const { deltaToken } = window;
		if (deltaToken !== undefined && this.settings.useDeltaLinks) {
			const first = await this.firstDeltaPage(deltaToken);
			if (first) {
				yield* this.deltaPages(first);
				return;
			}
		}
		this.readsDelta = false;
		yield* this.window(window.fromInclusive, resumeAfter);
	}

	/** The rows came with the changes already. */
	async load(changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> {
		const readAt = new Date(this.service.ports.now()).toISOString();
		return changes.map((change) => {
			const record = this.recordOf(change, readAt);
			return { key: record.erp.key, version: change.version, record };
		});
	}

	/** `undefined` when the link expired: the window by the change field then covers what it would have told. */
	private async firstDeltaPage(link: string): Promise<DeltaRead | undefined> {
		const pages = this.service.follow(link, this.settings.entitySet);
		try {
			const first = await pages.next();
			return first.done ? undefined : { first: first.value, rest: pages };
		} catch (error) {
			const refused = asCoreError(error);
			if ([400, 404, 410].includes(refused.status ?? 0)) return undefined;
			throw refused;
		}
	}

	private async *deltaPages({ first, rest }: DeltaRead): AsyncGenerator<ChangePage> {
		this.readsDelta = true;
		yield this.changePage(first);
		for await (const page of rest) yield this.changePage(page);
	}

	/**
	 * Rows from the lower edge on, in the order of the change field. Behind the last page that the server
	 * offers, goes on at the last value, that value included; where one value fills a page, by the key. A read that
	 * is to end with a delta link has to be a whole one, so it is never resumed.
	 */
	private async *window(fromInclusive: string, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const { changeField, keyFields, entitySet, pageSize, useDeltaLinks } = this.settings;
		const headers = useDeltaLinks
			? { prefer: `odata.track-changes, odata.maxpagesize=${pageSize}` }
			: undefined;
		const seen = new Set<string>();
		let filter = (useDeltaLinks ? undefined : resumeAfter) ?? this.from(fromInclusive);
		for (;;) {
			const query: ODataQuery = {
				shape: { select: this.select },
				filter,
				orderBy: [changeField, ...keyFields],
				// Delta links come at the end of a complete list only: it must not be cut off.
				top: useDeltaLinks ? undefined : pageSize,
			};
			let rows = 0;
			let fresh = 0;
			let last: ODataRow | undefined;
			let isTracked = false;
			for await (const page of this.service.pages(entitySet, query, headers)) {
				const changePage = this.changePage(page);
				changePage.changes = changePage.changes.filter(({ id }) => !seen.has(id));
				for (const { id } of changePage.changes) seen.add(id);
				rows += page.rows.length;
				fresh += changePage.changes.length;
				last = page.rows[page.rows.length - 1] ?? last;
				isTracked = page.deltaLink !== undefined;
				if (last && !useDeltaLinks)
					changePage.resumeAfter = this.behindKey(this.valueOf(last), last);
				yield changePage;
			}
			if (isTracked || last === undefined) return;
			if (fresh === 0 && rows < pageSize) return;
			const value = this.valueOf(last);
			const next = fresh > 0 ? this.from(value) : this.behindKey(value, last);
			if (fresh === 0 && next === filter) throw endless(entitySet, changeField);
			filter = next;
		}
	}

	private valueOf(row: ODataRow): string {
		return this.service.dialect.isoOf(row[this.settings.changeField]);
	}

	private from(value: string): string {
		return `${this.settings.changeField} ge ${this.changeLiteral(value)}`;
	}

	/** `F gt v or (F eq v and (K1 gt k1 or (K1 eq k1 and K2 gt k2)))`. */
	private behindKey(value: string, row: ODataRow): string {
		const { changeField, keyFields } = this.settings;
		const literal = this.changeLiteral(value);
		const keys = keyFields.map((name) => [name, this.keyLiteral(row[name])] as const);
		const behind = keys.reduceRight(
			(rest, [name, key]) =>
				rest === ''
					? `${name} gt ${key}`
					: `(${name} gt ${key} or (${name} eq ${key} and ${rest}))`,
			'',
		);
		const sameValue = allOf(`${changeField} eq ${literal}`, behind);
		return `(${changeField} gt ${literal} or (${sameValue}))`;
	}

	private changeLiteral(value: string): string {
		const { literal } = this.service.dialect;
		switch (this.settings.changeFieldType) {
			case 'date':
				return literal.date(value.slice(0, 10));
			case 'dateTime':
				return literal.dateTime(value.replace(/Z$/, ''));
			case 'dateTimeOffset':
				return literal.dateTimeOffset(value);
		}
	}

	private keyLiteral(value: unknown): string {
		const { literal } = this.service.dialect;
		if (typeof value === 'number') return literal.number(String(value));
		const key = String(value ?? '');
		return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key)
			? literal.guid(key)
			: literal.string(key);
	}

	private get select(): string[] {
		const { keyFields, changeField, fields } = this.settings;
		return [...new Set([...keyFields, changeField, ...fields])];
	}

	private changePage(page: ServicePage): ChangePage {
		const now = page.serverNow || this.service.localNow();
		const changes = page.rows.map((row) => this.changeOf(row, now));
		const removed = page.removed.map((tombstone) => this.removalOf(tombstone, now));
		return {
			changes: [...changes, ...removed],
			serverNow: now,
			...(page.deltaLink !== undefined && { deltaToken: page.deltaLink }),
		};
	}

	private changeOf(row: ODataRow, now: string): Change {
		const plain = this.service.dialect.plain(row);
		const changedAt = this.cursorValue(row) || now;
		return { id: this.keyOf(row), version: fingerprintOf(plain), changedAt, payload: plain };
	}

	private removalOf({ keys, id }: ODataTombstone, now: string): Change {
		const { keyFields } = this.settings;
		const row = keys[''] === undefined ? keys : { ...keys, [keyFields[0]]: keys[''] };
		if (keyFields.some((name) => text(row, name) === '')) {
			throw new CoreError('protocol', `A deleted row of the delta answer has no key: "${id}".`, {
				remedy: 'Turn off "Use Delta Links".',
			});
		}
		return {
			id: this.keyOf(row),
			version: 'deleted',
			changedAt: now,
			isDeleted: true,
			payload: row,
		};
	}

	/** The change field as a cursor value: local where the service is local, UTC where it gives instants. */
	private cursorValue(row: ODataRow): string {
		const iso = this.service.dialect.isoOf(row[this.settings.changeField]).replace(/Z$/, '');
		return this.precision === 'day' ? iso.slice(0, 10) : iso;
	}

	private keyOf(row: ODataRow): string {
		return this.settings.keyFields.map((name) => storedKey(text(row, name))).join('|');
	}

	private recordOf(change: Change, readAt: string): ErpRecord {
		const { scope, entitySet } = this.settings;
		const raw = change.payload as ODataRow;
		return {
			erp: {
				system: 's4hana',
				entity: entitySet,
				key: change.id,
				externalId: externalIdOf('s4hana', scope, entitySet, change.id),
				version: change.version,
				changedAt: change.changedAt,
				readAt,
				isDeleted: change.isDeleted ?? false,
				isBlocked: false,
			},
			raw,
		};
	}
}

function endless(entitySet: string, changeField: string): CoreError {
	return new CoreError('protocol', `${entitySet} answers the same page again and again.`, {
		remedy: `Raise "Page Size": too many rows share one value of ${changeField}.`,
	});
}

interface DeltaRead {
	first: ServicePage;
	rest: AsyncGenerator<ServicePage>;
}

/** Names go into the query as they are, so each must be a plain name. */
function checkedSettings(settings: EntitySetSettings): EntitySetSettings {
	if (settings.keyFields.length === 0) {
		throw new CoreError('configuration', 'No key field is given for the entity set.', {
			remedy: 'Fill in "Key Fields".',
		});
	}
	return {
		...settings,
		entitySet: checkedName(settings.entitySet, 'Entity Set'),
		keyFields: settings.keyFields.map((name) => checkedName(name, 'Key Fields')),
		changeField: checkedName(settings.changeField, 'Change Field'),
		fields: settings.fields.map((name) => checkedName(name, 'Fields')),
	};
}
