import type { Ports } from '../../core/http/ports';
import type { ErpRecord } from '../../core/record/erpRecord';
import type { DeltaSource, Loaded } from '../../core/sync/source';
import type { Connection } from './connection';
import { InvoiceSource } from './invoiceSource';
import { customers, stockCodes } from './masters';
import { MasterSource, type Master } from './masterSource';
import { OrderSource } from './orderSource';
import { settingsFrom, type Entity, type Parameters, type Settings } from './settings';
import type { TableAccess } from './tableAccess';

/** One entity, for the trigger and for the action node. */
export interface Reader {
	source: DeltaSource<ErpRecord>;
	/** Records of this number, whatever the filter says; none where SYSPRO has none. */
	get(number: string): Promise<Array<Loaded<ErpRecord>>>;
	/** Pages of all records that the filter lets through. */
	list(): AsyncIterable<Array<Loaded<ErpRecord>>>;
	/** What a change of makes the checkpoint start anew. */
	filter: unknown;
}

export function readerFor(
	entity: Entity,
	access: TableAccess,
	connection: Pick<Connection, 'company' | 'companyCurrency'>,
	read: Parameters,
	ports: Pick<Ports, 'now'>,
): Reader {
	const settings = settingsFrom(entity, connection, read, ports);
	const reader = READERS[entity](access, settings);
	return { ...reader, filter: settings.filter };
}

const EARLIEST = '1970-01-01';

type Unfiltered = Omit<Reader, 'filter'>;

const READERS: Record<Entity, (access: TableAccess, settings: Settings) => Unfiltered> = {
	customer: (access, settings) =>
		masterReader(access, customers(access, settings.mapping, settings.selection), settings),
	stockCode: (access, settings) =>
		masterReader(
			access,
			stockCodes(access, settings.mapping, { ...settings.selection, withStock: false }),
			settings,
		),
	stock: (access, settings) =>
		masterReader(
			access,
			stockCodes(access, settings.mapping, { ...settings.selection, withStock: true }),
			settings,
		),
	salesOrder: (access, { mapping, selection, since }) => {
		const source = new OrderSource(access, mapping, selection);
		return {
			source,
			get: async (number) => listed(await source.byKey(number)),
			list: () => source.all(since),
		};
	},
	invoice: (access, { mapping, selection, since }) => {
		const source = new InvoiceSource(access, mapping, selection);
		return {
			source,
			get: async (number) => await source.byNumber(number),
			list: () => source.since(since || EARLIEST),
		};
	},
};

function masterReader(access: TableAccess, master: Master, settings: Settings): Unfiltered {
	const { mapping, selection } = settings;
	const source = new MasterSource(access, master, mapping, selection.pageSize);
	return {
		source,
		get: async (number) => listed(await source.byKey(number)),
		async *list() {
			for await (const page of source.scan()) yield page.rows;
		},
	};
}

function listed<T>(one: T | undefined): T[] {
	return one === undefined ? [] : [one];
}
