import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { nameProperty } from '../../core/n8n/nameList';
import { outputProperty, shownFor } from '../../core/n8n/output';
import { perItem } from '../../core/n8n/perItem';
import { runOperation } from './actions';
import { searchEntitySets, searchFunctions, searchTables } from './lists';
import { openConnection } from './open';
import {
	entitySetProperty,
	filterProperties,
	partProperties,
	servicePathProperty,
} from './properties';

const MASTERS = { resource: ['customer', 'supplier'] };
const TABLE = { resource: ['table'] };
const FUNCTION = { resource: ['function'] };
const ENTITY_SET = { resource: ['entitySet'] };
const LISTS = { operation: ['getAll'] };

export class SapEcc implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP ECC',
		name: 'sapEcc',
		icon: { light: 'file:sapEcc.svg', dark: 'file:sapEcc.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ call: "Call", get: "Get", getAll: "Get Many" })[$parameter["operation"]] + ": " + ({ customer: "Customer", entitySet: "Entity Set", function: "Function", supplier: "Supplier", table: "Table" })[$parameter["resource"]] }}',
		description:
			'Reads customers, suppliers and tables from SAP ECC, and calls the functions that the credential allows',
		defaults: { name: 'SAP ECC' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSapEccApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{ name: 'Customer', value: 'customer' },
					{ name: 'Function', value: 'function' },
					{ name: 'OData Entity Set', value: 'entitySet' },
					{ name: 'Supplier', value: 'supplier' },
					{ name: 'Table', value: 'table' },
				],
			},
			masterOperations('customer'),
			masterOperations('supplier'),
			manyOperation('table', 'Read rows of a table', 'Read a table'),
			manyOperation(
				'entitySet',
				'Read rows of a SAP Gateway service',
				'Get many rows of an entity set',
			),
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'call',
				displayOptions: { show: FUNCTION },
				options: [
					{
						name: 'Call',
						value: 'call',
						description: 'Call a function module or BAPI',
						action: 'Call a function',
					},
				],
			},
			{
				displayName: 'Number',
				name: 'number',
				type: 'string',
				required: true,
				default: '',
				placeholder: '1234',
				description: 'Number of the customer or supplier, with or without zeros in front',
				displayOptions: { show: { ...MASTERS, operation: ['get'] } },
			},
			...shownFor(TABLE, tableProperties()),
			...shownFor(FUNCTION, functionProperties()),
			...shownFor(ENTITY_SET, [
				servicePathProperty,
				entitySetProperty,
				{
					displayName: 'Fields',
					name: 'fields',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'Kunnr, Name1, Ort01',
					description: 'Names of the properties to read, separated by commas',
				},
				{
					displayName: 'Filter',
					name: 'filter',
					type: 'string',
					default: '',
					placeholder: "Land1 eq 'DE'",
					description: 'An OData $filter expression',
				},
			]),
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
			...shownFor({ ...MASTERS, ...LISTS }, filterProperties),
			...shownFor(MASTERS, [...partProperties, outputProperty]),
		],
	};

	methods = { listSearch: { searchEntitySets, searchFunctions, searchTables } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = await perItem(
			this,
			async (item) => await runOperation(this, await openConnection(this), item),
		);
		return [items];
	}
}

function masterOperations(resource: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'get',
		displayOptions: { show: { resource: [resource] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				description: `Read one ${resource}`,
				action: `Get a ${resource}`,
			},
			{
				name: 'Get Many',
				value: 'getAll',
				description: `Read a list of ${resource}s`,
				action: `Get many ${resource}s`,
			},
		],
	};
}

function manyOperation(resource: string, description: string, action: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'getAll',
		displayOptions: { show: { resource: [resource] } },
		options: [{ name: 'Get Many', value: 'getAll', description, action }],
	};
}

function tableProperties(): INodeProperties[] {
	return [
		nameProperty({
			displayName: 'Table',
			name: 'table',
			placeholder: 'KNVV',
			description:
				'Customer, supplier and address tables are open; others are named in the credential',
			searchListMethod: 'searchTables',
		}),
		{
			displayName: 'Fields',
			name: 'tableFields',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'KUNNR, VKORG, ZTERM',
			description: 'Names of the fields to read, separated by commas',
		},
		{
			displayName: 'Key Fields',
			name: 'tableKey',
			type: 'string',
			default: '',
			placeholder: 'KUNNR, VKORG, VTWEG, SPART',
			description:
				'Names of the fields that tell rows apart, separated by commas. Needed for rows wider than 512 characters, and for long tables: they are then read page by page in the order of the first one.',
		},
		{
			displayName: 'Conditions',
			name: 'conditions',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add condition',
			default: {},
			description: 'All of them have to be met',
			options: [
				{
					displayName: 'Condition',
					name: 'condition',
					values: [
						{ displayName: 'Field', name: 'field', type: 'string', default: '' },
						{
							displayName: 'Operator',
							name: 'operator',
							type: 'options',
							default: '=',
							options: [
								{ name: '<', value: '<' },
								{ name: '<=', value: '<=' },
								{ name: '<>', value: '<>' },
								{ name: '=', value: '=' },
								{ name: '>', value: '>' },
								{ name: '>=', value: '>=' },
								{ name: 'LIKE', value: 'LIKE' },
							],
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							description:
								'As the database holds it: numbers padded with zeros, dates as 20261120. With LIKE, % stands for any text.',
						},
					],
				},
			],
		},
	];
}

function functionProperties(): INodeProperties[] {
	return [
		nameProperty({
			displayName: 'Function',
			name: 'functionName',
			placeholder: 'BAPI_CUSTOMER_GETDETAIL2',
			description:
				'Reading functions for customers and suppliers are open; others are named in the credential',
			searchListMethod: 'searchFunctions',
		}),
		{
			displayName: 'Parameters',
			name: 'functionParameters',
			type: 'json',
			default: '{}',
			description:
				'Names with values: text, structures as objects, tables as arrays of objects. Numbers of customers are padded with zeros.',
		},
		{
			displayName: 'Tables to Return',
			name: 'returnTables',
			type: 'string',
			default: '',
			placeholder: 'RETURN, ADDRESSDATA',
			description:
				'Names of table parameters that should come back, separated by commas. The SOAP endpoint leaves out those that are not asked for.',
		},
	];
}
