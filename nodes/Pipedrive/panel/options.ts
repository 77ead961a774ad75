import type { INodeProperties } from 'n8n-workflow';
import { HISTORY, linkProperty, MAPPED, PLANS, POLICIES, RECORDS } from './choices';

/** What only few users change. */
export const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Audit Each Unchanged Record',
			name: 'auditEachUnchanged',
			type: 'boolean',
			displayOptions: { show: { '/operation': ['upsert'], '/resource': RECORDS } },
			default: false,
			description:
				'Whether every unchanged record gets an audit row instead of one row for all of the run',
		},
		{
			displayName: 'Changed At',
			name: 'changedAt',
			type: 'string',
			default: '',
			displayOptions: { show: { '/operation': PLANS, '/resource': MAPPED } },
			description:
				'When the record changed in the ERP (ISO). An older version never overwrites a newer one.',
		},
		{
			displayName: 'Create Again When Deleted',
			name: 'recreateDeleted',
			type: 'boolean',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: false,
			description:
				'Whether a record that a person deleted in Pipedrive is created again. Off: it is set aside.',
		},
		{
			displayName: 'Create Missing Fields',
			name: 'createMissingFields',
			type: 'boolean',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: false,
			description:
				'Whether custom fields of the default map that Pipedrive does not have yet are created. Off: they are left out with a warning, and without the one for the external ID the run fails. The number of custom fields is limited per company.',
		},
		{
			displayName: 'Create Missing Options',
			name: 'createMissingOptions',
			type: 'boolean',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: false,
			description:
				'Whether options that a value needs and that its single or multiple option field does not have are added. Off: the value is left out with a warning.',
		},
		{
			displayName: 'Deal Lines',
			name: 'dealLines',
			type: 'options',
			displayOptions: { show: { '/operation': PLANS, '/resource': ['deal', 'erpRecord'] } },
			options: [
				{ name: 'Leave Alone', value: 'leave', description: 'Deals are written without lines' },
				{
					name: 'Write',
					value: 'write',
					description: 'Lines that the ERP no longer has stay in the deal',
				},
				{
					name: 'Write and Remove',
					value: 'writeAndRemove',
					description: 'Lines that the ERP no longer has are removed from the deal',
				},
			],
			default: 'write',
			description:
				'What happens to the lines of orders. 100 lines cost 25 tokens, unchanged lines nothing.',
		},
		{
			displayName: 'Deal Pipeline Name or ID',
			name: 'dealPipeline',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getDealPipelines' },
			displayOptions: { show: { '/operation': PLANS, '/resource': ['erpRecord'] } },
			default: '',
			description:
				'For new deals from orders. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'Deal Stages',
			name: 'dealStages',
			type: 'fixedCollection',
			placeholder: 'Add Stage',
			typeOptions: { multipleValues: true },
			displayOptions: { show: { '/operation': PLANS, '/resource': ['erpRecord'] } },
			default: {},
			description:
				'Which stage an open order stands in. Statuses that are not listed move nothing.',
			options: [
				{
					displayName: 'Stage',
					name: 'rows',
					values: [
						{
							displayName: 'Status in the ERP',
							name: 'erpStatus',
							type: 'string',
							default: '',
							placeholder: 'In warehouse',
						},
						{
							displayName: 'Stage Name or ID',
							name: 'stage',
							type: 'options',
							typeOptions: { loadOptionsMethod: 'getStages' },
							default: '',
							description:
								'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
						},
					],
				},
			],
		},
		{
			displayName: 'Default Owner Name or ID',
			name: 'defaultOwner',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getUsers' },
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: '',
			description:
				'Who owns new records; the owner of existing ones is never changed. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'Documents As',
			name: 'documentsAs',
			type: 'options',
			displayOptions: { show: { '/operation': PLANS, '/resource': ['erpRecord'] } },
			options: [
				{
					name: 'Activity for Each Document',
					value: 'activity',
					description: 'Only documents from "Documents From" on',
				},
				{ name: 'Note for Each Document', value: 'note' },
				{
					name: 'One Summary Note per Organization',
					value: 'summaryNote',
					description: 'The last 20 documents with totals, kept up to date',
				},
			],
			default: 'summaryNote',
			description:
				'How invoices, credit notes and payments appear in Pipedrive. An activity costs 5 tokens, a note 10, unchanged ones nothing.',
		},
		{
			displayName: 'Documents From',
			name: 'documentsFrom',
			type: 'dateTime',
			displayOptions: {
				show: { '/operation': PLANS, '/resource': ['erpRecord'], documentsAs: ['activity'] },
			},
			default: '',
			description: 'Older documents become no activities',
		},
		{
			displayName: 'External ID Field',
			name: 'externalIdField',
			type: 'string',
			displayOptions: {
				show: {
					'/operation': [...PLANS, 'get', 'erase'],
					'/resource': [...RECORDS, ...HISTORY],
				},
			},
			default: 'ERP ID',
			description:
				'Name or key of the Pipedrive custom field (type Text) that holds the external ID',
		},
		{
			displayName: 'Last Audit Run',
			name: 'lastAuditRun',
			type: 'json',
			displayOptions: { show: { '/operation': ['upsert'], '/resource': RECORDS } },
			default: '{}',
			description:
				'The newest run row of your audit table (runNumber, hash), as an expression takes it from the node that reads it. With it the chain of the audit goes on after a restart, and a missing run is noticed.',
		},
		{
			...linkProperty,
			displayOptions: { show: { '/operation': PLANS, '/resource': ['erpRecord'] } },
		},
		{
			displayName: 'Search Each Record Above',
			name: 'maxIndexRows',
			type: 'number',
			typeOptions: { minValue: 0 },
			displayOptions: { show: { '/operation': PLANS, '/resource': [...RECORDS, ...HISTORY] } },
			default: 100000,
			description:
				'Up to this many records in Pipedrive they are listed once (10 tokens per 500) and kept in memory. If there are more, each record is searched for, which costs 20 tokens and more each.',
		},
		{
			displayName: 'Stop If More Than (%)',
			name: 'stopAbovePercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: 30,
			description:
				'If more than this share of the linked records (and more than 200) would change in one run, nothing is written and all are set aside. 0 = never stop.',
		},
		{
			displayName: 'Used Elsewhere Today',
			name: 'usedElsewhereToday',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Tokens that other processes and tools used today; they are taken off the budget',
		},
		{
			displayName: 'Visible to Whole Company',
			name: 'visibleToAll',
			type: 'boolean',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			default: false,
			description:
				'Whether new records are visible to all users. Off: the default of your Pipedrive account.',
		},
		{
			displayName: 'When a Value Does Not Fit',
			name: 'misfits',
			type: 'options',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			options: [
				{
					name: 'Leave Out the Value',
					value: 'leaveOut',
					description: 'The rest of the record is written, with a warning',
				},
				{
					name: 'Set Aside the Record',
					value: 'setAside',
					description: 'With the name and type of the field and the value',
				},
			],
			default: 'setAside',
			description:
				'What to do with a value that its Pipedrive field cannot hold. An option that does not exist is always left out with a warning.',
		},
		{
			displayName: 'When Linked to Another ERP Record',
			name: 'secondIdentity',
			type: 'options',
			displayOptions: { show: { '/operation': PLANS, '/resource': RECORDS } },
			options: [
				{
					name: 'Add as Alias',
					value: 'alias',
					description: 'One Pipedrive record stands for several ERP records',
				},
				{ name: 'Create Separately', value: 'separate' },
				{ name: 'Set Aside', value: 'setAside' },
			],
			default: 'setAside',
			description:
				'What to do when the Pipedrive record that matches already carries the external ID of another ERP record',
		},
		{
			displayName: 'Who Wins',
			name: 'writePolicy',
			type: 'options',
			displayOptions: { show: { '/operation': PLANS, '/resource': MAPPED } },
			options: POLICIES,
			default: 'erpWins',
			description: 'What happens where Pipedrive already has another value',
		},
	],
};
