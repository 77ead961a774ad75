import type { ErpRecord } from '../../core/record/erpRecord';
import type { Change, ChangePage, DeltaSource, Loaded, Window } from '../../core/sync/source';
import type { MappingSettings } from './identity';
import { INVOICE_COLUMNS, invoiceRecord } from './invoice';
import { columnsFor, isAllowed, type Selection } from './selection';
import type { TableAccess, TableRow } from './tableAccess';
import { condition, groupedPages, type Group } from './tablePages';
import { dayIn } from './values';

/**
 * Documents of the receivables ledger by their date. They are posted with dates of the days before, so a window of
 * several days is read again; a payment later than that changes the balance unseen.
 */
export class InvoiceSource implements DeltaSource<ErpRecord> {
	readonly order = 'unordered';
	readonly precision = 'day';

	constructor(
		private readonly access: TableAccess,
		private readonly settings: MappingSettings,
		private readonly selection: Selection,
	) {}

	async *changes(window: Window, resumeAfter?: string): AsyncGenerator<ChangePage> {
		const day = window.fromInclusive.slice(0, 10);
		for await (const page of this.pages(day, resumeAfter)) {
			const rows = page.groups
				.flatMap((group) => group.rows)
				.filter((row) => this.isWanted(row, day));
			yield {
				changes: rows.map((row) => this.changeOf(row)).sort((a, b) => (a.id < b.id ? -1 : 1)),
				resumeAfter: page.groups.at(-1)?.key,
				...(page.serverNow && { serverNow: page.serverNow }),
			};
		}
	}

	load = async (changes: readonly Change[]): Promise<Array<Loaded<ErpRecord>>> =>
		changes.map(({ payload }) => payload as Loaded<ErpRecord>);

	/** The documents of that number: an invoice and perhaps its credit note. */
	async byNumber(number: string): Promise<Array<Loaded<ErpRecord>>> {
		const { rows } = await this.access.find({
			table: 'ArInvoice',
			columns: this.columns(),
			where: [condition('Invoice', 'EQ', number)],
			orderBy: ['Invoice', 'Customer'],
			rows: this.selection.pageSize,
		});
		return rows.map((row) => invoiceRecord(row, this.settings));
	}

	/** Those dated on that day or later, in the order of their numbers. */
	async *since(day: string): AsyncGenerator<Array<Loaded<ErpRecord>>> {
		for await (const { groups } of this.pages(day)) {
			const rows = groups.flatMap((group) => group.rows).filter((row) => this.isWanted(row, day));
			yield rows.map((row) => invoiceRecord(row, this.settings));
		}
	}

	private pages(
		day: string,
		after?: string,
	): AsyncGenerator<{ groups: Group[]; serverNow?: string }> {
		const read = {
			table: 'ArInvoice',
			columns: this.columns(),
			where: [condition('InvoiceDate', 'GE', day)],
			group: 'Invoice',
			within: 'Customer',
			pageSize: this.selection.pageSize,
		};
		return groupedPages(this.access, read, after);
	}

	private columns(): string[] {
		return columnsFor('Invoice', INVOICE_COLUMNS, this.selection);
	}

	private isWanted(row: TableRow, day: string): boolean {
		return dayIn(row.InvoiceDate) >= day && isAllowed(row, this.selection);
	}

	private changeOf(row: TableRow): Change {
		const record = invoiceRecord(row, this.settings);
		const id = [row.Invoice, row.Customer, row.DocumentType].join('\u0000');
		return { id, version: record.version, changedAt: dayIn(row.InvoiceDate), payload: record };
	}
}
