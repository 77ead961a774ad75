import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asCoreError, CoreError } from '../../../core/http/errors';
import { toNodeError } from '../../../core/n8n/errors';
import { hookState } from '../events/hookCheck';
import { reconcile } from '../events/reconcile';
import type { EventItem } from '../events/records';
import type { Environment } from '../run';
import { updateDeal } from '../updateDeal';

type Read = (name: string, fallback: unknown) => unknown;
type Action = (environment: Environment, read: Read) => Promise<unknown[]>;

const ACTIONS: Readonly<Record<string, Action>> = {
	updateById,
	getMany: manyDeals,
	checkWebhook: async (environment, read) => [
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
	const items: INodeExecutionData[] = [];
	for (const [item, { json: input }] of context.getInputData().entries()) {
		const read: Read = (name, fallback) =>
			context.getNodeParameter(name, item, fallback as string) as unknown;
		try {
			for (const json of await ACTIONS[operation](environment, read)) {
				items.push({ json: json as IDataObject, pairedItem: { item } });
			}
		} catch (error) {
			const shown = toNodeError(context.getNode(), asCoreError(error), item);
			if (!context.continueOnFail()) throw toNodeError(context.getNode(), shown, item);
			items.push({ json: { ...input, error: shown.message }, error: shown, pairedItem: { item } });
		}
	}
	return items;
}

async function updateById(environment: Environment, read: Read): Promise<unknown[]> {
	const given = read('dealId', 0);
	const dealId = Number(given);
	if (!Number.isInteger(dealId) || dealId <= 0) {
		throw new CoreError(
			'configuration',
			`"Deal ID" must be the number of a Pipedrive deal, not ${JSON.stringify(given)}.`,
		);
	}
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
async function manyDeals(environment: Environment, read: Read): Promise<EventItem[]> {
	const filters = (read('dealFilters', {}) ?? {}) as IDataObject;
	const { items } = await reconcile(environment, {
		since: String(read('changedSince', '') ?? ''),
		status: String(read('dealStatus', 'won')),
		handled: new Set(),
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
