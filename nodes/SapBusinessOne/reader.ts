import { asCoreError } from '../../core/http/errors';
import { allOf, anyOf } from '../../core/odata/query';
import { keyLiteral } from './changeWalk';
import type { Entity } from './entities';
import { assertBehind, numberKey } from './keyset';
import { unknownPropertyIn } from './refusal';
import { text, type Row } from './rows';
import type { ListPage, ListQuery, ServiceLayer } from './serviceLayer';

export interface ReaderSettings {
	/** OData filter that always applies; absent: everything. */
	filter?: string;
	/** User-defined fields read beside the entity's own. */
	extensions: readonly string[];
	/** Rows without sub-collections per request. */
	pageSize: number;
	/** Whole records per request. */
	keysPerRequest: number;
}

/** A URL of about 8,000 characters is the least that servers on the way accept; a key in a filter takes up to 90. */
const MAX_KEYS_PER_REQUEST = 60;

/** Reads one entity set by key. Fields that an older server does not know are left out. */
export class EntityReader {
	private readonly absent = new Set<string>();
	private keyList?: Promise<string[]>;

	constructor(
		readonly service: ServiceLayer,
		readonly entity: Entity,
		private readonly settings: ReaderSettings,
	) {}

	/** `whole` adds the sub-collections. */
	select(whole: boolean): string[] {
		const { key, fields, collections } = this.entity;
		const names = [key, ...fields, ...this.settings.extensions, ...(whole ? collections : [])];
		return [...new Set(names)].filter((name) => !this.absent.has(name));
	}

	lacks(field: string): boolean {
		return this.absent.has(field);
	}

	/** Forgets the field that this error is about, where the record does without it; else throws the error. */
	leaveOut(caught: unknown): void {
		const error = asCoreError(caught);
		const property = unknownPropertyIn(error);
		const isOptional = property !== undefined && this.entity.optional?.includes(property);
		if (!isOptional || this.absent.has(property)) throw error;
		this.absent.add(property);
	}

	/** Each once. A key that can be none is not asked for: it would fail all that stand beside it. */
	async byKeys(wanted: readonly string[]): Promise<Row[]> {
		const { key, keyKind } = this.entity;
		const keys = [...new Set(wanted)].filter((one) => keyKind === 'text' || isNumber(one));
		const size = Math.min(Math.max(1, this.settings.keysPerRequest), MAX_KEYS_PER_REQUEST);
		const rows: Row[] = [];
		for (let at = 0; at < keys.length; at += size) {
			const literals = keys.slice(at, at + size).map((one) => keyLiteral(one, keyKind));
			const query = { filter: anyOf(key, literals), orderBy: [key], pageSize: size };
			rows.push(...(await this.all(query)));
		}
		return [...new Map(rows.map((row) => [text(row, key), row])).values()];
	}

	/** The page behind a key, in the server's order. */
	async behind(after: string | undefined, whole: boolean, pageSize: number): Promise<ListPage> {
		const { key } = this.entity;
		const filter = allOf(this.settings.filter, this.behindKey(after));
		const page = await this.page({ filter, orderBy: [key], pageSize }, whole);
		assertBehind(page.rows, this.entity, after);
		return page;
	}

	/**
	 * All keys in our own text order. Databases sort texts by their collation (hyphens, case, umlauts), and a sweep
	 * needs an order that is the same everywhere. Read once: a key created later is found by its change date.
	 */
	async sortedKeys(): Promise<string[]> {
		this.keyList ??= this.readKeys();
		return await this.keyList;
	}

	private async readKeys(): Promise<string[]> {
		const { key, entitySet } = this.entity;
		const { pageSize, filter } = this.settings;
		const keys: string[] = [];
		for (let after: string | undefined; ; ) {
			const query: ListQuery = {
				select: [key],
				filter: allOf(filter, this.behindKey(after)),
				orderBy: [key],
				pageSize,
			};
			const page = await this.service.page(entitySet, query);
			assertBehind(page.rows, this.entity, after);
			keys.push(...page.rows.map((row) => text(row, key)));
			if (isLastPage(page, pageSize)) return keys.sort();
			after = keys[keys.length - 1];
		}
	}

	private async all(query: ListQuery): Promise<Row[]> {
		for (;;) {
			try {
				const rows: Row[] = [];
				const select = this.select(true);
				for await (const page of this.service.pages(this.entity.entitySet, { ...query, select })) {
					rows.push(...page.rows);
				}
				return rows;
			} catch (error) {
				this.leaveOut(error);
			}
		}
	}

	private async page(query: ListQuery, whole: boolean): Promise<ListPage> {
		for (;;) {
			try {
				return await this.service.page(this.entity.entitySet, {
					...query,
					select: this.select(whole),
				});
			} catch (error) {
				this.leaveOut(error);
			}
		}
	}

	private behindKey(after: string | undefined): string | undefined {
		const { key, keyKind } = this.entity;
		return after === undefined ? undefined : `${key} gt ${keyLiteral(after, keyKind)}`;
	}
}

/** Price lists have negative numbers too. */
const isNumber = (key: string) => numberKey(key.replace(/^-/, '')) !== undefined;

/** Servers cap pages as they like: only a short page without a next link is the last. */
export function isLastPage(page: ListPage, pageSize: number): boolean {
	return page.next === undefined && page.rows.length < pageSize;
}
