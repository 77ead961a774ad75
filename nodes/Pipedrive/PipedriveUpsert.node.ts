import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type ResourceMapperFields,
} from 'n8n-workflow';
import { toNodeError } from '../../core/n8n/errors';
import { shownFor } from '../../core/n8n/output';
import { ensureFields } from './ensureFields';
import { openEnvironment } from './environment';
import { dealPipelineChoices, pipelineChoices, stageChoices, userChoices } from './companyChoices';
import { columnSchema, fieldOptions, wantedFieldsOf } from './fieldChoices';
import { erasePersons } from './items/erasePerson';
import { eraseProperties, suppressionListProperty } from './panel/erase';
import { fieldProperties } from './panel/fields';
import { dealActions, isDealAction } from './items/dealActions';
import { getDeals } from './items/getDeals';
import { dealActionProperties } from './panel/deals';
import { historyProperties } from './panel/history';
import { mapProperties } from './panel/maps';
import { optionsProperty } from './panel/options';
import { knownIdsProperty, outcomeProperties, recordProperties } from './panel/records';
import { resourceProperties, subtitle } from './panel/resources';
import { settingsOf } from './settings';
import { estimateItems, upsertItems } from './upsertItems';

export class PipedriveUpsert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pipedrive Upsert',
		name: 'pipedriveUpsert',
		icon: { light: 'file:pipedrive.svg', dark: 'file:pipedrive.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle,
		description:
			'Bring ERP records into Pipedrive: writes only what differs, nothing twice, within the API token budget',
		defaults: { name: 'Pipedrive Upsert' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Done', 'Set Aside'],
		usableAsTool: true,
		hints: [
			{
				message:
					'Records that cannot be written leave by the Set Aside output. If nothing is connected there, a production run fails and names them; a manual run drops them.',
				type: 'warning',
				// n8n shows hints of the input pane for the node before, not for this one.
				location: 'outputPane',
				whenToDisplay: 'beforeExecution',
				displayCondition: '={{ $parameter["whenSetAside"] === "output" }}',
			},
		],
		credentials: [
			{
				name: 'erpPipedriveApi',
				required: true,
				displayOptions: { show: { authentication: ['apiToken'] } },
			},
			{
				name: 'erpPipedriveOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
		],
		properties: [
			...resourceProperties,
			...eraseProperties,
			...recordProperties,
			...shownFor({ operation: ['upsert'] }, historyProperties),
			...dealActionProperties,
			...shownFor({ resource: ['field'] }, fieldProperties),
			...outcomeProperties,
			...shownFor({ resource: ['erpRecord'] }, mapProperties),
			knownIdsProperty,
			suppressionListProperty,
			optionsProperty,
		],
	};

	methods = {
		loadOptions: {
			async getDealFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'deal');
			},
			async getOrganizationFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'organization');
			},
			async getDealPipelines(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await dealPipelineChoices(this);
			},
			async getPipelines(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await pipelineChoices(this);
			},
			async getPersonFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'person');
			},
			async getProductFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'product');
			},
			async getStages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await stageChoices(this);
			},
			async getUsers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await userChoices(this);
			},
		},
		resourceMapping: {
			async getColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
				return await columnSchema(this);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const options = this.getNodeParameter('options', 0, {}) as IDataObject;
		const authentication = this.getNodeParameter('authentication', 0) as string;
		const used = options.usedElsewhereToday;
		try {
			const environment = await openEnvironment(
				this,
				authentication,
				used === undefined ? undefined : Number(used) || 0,
			);
			if (resource === 'budget') {
				const status = environment.ledger.status() as unknown as IDataObject;
				return [this.getInputData().map((_, item) => ({ json: status, pairedItem: { item } })), []];
			}
			if (resource === 'field') {
				const report = await ensureFields(
					environment,
					wantedFieldsOf(this),
					this.getNodeParameter('dryRun', 0, false) === true,
				);
				return [[{ json: report as unknown as IDataObject, pairedItem: { item: 0 } }], []];
			}
			const operation = this.getNodeParameter('operation', 0, 'upsert');
			if (isDealAction(operation)) {
				return [await dealActions(this, environment, operation), []];
			}
			const settings = settingsOf(this, resource);
			if (operation === 'get') {
				return [await getDeals(this, environment, settings.externalIdField.deal), []];
			}
			if (operation === 'erase') {
				return [await erasePersons(this, environment, settings.externalIdField.person), []];
			}
			if (operation === 'estimate') {
				return [[await estimateItems(this, environment, settings, resource)], []];
			}
			const outputs = await upsertItems(this, environment, settings, resource);
			return this.getNode().type.endsWith('Tool') ? [outputs[0]] : outputs;
		} catch (error) {
			const shown = toNodeError(this.getNode(), error);
			if (!this.continueOnFail()) throw toNodeError(this.getNode(), shown);
			return [
				this.getInputData().map(({ json }, item) => ({
					json: { ...json, error: shown.message },
					error: shown,
					pairedItem: { item },
				})),
				[],
			];
		}
	}
}
