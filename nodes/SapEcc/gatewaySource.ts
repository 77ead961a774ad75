import { CoreError } from '../../core/http/errors';
import type { ODataRow } from '../../core/odata/dialect';
import { checkedName } from '../../core/odata/literals';
import { allOf, anyOf, type ODataQuery } from '../../core/odata/query';
import { v2 } from '../../core/odata/v2';
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
import {
	deletedGatewayRecord,
	isSelectedRow,
	propertiesToRead,
	storedKey,
	toGatewayRecord,
	type GatewayMapping,
} from './gatewayMapping';
import type { GatewayPage, GatewayService } from './gatewayService';
import type { EccRecord } from './mapping';

/** `text`: an ABAP date that the service gives as a text, `20261120`. */
export type ChangeFieldType = 'date' | 'dateTime' | 'dateTimeOffset' | 'text';

export interface GatewaySettings extends GatewayMapping {
	entitySet: string;
	/** In the order of the key. */
	keyFields: readonly string[];
	changeField: string;
	/** Where the time of the change stands in a field of its own. */
	changeTimeField: string;
	/** Counts where the change field is empty: a row that was never changed. */
	createdField: string;
	changeFieldType: ChangeFieldType;
	pageSize: number;
}

/** Keys in one filter: the address stays below 8,000 characters. */
const KEYS_PER_REQUEST = 40;

/**
 * An entity set of a Gateway service that someone built on this system; ECC has no standard one for customers.
 * Rows are read whole, in the order of their key, so the server may cut pages as it likes.
 */
export class GatewaySource implements DeltaSource<EccRecord> {
	readonly order = 'unordered';
	readonly precision: 'day' | 'timestamp';
	private readonly settings: GatewaySettings;
	private select: readonly string[] | undefined;

	constructor(
		private readonly service: GatewayService,
		settings: GatewaySettings,
	) {
		this.settings = checked(settings);
		const isTimed = ['dateTime', 'dateTimeOffset'].includes(settings.changeFieldType);
		this.precision = isTimed ? 'timestamp' : 'day';
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const { changeField, createdField } = this.settings;
		const literal = this.changeLiteral(window.fromInclusive);
		const since = [changeField, createdField].filter((name) => name !== '');
		const filter = `(${since.map((name) => `${name} ge ${literal}`).join(' or ')})`;
		for await (const { page, last } of this.keyset(filter, resumeAfter)) {
			yield {
				changes: page.rows.map((row) => this.changeOf(row)),
				...(last !== undefined && { resumeAfter: last }),
				serverNow: this.presentIn(page),
			};
		}
	}

	/** The rows came with the changes already. */
	async load(changes: readonly Change[]): Promise<Array<Loaded<EccRecord>>> {
		return this.toRecords(changes.map(({ payload }) => payload as ODataRow));
	}

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<EccRecord>> {
		for await (const { page } of this.keyset(undefined, afterKey)) {
			yield { rows: this.toRecords(page.rows), serverNow: this.presentIn(page) };
		}
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<EccRecord>>> {
		const existing = new Set<string>();
		for (let at = 0; at < keys.length; at += KEYS_PER_REQUEST) {
			const chunk = keys.slice(at, at + KEYS_PER_REQUEST);
			const filter = this.keyFilter(chunk);
			for await (const page of this.service.pages(this.settings.entitySet, {
				shape: { select: await this.selected() },
				filter,
			})) {
				for (const row of page.rows) existing.add(this.keyOf(row));
			}
		}
		const readAt = new Date(this.service.ports.now()).toISOString();
		return keys.map((key) =>
			existing.has(key)
				? { key, fate: 'leftFilter' as const }
				: {
						key,
						fate: 'gone' as const,
						record: deletedGatewayRecord(key, this.settings, readAt),
					},
		);
	}

	toRecords(rows: readonly ODataRow[]): Array<Loaded<EccRecord>> {
		const readAt = new Date(this.service.ports.now()).toISOString();
		return rows
			.map((row) => v2.plain(row))
			.filter((row) => isSelectedRow(row, this.settings))
			.map((row) => {
				const key = this.keyOf(row);
				const record = toGatewayRecord(row, key, this.stampOf(row), this.settings, readAt);
				return { key, version: record.erp.version, record };
			});
	}

	/** Follows the server's pages, then asks for what comes behind the last key, until nothing new comes. */
	private async *keyset(filter: string | undefined, afterKey: string | undefined) {
		const { entitySet, keyFields, pageSize } = this.settings;
		const select = await this.selected();
		let after = afterKey?.split('|');
		for (;;) {
			const query: ODataQuery = {
				shape: { select },
				filter: allOf(filter, after && this.behind(after)),
				orderBy: keyFields,
				top: pageSize,
			};
			let rows = 0;
			for await (const page of this.service.pages(entitySet, query)) {
				rows += page.rows.length;
				const lastRow = page.rows[page.rows.length - 1];
				if (lastRow) after = keyFields.map((name) => textOf(lastRow[name]));
				yield { page, last: after?.join('|') };
			}
			if (rows === 0) return;
		}
	}

	/** `K1 gt 'a' or (K1 eq 'a' and K2 gt 'b')`. */
	private behind(values: readonly string[]): string {
		const { keyFields } = this.settings;
		return keyFields.reduceRight((rest, name, at) => {
			const literal = v2.literal.string(values[at] ?? '');
			return rest === ''
				? `${name} gt ${literal}`
				: `(${name} gt ${literal} or (${name} eq ${literal} and ${rest}))`;
		}, '');
	}

	private keyFilter(keys: readonly string[]): string {
		const { keyFields } = this.settings;
		if (keyFields.length === 1) return anyOf(keyFields[0], keys.map(v2.literal.string));
		const terms = keys.map((key) => {
			const values = key.split('|');
			const pairs = keyFields.map(
				(name, at) => `${name} eq ${v2.literal.string(values[at] ?? '')}`,
			);
			return `(${pairs.join(' and ')})`;
		});
		return `(${terms.join(' or ')})`;
	}

	private async selected(): Promise<readonly string[]> {
		this.select ??= await this.properties();
		return this.select;
	}

	private async properties(): Promise<readonly string[]> {
		const { entitySet, keyFields, changeField, changeTimeField, createdField } = this.settings;
		const known = new Set((await this.service.propertiesOf(entitySet)).map(({ name }) => name));
		const needed = [...keyFields, changeField, changeTimeField, createdField].filter(Boolean);
		return [...new Set([...needed, ...propertiesToRead(this.settings, known)])];
	}

	private changeLiteral(value: string): string {
		const { literal } = v2;
		switch (this.settings.changeFieldType) {
			case 'date':
				return literal.date(value.slice(0, 10));
			case 'dateTime':
				return literal.dateTime(value);
			case 'dateTimeOffset':
				return literal.dateTimeOffset(value);
			case 'text':
				return literal.string(value.slice(0, 10).replaceAll('-', ''));
		}
	}

	private changeOf(row: ODataRow): Change {
		const plain = v2.plain(row);
		const version = fingerprintOf(plain);
		return { id: `row:${this.keyOf(row)}`, version, changedAt: this.stampOf(row), payload: plain };
	}

	/** When the row changed last, as a cursor value; its creation where it never did. */
	private stampOf(row: ODataRow): string {
		const { changeField, changeTimeField, createdField } = this.settings;
		const day = this.dateOf(row[changeField]);
		if (day === '') return createdField === '' ? '' : this.dateOf(row[createdField]);
		if (changeTimeField === '' || day.length > 10) return day;
		return `${day}T${timeOf(row[changeTimeField])}`;
	}

	private dateOf(value: unknown): string {
		if (this.settings.changeFieldType === 'text') {
			const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(textOf(value)) ?? [];
			return year === undefined || year === '0000' ? '' : `${year}-${month}-${day}`;
		}
		const iso = v2.isoOf(value).replace(/Z$/, '');
		return this.precision === 'day' ? iso.slice(0, 10) : iso;
	}

	private keyOf(row: ODataRow): string {
		const { keyFields, maps } = this.settings;
		const isCustomer = maps === 'customer' && keyFields.length === 1;
		const values = keyFields.map((name) => textOf(row[name]));
		return isCustomer ? storedKey(values[0]) : values.join('|');
	}

	private presentIn(page: GatewayPage): string {
		return page.serverNow || this.service.localNow();
	}
}

function textOf(value: unknown): string {
	return value === null || value === undefined ? '' : String(value).trim();
}

/** Edm.Time, or an ABAP time as text. */
function timeOf(value: unknown): string {
	const text = textOf(value);
	const [, hours, minutes, seconds] = /^(\d{2}):?(\d{2}):?(\d{2})$/.exec(text) ?? [];
	if (hours !== undefined) return `${hours}:${minutes}:${seconds}`;
	return v2.isoOf(value) || '00:00:00';
}

/** Names go into the query as they are, so each must be a plain name. */
function checked(settings: GatewaySettings): GatewaySettings {
	if (settings.keyFields.length === 0) {
		throw new CoreError('configuration', 'No key field is given for the entity set.', {
			remedy: 'Fill in "Key Fields".',
		});
	}
	const optional = (name: string, setting: string) =>
		name.trim() === '' ? '' : checkedName(name, setting);
	return {
		...settings,
		entitySet: checkedName(settings.entitySet, 'Entity Set'),
		keyFields: settings.keyFields.map((name) => checkedName(name, 'Key Fields')),
		changeField: checkedName(settings.changeField, 'Change Field'),
		changeTimeField: optional(settings.changeTimeField, 'Change Time Field'),
		createdField: optional(settings.createdField, 'Creation Field'),
	};
}
