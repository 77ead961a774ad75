import type { INodeProperties } from 'n8n-workflow';
import { nameProperty } from '../../core/n8n/nameList';
import { USUAL_NAMES } from './gatewayMapping';
import { STANDARD_ADDRESS_ONLY_GROUPS, STANDARD_ONE_TIME_GROUPS } from './masterFilter';
import { DEFAULT_PARTS, PART_NAMES } from './parts';

export const filterProperties: INodeProperties[] = [
	{
		displayName: 'Exclude',
		name: 'exclude',
		type: 'multiOptions',
		default: ['addressOnly', 'oneTime'],
		description: 'Records that are usually no accounts of the sales team',
		options: [
			{ name: 'One-Time Accounts', value: 'oneTime' },
			{ name: 'Pure Ship-To, Payer and Bill-To Accounts', value: 'addressOnly' },
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
				displayName: 'Account Groups',
				name: 'accountGroups',
				type: 'string',
				default: '',
				placeholder: '0001, KUNA',
				description: 'Only these account groups, separated by commas',
			},
			{
				displayName: 'One-Time Account Groups',
				name: 'oneTimeGroups',
				type: 'string',
				default: STANDARD_ONE_TIME_GROUPS.join(', '),
				description: 'Account groups that "Exclude" takes for one-time accounts',
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
];

/** Which parts of a customer or supplier, and how their values are chosen. */
export const partProperties: INodeProperties[] = [
	{
		displayName: 'Parts to Read',
		name: 'parts',
		type: 'multiOptions',
		default: [...DEFAULT_PARTS],
		description:
			'Each part is a table more per request. What is not read is not written. Contact persons, sales areas and ship-to parties belong to customers only.',
		options: [
			{ name: PART_NAMES.addresses, value: 'addresses' },
			{ name: PART_NAMES.contacts, value: 'contacts' },
			{ name: PART_NAMES.communication, value: 'communication' },
			{ name: PART_NAMES.companyCodes, value: 'companyCodes' },
			{ name: PART_NAMES.salesAreas, value: 'salesAreas' },
			{ name: PART_NAMES.shipTo, value: 'shipTo' },
		],
	},
	{
		displayName: 'Values',
		name: 'values',
		type: 'collection',
		placeholder: 'Add choice',
		default: {},
		description: 'Which of several values counts',
		options: [
			{
				displayName: 'Company Code',
				name: 'companyCode',
				type: 'string',
				default: '',
				placeholder: '1000',
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
				placeholder: 'ZZSEGMENT, KUKLA',
				description: 'Further fields of KNA1 or LFA1, own ones included, separated by commas',
			},
			{
				displayName: 'Sales Organization',
				name: 'salesOrganization',
				type: 'string',
				default: '',
				placeholder: '1000',
				description:
					'Whose currency, customer group and ship-to party count. Empty: they are written only where all sales areas agree.',
			},
		],
	},
];

export const servicePathProperty: INodeProperties = {
	displayName: 'Service Path',
	name: 'servicePath',
	type: 'string',
	required: true,
	default: '',
	placeholder: '/sap/opu/odata/sap/ZCUSTOMER_SRV',
	description: 'Path of the OData V2 service below the base URL',
};

export const entitySetProperty = nameProperty({
	displayName: 'Entity Set',
	name: 'entitySet',
	description: 'Name as in the service document; upper and lower case count',
	placeholder: 'CustomerSet',
	searchListMethod: 'searchEntitySets',
});

function usualName(field: string): string {
	return USUAL_NAMES[field as keyof typeof USUAL_NAMES];
}

const fieldNameOptions: INodeProperties[] = [
	['Account Group', 'accountGroup'],
	['City', 'city'],
	['Country', 'country'],
	['Deletion Flag', 'deletionFlag'],
	['Email', 'email'],
	['House Number', 'houseNumber'],
	['Name', 'name'],
	['Name 2', 'name2'],
	['Order Block', 'orderBlock'],
	['Payment Terms', 'paymentTerms'],
	['Phone', 'phone'],
	['Postal Code', 'postalCode'],
	['Posting Block', 'postingBlock'],
	['Region', 'region'],
	['Street', 'street'],
	['Tax Number', 'taxNumber'],
].map(([displayName, name]) => ({
	displayName,
	name,
	type: 'string',
	default: usualName(name),
	description: 'Name of the property in the service; empty: not read',
}));

/** How rows of an entity set are read and what becomes of them. */
export const gatewayProperties: INodeProperties[] = [
	servicePathProperty,
	entitySetProperty,
	{
		displayName: 'Key Fields',
		name: 'keyFields',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'Kunnr',
		description: 'Names of the key fields in the order of the key, separated by commas',
	},
	nameProperty({
		displayName: 'Change Field',
		name: 'changeField',
		placeholder: 'Udate',
		description:
			"The field that holds the date of the last change. KNA1's own UPDAT is not one: it says when a change was confirmed.",
		searchListMethod: 'searchChangeFields',
	}),
	{
		displayName: 'Change Field Type',
		name: 'changeFieldType',
		type: 'options',
		default: 'date',
		options: [
			{ name: 'Date', value: 'date', description: 'Edm.DateTime that knows the day only' },
			{
				name: 'Date and Time',
				value: 'dateTime',
				description: 'Edm.DateTime in the local time of the ERP',
			},
			{
				name: 'Date and Time With Offset',
				value: 'dateTimeOffset',
				description: 'Edm.DateTimeOffset, an instant',
			},
			{ name: 'Text', value: 'text', description: 'Eight digits, such as 20261120' },
		],
	},
	{
		displayName: 'Change Time Field',
		name: 'changeTimeField',
		type: 'string',
		default: '',
		placeholder: 'Utime',
		description: 'The field that holds the time of the change, where it is one of its own',
	},
	{
		displayName: 'Creation Field',
		name: 'createdField',
		type: 'string',
		default: '',
		placeholder: 'Erdat',
		description:
			'Counts for rows that were never changed, of the same type as the change field. Without it rows whose change field is empty are found by the sweep only.',
	},
	{
		displayName: 'Rows Are',
		name: 'rowsAre',
		type: 'options',
		default: 'customer',
		options: [
			{
				name: 'Customers',
				value: 'customer',
				description: 'Become organizations that Pipedrive Upsert takes',
			},
			{ name: 'Anything Else', value: 'nothing', description: 'Leave as they are' },
		],
	},
	{
		displayName: 'Field Names',
		name: 'fieldNames',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description:
			'Where the service names its properties otherwise than the service builder does (NAME1 becomes Name1)',
		displayOptions: { show: { rowsAre: ['customer'] } },
		options: fieldNameOptions,
	},
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'string',
		default: '',
		placeholder: 'Zzsegment',
		description:
			'Names of further properties to read, separated by commas; of customers they become extension fields',
	},
];

export const pageSizeProperty: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 5000 },
	default: 500,
	description: 'Rows per request',
};

export const keysPerRequestProperty: INodeProperties = {
	displayName: 'Keys per Request',
	name: 'keysPerRequest',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 300 },
	default: 100,
	description:
		'Records whose addresses, contacts and terms are read together. Fewer are slower and easier on the ERP.',
};
