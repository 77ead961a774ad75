import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

const UPSERT = 'Create or Update';

/** `subtitle` of the node on the canvas. */
export const subtitle =
	'={{ ({ upsert: "Create or Update", estimate: "Estimate", ensure: "Ensure Fields", get: "Get", getMany: "Get Many", updateById: "Update by ID", checkWebhook: "Check", erase: "Erase" })[$parameter["operation"]] + ({ activity: ": Activity", budget: ": Budget", deal: ": Deal", erpRecord: ": ERP Record", note: ": Note", organization: ": Organization", person: ": Person", product: ": Product", webhook: ": Webhook" }[$parameter["resource"]] || "") }}';

/** Authentication, Resource and the operations of each resource. */
export const resourceProperties: INodeProperties[] = [
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options: [
			{ name: 'API Token', value: 'apiToken' },
			{ name: 'OAuth2', value: 'oAuth2' },
		],
		default: 'apiToken',
	},
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Activity', value: 'activity', description: 'An activity that you fill' },
			{ name: 'Budget', value: 'budget', description: 'API tokens left today' },
			{ name: 'Deal', value: 'deal', description: 'A deal with fields that you map, and lines' },
			{
				name: 'ERP Record',
				value: 'erpRecord',
				description:
					'What the ERP triggers emit: an organization with its contact persons, a product, a deal with lines, or a document',
			},
			{ name: 'Field', value: 'field', description: 'Custom fields that the sync needs' },
			{ name: 'Note', value: 'note', description: 'A note that you fill' },
			{
				name: 'Organization',
				value: 'organization',
				description: 'An organization with fields that you map',
			},
			{ name: 'Person', value: 'person', description: 'A person with fields that you map' },
			{ name: 'Product', value: 'product', description: 'A product with fields that you map' },
			{
				name: 'Webhook',
				value: 'webhook',
				description: 'What the Pipedrive Event Trigger registered',
			},
		],
		default: 'erpRecord',
	},
	operations('activity', 'upsert', [upsertOf('an activity')]),
	operations('budget', 'get', [
		{
			name: 'Get',
			value: 'get',
			action: 'Get the budget',
			description: 'Tokens spent, left and reserved; calls nothing and costs nothing',
		},
	]),
	operations('deal', 'upsert', [
		upsertOf('a deal'),
		{
			name: 'Get',
			value: 'get',
			action: 'Get a deal with its lines',
			description:
				'A deal with its lines, and the external IDs of its organization, person and products',
		},
		{
			name: 'Get Many',
			value: 'getMany',
			action: 'Get many deals that changed',
			description:
				'Deals of a status that changed since a time, in the form of the Pipedrive Event Trigger: finds those whose event was lost',
		},
		{
			name: 'Update by ID',
			value: 'updateById',
			action: 'Update a deal by its ID',
			description: 'Write fields of a deal that has no external ID, such as an order number back',
		},
	]),
	{
		...operations('erpRecord', 'upsert', [
			{ ...upsertOf('an ERP record'), action: 'ERP record: create or update in Pipedrive' },
			{
				name: 'Estimate',
				value: 'estimate',
				action: 'ERP record: estimate what writing would cost',
				description:
					'One item: how many creates and updates these records come to, their tokens, and the share of what is left today. Writes nothing; looking costs a few tokens.',
			},
		]),
		hint: '5 tokens for each record that is created or updated, next to none for an unchanged one',
	},
	operations('field', 'ensure', [
		{
			name: 'Ensure Fields',
			value: 'ensure',
			action: 'Ensure fields',
			description:
				'Create the custom fields and options that are missing; rename and remove nothing',
		},
	]),
	operations('note', 'upsert', [upsertOf('a note')]),
	operations('organization', 'upsert', [upsertOf('an organization')]),
	operations('person', 'upsert', [
		upsertOf('a person'),
		{
			name: 'Erase',
			value: 'erase',
			action: 'Erase a person',
			description:
				'Delete a person, or clear all fields, and get the rows for the suppression list. Use Dry Run to see who is found first.',
		},
	]),
	operations('product', 'upsert', [upsertOf('a product')]),
	operations('webhook', 'checkWebhook', [
		{
			name: 'Check',
			value: 'checkWebhook',
			action: 'Check a webhook',
			description: 'Whether the webhook of an event trigger is still there, and was answered',
		},
	]),
];

function upsertOf(what: string): INodePropertyOptions {
	return {
		name: UPSERT,
		value: 'upsert',
		action: `Create or update ${what}`,
		description: 'Create a new record, or update the current one if it already exists (upsert)',
	};
}

function operations(
	resource: string,
	initial: string,
	options: INodePropertyOptions[],
): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options,
		default: initial,
	};
}
