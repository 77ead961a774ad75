import type { INodeProperties } from 'n8n-workflow';

/** How a document is found that this node, or a person, created for something elsewhere. */
export const referenceProperties: INodeProperties[] = [
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'PD-4711',
		description:
			'Unique for this order. It is looked up in the orders and in Drafts first, so that running again creates nothing twice.',
	},
	{
		displayName: 'Reference Field',
		name: 'referenceField',
		type: 'string',
		default: 'NumAtCard',
		placeholder: 'U_ExternalId',
		description: 'NumAtCard (the customer reference number), or a user-defined field of documents',
	},
];
