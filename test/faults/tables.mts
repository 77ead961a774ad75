/** The Data Tables of the template: audit rows, known ids, what is set aside. They outlive every process. */
import type { IDataObject } from 'n8n-workflow';

export interface AsideRow {
	id: number;
	externalId: string;
	payload: IDataObject & { erp: IDataObject };
	reason: string;
	/** ISO instant; empty where it waits for a person. */
	retryAt: string;
}

export class Tables {
	readonly audit: Array<IDataObject & { executionId: string }> = [];
	aside: AsideRow[] = [];
	private readonly ids: IDataObject[] = [];
	private lastId = 0;

	/** `keepsIds`: false where a workflow has no id table. */
	constructor(private readonly keepsIds: boolean) {}

	answer(path: string, body: string): object {
		const sent = JSON.parse(body) as { ids?: string[]; rows?: IDataObject[]; executionId?: string };
		const { rows = [], executionId = '' } = sent;
		switch (path) {
			case '/known':
				return { rows: this.known(sent.ids ?? []), lastAuditRun: this.lastAuditRun() };
			case '/audit':
				this.audit.push(...rows.map((row) => ({ ...row, executionId })));
				return {};
			case '/idRows':
				if (this.keepsIds) this.ids.push(...rows);
				return {};
			case '/setAside':
				this.aside.push(...rows.map((row) => this.asideRow(row)));
				return {};
			default:
				throw new Error(`There is no table ${path}.`);
		}
	}

	/** The newest row of each record that is due; older ones are overtaken. */
	due(now: number, isAskedByPerson: boolean): AsideRow[] {
		const newest = new Map(this.aside.map((row) => [row.externalId, row]));
		this.aside = this.aside.filter((row) => newest.get(row.externalId) === row);
		return this.aside.filter(
			({ retryAt }) => isAskedByPerson || (retryAt !== '' && Date.parse(retryAt) <= now),
		);
	}

	/** Those that a retry brought to an end, whatever came of them: where they stay aside there is a new row. */
	closeTried(rows: readonly AsideRow[]): void {
		const tried = new Set(rows.map(({ id }) => id));
		this.aside = this.aside.filter(({ id }) => !tried.has(id));
	}

	private known(ids: readonly string[]): IDataObject[] {
		const wanted = new Set(ids);
		return this.ids.filter((row) => wanted.has(String(row.recordExternalId)));
	}

	private lastAuditRun(): IDataObject {
		const runs = this.audit.filter(({ lastHash }) => lastHash);
		return runs.sort((a, b) => Number(b.runNumber) - Number(a.runNumber))[0] ?? {};
	}

	private asideRow(row: IDataObject): AsideRow {
		return {
			id: ++this.lastId,
			externalId: String(row.externalId),
			payload: row.payload as AsideRow['payload'],
			reason: `${String(row.reasonCode)}: ${String(row.reason)}`,
			retryAt: String(row.retryAt ?? ''),
		};
	}
}
