import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { heldChoices } from '../../core/n8n/codeList';
import { openEnvironment } from './environment';
import type { Environment } from './run';
import { usersOf } from './users';

/** Where the editor's lists come from. */
type Company = Pick<Environment, 'memory' | 'company' | 'api' | 'ports'>;

/** Lists of the company for the editor. What the node holds already stays a choice: a name, an e-mail. */
export async function pipelineChoices(
	context: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const held = listOf(parametersOf(context).dealFilters.pipelineIds);
	return await choices(context, held, async (company) => await dealChoices(company, 'pipeline_id'));
}

/** Where a new deal goes: the editor marks what is no choice, so leaving it open is one too. */
export async function dealPipelineChoices(
	context: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const held = [parametersOf(context).options.dealPipeline];
	return await choices(context, held, async (company) => [
		{ name: 'First Pipeline', value: '' },
		...(await dealChoices(company, 'pipeline_id')),
	]);
}

export async function stageChoices(
	context: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const { rows } = (parametersOf(context).options.dealStages ?? {}) as { rows?: IDataObject[] };
	const held = (rows ?? []).map(({ stage }) => stage);
	return await choices(context, held, async (company) => [
		{ name: 'Stay Where It Is', value: '' },
		...(await dealChoices(company, 'stage_id')),
	]);
}

export async function userChoices(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const { options, assignedTo } = parametersOf(context);
	return await choices(context, [options.defaultOwner, assignedTo], async (company) => [
		{ name: 'User of the Credential', value: '' },
		...(await usersOf(company))
			.filter(({ active }) => active)
			.map(({ name, email }) => ({ name: `${name} (${email})`, value: email })),
	]);
}

/** Pipelines or stages by name. */
export async function dealChoices(
	{ memory, company, api, ports }: Company,
	key: 'pipeline_id' | 'stage_id',
): Promise<INodePropertyOptions[]> {
	const fields = await memory.fields.get(company.credentialKey, 'deal', api, ports.now());
	return (fields.find(key)?.options ?? []).map(({ id, label }) => ({ name: label, value: id }));
}

async function choices(
	context: ILoadOptionsFunctions,
	held: unknown[],
	list: (environment: Environment) => Promise<INodePropertyOptions[]>,
): Promise<INodePropertyOptions[]> {
	return await heldChoices(context, held, async () => {
		const authentication = context.getNodeParameter('authentication', 'apiToken') as string;
		return await list(await openEnvironment(context, authentication));
	});
}

function parametersOf(context: ILoadOptionsFunctions) {
	const parameters = context.getCurrentNodeParameters() ?? {};
	return {
		options: (parameters.options ?? {}) as IDataObject,
		dealFilters: (parameters.dealFilters ?? {}) as IDataObject,
		assignedTo: parameters.assignedTo,
	};
}

/** Chosen from the list, or numbers in a text. */
function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}
