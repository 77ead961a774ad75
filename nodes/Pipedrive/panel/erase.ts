import type { INodeProperties } from 'n8n-workflow';
import { shownFor } from '../../../core/n8n/output';

/** Resource Person, operation Erase. */
export const eraseProperties: INodeProperties[] = shownFor(
	{ resource: ['person'], operation: ['erase'] },
	[
		{
			displayName: 'Find By',
			name: 'findBy',
			type: 'options',
			options: [
				{ name: 'E-Mail', value: 'email' },
				{ name: 'External ID', value: 'externalId' },
				{
					name: 'Pipedrive ID',
					value: 'pipedriveId',
					description: 'When several persons were found',
				},
			],
			default: 'externalId',
			hint: '30 tokens to look, 20 more for each e-mail of the person',
		},
		{
			displayName: 'External ID',
			name: 'externalId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 's4hana:100:contactPerson:0009000001',
			displayOptions: { show: { findBy: ['externalId'] } },
			description: 'As the person carries it in Pipedrive',
		},
		{
			displayName: 'E-Mail',
			name: 'email',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'anna@example.com',
			displayOptions: { show: { findBy: ['email'] } },
		},
		{
			displayName: 'Person ID',
			name: 'personId',
			type: 'number',
			required: true,
			default: 0,
			displayOptions: { show: { findBy: ['pipedriveId'] } },
			description: "Pipedrive's ID of the person",
		},
		{
			displayName: 'Erase By',
			name: 'eraseBy',
			type: 'options',
			options: [
				{
					name: 'Clearing All Fields',
					value: 'clear',
					description:
						'The person stays as "Erased person", so that deals and activities keep their place (5 tokens)',
				},
				{
					name: 'Deleting',
					value: 'delete',
					description: 'Pipedrive keeps a deleted person for 30 days (3 tokens)',
				},
			],
			default: 'delete',
		},
	],
);

export const suppressionListProperty: INodeProperties = {
	displayName: 'Suppression List',
	name: 'suppressionList',
	type: 'json',
	default: '[]',
	displayOptions: {
		show: { resource: ['erpRecord', 'person'], operation: ['upsert', 'estimate'] },
	},
	placeholder: '={{ $("Suppressed").all().map(row => row.json) }}',
	hint: 'Optional: erased persons who must stay away, from a Data Table that a node before this one reads (Suppressed in the templates)',
	description:
		'Rows of your suppression list (hash, secretId, addedAt), as the operation Erase gives them in suppressionRows. Persons on it are never written. Needs the Audit Secret of the credential.',
};
