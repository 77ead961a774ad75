import { digestOf, ERASABLE, hashOf, isEmptied, type AuditRow } from '../../core/audit/chain';
import { checkChain, type ChainLink } from './chainCheck.mts';
import type { ExportedRow } from './exportRows.mts';
import { plural, Problems, type Verdict } from './findings.mts';
import { RunCheck } from './runCheck.mts';

export interface VerifyOptions {
	/** Any of them may have made a seal: after a change of the secret both are needed. */
	secrets?: readonly string[];
	/** Hash of a run row that was noted elsewhere and has to be in the table. */
	expect?: string;
}

/** Holds an exported audit table against its chains. Memory grows with the number of runs, not of rows. */
export async function verifyAudit(
	rows: AsyncIterable<ExportedRow>,
	options: VerifyOptions = {},
): Promise<Verdict> {
	const problems = new Problems();
	const open = new Map<string, RunCheck>();
	const done = new Set<string>();
	const chains = new Map<string, ChainLink[]>();
	const emptied = { identity: 0, values: 0, salts: 0 };
	let count = 0;

	const problemOf = (row: AuditRow) => (seq: number, text: string) =>
		problems.add({
			workflowId: row.workflowId,
			runNumber: Number(row.runNumber) || 0,
			seq,
			text: `Run ${row.runNumber} (${row.runId}) of workflow ${row.workflowId || '(not saved)'}: ${text}.`,
		});
	const link = (row: AuditRow, isAnchor: boolean) => {
		const links = chains.get(row.workflowId) ?? [];
		links.push({ row, runNumber: Number(row.runNumber) || 0, isAnchor });
		chains.set(row.workflowId, links);
	};

	for await (const { row, place } of rows) {
		const report = problemOf(row);
		checkDigests(row, place, emptied, report);
		if (row.action === 'anchor') {
			if (hashOf(row, row.lastHash) !== row.hash) {
				report(Number(row.seq), `the anchor at place ${place} does not fit its hash`);
			}
			link(row, true);
			continue;
		}
		if (row.action !== 'sealed') {
			count += 1;
			if (row.hmac !== '') report(Number(row.seq), `row ${row.seq} (place ${place}) has a seal`);
		}
		if (done.has(row.runId)) {
			report(Number(row.seq) || 0, `row ${row.seq} (place ${place}) was added or stands twice`);
			continue;
		}
		const run = open.get(row.runId) ?? new RunCheck(row, report);
		open.set(row.runId, run);
		run.add(row, place);
		if (run.isComplete) {
			open.delete(row.runId);
			done.add(row.runId);
			link(run.runRow!, false);
		}
	}
	for (const run of open.values()) {
		run.end();
		if (run.runRow) link(run.runRow, false);
	}
	const notes: string[] = [];
	for (const [workflowId, links] of [...chains].sort(([a], [b]) => (a < b ? -1 : 1))) {
		checkChain(workflowId, links, options.secrets ?? [], {
			problem: (runNumber, text) =>
				problems.add({
					workflowId,
					runNumber,
					seq: 0,
					text: `Workflow ${workflowId || '(not saved)'}: ${text}.`,
				}),
			note: (text) => notes.push(text),
		});
	}
	const all = [...chains.values()].flat();
	if (options.expect && !all.some(({ row }) => row.hash === options.expect)) {
		problems.add({
			workflowId: '\uffff',
			runNumber: 0,
			seq: 0,
			text: `No run has the expected hash ${options.expect}: the newest runs are missing, or the table is another one.`,
		});
	}
	return {
		problems: problems.sorted(),
		notes: [...emptiedNotes(emptied), ...notes],
		runs: all.filter(({ isAnchor }) => !isAnchor).length,
		rows: count,
	};
}

type Emptied = Record<'identity' | 'values' | 'salts', number>;

function checkDigests(
	row: AuditRow,
	place: number,
	emptied: Emptied,
	report: (seq: number, text: string) => void,
): void {
	for (const name of ['identity', 'values'] as const) {
		const group = ERASABLE[name];
		const digest = row[group.digest];
		const isBlank = group.columns.every((column) => row[column] === '');
		if (digest === '') {
			if (isEmptied(row, group)) continue;
			report(Number(row.seq), `row ${row.seq} (place ${place}) has values that no digest covers`);
		} else if (isBlank) {
			emptied[name] += 1;
			if (row[group.salt] !== '') emptied.salts += 1;
		} else if (digestOf(row, group) !== digest) {
			report(
				Number(row.seq),
				`row ${row.seq} (place ${place}): ${group.columns.join(', ')} do not fit ${group.digest}; one of them was changed, or only a part was emptied`,
			);
		}
	}
}

function emptiedNotes({ identity, values, salts }: Emptied): string[] {
	const notes: string[] = [];
	if (values > 0) notes.push(`${plural(values, 'row')} with emptied values.`);
	if (identity > 0) notes.push(`${plural(identity, 'row')} with emptied identity.`);
	if (salts > 0) {
		notes.push(
			`${plural(salts, 'emptied row')} kept the salt: empty it too, else a guess at the value can be checked.`,
		);
	}
	return notes;
}
