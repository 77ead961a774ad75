import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { outputProperty, shownFor, toItem } from '../../core/n8n/output';
import { pollDeadline, pollSource, type PollPlan } from '../../core/n8n/poll';
import { pollProperties, startProperties } from '../../core/n8n/pollProperties';
import type { ErpRecord } from '../../core/record/erpRecord';
import { fingerprintOf } from '../../core/record/fingerprint';
import { searchChangeFields, searchEntitySets } from './lists';
import { EntitySetSource } from './entitySetSource';
import { dialectOf, openConnection, openService, type Authentication } from './open';
import {
	entitySetSettings,
	partnerSettings,
	type Parameters,
	type PartnerEntity,
} from './parameters';
import {
	authenticationProperty,
	changeFieldProperties,
	entitySetProperties,
	fieldsProperty,
	keysPerRequestProperty,
	pageSizeProperty,
	partnerProperties,
} from './properties';
import { BusinessPartnerSource } from './source';

const PARTNERS = { entity: ['businessPartner', 'customer', 'supplier'] };
const ENTITY_SET = { entity: ['entitySet'] };

export class SapS4HanaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP S/4HANA Trigger',
		name: 'sapS4HanaTrigger',
		icon: { light: 'file:sapS4Hana.svg', dark: 'file:sapS4Hana.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ businessPartner: "Business Partner", customer: "Customer", supplier: "Supplier", entitySet: "Entity Set" })[$parameter["entity"]] }}',
		description: 'Starts the workflow with business partners that changed in SAP S/4HANA',
		defaults: { name: 'SAP S/4HANA Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'erpSapS4HanaBasicApi',
				required: true,
				displayOptions: { show: { authentication: ['basic'] } },
			},
			{
				name: 'erpSapS4HanaOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
		],
		properties: [
			authenticationProperty,
			{
				displayName: 'Trigger On',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				default: 'businessPartner',
				options: [
					{
						name: 'Any Entity Set',
						value: 'entitySet',
						action: 'On changed row of any entity set',
						description: 'Rows of any OData service of the system, by a change field',
					},
					{
						name: 'Business Partner',
						value: 'businessPartner',
						action: 'On changed business partner',
						description: 'Customers and suppliers with addresses and contact persons',
					},
					{
						name: 'Customer',
						value: 'customer',
						action: 'On changed customer',
						description: 'Business partners that are customers',
					},
					{
						name: 'Supplier',
						value: 'supplier',
						action: 'On changed supplier',
						description: 'Business partners that are suppliers',
					},
				],
			},
			...startProperties,
			...shownFor(PARTNERS, [...partnerProperties, outputProperty]),
			...shownFor(ENTITY_SET, [
				...entitySetProperties,
				...changeFieldProperties,
				fieldsProperty,
				{
					displayName: 'Use Delta Links',
					name: 'useDeltaLinks',
					type: 'boolean',
					default: true,
					description:
						'Whether to ask the service for delta links and to use them where it gives any. Only they show deletions.',
				},
			]),
			{
				displayName: 'Reading',
				name: 'reading',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [pageSizeProperty, keysPerRequestProperty],
			},
			...pollProperties,
		],
	};

	methods = { listSearch: { searchChangeFields, searchEntitySets } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollSource(this, async () => await planOf(this));
	}
}

/** Another system, entity or filter is another scope: it starts with a checkpoint of its own. */
async function planOf(context: IPollFunctions): Promise<PollPlan<ErpRecord>> {
	const read: Parameters = (name, fallback) => context.getNodeParameter(name, fallback as string);
	const connection = await openConnection(context, read('authentication', '') as Authentication);
	const reading = read('reading', {}) as { pageSize?: number; keysPerRequest?: number };
	const { pageSize = 500, keysPerRequest = 50 } = reading;
	const deadline = pollDeadline(context);
	const entity = String(read('entity', 'businessPartner'));
	const output = String(read('output', 'erpRecord'));
	const item = (record: ErpRecord): IDataObject => toItem(record, output);
	if (entity !== 'entitySet') {
		const service = openService(context, connection, { deadline });
		const settings = partnerSettings(read, entity as PartnerEntity, connection.scope, {
			pageSize,
			keysPerRequest,
		});
		const source = new BusinessPartnerSource(service, settings);
		const { filter } = settings;
		const scope = fingerprintOf({
			base: connection.baseUrl,
			scope: connection.scope,
			entity,
			filter,
		});
		return { source, scope, zone: connection.zone, toItem: item };
	}
	const settings = entitySetSettings(read, connection.scope, pageSize);
	// Instants are compared in UTC, local times in the ERP's zone.
	const zone = settings.changeFieldType === 'dateTimeOffset' ? 'UTC' : connection.zone;
	const servicePath = String(read('servicePath', ''));
	const dialect = dialectOf(read('odataVersion', 'V2'));
	const service = openService(context, { ...connection, zone }, { deadline, servicePath, dialect });
	const { entitySet, changeField } = settings;
	const scope = fingerprintOf({ base: connection.baseUrl, servicePath, entitySet, changeField });
	return { source: new EntitySetSource(service, settings), scope, zone, toItem: item };
}
