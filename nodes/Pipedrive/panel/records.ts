import type { INodeProperties } from 'n8n-workflow';
import { HISTORY, linkProperty, MAPPED, RECORDS } from './choices';

const UPSERT = { operation: ['upsert'] };
const WRITTEN = [...RECORDS, ...HISTORY];

/** How the ID of such a record looks. */
const EXTERNAL_IDS: Array<[resources: string[], example: string, tokens?: number]> = [
	[['organization'], 's4hana:100:businessPartner:1000123'],
	[['person'], 's4hana:100:contactPerson:0009000001'],
	[['product'], 'b1:SBODEMODE:item:A-100'],
	[['deal'], 'syspro:A:salesOrder:000123'],
	[['activity'], 'b1:SBODEMODE:invoice:4711'],
	[['note'], 'b1:SBODEMODE:invoice:4711', 10],
];

/** What is written, and how it is found again. */
export const recordProperties: INodeProperties[] = [
	{
		displayName: 'ERP Record',
		name: 'record',
		type: 'json',
		required: true,
		default: '={{ $json }}',
		displayOptions: { show: { resource: ['erpRecord'] } },
		description: 'The record as an ERP trigger emits it with Output "ERP Record"',
	},
	{
		displayName: 'Deal ID',
		name: 'dealId',
		type: 'number',
		required: true,
		default: 0,
		displayOptions: { show: { resource: ['deal'], operation: ['get'] } },
		description: "Pipedrive's ID of the deal",
		hint: '11 tokens for the deal with its lines, 1 each for organization, person and product',
	},
	...EXTERNAL_IDS.map(externalIdProperty),
	{ ...linkProperty, displayOptions: { show: { resource: MAPPED, ...UPSERT } } },
	{
		displayName: 'Fields',
		name: 'columns',
		type: 'resourceMapper',
		noDataExpression: true,
		required: true,
		default: { mappingMode: 'defineBelow', value: null },
		displayOptions: { show: { resource: MAPPED, ...UPSERT } },
		typeOptions: {
			loadOptionsDependsOn: ['resource', 'authentication'],
			resourceMapper: {
				resourceMapperMethod: 'getColumns',
				mode: 'add',
				fieldWords: { singular: 'field', plural: 'fields' },
				valuesLabel: 'Fields',
				addAllFields: false,
				multiKeyMatch: false,
				supportAutoMap: true,
				// n8n shows it for every failure, also before a credential is chosen, with the link "Retry" behind it.
				noFieldsError:
					'No fields from Pipedrive yet: choose the credential above, or open and test it, then click Retry:',
			},
		},
	},
	{
		displayName: 'Belongs To Organization',
		name: 'hostExternalId',
		type: 'string',
		default: '',
		placeholder: 's4hana:100:businessPartner:1000123',
		displayOptions: { show: { resource: ['deal', 'person'], ...UPSERT } },
		description:
			'External ID of the organization, or its Pipedrive ID as a number. Empty: not linked.',
	},
	{
		displayName: 'Lines',
		name: 'lines',
		// An empty JSON editor is marked as an error.
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder:
			'[{ "productCode": "A-100", "description": "Pump", "quantity": "2", "unitPrice": "99.90", "discount": "0", "tax": "19" }]',
		displayOptions: { show: { resource: ['deal'], ...UPSERT } },
		description:
			'A JSON list, as "lines" of an ERP Record. Empty: lines are left alone, an empty list removes them where the option Deal Lines says so.',
		hint: '100 lines cost 25 tokens, unchanged lines nothing',
	},
];

/** What becomes of the records, below all that fills them. */
export const outcomeProperties: INodeProperties[] = [
	{
		displayName: 'When Records Are Set Aside',
		name: 'whenSetAside',
		type: 'options',
		displayOptions: { show: { resource: WRITTEN, ...UPSERT } },
		options: [
			{
				name: 'Fail the Run',
				value: 'fail',
				description:
					'After all other records were written, the run ends with an error that lists the reasons',
			},
			{
				name: 'Send to Set Aside Output',
				value: 'output',
				description:
					'They leave by the second output with reason and payload, for a table or a retry. Connect it: else a production run fails, and a manual run drops them.',
			},
		],
		default: 'fail',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		displayOptions: {
			show: { resource: [...WRITTEN, 'field'], operation: ['upsert', 'ensure', 'erase'] },
		},
		description:
			'Whether to show only what would be written and what it would cost. Nothing is changed in Pipedrive.',
	},
];

export const knownIdsProperty: INodeProperties = {
	displayName: 'Known IDs',
	name: 'knownIds',
	type: 'json',
	default: '[]',
	displayOptions: { show: { resource: WRITTEN, operation: ['upsert', 'estimate', 'erase'] } },
	placeholder: '={{ $("Known IDs").all().map(row => row.json) }}',
	hint: 'Optional: what this node wrote before, from a Data Table that a node before this one reads (Known IDs in the templates)',
	description:
		'Rows of your ID table (externalId, pipedriveType, pipedriveId, digests, writtenAt), as this node gives them in idRows. With them it knows after a restart what it wrote and what a person changed, and small batches cost 1 token per record to look up.',
};

function externalIdProperty([
	resource,
	placeholder,
	tokens = 5,
]: (typeof EXTERNAL_IDS)[number]): INodeProperties {
	return {
		displayName: 'External ID',
		name: 'externalId',
		type: 'string',
		required: true,
		default: '',
		placeholder,
		displayOptions: { show: { resource, ...UPSERT } },
		hint: `${tokens} tokens where it is created or updated, next to none where nothing changed`,
		description: HISTORY.includes(resource[0])
			? "The ERP's own stable ID of what this tells of. It is kept in the text and finds it again."
			: "The ERP's own stable ID of this record. It is kept in a Pipedrive field and finds the record again.",
	};
}
