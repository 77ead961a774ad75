import type { INodeProperties } from 'n8n-workflow';
import { ENTITIES, KINDS } from '../entities';
import { TEMPLATE_FIELDS } from '../templateFields';

const KIND_CHOICES = ENTITIES.map((entity) => ({
	name: KINDS[entity].label,
	value: entity,
	description: `${TEMPLATE_FIELDS[entity].length} fields`,
}));

/** Resource Field: which custom fields the company needs. */
export const fieldProperties: INodeProperties[] = [
	{
		displayName: 'Fields to Ensure',
		name: 'fieldsToEnsure',
		type: 'options',
		options: [
			{
				name: 'Those of the Default Field Maps',
				value: 'template',
				description: 'What the templates write',
			},
			{ name: 'Those Listed Below', value: 'listed' },
			{ name: 'Both', value: 'both' },
		],
		default: 'template',
		description:
			'The number of custom fields is limited per company (Lite 30, Growth 100, Premium 300, Ultimate 500). Use Dry Run to see needed, used and limit first.',
		hint: '5 tokens for each field that is created',
	},
	{
		displayName: 'Field Maps Of',
		name: 'ensureFor',
		type: 'multiOptions',
		displayOptions: { show: { fieldsToEnsure: ['template', 'both'] } },
		options: KIND_CHOICES,
		default: ['organization', 'person'],
		description: 'Whose fields are created',
	},
	{
		displayName: 'Fields',
		name: 'listedFields',
		type: 'fixedCollection',
		placeholder: 'Add Field',
		typeOptions: { multipleValues: true },
		default: {},
		displayOptions: { show: { fieldsToEnsure: ['listed', 'both'] } },
		options: [
			{
				displayName: 'Field',
				name: 'rows',
				values: [
					{
						displayName: 'Entity',
						name: 'entity',
						type: 'options',
						options: KIND_CHOICES.map(({ name, value }) => ({ name, value })),
						default: 'organization',
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						description: 'As it appears in Pipedrive',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{ name: 'Address', value: 'address' },
							{ name: 'Autocomplete Text', value: 'varchar_auto' },
							{ name: 'Date', value: 'date' },
							{ name: 'Date Range', value: 'daterange' },
							{ name: 'Large Text', value: 'text' },
							{ name: 'Monetary', value: 'monetary' },
							{ name: 'Multiple Options', value: 'set' },
							{ name: 'Number', value: 'double' },
							{ name: 'Organization', value: 'org' },
							{ name: 'Person', value: 'people' },
							{ name: 'Phone', value: 'phone' },
							{ name: 'Single Option', value: 'enum' },
							{ name: 'Text', value: 'varchar' },
							{ name: 'Time', value: 'time' },
							{ name: 'Time Range', value: 'timerange' },
							{ name: 'User', value: 'user' },
						],
						default: 'varchar',
					},
					{
						displayName: 'Options',
						name: 'options',
						type: 'string',
						default: '',
						placeholder: 'Customer, Supplier',
						displayOptions: { show: { type: ['enum', 'set'] } },
						description: 'Labels, separated by commas. Missing ones are added, none is removed.',
					},
				],
			},
		],
	},
];
