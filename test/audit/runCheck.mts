import { hashOf, type AuditRow } from '../../core/audit/chain';

/** What a whole run leaves behind for the chain of runs. */
export interface RunRow {
	row: AuditRow;
	runNumber: number;
}

interface Waiting {
	row: AuditRow;
	place: number;
}

/**
 * The rows of one run, in whatever order they come. Each row is held against the hash that the row before claims; when
 * every link holds, so does the chain. Rows in ascending or descending order need no memory but their numbers.
 */
export class RunCheck {
	runRow?: AuditRow;
	private readonly seen = new Set<number>();
	private readonly claims = new Map<number, string>([[0, '']]);
	private readonly waiting = new Map<number, Waiting>();

	constructor(
		readonly first: AuditRow,
		private readonly report: (seq: number, text: string) => void,
	) {}

	add(row: AuditRow, place: number): void {
		const seq = Number(row.seq);
		if (!Number.isSafeInteger(seq) || seq < 1) {
			this.report(0, `its row at place ${place} has no number in the run (seq is "${row.seq}")`);
			return;
		}
		if (row.workflowId !== this.first.workflowId || row.runNumber !== this.first.runNumber) {
			this.report(seq, `row ${seq} (place ${place}) names another workflow or run number`);
			return;
		}
		if (this.seen.has(seq)) {
			this.report(seq, `row ${seq} stands twice, again at place ${place}`);
			return;
		}
		this.seen.add(seq);
		if (row.action === 'sealed') this.takeRunRow(row, seq, place);
		this.claims.set(seq, row.hash);
		this.waiting.set(seq, { row, place });
		this.settle(seq);
		this.settle(seq + 1);
	}

	/** Nothing more is expected: what is kept of the run can go. */
	get isComplete(): boolean {
		return (
			this.runRow !== undefined &&
			this.waiting.size === 0 &&
			this.seen.size === Number(this.runRow.recordCount) + 1
		);
	}

	/** After the last row of the table. */
	end(): void {
		if (this.isComplete) return;
		const last = this.runRow ? Number(this.runRow.seq) : Math.max(0, ...this.seen);
		const missing: number[] = [];
		for (let seq = 1; seq <= last; seq++) if (!this.seen.has(seq)) missing.push(seq);
		for (const [from, to] of rangesOf(missing)) {
			this.report(
				from,
				from === to ? `row ${from} is missing` : `rows ${from} to ${to} are missing`,
			);
		}
		if (!this.runRow) {
			this.report(
				last + 1,
				'the row that ends it (action "sealed") is missing; if the run was still going on, export again',
			);
		} else {
			for (const seq of this.seen) {
				if (seq > last) this.report(seq, `row ${seq} stands after the row that ends the run`);
			}
		}
	}

	private takeRunRow(row: AuditRow, seq: number, place: number): void {
		if (this.runRow) {
			this.report(seq, `a second row that ends the run stands at place ${place}`);
			return;
		}
		if (seq !== Number(row.recordCount) + 1) {
			this.report(seq, `its last row counts ${row.recordCount} rows but stands at number ${seq}`);
		}
		this.runRow = row;
	}

	private settle(seq: number): void {
		const entry = this.waiting.get(seq);
		const before = this.claims.get(seq - 1);
		if (!entry || before === undefined) return;
		this.waiting.delete(seq);
		this.claims.delete(seq - 1);
		const { row, place } = entry;
		if (row.action === 'sealed' && row.lastHash !== before) {
			this.report(
				seq,
				`the hash of its last row is not the one that row ${seq} (place ${place}) names`,
			);
		} else if (hashOf(row, before) !== row.hash) {
			this.report(
				seq,
				`row ${seq} (place ${place}, ${row.readAt || 'no time'}) does not fit its hash: it or the row before was changed`,
			);
		}
	}
}

function rangesOf(numbers: readonly number[]): Array<[number, number]> {
	const ranges: Array<[number, number]> = [];
	for (const number of numbers) {
		const last = ranges[ranges.length - 1];
		if (last && last[1] === number - 1) last[1] = number;
		else ranges.push([number, number]);
	}
	return ranges;
}
