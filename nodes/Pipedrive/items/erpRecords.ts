import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseJson } from '../../../core/http/body';
import type { ErpRecord } from '../../../core/record/erpRecord';
import { entitiesIn, lookedUpIn, vanishedEntityOf } from '../recordEntities';
import { intentsOf } from '../recordIntents';
import type { Prepared } from '../prepare';
import type { Job } from '../report';
import { withoutSuppressed, type Suppression } from '../suppression';
import { withTruthValues } from '../truthValues';
import { attemptOf, NO_IDENTITY, suppressedJob, type Batch } from './batch';

/** Resource ERP Record: what the triggers emit. */
export function erpRecords(context: IExecuteFunctions, suppression: Suppression): Batch {
	const items = context.getInputData();
	const erased = new Set<number>();
	const records = items.map((_, item) => {
		const whole = recordOf(context, item);
		if (!whole) return undefined;
		const { record } = withoutSuppressed(whole, suppression);
		if (!record) erased.add(item);
		return record;
	});
	const usable = records.filter((record) => record !== undefined);
	return {
		entities: entitiesIn(usable),
		lookedUp: lookedUpIn(usable),
		waiting: (item) => ({
			erp: records[item]?.erp ?? NO_IDENTITY,
			payload: records[item] ?? (erased.has(item) ? {} : items[item].json),
		}),
		build: (prepared) =>
			records.map((record, item) => {
				if (erased.has(item)) return suppressedJob(item);
				return record ? jobOf(record, item, items[item], prepared) : refusedJob(item, items[item]);
			}),
	};
}

function recordOf(context: IExecuteFunctions, item: number): ErpRecord | undefined {
	let value: unknown = context.getNodeParameter('record', item, {});
	if (typeof value === 'string') value = parseJson(value);
	const record = value as ErpRecord | undefined;
	if (typeof record?.erp?.externalId !== 'string' || record.erp.externalId === '') return undefined;
	try {
		return withTruthValues(record);
	} catch {
		// Told for this item when its intents are made.
		return record;
	}
}

function refusedJob(item: number, input: INodeExecutionData): Job {
	return {
		item,
		erp: NO_IDENTITY,
		payload: input.json,
		intents: [],
		attempt: attemptOf(input),
		refusal: {
			reason:
				'The item is no ERP Record (it has no erp.externalId): connect one of the ERP triggers with Output "ERP Record", or use Resource "Organization".',
		},
	};
}

/** Exported for tests that have no n8n. */
export function jobOf(
	record: ErpRecord,
	item: number,
	input: INodeExecutionData,
	{ maps }: Prepared,
): Job {
	const job: Job = {
		item,
		erp: record.erp,
		payload: record,
		intents: intentsOf(record, item, maps),
		attempt: attemptOf(input),
		refusal: {
			reason:
				'The ERP Record holds nothing that Pipedrive has a place for: neither an organization nor persons, a product, a deal or a document.',
		},
	};
	const { document } = record;
	if (document && !job.intents.some(({ rejected }) => rejected !== undefined)) {
		const externalId = document.organizationExternalId || undefined;
		return { ...job, wish: { item, record, host: { entity: 'organization', externalId } } };
	}
	if (record.erp.isDeleted && job.intents.length === 0 && !vanishedEntityOf(record)) {
		return { ...job, refusal: { outcome: 'unchanged', reasonCode: 'notCreated', reason: GONE } };
	}
	return job;
}

const GONE = 'The document is gone from the ERP; what Pipedrive shows of it stays.';
