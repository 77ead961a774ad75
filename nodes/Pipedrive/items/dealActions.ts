import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { perItem } from '../../../core/n8n/perItem';
import { hookState } from '../events/hookCheck';
import { reconcile } from '../events/reconcile';
import type { EventItem } from '../events/records';
import type { Environment } from '../run';
import { updateDeal } from '../updateDeal';
import { recordId } from './recordId';

interface Item {
	context: IExecuteFunctions;
	item: number;
	read(name: string, fallback: unknown): unknown;
}
type Action = (environment: Environment, item: Item) => Promise<unknown[]>;

const ACTIONS: Readonly<Record<string, Action>> = {
	updateById,
	getMany: manyDeals,
	checkWebhook: async (environment, { read }) => [
		await hookState(environment.call, String(read('webhookAddress', '') ?? '')),
	],
};

export function isDealAction(operation: unknown): operation is string {
	return typeof operation === 'string' && Object.hasOwn(ACTIONS, operation);
}

/** One of the operations that take no external ID, for each item. */
export async function dealActions(
	context: IExecuteFunctions,
	environment: Environment,
	operation: string,
): Promise<INodeExecutionData[]> {
	return await perItem(context, async (item) => {
		const read = (name: string, fallback: unknown) =>
			context.getNodeParameter(name, item, fallback as string) as unknown;
		return await ACTIONS[operation](environment, { context, item, read });
	});
}

async function updateById(environment: Environment, { context, item, read }: Item) {
	const dealId = recordId(context, 'dealId', item);
	const parameter = read('fieldsToUpdate', {}) as { field?: IDataObject[] };
	const values = (parameter.field ?? []).map(({ name, value }) => ({
		field: String(name ?? ''),
		value,
	}));
	const updated = await updateDeal(environment, dealId, values).catch((caught: unknown) => {
		const error = asCoreError(caught);
		if (error.kind !== 'notFound') throw error;
		const { status } = error;
		throw new CoreError('notFound', `Pipedrive has no deal ${dealId}, or it is deleted.`, {
			status,
		});
	});
	return [updated];
}

/** In the form of the event trigger, so that what follows the trigger can follow this too. */
async function manyDeals(environment: Environment, { read }: Item): Promise<EventItem[]> {
	const filters = (read('dealFilters', {}) ?? {}) as IDataObject;
	const items = await reconcile(environment, {
		since: String(read('changedSince', '') ?? ''),
		status: String(read('dealStatus', 'won')),
		pipelineIds: numbersIn(filters.pipelineIds),
		includesArchived: filters.includeArchived !== false,
	});
	const name = String(filters.valueField ?? '').trim();
	if (name === '' || items.length === 0) return items;
	const { memory, company, api, ports } = environment;
	const fields = await memory.fields.get(company.credentialKey, 'deal', api, ports.now());
	const field = fields.resolve(name);
	const wantsValue = filters.valueState === 'filled';
	return items.filter(({ current }) => {
		const custom = (current?.custom_fields ?? {}) as Record<string, unknown>;
		const value = field.isCustom ? (custom[field.name] ?? custom[field.key]) : current?.[field.key];
		const isFilled = value !== undefined && value !== null && String(value).trim() !== '';
		return isFilled === wantsValue;
	});
}

function numbersIn(value: unknown): number[] {
	return String(value ?? '')
		.split(/[,\s]+/)
		.filter(Boolean)
		.map((part) => {
			if (/^\d+$/.test(part)) return Number(part);
			throw new CoreError('configuration', `"${part}" is no ID of a pipeline.`, {
				remedy: 'Choose them from the list under "Pipeline Names or IDs", or give their IDs.',
			});
		});
}
