import { asCoreError } from '../../core/http/errors';
import type { ODataRow } from '../../core/odata/dialect';
import { allOf, anyOf } from '../../core/odata/query';
import type { ErpRecord } from '../../core/record/erpRecord';
import type { Loaded } from '../../core/sync/source';
import { personKeysOf } from './contacts';
import { storedKey, text } from './fields';
import { toErpRecord, type Companions, type MappingSettings } from './mapping';
import { isSelected } from './partnerFilter';
import { partnerShape, PERSON_FIELDS, SHIP_TO_SHAPE } from './parts';
import { namingNavigation, refusedPart } from './refusal';
import type { ODataService } from './service';
import { shipToOf } from './shipTo';

export interface ReadSettings extends MappingSettings {
	/** Light rows per request. */
	pageSize: number;
	/** Partners with all their navigations per request. */
	keysPerRequest: number;
}

/**
 * A URL of about 8,000 characters is the least that web servers on the way accept. The navigations take
 * some 3,500 of them; a key in a filter takes up to 42.
 */
const MAX_KEYS_PER_REQUEST = 80;

/** What a read of partners gave: all rows, and the selected ones as records. */
export interface ReadPartners {
	rows: ODataRow[];
	loaded: Array<Loaded<ErpRecord>>;
}

/** Reads whole partners and what belongs to them from other entity sets. */
export class PartnerReader {
	constructor(
		private readonly service: ODataService,
		private readonly settings: ReadSettings,
	) {}

	/** Partners by their keys as the service shows them, or by customer or supplier number, filtered and mapped. */
	async byKeys(
		keys: readonly string[],
		field: 'BusinessPartner' | 'Customer' | 'Supplier' = 'BusinessPartner',
	): Promise<ReadPartners> {
		const rows: ODataRow[] = [];
		for (const chunk of chunksOf(keys, this.keysPerRequest)) {
			const filter = anyOf(field, chunk.map(this.literal));
			for await (const page of this.wholePages(filter)) rows.push(...page.rows);
		}
		return { rows, loaded: await this.toRecords(rows) };
	}

	/** Pages of whole partners in key order; a server's page may be smaller than `top`. */
	async *wholePages(filter: string | undefined, top?: number) {
		const { parts, extensions } = this.settings;
		const shape = partnerShape(parts, extensions);
		try {
			yield* this.service.pages('A_BusinessPartner', {
				shape,
				filter,
				orderBy: ['BusinessPartner'],
				top,
			});
		} catch (error) {
			throw await namingNavigation(this.service, parts, filter, error);
		}
	}

	/** Filters and maps partner rows; contact persons and ship-to parties are read for all of them together. */
	async toRecords(rows: readonly ODataRow[]): Promise<Array<Loaded<ErpRecord>>> {
		const { dialect } = this.service;
		const day = this.service.localNow().slice(0, 10);
		const selected = rows.filter((row) => isSelected(dialect, row, this.settings.filter, day));
		const companions: Companions = {
			day,
			readAt: new Date(this.service.ports.now()).toISOString(),
			persons: await this.personsOf(selected),
			shipTos: await this.shipTosOf(selected),
		};
		return selected.map((row) => {
			const record = toErpRecord(dialect, row, companions, this.settings);
			return { key: record.erp.key, version: record.erp.version, record };
		});
	}

	/** Company keys behind contact persons or relationships, as the service shows them. */
	async companiesBehind(
		field: 'BusinessPartnerPerson' | 'RelationshipNumber',
		values: readonly string[],
	): Promise<ODataRow[]> {
		const rows: ODataRow[] = [];
		const select = ['RelationshipNumber', 'BusinessPartnerCompany', 'BusinessPartnerPerson'];
		for (const chunk of chunksOf(values, MAX_KEYS_PER_REQUEST)) {
			const query = {
				shape: { select },
				filter: anyOf(field, chunk.map(this.literal)),
				orderBy: [...select, 'ValidityEndDate'],
			};
			rows.push(...(await this.rowsOf('A_BusinessPartnerContact', query)));
		}
		return rows;
	}

	private async personsOf(partners: readonly ODataRow[]): Promise<Map<string, ODataRow>> {
		if (!this.settings.parts.has('contacts')) return new Map();
		const keys = partners.flatMap((row) => personKeysOf(this.service.dialect, row));
		return await this.partnersBy('BusinessPartner', keys, { select: PERSON_FIELDS });
	}

	private async shipTosOf(partners: readonly ODataRow[]): Promise<Map<string, ODataRow>> {
		if (!this.settings.parts.has('shipTo')) return new Map();
		const others = partners.flatMap((row) => {
			const { shipTo } = shipToOf(this.service.dialect, row, this.settings.unit);
			const isOther = shipTo && storedKey(shipTo.customer) !== storedKey(text(row, 'Customer'));
			return isOther ? [shipTo.customer] : [];
		});
		return await this.partnersBy('Customer', others, SHIP_TO_SHAPE);
	}

	private async partnersBy(
		field: 'BusinessPartner' | 'Customer',
		keys: readonly string[],
		shape: { select: readonly string[] },
	): Promise<Map<string, ODataRow>> {
		const byKey = new Map<string, ODataRow>();
		for (const chunk of chunksOf([...new Set(keys)].sort(), MAX_KEYS_PER_REQUEST)) {
			const filter = anyOf(field, chunk.map(this.literal));
			const query = { shape, filter, orderBy: ['BusinessPartner'] };
			for await (const page of this.service.pages('A_BusinessPartner', query)) {
				for (const row of page.rows) byKey.set(storedKey(text(row, field)), row);
			}
		}
		return byKey;
	}

	private async rowsOf(
		entitySet: string,
		query: Parameters<ODataService['pages']>[1],
	): Promise<ODataRow[]> {
		const rows: ODataRow[] = [];
		try {
			for await (const page of this.service.pages(entitySet, query)) rows.push(...page.rows);
		} catch (error) {
			throw refusedPart(asCoreError(error), entitySet, 'contacts');
		}
		return rows;
	}

	private get keysPerRequest(): number {
		return Math.min(Math.max(1, this.settings.keysPerRequest), MAX_KEYS_PER_REQUEST);
	}

	private readonly literal = (value: string): string => this.service.dialect.literal.string(value);
}

/** A keyset page's filter: everything behind a key, and the rest of the filter. */
export function behind(
	service: ODataService,
	field: string,
	after: string | undefined,
	filter: string | undefined,
	operator: 'ge' | 'gt' = 'gt',
): string | undefined {
	const edge =
		after === undefined
			? undefined
			: `${field} ${operator} ${service.dialect.literal.string(after)}`;
	return allOf(filter, edge);
}

function chunksOf<T>(values: readonly T[], size: number): T[][] {
	const chunks: T[][] = [];
	for (let at = 0; at < values.length; at += size) chunks.push(values.slice(at, at + size));
	return chunks;
}
