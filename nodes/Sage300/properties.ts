import type { INodeProperties } from 'n8n-workflow';
import { whereHeld } from '../../core/n8n/codeList';
import { ALL_PARTS, REREAD_NUMBERS } from './parameters';

export const partsProperty: INodeProperties = {
	displayName: 'Parts to Read',
	name: 'parts',
	type: 'multiOptions',
	default: [...ALL_PARTS],
	description: 'Switch off what the user may not see. What is not read is not written.',
	options: [
		{ name: 'Contact Person', value: 'contacts' },
		{
			name: 'Descriptions',
			value: 'descriptions',
			description: 'Of customer groups and payment terms, behind their codes',
		},
		{
			name: 'Ship-To Locations',
			value: 'shipTo',
			description: 'The primary location is the shipping address',
		},
	],
};

export const filtersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{
			displayName: 'Customer Group Codes',
			name: 'groups',
			displayOptions: whereHeld('groups'),
			type: 'string',
			default: '',
			placeholder: 'WHL, RTL',
			description: 'Codes of customer groups, separated by commas',
		},
		{
			displayName: 'Customer Group Names or IDs',
			name: 'groupIds',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'getCustomerGroups' },
			default: [],
			description:
				'Only customers of these groups are read; of all groups if none is chosen. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
	],
};

const COMPANY_CURRENCY: INodeProperties = {
	displayName: 'Company Currency',
	name: 'companyCurrency',
	type: 'string',
	default: '',
	placeholder: 'USD',
	description: 'ISO code for records whose currency is blank',
};

const CURRENCY_CODES: INodeProperties = {
	displayName: 'Currency Codes',
	name: 'currencyCodes',
	type: 'string',
	default: '',
	placeholder: 'CAN=CAD, US$=USD',
	description: 'ISO codes for currency codes of Sage 300 that are none',
};

/** How values of customers are chosen. */
export const customerValuesProperty: INodeProperties = {
	displayName: 'Values',
	name: 'values',
	type: 'collection',
	placeholder: 'Add choice',
	default: {},
	options: [
		COMPANY_CURRENCY,
		CURRENCY_CODES,
		{
			displayName: 'More Fields',
			name: 'moreFields',
			type: 'string',
			default: '',
			placeholder: 'TerritoryCode, Salesperson1',
			description:
				'Further fields of the customer as the Web API names them, separated by commas. They come as extensions.',
		},
		{
			displayName: 'Optional Fields',
			name: 'optionalFields',
			type: 'string',
			default: '',
			placeholder: 'SEGMENT, UPSZONE',
			description:
				'Names of optional fields of the customer, separated by commas. They come as extensions.',
		},
		{
			displayName: 'Tax Registration Number',
			name: 'taxNumber',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 5 },
			default: 1,
			description: 'Which of the five numbers counts as the tax number',
		},
	],
};

export const documentValuesProperty: INodeProperties = {
	...customerValuesProperty,
	options: [COMPANY_CURRENCY, CURRENCY_CODES],
};

const SORT_BY_KEY: INodeProperties = {
	displayName: 'Sort by Key',
	name: 'sortByKey',
	type: 'boolean',
	default: false,
	description:
		'Whether to ask the server to sort lists by key. Turn on if a list is reported that is not in ascending order.',
};

export const customerReadingProperty: INodeProperties = {
	displayName: 'Reading',
	name: 'reading',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Follow Activity',
			name: 'followActivity',
			type: 'boolean',
			default: false,
			description:
				'Whether customers with recent postings count as changed, so that balances are fresh at every poll and not only after a sweep. Reads more pages.',
		},
		SORT_BY_KEY,
	],
};

export const documentReadingProperty: INodeProperties = {
	...customerReadingProperty,
	options: [
		{
			displayName: 'Read Numbers Again',
			name: 'rereadNumbers',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: REREAD_NUMBERS,
			description:
				'How many posting or batch numbers behind the highest one every poll reads again. Fewer are faster; more find batches that were posted late.',
		},
		SORT_BY_KEY,
	],
};
