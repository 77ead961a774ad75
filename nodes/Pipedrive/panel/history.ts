import type { INodeProperties } from 'n8n-workflow';
import { shownFor } from '../../../core/n8n/output';
import { HISTORY } from './choices';

/** Resources Note and Activity. */
export const historyProperties: INodeProperties[] = [
	...shownFor({ resource: HISTORY }, [
		{
			displayName: 'Belongs To',
			name: 'hostEntity',
			type: 'options',
			options: [
				{ name: 'Deal', value: 'deal' },
				{ name: 'Organization', value: 'organization' },
				{ name: 'Person', value: 'person' },
			],
			default: 'organization',
		},
		{
			displayName: 'ID of That Record',
			name: 'hostId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 's4hana:100:businessPartner:1000123',
			description: 'External ID of the record above, or its Pipedrive ID as a number',
		},
	]),
	...shownFor({ resource: ['activity'] }, [
		{
			displayName: 'Subject',
			name: 'subject',
			type: 'string',
			required: true,
			default: '',
		},
		{
			displayName: 'Type',
			name: 'activityType',
			type: 'string',
			default: 'task',
			placeholder: 'call',
			description: 'Key of the activity type in Pipedrive, such as task, call or meeting',
		},
		{
			displayName: 'Due Date',
			name: 'dueDate',
			type: 'string',
			default: '',
			placeholder: '2026-11-20',
		},
		{
			displayName: 'Due Time',
			name: 'dueTime',
			type: 'string',
			default: '',
			placeholder: '09:00',
			description: 'In UTC. Empty: all day.',
		},
		{
			displayName: 'Done',
			name: 'isDone',
			type: 'boolean',
			default: false,
			description: 'Whether the activity is marked as done',
		},
		{
			displayName: 'Assigned To Name or ID',
			name: 'assignedTo',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getUsers' },
			default: '',
			description:
				'Of a new activity; an existing one keeps its user. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
	]),
	...shownFor({ resource: HISTORY }, [
		{
			displayName: 'Text',
			name: 'content',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description: 'Plain text. It is followed by the external ID, which finds it again.',
		},
	]),
];
