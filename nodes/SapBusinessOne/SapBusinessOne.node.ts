import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { nameProperty } from '../../core/n8n/nameList';
import { outputProperty, shownFor } from '../../core/n8n/output';
import { perItem } from '../../core/n8n/perItem';
import { runOperation } from './actions';
import { dealProperties } from './deals/dealProperties';
import { codeLists, searchEntitySets } from './lists';
import { orderProperties } from './orderProperties';
import {
	documentFilterProperties,
	itemFilterProperties,
	partnerFilterProperties,
	valueProperties,
} from './properties';
import { dealOperationProperty, operationProperty } from './operations';
import { referenceProperties } from './referenceProperties';

const PARTNERS = ['businessPartner'];
const ORDERS = ['order', 'purchaseOrder'];
const CREATED = [...ORDERS, 'quotation'];
const DOCUMENTS = ['creditNote', 'incomingPayment', 'invoice', ...ORDERS];
const ENTITY_SET = { resource: ['entitySet'] };
const LIST = { operation: ['getAll'] };
const READ = { operation: ['get', 'getAll'] };

export class SapBusinessOne implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAP Business One',
		name: 'sapBusinessOne',
		icon: { light: 'file:sapBusinessOne.svg', dark: 'file:sapBusinessOne.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ get: "Get", getAll: "Get Many", cancel: "Cancel", create: "Create", createFromDeal: "Create Document", findByReference: "Find by Reference" })[$parameter["operation"]] + ": " + ({ businessPartner: "Business Partner", creditNote: "Credit Note", deal: "Pipedrive Deal", entitySet: "Entity Set", incomingPayment: "Incoming Payment", invoice: "Invoice", item: "Item", order: "Sales Order", priceList: "Price List", profitCenter: "Profit Center", purchaseOrder: "Purchase Order", quotation: "Sales Quotation" })[$parameter["resource"]] }}',
		description:
			'Reads data of SAP Business One, creates or cancels orders, and makes orders of Pipedrive deals',
		defaults: { name: 'SAP Business One' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'erpSapBusinessOneApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'businessPartner',
				options: [
					{ name: 'Business Partner', value: 'businessPartner' },
					{ name: 'Credit Note', value: 'creditNote' },
					{ name: 'Entity Set', value: 'entitySet' },
					{ name: 'Incoming Payment', value: 'incomingPayment' },
					{ name: 'Invoice', value: 'invoice' },
					{ name: 'Item', value: 'item' },
					{ name: 'Pipedrive Deal', value: 'deal' },
					{ name: 'Price List', value: 'priceList' },
					{ name: 'Profit Center', value: 'profitCenter' },
					{ name: 'Purchase Order', value: 'purchaseOrder' },
					{ name: 'Sales Order', value: 'order' },
					{ name: 'Sales Quotation', value: 'quotation' },
				],
			},
			operationProperty('businessPartner', 'a business partner', 'business partners'),
			operationProperty('creditNote', 'a credit note', 'credit notes', ['cancel']),
			operationProperty('entitySet', 'a row of an entity set', 'rows of an entity set'),
			operationProperty('incomingPayment', 'an incoming payment', 'incoming payments', ['cancel']),
			operationProperty('invoice', 'an invoice', 'invoices', ['cancel']),
			operationProperty('item', 'an item', 'items'),
			operationProperty('order', 'a sales order', 'sales orders', ['cancel', 'create', 'find']),
			operationProperty('priceList', 'a price list', 'price lists'),
			operationProperty('profitCenter', 'a profit center', 'profit centers'),
			operationProperty('purchaseOrder', 'a purchase order', 'purchase orders', [
				'cancel',
				'create',
				'find',
			]),
			operationProperty(
				'quotation',
				'a sales quotation',
				'sales quotations',
				['cancel', 'create', 'find'],
				false,
			),
			dealOperationProperty,
			...shownFor(ENTITY_SET, [
				nameProperty({
					displayName: 'Entity Set',
					name: 'entitySet',
					placeholder: 'SalesOpportunities',
					description: 'Name as in $metadata; upper and lower case count',
					searchListMethod: 'searchEntitySets',
				}),
			]),
			{
				displayName: 'Key',
				name: 'key',
				type: 'string',
				required: true,
				default: '',
				placeholder: 'C20000',
				description:
					"Code of a partner, item or profit center; DocEntry of a document. In an entity set also several, as in CardCode='C1',ItemCode='A1'.",
				displayOptions: { show: { operation: ['get'] } },
			},
			...shownFor({ ...ENTITY_SET, operation: ['get'] }, [
				{
					displayName: 'Key Type',
					name: 'keyType',
					type: 'options',
					default: 'text',
					options: [
						{ name: 'Number', value: 'number' },
						{ name: 'Text', value: 'text' },
					],
					description: 'How the key is written in the address',
				},
			]),
			...shownFor({ ...ENTITY_SET, ...READ }, [
				{
					displayName: 'Fields',
					name: 'fields',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'SequentialNo, CardCode, OpportunityName',
					description: 'Names of the fields to read, separated by commas',
				},
			]),
			{
				displayName: 'DocEntry',
				name: 'docEntry',
				type: 'string',
				required: true,
				default: '',
				placeholder: '4711',
				description: 'Internal number of the document, not the document number',
				displayOptions: { show: { operation: ['cancel'] } },
			},
			...shownFor({ resource: CREATED, operation: ['create'] }, orderProperties),
			...shownFor({ resource: CREATED, operation: ['findByReference'] }, referenceProperties),
			...shownFor({ resource: ['deal'] }, dealProperties),
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
				displayOptions: { show: LIST },
			},
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				displayOptions: { show: { ...LIST, returnAll: [false] } },
			},
			...shownFor({ ...ENTITY_SET, ...LIST }, [
				{
					displayName: 'Filter',
					name: 'filter',
					type: 'string',
					default: '',
					placeholder: "CardCode eq 'C20000'",
					description: 'An OData $filter expression',
				},
				{
					displayName: 'Order By',
					name: 'orderBy',
					type: 'string',
					default: '',
					placeholder: 'SequentialNo',
					description:
						'Fields to sort by, separated by commas. Long lists need an order that is unique, such as the key.',
				},
			]),
			...shownFor({ resource: PARTNERS, ...LIST }, partnerFilterProperties),
			...shownFor({ resource: ['item'], ...LIST }, itemFilterProperties),
			...shownFor({ resource: DOCUMENTS, ...LIST }, documentFilterProperties),
			...shownFor({ resource: [...PARTNERS, ...DOCUMENTS, 'item'], ...READ }, [
				...valueProperties,
				outputProperty,
			]),
		],
	};

	methods = { listSearch: { searchEntitySets }, loadOptions: codeLists };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await perItem(this, async (item) => await runOperation(this, item))];
	}
}
