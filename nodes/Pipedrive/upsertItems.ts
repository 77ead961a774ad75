import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asCoreError, type CoreError } from '../../core/http/errors';
import { fingerprintOf } from '../../core/record/fingerprint';
import { isEntityName } from './entities';
import { attemptOf, type Batch } from './items/batch';
import { erpRecords } from './items/erpRecords';
import { historyItems } from './items/historyItems';
import { mappedRecords } from './items/mappedRecords';
import { sealAudit } from './auditSeal';
import { estimateOf } from './estimate';
import { reportsOf, type ItemReport, type Job } from './report';
import { knownIdsByKey, type Environment, type Stop, type UpsertSettings } from './run';
import { outputsOf, type Outputs } from './outputs';
import { joinRetries } from './retries';
import { budgetText, summaryOf, tellOnce } from './runSummary';
import { suppressionOf, type Suppression } from './suppression';
import { prepareAndUpsert, type RunResult } from './upsert';
import { stopOf } from './stop';
import { visibilityNotice } from './visibility';

/** Create or Update for all items of the run together. */
export async function upsertItems(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	resource: string,
): Promise<Outputs> {
	const run = await upsertBatch(context, environment, settings, resource);
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const at = new Date(environment.ports.now()).toISOString();
	const runId = fingerprintOf([context.getExecutionId(), context.getNode().name, at]);
	const reports = reportsOf(run.jobs, run, {
		runId,
		executionId: context.getExecutionId(),
		at,
		webUrl: environment.company.webUrl,
		isDryRun: settings.isDryRun,
		auditEachUnchanged: options.auditEachUnchanged === true,
		known: knownIdsByKey(settings.knownIds),
	});
	const notice = await visibilityNotice(environment);
	if (notice) run.notices.push(notice);
	joinRetries(context.getInputData(), reports);
	const summary = summaryOf(reports);
	const news = tellOnce(reports, run.notices);
	await sealAudit(context, reports, {
		runId,
		at,
		tokens: environment.ledger.status().spentByRun,
		isDryRun: settings.isDryRun,
		summary: [summary, ...news].join('. '),
	});
	addHints(context, reports, { summary, notices: run.notices }, environment, settings);
	return outputsOf(context, reports, settings.isDryRun, news);
}

/** What came of the items, or why all of them have to wait. */
async function upsertBatch(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	resource: string,
): Promise<RunResult & { jobs: Job[] }> {
	const suppression = await suppressionOf(context);
	const batch = batchOf(context, environment, settings, resource, suppression);
	return await prepareAndUpsert(
		{ ...environment, isCancelled: () => isCancelled(context) },
		{ ...settings, lookedUp: batch.lookedUp },
		batch.entities,
		async (prepared) => await batch.build(prepared),
	).catch((error: unknown) => {
		const stop = deferralOf(environment, asCoreError(error));
		const jobs = context.getInputData().map((input, item) => ({
			item,
			...batch.waiting(item),
			intents: [],
			attempt: attemptOf(input),
			refusal: stop,
		}));
		return { jobs, results: [], history: new Map(), notices: [stop.reason], tokens: 0 };
	});
}

/** Resource ERP Record, operation Estimate: one item for all, nothing written. */
export async function estimateItems(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	resource: string,
): Promise<INodeExecutionData> {
	const run = await upsertBatch(context, environment, { ...settings, isDryRun: true }, resource);
	const refused = run.jobs
		.filter((job) => job.intents.length === 0 && !run.history.has(job.item))
		.map(() => ({ outcome: 'setAside' as const, tokens: 0 }));
	const budget = environment.ledger.status();
	const foreseen = [...run.results, ...run.history.values(), ...refused];
	const estimate = estimateOf(foreseen, budget.spentByRun, budget);
	return {
		json: { ...estimate, notices: run.notices },
		pairedItem: context.getInputData().map((_, item) => ({ item })),
	};
}

function batchOf(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	resource: string,
	suppression: Suppression,
): Batch {
	if (isEntityName(resource)) {
		return mappedRecords(context, environment, settings, resource, suppression);
	}
	if (resource === 'note' || resource === 'activity') {
		return historyItems(context, environment, resource);
	}
	return erpRecords(context, suppression);
}

/** Even looking at the fields costs tokens: when none are left, all items wait. */
function deferralOf(environment: Environment, error: CoreError): Stop {
	if (error.kind !== 'budgetSpent') throw error;
	return stopOf({ environment, silence: 0 }, error);
}

function isCancelled(context: IExecuteFunctions): boolean {
	return context.getExecutionCancelSignal?.()?.aborted === true;
}

function addHints(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
	{ summary, notices }: { summary: string; notices: readonly string[] },
	{ ledger }: Environment,
	settings: UpsertSettings,
): void {
	// Older n8n versions have no hints.
	if (typeof context.addExecutionHints !== 'function') return;
	const status = ledger.status();
	const planned = reports.reduce((sum, report) => sum + report.tokens, 0);
	const outcome = settings.isDryRun
		? `Dry run, nothing was written: ${summary}. Writing would cost ${planned} tokens.`
		: `${summary}.`;
	const message = `${outcome} ${budgetText(status.spentByRun, status)}`;
	const isAnyAside = reports.some((report) => report.outcome === 'setAside');
	context.addExecutionHints(
		{ message, type: isAnyAside ? 'warning' : 'info', location: 'outputPane' },
		...notices.map((notice) => ({
			message: notice,
			type: 'warning' as const,
			location: 'outputPane' as const,
		})),
	);
}
