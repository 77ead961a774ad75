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
import { openAccess, type Opened } from './open';
import {
	authenticationProperty,
	credentialUses,
	customerProperties,
	invoiceProperties,
	orderProperties,
	stockProperties,
} from './properties';

const RECORDS = { resource: ['customer', 'invoice', 'salesOrder', 'stock', 'stockCode'] };
const BUSINESS_OBJECT = { resource: ['businessObject'] };

export class Syspro implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SYSPRO',
		name: 'syspro',
		icon: { light: 'file:syspro.svg', dark: 'file:syspro.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ get: "Get", getAll: "Get Many", query: "Query" })[$parameter["operation"]] + ": " + ({ businessObject: "Business Object", customer: "Customer", invoice: "Invoice", salesOrder: "Sales Order", stock: "Stock by Warehouse", stockCode: "Stock Code" })[$parameter["resource"]] }}',
		description: 'Reads customers, orders, stock and invoices from SYSPRO; it never writes',
		defaults: { name: 'SYSPRO' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialUses,
		properties: [
			authenticationProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'customer',
				options: [
					{ name: 'Business Object', value: 'businessObject' },
					{ name: 'Customer', value: 'customer' },
					{ name: 'Invoice', value: 'invoice' },
					{ name: 'Sales Order', value: 'salesOrder' },
					{ name: 'Stock by Warehouse', value: 'stock' },
					{ name: 'Stock Code', value: 'stockCode' },
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'query',
				displayOptions: { show: BUSINESS_OBJECT },
				options: [
					{
						name: 'Query',
						value: 'query',
						description: 'Send XML to a query business object and get its answer as JSON',
						action: 'Query a business object',
					},
				],
			},
			operationProperty('customer', 'customer', 'customers'),
			operationProperty('invoice', 'invoice', 'invoices'),
			operationProperty('salesOrder', 'sales order', 'sales orders'),
			operationProperty('stock', 'stock code with its stock', 'stock codes with their stock'),
			operationProperty('stockCode', 'stock code', 'stock codes'),
			{
				displayName: 'Number',
				name: 'number',
				type: 'string',
				required: true,
				default: '',
				placeholder: '0000001',
				description:
					'Customer, invoice, sales order or stock code as SYSPRO stores it, with its leading zeros',
				displayOptions: { show: { ...RECORDS, operation: ['get'] } },
			},
			{
				displayName: 'Since',
				name: 'since',
				type: 'string',
				default: '',
				placeholder: '2026-11-01',
				description:
					'First invoice date to read; for orders the first day of entry, besides all that are open. Empty: all.',
				displayOptions: { show: { resource: ['invoice', 'salesOrder'], operation: ['getAll'] } },
			},
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
				displayOptions: { show: { ...RECORDS, operation: ['getAll'] } },
			},
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				displayOptions: { show: { ...RECORDS, operation: ['getAll'], returnAll: [false] } },
			},
			{
				displayName: 'Business Object',
				name: 'businessObject',
				type: 'string',
				required: true,
				default: '',
				placeholder: 'ARSQRY',
				description: 'Name of a query object, six characters',
				displayOptions: { show: BUSINESS_OBJECT },
			},
			{
				displayName: 'XML',
				name: 'xmlIn',
				type: 'string',
				typeOptions: { rows: 6 },
				required: true,
				default: '',
				placeholder: '<Query><Key><Customer>0000001</Customer></Key></Query>',
				description:
					"The object's input. SYSPRO ignores elements that it does not know: a misspelt filter returns everything.",
				displayOptions: { show: BUSINESS_OBJECT },
			},
			...recordPanel(['customer'], customerProperties),
			...recordPanel(['salesOrder'], orderProperties),
			...recordPanel(['stock', 'stockCode'], stockProperties),
			...recordPanel(['invoice'], invoiceProperties),
			...shownFor(RECORDS, [outputProperty]),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		let opened: Opened | undefined;
		try {
			const items = await perItem(this, async (item) => {
				opened ??= await openAccess(this, this.getNodeParameter('authentication', item, 'odata'));
				return await runOperation(this, opened, item);
			});
			return [items];
		} finally {
			await opened?.access.close();
		}
	}
}

/** Filters choose among many: a single record comes whatever they say. */
function recordPanel(resource: string[], properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => {
		const operation = property.name === 'filters' ? { operation: ['getAll'] } : {};
		return shownFor({ resource, ...operation }, [property]);
	});
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
				name: 'Get Many',
				value: 'getAll',
				description: `Read a list of ${many}`,
				action: `Get many ${many}`,
			},
		],
	};
}
