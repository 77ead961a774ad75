import { randomBytes } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { sealRun, type LastRun } from '../../core/audit/chain';
import { hideSecret } from '../../core/http/redact';
import type { ItemReport } from './report';

/**
 * The newest run of each workflow that this process sealed. Its rows may never have reached the table: the next run
 * still names it, so that its absence is noticed.
 */
const lastRuns = new Map<string, LastRun>();

export interface SealedRun {
	runId: string;
	/** ISO instant. */
	at: string;
	/** Of the whole run. */
	tokens: number;
	isDryRun: boolean;
	/** One line for people; begins as `summaryOf` in `runSummary.ts` does. */
	summary: string;
}

/** Puts the audit rows of a run into their chain and adds the run's own row to the report that leaves last. */
export async function sealAudit(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
	run: SealedRun,
): Promise<void> {
	if (reports.length === 0) return;
	// The order in which they leave: Done first, then Set Aside. Most tables keep it.
	const ordered = [
		...reports.filter(({ outcome }) => outcome !== 'setAside'),
		...reports.filter(({ outcome }) => outcome === 'setAside'),
	];
	const workflowId = String(context.getWorkflow().id ?? '');
	const secret = await auditSecretOf(context);
	// From here to the remembered hash nothing may wait: runs of other triggers of the workflow come between.
	const sealed = sealRun(
		ordered.flatMap(({ audit }) => audit),
		{
			...run,
			executionId: context.getExecutionId(),
			workflowId,
			summary: `${run.isDryRun ? 'Dry run: ' : ''}${run.summary}`,
			previous: newest(lastRuns.get(workflowId), handedIn(context)),
			secret,
			newSalt: () => randomBytes(16).toString('hex'),
		},
	);
	const runRow = sealed[sealed.length - 1];
	// Nobody misses the rows of a dry run that stayed in the editor.
	if (!run.isDryRun) {
		lastRuns.set(workflowId, { runNumber: runRow.runNumber, hash: runRow.hash });
	}
	let start = 0;
	for (const report of ordered) {
		const end = start + report.audit.length;
		report.audit = sealed.slice(start, end);
		start = end;
	}
	ordered[ordered.length - 1].audit.push(runRow);
}

function newest(own: LastRun | undefined, told: LastRun | undefined): LastRun | undefined {
	if (!own || !told) return own ?? told;
	return told.runNumber > own.runNumber ? told : own;
}

/** The newest run row of the audit table, as the workflow hands it over; anything else counts as none. */
function handedIn(context: IExecuteFunctions): LastRun | undefined {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const told = objectOf(options.lastAuditRun);
	const runNumber = Number(told.runNumber);
	const hash = String(told.hash ?? '');
	const isRun = Number.isSafeInteger(runNumber) && runNumber > 0 && /^[0-9a-f]{64}$/.test(hash);
	return isRun ? { runNumber, hash } : undefined;
}

function objectOf(value: unknown): IDataObject {
	let found = value;
	if (typeof value === 'string') {
		try {
			found = JSON.parse(value);
		} catch {
			found = undefined;
		}
	}
	return found !== null && typeof found === 'object' ? (found as IDataObject) : {};
}

/** '' where the credential holds none. */
export async function auditSecretOf(context: IExecuteFunctions): Promise<string> {
	const isOAuth2 = context.getNodeParameter('authentication', 0) === 'oAuth2';
	const credential = await context.getCredentials(
		isOAuth2 ? 'erpPipedriveOAuth2Api' : 'erpPipedriveApi',
	);
	const secret = String(credential.auditSecret ?? '').trim();
	hideSecret(secret);
	return secret;
}
