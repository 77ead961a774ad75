import { asCoreError, CoreError } from '../../core/http/errors';
import { quoted } from '../../core/odata/literals';
import { allOf } from '../../core/odata/query';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { later } from '../../core/sync/cursorValue';
import type {
	Change,
	ChangePage,
	DeltaSource,
	Loaded,
	MissingKey,
	ScanPage,
	Window,
} from '../../core/sync/source';
import { CUSTOMERS, customerNumber, SHIP_TOS, type CustomerReader } from './customerReader';
import { day, text, type Row } from './fields';
import { deletedCustomer, SHIP_TO_FIELDS } from './mapping';
import { namingPart } from './refusal';
import type { ApiPage } from './webApi';

/** What `load` finds in a change: the whole row, or the number of a customer whose ship-to location changed. */
type Payload = { row: Row } | { customer: string };

export interface CustomerReading {
	/** Takes customers with postings since the window's start for changed too: their balance moved. */
	followsActivity: boolean;
	/** Asks the server to sort by key; without it lists come in key order by themselves. */
	sortsByKey: boolean;
}

/**
 * Customers of one company by `ARCustomers`. The change field `DateLastMaintained` knows the day only, so rows
 * are compared by content. Balances move without it: the sweep (`scan`) sees them, or `followsActivity`.
 */
export class CustomerSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';

	constructor(
		private readonly reader: CustomerReader,
		private readonly reading: CustomerReading,
	) {}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const from = window.fromInclusive.slice(0, 10);
		const [stream, after] = resumePoint(resumeAfter);
		if (stream === 'customer') yield* this.changedCustomers(from, after);
		if (!this.reader.settings.parts.has('shipTo')) return;
		yield* this.changedShipTos(from, stream === 'shipTo' ? Number(after ?? 0) : 0);
	}

	async load(changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> {
		const rows = new Map<string, Row>();
		const others = new Set<string>();
		for (const { payload } of changes as ReadonlyArray<Change & { payload: Payload }>) {
			if ('row' in payload) rows.set(customerNumber(payload.row), payload.row);
			else others.add(payload.customer);
		}
		const missing = [...others].filter((key) => !rows.has(key));
		for (const row of await this.reader.rowsByKeys(missing)) rows.set(customerNumber(row), row);
		return await this.reader.toRecords([...rows.values()]);
	}

	async *scan(afterKey?: string): AsyncGenerator<ScanPage<ErpRecord>> {
		for (let after = afterKey; ; ) {
			const page = await this.pageBehind(after);
			if (!page) return;
			const last = customerNumber(page.rows[page.rows.length - 1]);
			if (after !== undefined && last <= after) throw notBehind(after, last);
			const shipTos = this.reader.shipTosBetween(after, last);
			const rows = await this.reader.toRecords(page.rows, shipTos);
			yield { rows, ...(page.serverNow !== '' && { serverNow: page.serverNow }) };
			after = last;
		}
	}

	async confirmMissing(keys: readonly string[]): Promise<Array<MissingKey<ErpRecord>>> {
		const rows = await this.reader.rowsByKeys(keys);
		const byKey = new Map(rows.map((row) => [customerNumber(row), row]));
		const { api, settings } = this.reader;
		const readAt = new Date(api.ports.now()).toISOString();
		return keys.flatMap((key): Array<MissingKey<ErpRecord>> => {
			const row = byKey.get(key);
			if (!row)
				return [{ key, fate: 'gone', record: deletedCustomer(settings.scope, key, readAt) }];
			return this.reader.isSelected(row) ? [] : [{ key, fate: 'leftFilter' }];
		});
	}

	private async *changedCustomers(from: string, after: string | undefined) {
		const { api, fields } = this.reader;
		const { followsActivity } = this.reading;
		const dated = await api.since(CUSTOMERS, 'DateLastMaintained', from);
		const active = followsActivity && (await api.since(CUSTOMERS, 'DateOfLastActivity', from));
		const filter = allOf(active ? `(${dated} or ${active})` : dated, behind(after));
		const select = followsActivity ? [...fields, 'DateOfLastActivity'] : fields;
		let before = new Set<string>();
		const list = api.walk(CUSTOMERS, { select, filter, orderBy: this.orderBy(['CustomerNumber']) });
		for await (const page of list) {
			const last = page.rows[page.rows.length - 1];
			const rows = page.rows.filter((row) => !before.has(customerNumber(row)));
			before = new Set(page.rows.map(customerNumber));
			yield changePage(
				page,
				rows.filter((row) => this.reader.isSelected(row)).map((row) => this.customerChange(row)),
				last && `customer:${customerNumber(last)}`,
			);
		}
	}

	private async *changedShipTos(from: string, skip: number): AsyncGenerator<ChangePage> {
		try {
			yield* this.shipTosSince(from, skip);
		} catch (error) {
			throw namingPart(asCoreError(error), 'Ship-To Locations');
		}
	}

	private async *shipTosSince(from: string, skip: number): AsyncGenerator<ChangePage> {
		const { api } = this.reader;
		const filter = await api.since(SHIP_TOS, 'DateLastMaintained', from);
		const orderBy = this.orderBy(['CustomerNumber', 'ShipToLocationKey']);
		let before = new Set<string>();
		for await (const page of api.walk(
			SHIP_TOS,
			{ select: SHIP_TO_FIELDS, filter, orderBy },
			skip,
		)) {
			const changes = page.rows.map(shipToChange);
			const fresh = changes.filter(({ id }) => !before.has(id));
			before = new Set(changes.map(({ id }) => id));
			yield changePage(page, fresh, `shipTo:${page.end}`);
		}
	}

	/** The first page with rows behind a key. */
	private async pageBehind(after: string | undefined): Promise<ApiPage | undefined> {
		const { api, fields } = this.reader;
		const query = {
			select: fields,
			filter: behind(after),
			orderBy: this.orderBy(['CustomerNumber']),
		};
		for await (const page of api.walk(CUSTOMERS, query)) if (page.rows.length > 0) return page;
		return undefined;
	}

	private orderBy(key: string[]): string[] | undefined {
		return this.reading.sortsByKey ? key : undefined;
	}

	private customerChange(row: Row): Change {
		const maintained = day(row, 'DateLastMaintained');
		const changedAt = later(
			maintained,
			this.reading.followsActivity ? day(row, 'DateOfLastActivity') : '',
		);
		const payload: Payload = { row };
		return { id: `customer:${customerNumber(row)}`, version: contentOf(row), changedAt, payload };
	}
}

function shipToChange(row: Row): Change {
	const customer = customerNumber(row);
	const payload: Payload = { customer };
	return {
		// Padded, so that ids sort as the keys do.
		id: `shipTo:${customer.padEnd(12)}/${text(row, 'ShipToLocationKey')}`,
		version: contentOf(row),
		changedAt: day(row, 'DateLastMaintained'),
		payload,
	};
}

/** The dates of a row are days: what it holds tells a second change of the same day. */
function contentOf(row: Row): string {
	const content = Object.entries(row).filter(([name]) => !name.startsWith('Date'));
	return fingerprintOf([day(row, 'DateLastMaintained'), Object.fromEntries(content)]);
}

function changePage(page: ApiPage, changes: Change[], resumeAfter: string | undefined): ChangePage {
	return {
		changes,
		...(resumeAfter !== undefined && { resumeAfter }),
		...(page.serverNow !== '' && { serverNow: page.serverNow }),
	};
}

function behind(key: string | undefined): string | undefined {
	return key === undefined ? undefined : `CustomerNumber gt ${quoted(key)}`;
}

function resumePoint(token: string | undefined): ['customer' | 'shipTo', string | undefined] {
	if (token === undefined) return ['customer', undefined];
	const [, stream, position] = /^(customer|shipTo):(.*)$/.exec(token) ?? [];
	if (stream === 'customer' || stream === 'shipTo') return [stream, position];
	throw new CoreError('protocol', `"${token}" is no position in a list of changed customers.`);
}

function notBehind(after: string, last: string): CoreError {
	return new CoreError(
		'protocol',
		`Sage 300 answered with customer "${last}" where only those behind "${after}" were asked for.`,
		{ remedy: 'Turn on "Sort by Key" in "Reading".' },
	);
}
