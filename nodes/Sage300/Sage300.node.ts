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
import { getCustomerGroups, searchEndpoints } from './lists';
import {
	customerValuesProperty,
	documentValuesProperty,
	filtersProperty,
	partsProperty,
} from './properties';

const CUSTOMER = { resource: ['customer'] };
const POSTED = { resource: ['invoice', 'receipt'] };
const ENDPOINT = { resource: ['endpoint'] };
const GET = { operation: ['get'] };
const GET_ALL = { operation: ['getAll'] };

export class Sage300 implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sage 300',
		name: 'sage300',
		icon: { light: 'file:sage300.svg', dark: 'file:sage300.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ get: "Get", getAll: "Get Many" })[$parameter["operation"]] + ": " + ({ customer: "Customer", endpoint: "Any Endpoint", invoice: "Invoice", receipt: "Receipt" })[$parameter["resource"]] }}',
		description:
			'Reads customers, invoices, receipts and any other data from Sage 300; it never writes',
		defaults: { name: 'Sage 300' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSage300Api', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{ name: 'Any Endpoint', value: 'endpoint' },
					{ name: 'AR Customer', value: 'customer' },
					{ name: 'AR Invoice', value: 'invoice' },
					{ name: 'AR Receipt', value: 'receipt' },
				],
			},
			operationProperty('customer', 'customer', 'customers'),
			operationProperty('endpoint', 'record of any endpoint', 'records of any endpoint'),
			operationProperty('invoice', 'invoice', 'invoices'),
			operationProperty('receipt', 'receipt', 'receipts'),
			...shownFor({ resource: ['customer', 'invoice', 'receipt'], ...GET }, [
				{
					displayName: 'Customer Number',
					name: 'number',
					type: 'string',
					required: true,
					default: '',
					placeholder: '1200',
				},
			]),
			...shownFor({ ...POSTED, ...GET }, [
				{
					displayName: 'Document Number',
					name: 'document',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'IN0000000000001',
					description: 'Number of the invoice, or check or receipt number',
				},
			]),
			...shownFor(ENDPOINT, [
				{
					displayName: 'Module',
					name: 'module',
					type: 'string',
					required: true,
					default: 'AR',
					placeholder: 'OE',
					description: 'The two letters of the module in the address',
				},
				nameProperty({
					displayName: 'Endpoint',
					name: 'endpoint',
					placeholder: 'OEOrders',
					description: 'Name of the resource as $metadata of the module lists it',
					searchListMethod: 'searchEndpoints',
				}),
				{
					displayName: 'Fields',
					name: 'fields',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'OrderNumber, CustomerNumber, OrderDate',
					description: 'Names of the fields to read, separated by commas',
				},
			]),
			...shownFor({ ...ENDPOINT, ...GET }, [
				{
					displayName: 'Key',
					name: 'key',
					type: 'string',
					required: true,
					default: '',
					placeholder: '1200',
					description: "A single key value, or several as in BatchRecordType='CA',BatchNumber=65",
				},
			]),
			...shownFor({ ...ENDPOINT, ...GET_ALL }, [
				{
					displayName: 'Filter',
					name: 'filter',
					type: 'string',
					default: '',
					placeholder: "CustomerNumber eq '1200'",
					description: 'A $filter expression',
				},
			]),
			...shownFor(GET_ALL, [
				{
					displayName: 'Return All',
					name: 'returnAll',
					type: 'boolean',
					default: false,
					description: 'Whether to return all results or only up to a given limit',
				},
			]),
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				displayOptions: { show: { ...GET_ALL, returnAll: [false] } },
			},
			...shownFor({ ...CUSTOMER, ...GET_ALL }, [filtersProperty]),
			...shownFor(CUSTOMER, [partsProperty, customerValuesProperty]),
			...shownFor(POSTED, [documentValuesProperty]),
			...shownFor({ resource: ['customer', 'invoice', 'receipt'] }, [outputProperty]),
		],
	};

	methods = { listSearch: { searchEndpoints }, loadOptions: { getCustomerGroups } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await perItem(this, async (item) => await runOperation(this, item))];
	}
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
			{
				name: 'Get',
				value: 'get',
				description: `Read one ${one}`,
				action: `Get ${one.startsWith('i') ? 'an' : 'a'} ${one}`,
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
