import type { INodeProperties } from 'n8n-workflow';
import { whereHeld } from '../../core/n8n/codeList';

/** Which partners. */
export const partnerFilterProperties: INodeProperties[] = [
	{
		displayName: 'Partner Types',
		name: 'kinds',
		type: 'multiOptions',
		default: ['cCustomer', 'cSupplier'],
		description: 'Types of business partners',
		options: [
			{ name: 'Customer', value: 'cCustomer' },
			{ name: 'Lead', value: 'cLid' },
			{ name: 'Supplier', value: 'cSupplier' },
		],
	},
	{
		displayName: 'Exclude',
		name: 'exclude',
		type: 'multiOptions',
		default: ['employees', 'privatePersons'],
		description: 'Partners that are usually no accounts of the sales team',
		options: [
			{ name: 'Employees', value: 'employees' },
			{ name: 'Private Persons', value: 'privatePersons' },
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			{
				displayName: 'Group Codes',
				name: 'groups',
				displayOptions: whereHeld('groups'),
				type: 'string',
				default: '',
				placeholder: '100, 102',
				description: 'Codes of business partner groups, separated by commas',
			},
			{
				displayName: 'Group Names or IDs',
				name: 'groupIds',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getGroups' },
				default: [],
				description:
					'Business partner groups; none: all of them. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
		],
	},
];

export const itemFilterProperties: INodeProperties[] = [
	{
		displayName: 'Sales Items Only',
		name: 'salesItemsOnly',
		type: 'boolean',
		default: true,
		description: 'Whether to leave out items that are not sold',
	},
];

export const documentFilterProperties: INodeProperties[] = [
	{
		displayName: 'Documents From',
		name: 'documentsFrom',
		type: 'string',
		default: '',
		placeholder: '2026-01-01',
		description: 'Documents with an earlier date are left out. Empty: all of them.',
	},
];

const DOCUMENTS = ['creditNote', 'incomingPayment', 'invoice', 'purchaseOrder'];
/** Also in a list of the action node, which has a resource in place of an entity. */
const hiddenFor = (...kinds: string[]) => ({ hide: { '/entity': kinds, '/resource': kinds } });
const BUSINESS_PARTNERS = hiddenFor('creditStatus', 'item', 'order', ...DOCUMENTS);
const PARTNERS = hiddenFor('item', 'order', ...DOCUMENTS);
const ITEMS = hiddenFor('businessPartner', 'creditStatus', 'order', ...DOCUMENTS);
const ORDERS = hiddenFor('businessPartner', 'creditStatus', 'item', ...DOCUMENTS);

/** Which of several values counts. */
export const valueProperties: INodeProperties[] = [
	{
		displayName: 'Values',
		name: 'values',
		type: 'collection',
		placeholder: 'Add choice',
		default: {},
		description: 'How values are chosen and worked out',
		options: [
			{
				displayName: 'Company Currency',
				name: 'companyCurrency',
				type: 'string',
				default: '',
				placeholder: 'EUR',
				description: 'ISO code that stands for an empty currency, and for cost',
			},
			{
				displayName: 'Count Open Deliveries',
				name: 'countOpenDeliveries',
				displayOptions: PARTNERS,
				type: 'boolean',
				default: true,
				description: 'Whether deliveries without invoice count against the credit limit',
			},
			{
				displayName: 'Count Open Orders',
				name: 'countOpenOrders',
				displayOptions: PARTNERS,
				type: 'boolean',
				default: true,
				description: 'Whether open orders count against the credit limit',
			},
			{
				displayName: 'Count Ordered Quantities as Available',
				name: 'countOrdered',
				displayOptions: ITEMS,
				type: 'boolean',
				default: true,
				description:
					'Whether available means in stock less committed plus ordered, or without what is ordered',
			},
			{
				displayName: 'Credit Limit Field',
				name: 'creditLimitField',
				displayOptions: PARTNERS,
				type: 'options',
				default: 'CreditLimit',
				options: [
					{ name: 'Commitment Limit', value: 'MaxCommitment' },
					{ name: 'Credit Limit', value: 'CreditLimit' },
				],
				description: 'Which limit decides the credit status. A limit of 0 is no limit.',
			},
			{
				displayName: 'Currency Codes',
				name: 'currencyCodes',
				type: 'string',
				default: '',
				placeholder: '$=USD, CAN=CAD',
				description: 'ISO codes of currencies that the company writes otherwise',
			},
			{
				displayName: 'Delivered and Invoiced Amounts',
				name: 'orderAmounts',
				displayOptions: ORDERS,
				type: 'options',
				default: 'rows',
				options: [
					{
						name: 'By Customer',
						value: 'customer',
						description: 'Reads all documents of the customers since the order: heavier',
					},
					{
						name: 'By Lines',
						value: 'rows',
						description: 'Reads only the lines that follow orders',
					},
					{ name: 'Not Read', value: 'off' },
				],
				description:
					'How deliveries, invoices, credit notes and returns of sales orders are found. A server that does not join lines is asked by customer.',
			},
			{
				displayName: 'Include Cost',
				name: 'withCost',
				displayOptions: ITEMS,
				type: 'boolean',
				default: false,
				description:
					'Whether to hand on the moving average price of items as cost, beside the price in the company currency',
			},
			{
				displayName: 'Near Limit From (%)',
				name: 'nearLimitPercent',
				displayOptions: PARTNERS,
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 100 },
				default: 80,
				description: 'Share of the limit from which a customer is near it',
			},
			{
				displayName: 'Price List Name or ID',
				name: 'priceList',
				displayOptions: ITEMS,
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getPriceLists' },
				default: 1,
				description:
					'The prices of this list are read. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'User-Defined Fields',
				name: 'extensions',
				displayOptions: BUSINESS_PARTNERS,
				type: 'string',
				default: '',
				placeholder: 'U_Region, U_KeyAccount',
				description: 'Of business partners, by name, separated by commas',
			},
			{
				displayName: 'Warehouse Codes',
				name: 'warehouses',
				displayOptions: { ...ITEMS, ...whereHeld('warehouses') },
				type: 'string',
				default: '',
				placeholder: '01, 02',
				description: 'Codes of the warehouses whose stock counts, separated by commas',
			},
			{
				displayName: 'Warehouse Names or IDs',
				name: 'warehouseIds',
				displayOptions: ITEMS,
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getWarehouses' },
				default: [],
				description:
					'The stock of these warehouses is read; of all warehouses if none is chosen. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
		],
	},
];

export const readingProperty: INodeProperties = {
	displayName: 'Reading',
	name: 'reading',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Page Size',
			name: 'pageSize',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 5000 },
			default: 500,
			description: 'Rows per request when looking for changes',
		},
		{
			displayName: 'Records per Request',
			name: 'keysPerRequest',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 60 },
			default: 40,
			description:
				'Whole records, with their lines or contacts, in one request. Fewer are slower and easier on the ERP.',
		},
	],
};
