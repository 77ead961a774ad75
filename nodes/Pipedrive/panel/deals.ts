import type { INodeProperties } from 'n8n-workflow';

const UPDATE = { show: { resource: ['deal'], operation: ['updateById'] } };
const MANY = { show: { resource: ['deal'], operation: ['getMany'] } };

/** Deals without an external ID of their own, and the webhook that tells of them. */
export const dealActionProperties: INodeProperties[] = [
	{
		displayName: 'Deal ID',
		name: 'dealId',
		type: 'number',
		required: true,
		default: 0,
		displayOptions: UPDATE,
		description: "Pipedrive's ID of the deal",
		hint: '1 token to look, 5 more where something differs',
	},
	{
		displayName: 'Fields to Update',
		name: 'fieldsToUpdate',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Field',
		default: {},
		displayOptions: UPDATE,
		description: 'Only what differs is written',
		options: [
			{
				displayName: 'Field',
				name: 'field',
				values: [
					{
						displayName: 'Name or Key',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'ERP Order Number',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						description: 'Empty: the field stays as it is',
					},
				],
			},
		],
	},
	{
		displayName: 'Status',
		name: 'dealStatus',
		type: 'options',
		default: 'won',
		displayOptions: MANY,
		options: [
			{ name: 'Lost', value: 'lost' },
			{ name: 'Open', value: 'open' },
			{ name: 'Won', value: 'won' },
		],
		description: 'Status of the deals now',
		hint: '10 tokens for each 500 deals that changed, 20 for each 500 archived ones, whatever the filters leave',
	},
	{
		displayName: 'Changed Since',
		name: 'changedSince',
		type: 'dateTime',
		required: true,
		default: '={{ $now.minus({ days: 7 }).toISO() }}',
		displayOptions: MANY,
		description: 'Deals that changed at this time or later',
	},
	{
		displayName: 'Filters',
		name: 'dealFilters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		displayOptions: MANY,
		options: [
			{
				displayName: 'Field',
				name: 'valueField',
				type: 'string',
				default: '',
				placeholder: 'ERP Order Number',
				description: 'Name or key of a field of the deal; "Field Is" says what it must be',
			},
			{
				displayName: 'Field Is',
				name: 'valueState',
				type: 'options',
				default: 'empty',
				options: [
					{ name: 'Empty', value: 'empty' },
					{ name: 'Filled', value: 'filled' },
				],
			},
			{
				displayName: 'Include Archived',
				name: 'includeArchived',
				type: 'boolean',
				default: true,
				description: 'Whether archived deals are looked at too; they are in a list of their own',
			},
			{
				displayName: 'Pipeline Names or IDs',
				name: 'pipelineIds',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getPipelines' },
				default: [],
				description:
					'None = all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
		],
	},
	{
		displayName: 'Webhook Address',
		name: 'webhookAddress',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'https://n8n.example.com/webhook/…/pipedrive',
		displayOptions: { show: { resource: ['webhook'], operation: ['checkWebhook'] } },
		description:
			'Production URL of the Pipedrive Event Trigger, or a part of it that no other webhook has',
		hint: '10 tokens',
	},
];
