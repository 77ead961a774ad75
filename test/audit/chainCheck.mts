import { hmacOf, type AuditRow } from '../../core/audit/chain';
import { plural } from './findings.mts';

export interface ChainLink {
	row: AuditRow;
	runNumber: number;
	isAnchor: boolean;
}

export interface ChainReport {
	problem(runNumber: number, text: string): void;
	note(text: string): void;
}

/** The run rows and anchors of one workflow: is every run there, and is every seal genuine? */
export function checkChain(
	workflowId: string,
	links: readonly ChainLink[],
	secrets: readonly string[],
	report: ChainReport,
): void {
	const sorted = [...links].sort(
		(a, b) => a.runNumber - b.runNumber || Number(b.isAnchor) - Number(a.isAnchor),
	);
	const genuine = checkSeals(sorted, secrets, report);
	checkStart(sorted, report);
	checkLinks(sorted, genuine, report);
	const [first] = sorted;
	const last = sorted[sorted.length - 1];
	const name = workflowId || '(not saved)';
	if (first.isAnchor) {
		report.note(
			`Workflow ${name}: checked from run ${first.runNumber + 1} on; older rows were trimmed (anchor of the run of ${first.row.readAt}).`,
		);
	}
	report.note(`Workflow ${name}: newest run ${last.runNumber}, hash ${last.row.hash}`);
}

function checkStart(sorted: readonly ChainLink[], report: ChainReport): void {
	const [first] = sorted;
	if (first.isAnchor || (first.runNumber === 1 && first.row.previousRun === '')) return;
	report.problem(
		first.runNumber - 1,
		first.runNumber > 2
			? `runs 1 to ${first.runNumber - 1} are missing and no anchor row says that they were trimmed`
			: 'run 1 is missing and no anchor row says that it was trimmed',
	);
}

function checkLinks(
	sorted: readonly ChainLink[],
	genuine: ReadonlySet<string>,
	report: ChainReport,
): void {
	const [first] = sorted;
	const numberOf = new Map(sorted.map(({ row, runNumber }) => [row.hash, runNumber]));
	const followers = new Map<string, ChainLink>();
	for (const link of sorted) {
		const { row, runNumber, isAnchor } = link;
		const { previousRun } = row;
		const sibling = followers.get(previousRun);
		// While a table is being trimmed the anchor stands beside the run that it was copied from.
		if (sibling?.row.hash === row.hash) {
			if (sibling.isAnchor === isAnchor) {
				report.problem(runNumber, `the anchor of run ${runNumber} stands twice`);
			}
			continue;
		}
		if (sibling) {
			const text =
				previousRun === ''
					? `the chain begins a second time with run ${runNumber} of ${row.readAt}`
					: `two runs follow run ${numberOf.get(previousRun) ?? runNumber - 1} (${sibling.row.readAt} and ${row.readAt})`;
			// Only a genuine seal tells two runs at the same time from a run that somebody added.
			if (previousRun !== '' && genuine.has(row.hash) && genuine.has(sibling.row.hash)) {
				report.note(`${text}: they ran at the same time in two processes.`);
			} else report.problem(runNumber, `${text}: one of them was added, or they ran at once`);
		}
		followers.set(previousRun, link);
		if (link === first || numberOf.get(previousRun) === runNumber - 1) continue;
		if (previousRun === '' && runNumber === 1) continue;
		const before = Math.max(
			0,
			...sorted.map((one) => one.runNumber).filter((number) => number < runNumber),
		);
		report.problem(
			before + 1,
			before < runNumber - 1
				? `${before + 1 === runNumber - 1 ? `run ${before + 1} is` : `runs ${before + 1} to ${runNumber - 1} are`} missing (run ${runNumber} of ${row.readAt} names it as the one before)`
				: `run ${runNumber} of ${row.readAt} does not follow the run ${before} that stands in the table`,
		);
	}
}

/** Gives the hashes of all links whose seal was made with one of the secrets. */
function checkSeals(
	sorted: readonly ChainLink[],
	secrets: readonly string[],
	report: ChainReport,
): Set<string> {
	const genuine = new Set<string>();
	const sealed = sorted.filter(({ row }) => row.hmac !== '');
	if (secrets.length === 0) {
		if (sealed.length > 0) {
			report.note(`${plural(sealed.length, 'seal')} not checked: no secret was given.`);
		}
		return genuine;
	}
	for (const { row, runNumber } of sorted) {
		const { hash, hmac } = row;
		if (hmac === '') {
			const isAfterSealed = sealed.length === 0 || runNumber > (sealed[0]?.runNumber ?? 0);
			if (isAfterSealed) report.problem(runNumber, `run ${runNumber} of ${row.readAt} has no seal`);
		} else if (secrets.some((secret) => hmacOf(hash, secret) === hmac)) genuine.add(hash);
		else report.problem(runNumber, `the seal of run ${runNumber} of ${row.readAt} is wrong`);
	}
	const before = sorted.length - sealed.length;
	if (sealed.length > 0 && before > 0) {
		report.note(`${plural(before, 'run')} from before the secret was set have no seal.`);
	}
	return genuine;
}
