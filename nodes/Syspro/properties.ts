import type { INodeProperties } from 'n8n-workflow';

export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	noDataExpression: true,
	default: 'odata',
	options: [
		{
			name: 'E.net REST (Operator)',
			value: 'enet',
			description: 'Works with every SYSPRO 8; takes the one session of an operator while it reads',
		},
		{
			name: 'OData (Basic)',
			value: 'odata',
			description: 'Needs the licence Data Connector - OData; no session',
		},
	],
};

export const credentialUses = [
	{
		name: 'erpSysproODataApi',
		required: true,
		displayOptions: { show: { authentication: ['odata'] } },
	},
	{
		name: 'erpSysproRestApi',
		required: true,
		displayOptions: { show: { authentication: ['enet'] } },
	},
];

const branches: INodeProperties = {
	displayName: 'Branches',
	name: 'branches',
	type: 'string',
	default: '',
	placeholder: '10, 20',
	description: 'Separated by commas. Empty: all.',
};
const salespersons: INodeProperties = {
	displayName: 'Salespersons',
	name: 'salespersons',
	type: 'string',
	default: '',
	placeholder: '100, 101',
	description: 'Separated by commas. Empty: all.',
};

const filters = (description: string, options: INodeProperties[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description,
	options,
});

const values = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Values',
	name: 'values',
	type: 'collection',
	placeholder: 'Add choice',
	default: {},
	description: 'How values are chosen',
	options,
});

const currencies: INodeProperties = {
	displayName: 'Currency Codes',
	name: 'currencies',
	type: 'string',
	default: '',
	placeholder: 'R=ZAR, D=USD',
	description:
		"SYSPRO's codes and those of ISO 4217, where they differ. A blank code is the company currency of the credential.",
};

const pageSize: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 5000 },
	default: 500,
	description: 'Rows per request',
};

const leaveOut: INodeProperties = {
	displayName: 'Columns to Leave Out',
	name: 'leaveOut',
	type: 'string',
	default: '',
	placeholder: 'SoldToAddr3Loc',
	description:
		'Columns that this version of SYSPRO lacks or the operator may not see, separated by commas. What is not read is not written.',
};

const reading = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Reading',
	name: 'reading',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options,
});

/** Cost is kept by warehouse. */
const notForStockCodes = (property: INodeProperties): INodeProperties => ({
	...property,
	displayOptions: { hide: { entity: ['stockCode'], resource: ['stockCode'] } },
});

export const customerProperties: INodeProperties[] = [
	filters('Which customers', [
		branches,
		{
			displayName: 'Customer Classes',
			name: 'classes',
			type: 'string',
			default: '',
			description: 'Separated by commas. Empty: all.',
		},
		salespersons,
	]),
	values([
		{
			displayName: 'Additional Columns',
			name: 'extensions',
			type: 'string',
			default: '',
			placeholder: 'UserField1, Area',
			description:
				'More columns of ArCustomer, separated by commas. They stand under "extensions" of the organization.',
		},
		{
			displayName: 'Address Lines',
			name: 'addressLayout',
			type: 'options',
			default: 'labelled',
			options: [
				{
					name: 'As SYSPRO Labels Them',
					value: 'labelled',
					description: 'Building, street, city, locality, state, country',
				},
				{
					name: 'Free Lines',
					value: 'lines',
					description: 'All lines together are the street',
				},
			],
		},
		currencies,
		{
			displayName: 'Custom Form Fields',
			name: 'customFields',
			type: 'string',
			default: '',
			placeholder: 'Industry, Website',
			description: 'Columns of the custom form (table ArCustomer+), separated by commas',
		},
		{
			displayName: 'Stock of Ordered Items',
			name: 'withOrderedItems',
			type: 'boolean',
			default: false,
			description:
				'Whether to add the stock of the items in open orders and in orders of the last 12 months, at most ten for each customer. Reads all these orders at every poll: for a workflow that polls once or a few times a day.',
		},
	]),
	reading([leaveOut, pageSize]),
];

export const orderProperties: INodeProperties[] = [
	filters('Which sales orders', [
		branches,
		{
			displayName: 'Excluded Document Types',
			name: 'excludedTypes',
			type: 'string',
			default: 'C',
			description: 'Separated by commas; C is a credit note',
		},
		salespersons,
		{
			displayName: 'Warehouses',
			name: 'warehouses',
			type: 'string',
			default: '',
			description: 'Separated by commas. Empty: all.',
		},
	]),
	values([currencies]),
	reading([
		leaveOut,
		{
			displayName: 'Follow Open Orders For (Days)',
			name: 'followDays',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3650 },
			displayOptions: { hide: { '/resource': ['salesOrder'] } },
			default: 365,
			description:
				'Open orders are read at every poll until they are completed or cancelled. Older ones are followed no more.',
		},
		pageSize,
		{
			displayName: 'Read Lines',
			name: 'withLines',
			type: 'boolean',
			default: true,
			description:
				'Whether to read the lines too. Without them changed quantities and the value are not seen.',
		},
	]),
];

export const stockProperties: INodeProperties[] = [
	filters('Which stock codes', [
		{
			displayName: 'Product Classes',
			name: 'productClasses',
			type: 'string',
			default: '',
			description: 'Separated by commas. Empty: all.',
		},
	]),
	notForStockCodes(
		values([
			{
				displayName: 'With Cost',
				name: 'withCost',
				type: 'boolean',
				default: false,
				description: 'Whether to add the last cost',
			},
		]),
	),
	reading([leaveOut, pageSize]),
];

export const invoiceProperties: INodeProperties[] = [
	values([currencies]),
	reading([leaveOut, pageSize]),
];
