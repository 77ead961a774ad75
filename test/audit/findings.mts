/** A link of the chain that does not hold. */
export interface Problem {
	workflowId: string;
	runNumber: number;
	seq: number;
	/** A sentence for people. */
	text: string;
}

export interface Verdict {
	/** First by workflow, run and row. */
	problems: Problem[];
	/** Sentences that are no alarm. */
	notes: string[];
	runs: number;
	/** Without the run rows. */
	rows: number;
}

/** Keeps the first problems of a table that may be broken everywhere. */
export class Problems {
	private kept: Problem[] = [];
	count = 0;

	add(problem: Problem): void {
		this.count += 1;
		this.kept.push(problem);
		if (this.kept.length > 2 * MOST_KEPT) this.kept = this.sorted().slice(0, MOST_KEPT);
	}

	sorted(): Problem[] {
		return [...this.kept].sort(
			(a, b) =>
				(a.workflowId < b.workflowId ? -1 : a.workflowId > b.workflowId ? 1 : 0) ||
				a.runNumber - b.runNumber ||
				a.seq - b.seq,
		);
	}
}

const MOST_KEPT = 1_000;

export function plural(count: number, one: string): string {
	return `${count} ${one}${count === 1 ? '' : 's'}`;
}
