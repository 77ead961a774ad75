import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { outputProperty, shownFor } from '../../core/n8n/output';
import { perItem } from '../../core/n8n/perItem';
import { runOperation } from './actions';
import { searchChangeFields, searchEntitySets } from './lists';
import { openConnection, type Authentication } from './open';
import {
	authenticationProperty,
	changeFieldProperties,
	entitySetProperties,
	fieldsProperty,
	partnerProperties,
} from './properties';

const PARTNERS = { resource: ['businessPartner', 'customer', 'supplier'] };
const ENTITY_SET = { resource: ['entitySet'] };
const LISTS = { operation: ['getAll', 'getChanges'] };

export class SapS4Hana implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP S/4HANA',
		name: 'sapS4Hana',
		icon: { light: 'file:sapS4Hana.svg', dark: 'file:sapS4Hana.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ get: "Get", getAll: "Get Many", getChanges: "Get Changes" })[$parameter["operation"]] + ": " + ({ businessPartner: "Business Partner", customer: "Customer", supplier: "Supplier", entitySet: "Entity Set" })[$parameter["resource"]] }}',
		description: 'Reads business partners and any other data from SAP S/4HANA; it never writes',
		defaults: { name: 'SAP S/4HANA' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
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
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'businessPartner',
				options: [
					{
						name: 'Any Entity Set',
						value: 'entitySet',
						description: 'Rows of any OData service of the system',
					},
					{
						name: 'Business Partner',
						value: 'businessPartner',
						description: 'Customers and suppliers with addresses and contact persons',
					},
					{
						name: 'Customer',
						value: 'customer',
						description: 'Business partners that are customers',
					},
					{
						name: 'Supplier',
						value: 'supplier',
						description: 'Business partners that are suppliers',
					},
				],
			},
			operationProperty('businessPartner', 'business partner', 'business partners'),
			operationProperty('customer', 'customer', 'customers'),
			operationProperty('entitySet', 'row of an entity set', 'rows of an entity set'),
			operationProperty('supplier', 'supplier', 'suppliers'),
			{
				displayName: 'Number',
				name: 'number',
				type: 'string',
				required: true,
				default: '',
				placeholder: '1000123',
				description: 'Number of the business partner, customer or supplier',
				displayOptions: { show: { ...PARTNERS, operation: ['get'] } },
			},
			...shownFor(ENTITY_SET, entitySetProperties),
			{
				displayName: 'Key',
				name: 'key',
				type: 'string',
				required: true,
				default: '',
				placeholder: '4711',
				description: "A single key value, or several as in SalesOrder='4711',SalesOrderItem='10'",
				displayOptions: { show: { ...ENTITY_SET, operation: ['get'] } },
			},
			...shownFor({ ...ENTITY_SET, operation: ['getChanges'] }, changeFieldProperties),
			...shownFor(ENTITY_SET, [fieldsProperty]),
			{
				displayName: 'Changed Since',
				name: 'since',
				type: 'dateTime',
				required: true,
				default: '',
				description:
					'In the time zone of the ERP unless it carries an offset. Business partners know the day only.',
				displayOptions: { show: { operation: ['getChanges'] } },
			},
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
				displayOptions: { show: LISTS },
			},
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				displayOptions: { show: { ...LISTS, returnAll: [false] } },
			},
			...shownFor({ ...ENTITY_SET, operation: ['getAll'] }, [
				{
					displayName: 'Filter',
					name: 'filter',
					type: 'string',
					default: '',
					placeholder: "SoldToParty eq '1000123'",
					description: 'An OData $filter expression',
				},
				{
					displayName: 'Order By',
					name: 'orderBy',
					type: 'string',
					default: '',
					placeholder: 'SalesOrder',
					description:
						'Fields to sort by, separated by commas. Long lists need an order that is unique, such as the key.',
				},
			]),
			...shownFor({ ...PARTNERS, ...LISTS }, partnerProperties.filter(isForLists)),
			...shownFor(PARTNERS, [...partnerProperties.filter((it) => !isForLists(it)), outputProperty]),
		],
	};

	methods = { listSearch: { searchChangeFields, searchEntitySets } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = await perItem(this, async (item) => {
			const authentication = this.getNodeParameter('authentication', item) as Authentication;
			return await runOperation(this, await openConnection(this, authentication), item);
		});
		return [items];
	}
}

/** Filters choose among many; a partner asked for by number needs none. */
function isForLists({ name }: INodeProperties): boolean {
	return name === 'exclude' || name === 'filters';
}

function operationProperty(resource: string, one: string, many: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'get',
		displayOptions: { show: { resource: [resource] } },
		options: [
			{ name: 'Get', value: 'get', description: `Read one ${one}`, action: `Get a ${one}` },
			{
				name: 'Get Changes',
				value: 'getChanges',
				description: `Read ${many} that changed since a date`,
				action: `Get changed ${many}`,
			},
			{
				name: 'Get Many',
				value: 'getAll',
				description: `Read a list of ${many}`,
				action: `Get many ${many}`,
			},
		],
	};
}
