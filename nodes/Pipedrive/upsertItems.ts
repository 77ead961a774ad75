import type {
	IDataObject,
	IExecuteFunctions,
	INodeConnections,
	INodeExecutionData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { asCoreError, type CoreError } from '../../core/http/errors';
import type { ErpIdentity, ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import type { EntityName } from './entities';
import { sealAudit } from './auditSeal';
import { columnIntent, columnsOf } from './columns';
import { entitiesIn, intentsOf } from './intents';
import { countsOf, reportsOf, type ItemReport, type Job } from './report';
import { knownIdsByKey, type Environment, type Stop, type UpsertSettings } from './run';
import type { Prepared } from './prepare';
import { prepareAndUpsert } from './upsert';
import { userIdOf } from './users';
import type { WritePolicy } from './fieldMap';
import { stopOf } from './stop';
import { visibilityNotice } from './visibility';

/** The two outputs: Done and Set Aside. */
export type Outputs = [INodeExecutionData[], INodeExecutionData[]];

/** Create or Update for all items of the run together. */
export async function upsertItems(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	resource: string,
): Promise<Outputs> {
	const items = context.getInputData();
	const records = resource === 'erpRecord' ? items.map((_, i) => recordOf(context, i)) : [];
	const build = async (prepared: Prepared): Promise<Job[]> =>
		resource === 'erpRecord'
			? records.map((record, item) => recordJob(record, item, items[item], prepared))
			: await columnJobs(context, environment, settings, prepared, resource as EntityName);
	const run = await prepareAndUpsert(
		{ ...environment, isCancelled: () => isCancelled(context) },
		settings,
		entitiesOf(resource, records),
		build,
	).catch((error: unknown) => {
		const stop = deferralOf(environment, asCoreError(error));
		const jobs = items.map(({ json }, item) => waitingJob(records[item], item, json, stop));
		return { jobs, results: [], notices: [stop.reason], tokens: 0 };
	});
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const at = new Date(environment.ports.now()).toISOString();
	const runId = fingerprintOf([context.getExecutionId(), context.getNode().name, at]);
	const reports = reportsOf(run.jobs, run.results, {
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
	await sealAudit(context, reports, {
		runId,
		at,
		tokens: environment.ledger.status().spentByRun,
		isDryRun: settings.isDryRun,
	});
	addHints(context, reports, run, environment, settings);
	return outputsOf(context, reports, settings);
}

/** Even looking at the fields costs tokens: when none are left, all items wait. */
function deferralOf(environment: Environment, error: CoreError): Stop {
	if (error.kind !== 'budgetSpent') throw error;
	return stopOf({ environment, silence: 0 }, error);
}

function waitingJob(
	record: ErpRecord | undefined,
	item: number,
	json: IDataObject,
	stop: Stop,
): Job {
	const { reasonCode, reason, retryAt } = stop;
	return {
		item,
		erp: record?.erp ?? NO_IDENTITY,
		payload: record ?? json,
		intents: [],
		attempt: Number(json.attempt ?? 0) || 0,
		refusal: { reasonCode, reason, ...(retryAt ? { retryAt } : {}) },
	};
}

function recordOf(context: IExecuteFunctions, item: number): ErpRecord | undefined {
	let value: unknown = context.getNodeParameter('record', item, {});
	if (typeof value === 'string') value = parsed(value);
	const record = value as ErpRecord | undefined;
	return typeof record?.erp?.externalId === 'string' && record.erp.externalId !== ''
		? record
		: undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function entitiesOf(resource: string, records: ReadonlyArray<ErpRecord | undefined>): EntityName[] {
	if (resource !== 'erpRecord') return [resource as EntityName];
	return entitiesIn(records.filter((record) => record !== undefined));
}

const NO_IDENTITY: ErpIdentity = {
	system: '',
	entity: '',
	key: '',
	externalId: '',
	version: '',
	changedAt: '',
	readAt: '',
	isDeleted: false,
	isBlocked: false,
};

function recordJob(
	record: ErpRecord | undefined,
	item: number,
	input: INodeExecutionData,
	prepared: Prepared,
): Job {
	const attempt = Number(input.json.attempt ?? 0) || 0;
	if (!record) {
		return {
			item,
			erp: NO_IDENTITY,
			payload: input.json,
			intents: [],
			attempt,
			refusal: {
				reason:
					'The item is no ERP Record (it has no erp.externalId): connect one of the ERP triggers with Output "ERP Record", or use Resource "Organization".',
			},
		};
	}
	return {
		item,
		erp: record.erp,
		payload: record,
		intents: intentsOf(record, item, prepared.maps),
		attempt,
		refusal: { reason: 'The ERP Record holds neither an organization nor persons.' },
	};
}

async function columnJobs(
	context: IExecuteFunctions,
	environment: Environment,
	settings: UpsertSettings,
	prepared: Prepared,
	entity: EntityName,
): Promise<Job[]> {
	const fields = prepared.fields[entity]!;
	const columns = columnsOf(fields, fields.resolve(settings.externalIdField[entity]).key);
	const jobs: Job[] = [];
	for (const [item, input] of context.getInputData().entries()) {
		const isAutomatic =
			context.getNodeParameter('columns.mappingMode', item, 'defineBelow') === 'autoMapInputData';
		const values = isAutomatic
			? input.json
			: ((context.getNodeParameter('columns.value', item, {}) ?? {}) as IDataObject);
		const options = context.getNodeParameter('options', item, {}) as IDataObject;
		const organizationId = Number(options.organizationId ?? 0);
		const intent = columnIntent(
			{
				item,
				entity,
				externalId: String(context.getNodeParameter('externalId', item, '')).trim(),
				changedAt: String(options.changedAt ?? ''),
				values: await withUserIds(environment, values, columns),
				...(organizationId > 0 ? { organizationId } : {}),
				policy: String(options.writePolicy ?? 'erpWins') as WritePolicy,
				misfitsHoldBack: settings.misfitsHoldBack,
				ignoreUnknown: isAutomatic,
			},
			columns,
		);
		jobs.push({
			item,
			erp: intent.erp,
			payload: input.json,
			intents: [intent],
			attempt: Number(input.json.attempt ?? 0) || 0,
		});
	}
	return jobs;
}

/** Users may be named by e-mail. */
async function withUserIds(
	environment: Environment,
	values: IDataObject,
	columns: ReturnType<typeof columnsOf>,
): Promise<Record<string, unknown>> {
	const named: Record<string, unknown> = { ...values };
	for (const { id, field } of columns) {
		const value = named[id];
		if (field.type === 'user' && typeof value === 'string' && value.includes('@')) {
			named[id] = await userIdOf(environment, value);
		}
	}
	return named;
}

function isCancelled(context: IExecuteFunctions): boolean {
	return context.getExecutionCancelSignal?.()?.aborted === true;
}

function addHints(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
	run: { notices: string[]; tokens: number },
	environment: Environment,
	settings: UpsertSettings,
): void {
	// Older n8n versions have no hints.
	if (typeof context.addExecutionHints !== 'function') return;
	const { created, updated, unchanged, setAside } = countsOf(reports);
	const { left, perDay } = environment.ledger.status();
	const planned = reports.reduce((sum, report) => sum + report.tokens, 0);
	const outcome = `${created} created, ${updated} updated, ${unchanged} unchanged, ${setAside} set aside`;
	const message = settings.isDryRun
		? `Dry run, nothing was written: ${outcome}. Writing would cost ${planned} tokens; ${Math.floor(left)} of ${perDay} are left today.`
		: `${outcome}. ${run.tokens} tokens spent; ${Math.floor(left)} of ${perDay} may still be spent today.`;
	context.addExecutionHints(
		{ message, type: setAside > 0 ? 'warning' : 'info', location: 'outputPane' },
		...run.notices.map((notice) => ({
			message: notice,
			type: 'warning' as const,
			location: 'outputPane' as const,
		})),
	);
}

function outputsOf(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
	settings: UpsertSettings,
): Outputs {
	const item = (report: ItemReport, index: number): INodeExecutionData => ({
		json: report as unknown as IDataObject,
		pairedItem: { item: index },
	});
	const all = reports.map(item);
	// A tool has one output, and the model reads the outcome.
	if (context.getNode().type.endsWith('Tool')) return [all, []];
	const isAside = (index: number) => reports[index].outcome === 'setAside';
	const done = all.filter((_, index) => !isAside(index));
	const aside = all.filter((_, index) => isAside(index));
	const failsRun =
		context.getNodeParameter('whenSetAside', 0, 'fail') === 'fail' || isSetAsideLoose(context);
	if (aside.length === 0 || settings.isDryRun || !failsRun) return [done, aside];
	const error = setAsideError(context, reports);
	if (!context.continueOnFail()) throw error;
	return [[...done, ...aside.map((entry) => ({ ...entry, error }))], []];
}

/**
 * n8n drops what leaves by an output that nothing is connected to: in production that would lose records silently.
 * The workflow is not part of n8n's public interface for nodes; where it cannot be seen, the panel's hint has to do.
 */
function isSetAsideLoose(context: IExecuteFunctions): boolean {
	if (context.getMode() === 'manual') return false;
	const { workflow } = context as unknown as {
		workflow?: { connectionsBySourceNode?: Record<string, INodeConnections> };
	};
	const connections = workflow?.connectionsBySourceNode?.[context.getNode().name];
	if (workflow?.connectionsBySourceNode === undefined) return false;
	return (connections?.main?.[SET_ASIDE_OUTPUT] ?? []).length === 0;
}

const SET_ASIDE_OUTPUT = 1;
const REASONS_SHOWN = 5;

/** After everything else was written: says how many, why, and how to have them as items instead. */
function setAsideError(
	context: IExecuteFunctions,
	reports: readonly ItemReport[],
): NodeOperationError {
	const aside = reports.filter(({ outcome }) => outcome === 'setAside');
	const byCode = new Map<string, number>();
	for (const { reasonCode = 'failed' } of aside) {
		byCode.set(reasonCode, (byCode.get(reasonCode) ?? 0) + 1);
	}
	const counts = [...byCode].map(([code, count]) => `${count} ${code}`).join(', ');
	const reasons = aside
		.slice(0, REASONS_SHOWN)
		.map(
			({ externalId, reason }) => `${externalId || 'item without external id'}: ${reason ?? ''}`,
		);
	const more = aside.length > REASONS_SHOWN ? ` (${aside.length - REASONS_SHOWN} more)` : '';
	return new NodeOperationError(
		context.getNode(),
		`${aside.length} of ${reports.length} records were set aside (${counts}); the others were written.`,
		{
			description: `${reasons.join(' | ')}${more}. To get them as items, connect the Set Aside output and choose "Send to Set Aside Output" in "When Records Are Set Aside".`,
		},
	);
}
