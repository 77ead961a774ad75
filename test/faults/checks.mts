/** What must be so in the end. */
import type { IDataObject } from 'n8n-workflow';
import { byKey, differences, type Strangers } from '../demo/compare.mts';
import { shortKey, type Expected } from '../sandbox/erp.mts';
import type { PipedriveSandbox } from '../sandbox/pipedrive/server.mts';
import type { RunReport } from './orders.mts';

export interface Run extends RunReport {
	/** False where the process died first. */
	hasEnded?: boolean;
}

/** Every record's last state is in Pipedrive exactly once, and nothing of others was touched. */
export function stateFindings(
	expected: Expected,
	crm: PipedriveSandbox,
	{ strangers, removed, lost }: { strangers: Strangers; removed: string[]; lost: string[] },
): string[] {
	const lostKeys = new Set(lost.map(keyOf));
	const lostPersons = expected.companies
		.filter(({ key }) => lostKeys.has(key))
		.flatMap(({ persons }) => persons.map(({ key }) => key));
	const excused = [...lostKeys, ...lostPersons];
	const rows = byKey(crm, 'organizations');
	const unflagged = removed
		.map(shortKey)
		.filter((key) => !lostKeys.has(key))
		.filter((key) => rows.has(key) && !JSON.stringify(rows.get(key)).includes('Deleted in ERP'))
		.map((key) => `Customer ${key} was removed and is not flagged.`);
	return [...differences(expected, crm, strangers), ...unflagged]
		.filter((line) => isCrime(line) || !excused.some((key) => concerns(line, key)))
		.map((line) => `State: ${line}`);
}

/** Nothing excuses these, not even the weaker promise. */
function isCrime(line: string): boolean {
	return /more than once|belongs to others|without an external id/.test(line);
}

function concerns(line: string, key: string): boolean {
	return (
		line.startsWith(`Customer ${key} `) ||
		line.startsWith(`Contact person ${key} `) ||
		line.includes(`(customer ${key})`) ||
		line.includes(`(contact ${key})`)
	);
}

export interface Audited {
	expected: Expected;
	runs: readonly Run[];
	audit: ReadonlyArray<IDataObject & { executionId: string }>;
	lost: readonly string[];
	crm: PipedriveSandbox;
}

/** Every record that went into a run is accounted for in the rows of that run; every one has been in a run. */
export function auditFindings({ expected, runs, audit, lost, crm }: Audited): string[] {
	const findings: string[] = [];
	const ended = runs.filter(({ isSuccess }) => isSuccess);
	for (const run of ended) findings.push(...runFindings(run, rowsOf(audit, run)));
	const accounted = new Set(ended.flatMap(({ records }) => records.map(keyOf)));
	const lostKeys = new Set(lost.map(keyOf));
	for (const { key } of expected.companies) {
		if (!accounted.has(key) && !lostKeys.has(key)) {
			findings.push(`Audit: customer ${key} is in no run that ended well.`);
		}
	}
	// A run that died or failed before it wrote its rows is the only excuse for a create that nobody tells of.
	const told = new Set(
		audit.filter(({ action }) => action === 'created').map(({ externalId }) => String(externalId)),
	);
	const untold = new Set(
		runs.filter(({ isSuccess }) => !isSuccess).flatMap(({ records }) => records.map(keyOf)),
	);
	for (const key of byKey(crm, 'organizations').keys()) {
		if (untold.has(key) || [...told].some((id) => keyOf(id) === key)) continue;
		findings.push(`Audit: nobody tells who created customer ${key}.`);
	}
	return findings;
}

function rowsOf(audit: Audited['audit'], { executionId }: Run) {
	return audit.filter((row) => row.executionId === executionId && row.action !== 'sealed');
}

function runFindings(run: Run, rows: readonly IDataObject[]): string[] {
	const { executionId, results, records } = run;
	const counted = rows.reduce((sum, row) => sum + Number(row.recordCount), 0);
	const findings: string[] = [];
	if (counted !== results.length) {
		findings.push(
			`Audit: run ${executionId} had ${results.length} records, ${counted} in its rows.`,
		);
	}
	const reported = new Set(results.map(({ externalId }) => externalId));
	for (const id of records) {
		if (!reported.has(id))
			findings.push(`Audit: ${id} went into run ${executionId} and never left.`);
	}
	const named = new Set(
		rows.map(({ externalId, action }) => `${String(externalId)} ${String(action)}`),
	);
	for (const { externalId, outcome } of results) {
		if (outcome === 'unchanged' || named.has(`${externalId} ${outcome}`)) continue;
		// A company is held back for the sake of one of its persons, who is named.
		if (outcome === 'setAside' && rows.some(({ action }) => action === 'setAside')) continue;
		findings.push(`Audit: run ${executionId} does not name ${externalId} (${outcome}).`);
	}
	return findings;
}

/** As the ERP's expectations name it. */
function keyOf(externalId: string): string {
	return shortKey(decodeURIComponent(externalId.split(':').at(3) ?? ''));
}
