import type { INodeProperties } from 'n8n-workflow';
import { nameProperty } from '../../core/n8n/nameList';
import { BUSINESS_PARTNER_PATH } from './connection';
import { STANDARD_ADDRESS_ONLY_GROUPS, STANDARD_ONE_TIME_GROUPS } from './partnerFilter';
import { PART_NAMES } from './parts';

export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	default: 'oAuth2',
	options: [
		{ name: 'Basic', value: 'basic' },
		{ name: 'OAuth2 (Client Credentials)', value: 'oAuth2' },
	],
};

/** Which partners, which parts of them, and how their values are chosen. */
export const partnerProperties: INodeProperties[] = [
	{
		displayName: 'Exclude',
		name: 'exclude',
		type: 'multiOptions',
		default: ['addressOnly', 'employees', 'naturalPersons', 'oneTime'],
		description: 'Partners that are usually no accounts of the sales team',
		options: [
			{ name: 'Employees (Role BUP003)', value: 'employees' },
			{ name: 'Natural Persons', value: 'naturalPersons' },
			{ name: 'One-Time Accounts', value: 'oneTime' },
			{ name: 'Pure Ship-To, Payer and Bill-To Accounts', value: 'addressOnly' },
		],
	},
	{
		displayName: 'Parts to Read',
		name: 'parts',
		type: 'multiOptions',
		default: [
			'addresses',
			'communication',
			'contacts',
			'customer',
			'roles',
			'salesAreas',
			'shipTo',
			'supplier',
			'taxNumbers',
		],
		description:
			'Switch off what an older system lacks or the user may not see. What is not read is not written.',
		options: [
			{ name: PART_NAMES.addresses, value: 'addresses' },
			{ name: PART_NAMES.contacts, value: 'contacts' },
			{ name: PART_NAMES.customer, value: 'customer' },
			{ name: PART_NAMES.communication, value: 'communication' },
			{ name: PART_NAMES.roles, value: 'roles' },
			{ name: PART_NAMES.salesAreas, value: 'salesAreas' },
			{ name: PART_NAMES.shipTo, value: 'shipTo' },
			{ name: PART_NAMES.supplier, value: 'supplier' },
			{ name: PART_NAMES.taxNumbers, value: 'taxNumbers' },
		],
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		description: 'A changed contact person always brings its company, whatever the filters say',
		options: [
			{
				displayName: 'Account Groups',
				name: 'accountGroups',
				type: 'string',
				default: '',
				placeholder: '0001, CUST',
				description: 'Customer or supplier account groups, separated by commas',
			},
			{
				displayName: 'Categories',
				name: 'categories',
				type: 'multiOptions',
				default: ['2'],
				description: 'Kinds of business partners',
				options: [
					{ name: 'Group', value: '3' },
					{ name: 'Organization', value: '2' },
					{ name: 'Person', value: '1' },
				],
			},
			{
				displayName: 'Customer or Supplier',
				name: 'kinds',
				type: 'multiOptions',
				default: ['customer', 'supplier'],
				description: 'What a business partner has to be; one of the chosen is enough',
				displayOptions: {
					hide: { '/entity': ['customer', 'supplier'], '/resource': ['customer', 'supplier'] },
				},
				options: [
					{ name: 'Customer', value: 'customer' },
					{ name: 'Neither', value: 'neither' },
					{ name: 'Supplier', value: 'supplier' },
				],
			},
			{
				displayName: 'Groupings',
				name: 'groupings',
				type: 'string',
				default: '',
				placeholder: 'BP01, BP02',
				description: 'Business-partner groupings (number ranges), separated by commas',
			},
			{
				displayName: 'One-Time Account Groups',
				name: 'oneTimeGroups',
				type: 'string',
				default: STANDARD_ONE_TIME_GROUPS.join(', '),
				description: 'Account groups that "Exclude" takes for one-time accounts',
			},
			{
				displayName: 'Roles',
				name: 'roles',
				type: 'string',
				default: '',
				placeholder: 'FLCU01, FLVN01',
				description: 'Role codes of which a partner needs one today, separated by commas',
			},
			{
				displayName: 'Ship-To, Payer and Bill-To Account Groups',
				name: 'addressOnlyGroups',
				type: 'string',
				default: STANDARD_ADDRESS_ONLY_GROUPS.join(', '),
				description: 'Customer account groups that "Exclude" takes for mere addresses',
			},
		],
	},
	{
		displayName: 'Values',
		name: 'values',
		type: 'collection',
		placeholder: 'Add choice',
		default: {},
		description: 'Which value counts where the ERP has several, and own fields to read',
		options: [
			{
				displayName: 'Company Code',
				name: 'companyCode',
				type: 'string',
				default: '',
				placeholder: '1010',
				description:
					'Whose payment terms count. Empty: they are written only where all company codes agree.',
			},
			{
				displayName: 'Distribution Channel',
				name: 'distributionChannel',
				type: 'string',
				default: '',
				description: 'Part of the sales area, with the sales organization',
			},
			{
				displayName: 'Division',
				name: 'division',
				type: 'string',
				default: '',
				description: 'Part of the sales area, with the sales organization',
			},
			{
				displayName: 'Extension Fields',
				name: 'extensions',
				type: 'string',
				default: '',
				placeholder: 'YY1_Segment_bus, to_Customer/YY1_Class_cus',
				description:
					'Own fields of the business partner, or of its customer or supplier with the navigation in front, separated by commas',
			},
			{
				displayName: 'Sales Organization',
				name: 'salesOrganization',
				type: 'string',
				default: '',
				placeholder: '1010',
				description:
					'Whose currency, customer group and ship-to party count. Empty: they are written only where all sales areas agree.',
			},
			{
				displayName: 'Tax Number Types',
				name: 'taxTypes',
				type: 'string',
				default: '',
				placeholder: 'DE0, AT0',
				description:
					'In the order of preference, separated by commas. Empty: the first VAT registration number.',
			},
		],
	},
];

/** Where any other entity set is found. */
export const entitySetProperties: INodeProperties[] = [
	{
		displayName: 'Service Path',
		name: 'servicePath',
		type: 'string',
		required: true,
		default: '',
		placeholder: BUSINESS_PARTNER_PATH.replace('BUSINESS_PARTNER', 'SALES_ORDER_SRV'),
		description: 'Path of the OData service below the base URL',
	},
	{
		displayName: 'OData Version',
		name: 'odataVersion',
		type: 'options',
		default: 'V2',
		options: [
			{ name: 'V2', value: 'V2', description: 'Paths that begin with /sap/opu/odata/' },
			{ name: 'V4', value: 'V4', description: 'Paths that begin with /sap/opu/odata4/' },
		],
	},
	nameProperty({
		displayName: 'Entity Set',
		name: 'entitySet',
		description: 'Name as in the service document; upper and lower case count',
		placeholder: 'A_SalesOrder',
		searchListMethod: 'searchEntitySets',
	}),
];

/** What is read of its rows. */
export const fieldsProperty: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'SoldToParty, TotalNetAmount, TransactionCurrency',
	description: 'Names of the fields to read, separated by commas',
};

/** How its changes are found. */
export const changeFieldProperties: INodeProperties[] = [
	{
		displayName: 'Key Fields',
		name: 'keyFields',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'SalesOrder',
		description: 'Names of the key fields in the order of the key, separated by commas',
	},
	nameProperty({
		displayName: 'Change Field',
		name: 'changeField',
		placeholder: 'LastChangeDateTime',
		description:
			'The field that holds the time of the last change. Rows without a value are not seen.',
		searchListMethod: 'searchChangeFields',
	}),
	{
		displayName: 'Change Field Type',
		name: 'changeFieldType',
		type: 'options',
		default: 'dateTimeOffset',
		options: [
			{ name: 'Date', value: 'date', description: 'Knows the day only' },
			{
				name: 'Date and Time',
				value: 'dateTime',
				description: 'Edm.DateTime of V2, in the local time of the ERP',
			},
			{
				name: 'Date and Time With Offset',
				value: 'dateTimeOffset',
				description: 'Edm.DateTimeOffset, an instant',
			},
		],
	},
];

export const pageSizeProperty: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 5000 },
	default: 500,
	description: 'Rows per request when looking for changes',
};

export const keysPerRequestProperty: INodeProperties = {
	displayName: 'Partners per Request',
	name: 'keysPerRequest',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 80 },
	default: 50,
	description:
		'Partners with all their parts in one request. Fewer are slower and easier on the ERP.',
	displayOptions: { hide: { '/entity': ['entitySet'] } },
};
