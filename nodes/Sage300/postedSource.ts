import { CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	ScanPage,
	Window,
} from '../../core/sync/source';
import type { Currencies } from './currencies';
import { whole, type Row } from './fields';
import {
	changeDayOf,
	POSTED,
	sortKey,
	toPostedRecord,
	type PostedEntity,
	type PostedResource,
} from './posted';
import type { WebApi } from './webApi';

export interface PostedSettings {
	/** So many numbers behind the highest one are read again. */
	rereadNumbers: number;
	/** Asks the server to sort by key; without it lists come in key order by themselves. */
	sortsByKey: boolean;
	withRaw: boolean;
	currencies: Currencies;
}

/**
 * Posted invoices or receipts. Two conditions find a change: a date that moves with it, and the number of its
 * posting or batch, because month-end work is dated back. The highest number of the last complete read is kept
 * as the delta token; the last numbers before it are read again.
 */
export class PostedSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';
	/** Absent where the key has too many parts to go on behind it. */
	readonly scan?: (afterKey?: string) => AsyncGenerator<ScanPage<ErpRecord>>;
	private readonly posted: PostedResource;

	constructor(
		private readonly api: WebApi,
		private readonly entity: PostedEntity,
		private readonly settings: PostedSettings,
	) {
		this.posted = POSTED[entity];
		if (this.posted.canScan) this.scan = (afterKey) => this.scanBehind(afterKey);
	}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const { resource, fields } = this.posted;
		const from = window.fromInclusive.slice(0, 10);
		const before = numberIn(window.deltaToken);
		const position = positionIn(resumeAfter, before ?? 0);
		const query = {
			select: fields,
			filter: await this.changedSince(from, before),
			orderBy: this.orderBy,
		};
		let { highest } = position;
		let previous = new Set<string>();
		for await (const page of this.api.walk(resource, query, position.skip)) {
			for (const row of page.rows) highest = Math.max(highest, whole(row, this.posted.sequence));
			const changes = page.rows.flatMap((row) => this.changeOf(row, from, before) ?? []);
			const fresh = changes.filter(({ id }) => !previous.has(id));
			previous = new Set(changes.map(({ id }) => id));
			const serverNow = page.serverNow === '' ? {} : { serverNow: page.serverNow };
			yield { changes: fresh, resumeAfter: `${page.end}:${highest}`, ...serverNow };
		}
		// No number is known yet: 0 would make everything ever posted look new.
		if (highest > 0) yield { changes: [], deltaToken: String(highest) };
	}

	async load(changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> {
		return this.loaded(changes.map(({ payload }) => payload as Row));
	}

	private async *scanBehind(afterKey?: string): AsyncGenerator<ScanPage<ErpRecord>> {
		for (let after = afterKey; ; ) {
			const page = await this.pageBehind(after);
			if (!page) return;
			const last = sortKey(this.posted, page.rows[page.rows.length - 1]);
			if (after !== undefined && last <= after) throw notBehind(after, last);
			const serverNow = page.serverNow === '' ? {} : { serverNow: page.serverNow };
			yield { rows: this.loaded(page.rows), ...serverNow };
			after = last;
		}
	}

	private async pageBehind(after: string | undefined) {
		const { resource, fields } = this.posted;
		const filter = after === undefined ? undefined : this.behind(after);
		const query = { select: fields, filter, orderBy: this.orderBy };
		for await (const page of this.api.walk(resource, query)) if (page.rows.length > 0) return page;
		return undefined;
	}

	private loaded(rows: readonly Row[]): Array<Loaded<ErpRecord>> {
		const readAt = new Date(this.api.ports.now()).toISOString();
		const { withRaw, currencies } = this.settings;
		const { scope } = this.api.connection;
		return rows.flatMap((row) => {
			const record = toPostedRecord(this.entity, row, { scope, withRaw, currencies, readAt });
			if (!record) return [];
			return [{ key: sortKey(this.posted, row), version: record.erp.version, record }];
		});
	}

	private async changedSince(from: string, before: number | undefined): Promise<string> {
		const { resource, dates, sequence } = this.posted;
		const terms: string[] = [];
		for (const date of dates) terms.push(await this.api.since(resource, date, from));
		if (before !== undefined) {
			terms.push(`${sequence} gt ${Math.max(0, before - this.settings.rereadNumbers)}`);
		}
		return terms.join(' or ');
	}

	/**
	 * A row that came by its number alone is dated before the window. A number that was read before has been
	 * delivered; a new one is, and takes the first day of the window, so that it is remembered.
	 */
	private changeOf(row: Row, from: string, before: number | undefined): Change | undefined {
		const dated = changeDayOf(this.posted, row);
		const isNew = before === undefined || whole(row, this.posted.sequence) > before;
		if (dated < from && !isNew) return undefined;
		return {
			id: sortKey(this.posted, row),
			version: fingerprintOf(row),
			changedAt: dated < from ? from : dated,
			payload: row,
		};
	}

	/** `A gt a or (A eq a and B gt b)`. */
	private behind(key: string): string {
		const parts: Array<[property: string, value: string]> = [];
		let at = 0;
		for (const { property, width } of this.posted.key) {
			parts.push([property, quoted(key.slice(at, at + width).trim())]);
			at += width + 1;
		}
		return parts.reduceRight(
			(rest, [property, value]) =>
				rest === ''
					? `${property} gt ${value}`
					: `(${property} gt ${value} or (${property} eq ${value} and ${rest}))`,
			'',
		);
	}

	private get orderBy(): string[] | undefined {
		return this.settings.sortsByKey ? this.posted.key.map(({ property }) => property) : undefined;
	}
}

function numberIn(token: string | undefined): number | undefined {
	if (token === undefined) return undefined;
	if (/^\d+$/.test(token)) return Number(token);
	throw new CoreError('protocol', `"${token}" is no posting number.`);
}

/** Rows handed over, and the highest number among them. */
function positionIn(token: string | undefined, highest: number): { skip: number; highest: number } {
	if (token === undefined) return { skip: 0, highest };
	const [, skip, seen] = /^(\d+):(\d+)$/.exec(token) ?? [];
	if (skip !== undefined) return { skip: Number(skip), highest: Math.max(highest, Number(seen)) };
	throw new CoreError('protocol', `"${token}" is no position in a list of postings.`);
}

function notBehind(after: string, last: string): CoreError {
	return new CoreError(
		'protocol',
		`Sage 300 answered with "${last}" where only documents behind "${after}" were asked for.`,
		{ remedy: 'Turn on "Sort by Key" in "Reading".' },
	);
}
