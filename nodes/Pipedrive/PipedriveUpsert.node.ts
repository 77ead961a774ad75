import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type ResourceMapperFields,
} from 'n8n-workflow';
import { toNodeError } from '../../core/n8n/errors';
import { ensureFields } from './ensureFields';
import { openEnvironment } from './environment';
import { DEFAULT_MAP, ERP_FIELDS } from './fieldMap';
import { columnSchema, fieldOptions, wantedFieldsOf } from './fieldChoices';
import { settingsOf } from './settings';
import { upsertItems } from './upsertItems';

const MAP_POLICIES = [
	{
		name: 'ERP Wins',
		value: 'erpWins',
		description: 'Pipedrive always shows what the ERP says',
	},
	{
		name: 'ERP Wins When Its Value Changed',
		value: 'erpChanged',
		description: "A person's edit in Pipedrive stays until the value changes in the ERP",
	},
	{
		name: 'Only When Empty',
		value: 'onlyWhenEmpty',
		description: 'Written once; what stands in Pipedrive is never changed',
	},
];

const RECORDS = ['erpRecord', 'organization', 'person'];

const ORGANIZATION_CHOICES = [
	...ERP_FIELDS.organization.map(([value, name]) => ({ name, value })),
	{ name: 'Extension Field …', value: 'extension' },
];

export class PipedriveUpsert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pipedrive Upsert',
		name: 'pipedriveUpsert',
		icon: { light: 'file:pipedrive.svg', dark: 'file:pipedrive.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle:
			'={{ ({ upsert: "Create or Update", ensure: "Ensure Fields", get: "Get" })[$parameter["operation"]] + ({ erpRecord: ": ERP Record", organization: ": Organization", person: ": Person", budget: ": Budget" }[$parameter["resource"]] || "") }}',
		description:
			'Bring ERP records into Pipedrive: writes only what differs, nothing twice, within the API token budget',
		defaults: { name: 'Pipedrive Upsert' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Done', 'Set Aside'],
		usableAsTool: true,
		hints: [
			{
				message:
					'Records that cannot be written leave by the Set Aside output. If nothing is connected there, n8n drops them: choose "Fail the Run".',
				type: 'warning',
				location: 'inputPane',
				whenToDisplay: 'beforeExecution',
				displayCondition: '={{ $parameter["whenSetAside"] === "output" }}',
			},
		],
		credentials: [
			{
				name: 'erpPipedriveApi',
				required: true,
				displayOptions: { show: { authentication: ['apiToken'] } },
			},
			{
				name: 'erpPipedriveOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
		],
		properties: [
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
					{
						name: 'Budget',
						value: 'budget',
						description: 'API tokens left today',
					},
					{
						name: 'ERP Record',
						value: 'erpRecord',
						description: 'What the ERP triggers emit: an organization with its contact persons',
					},
					{
						name: 'Field',
						value: 'field',
						description: 'Custom fields that the sync needs',
					},
					{
						name: 'Organization',
						value: 'organization',
						description: 'An organization with fields that you map',
					},
					{
						name: 'Person',
						value: 'person',
						description: 'A person with fields that you map',
					},
				],
				default: 'erpRecord',
			},
			upsertOperation('erpRecord', 'an organization and its persons'),
			upsertOperation('organization', 'an organization'),
			upsertOperation('person', 'a person'),
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['field'] } },
				options: [
					{
						name: 'Ensure Fields',
						value: 'ensure',
						action: 'Ensure fields',
						description:
							'Create the custom fields and options that are missing; rename and remove nothing',
					},
				],
				default: 'ensure',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['budget'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						action: 'Get the budget',
						description: 'Tokens spent, left and reserved; calls nothing and costs nothing',
					},
				],
				default: 'get',
			},
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
				displayName: 'External ID',
				name: 'externalId',
				type: 'string',
				required: true,
				default: '',
				placeholder: 's4hana:100:businessPartner:1000123',
				displayOptions: { show: { resource: ['organization', 'person'] } },
				description:
					"The ERP's own stable ID of this record. It is kept in a Pipedrive field and finds the record again.",
			},
			{
				displayName: 'Link Existing Records',
				name: 'matchAlsoBy',
				type: 'options',
				displayOptions: { show: { resource: ['organization', 'person'] } },
				options: [
					{
						name: 'Ask',
						value: 'ask',
						description: 'A match is set aside with its ID',
					},
					{
						name: 'By External ID and Name with Address',
						value: 'match',
						description: 'Persons: e-mail, then full name, within the organization',
					},
					{ name: 'By External ID Only', value: 'never' },
				],
				default: 'match',
				description: 'How records that were in Pipedrive before are recognised',
			},
			{
				displayName: 'Fields',
				name: 'columns',
				type: 'resourceMapper',
				noDataExpression: true,
				required: true,
				default: { mappingMode: 'defineBelow', value: null },
				displayOptions: { show: { resource: ['organization', 'person'] } },
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
						noFieldsError: 'Pipedrive shows no fields for this resource',
					},
				},
			},
			{
				displayName: 'When Records Are Set Aside',
				name: 'whenSetAside',
				type: 'options',
				displayOptions: { show: { resource: ['erpRecord', 'organization', 'person'] } },
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
							'They leave by the second output with reason and payload, for a table or a retry',
					},
				],
				default: 'fail',
			},
			{
				displayName: 'Dry Run',
				name: 'dryRun',
				type: 'boolean',
				default: false,
				displayOptions: { show: { resource: ['erpRecord', 'organization', 'person', 'field'] } },
				description:
					'Whether to show only what would be written and what it would cost. Nothing is changed in Pipedrive.',
			},
			{
				displayName: 'Organization Fields',
				name: 'organizationMap',
				type: 'fixedCollection',
				placeholder: 'Add Field',
				typeOptions: { multipleValues: true, sortable: true },
				default: { rows: DEFAULT_MAP.organization.map((row) => ({ ...row })) },
				displayOptions: { show: { resource: ['erpRecord'] } },
				description:
					'Which ERP field goes to which Pipedrive field. A Pipedrive field that does not exist is left out with a warning.',
				options: [
					{
						displayName: 'Field',
						name: 'rows',
						values: [
							{
								displayName: 'ERP Field',
								name: 'erpField',
								type: 'options',
								options: ORGANIZATION_CHOICES,
								default: 'organization.name',
							},
							{
								displayName: 'Extension Field Name',
								name: 'extensionName',
								type: 'string',
								default: '',
								placeholder: 'YY1_Region_bus',
								displayOptions: { show: { erpField: ['extension'] } },
								description: 'Name of the extension field as the ERP trigger delivers it',
							},
							{
								displayName: 'Pipedrive Field Name or ID',
								name: 'pipedriveField',
								type: 'options',
								typeOptions: { loadOptionsMethod: 'getOrganizationFields' },
								default: '',
								description:
									'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
							},
							{
								displayName: 'Who Wins',
								name: 'policy',
								type: 'options',
								options: MAP_POLICIES,
								default: 'erpWins',
							},
							{
								displayName: 'Write This Field',
								name: 'isActive',
								type: 'boolean',
								default: true,
								description: 'Whether this field is written',
							},
						],
					},
				],
			},
			{
				displayName: 'Person Fields',
				name: 'personMap',
				type: 'fixedCollection',
				placeholder: 'Add Field',
				typeOptions: { multipleValues: true, sortable: true },
				default: { rows: DEFAULT_MAP.person.map((row) => ({ ...row })) },
				displayOptions: { show: { resource: ['erpRecord'] } },
				description: 'The same for the contact persons of the record',
				options: [
					{
						displayName: 'Field',
						name: 'rows',
						values: [
							{
								displayName: 'ERP Field',
								name: 'erpField',
								type: 'options',
								options: ERP_FIELDS.person.map(([value, name]) => ({ name, value })),
								default: 'person.name',
							},
							{
								displayName: 'Pipedrive Field Name or ID',
								name: 'pipedriveField',
								type: 'options',
								typeOptions: { loadOptionsMethod: 'getPersonFields' },
								default: '',
								description:
									'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
							},
							{
								displayName: 'Who Wins',
								name: 'policy',
								type: 'options',
								options: MAP_POLICIES,
								default: 'erpWins',
							},
							{
								displayName: 'Write This Field',
								name: 'isActive',
								type: 'boolean',
								default: true,
								description: 'Whether this field is written',
							},
						],
					},
				],
			},
			{
				displayName: 'Known IDs',
				name: 'knownIds',
				type: 'json',
				default: '[]',
				displayOptions: { show: { resource: ['erpRecord', 'organization', 'person'] } },
				placeholder: '={{ $("ID Table").all().map(row => row.json) }}',
				description:
					'Rows of your ID table (externalId, pipedriveType, pipedriveId, digests, writtenAt), as this node gives them in idRows. With them it knows after a restart what it wrote and what a person changed, and small batches cost 1 token per record to look up.',
			},
			{
				displayName: 'Fields to Ensure',
				name: 'fieldsToEnsure',
				type: 'options',
				displayOptions: { show: { resource: ['field'] } },
				options: [
					{
						name: 'Those of the Default Field Map',
						value: 'template',
						description: '8 organization fields and 3 person fields',
					},
					{ name: 'Those Listed Below', value: 'listed' },
					{ name: 'Both', value: 'both' },
				],
				default: 'template',
				description:
					'The number of custom fields is limited per company (Lite 30, Growth 100, Premium 300, Ultimate 500). Use Dry Run to see needed, used and limit first.',
			},
			{
				displayName: 'Fields',
				name: 'listedFields',
				type: 'fixedCollection',
				placeholder: 'Add Field',
				typeOptions: { multipleValues: true },
				default: {},
				displayOptions: { show: { resource: ['field'], fieldsToEnsure: ['listed', 'both'] } },
				options: [
					{
						displayName: 'Field',
						name: 'rows',
						values: [
							{
								displayName: 'Entity',
								name: 'entity',
								type: 'options',
								options: [
									{ name: 'Organization', value: 'organization' },
									{ name: 'Person', value: 'person' },
								],
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
								description:
									'Labels, separated by commas. Missing ones are added, none is removed.',
							},
						],
					},
				],
			},
			{
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
						displayOptions: { show: { '/resource': RECORDS } },
						default: false,
						description:
							'Whether every unchanged record gets an audit row instead of one row for all of the run',
					},
					{
						displayName: 'Changed At',
						name: 'changedAt',
						type: 'string',
						default: '',
						displayOptions: { show: { '/resource': ['organization', 'person'] } },
						description:
							'When the record changed in the ERP (ISO). An older version never overwrites a newer one.',
					},
					{
						displayName: 'Create Again When Deleted',
						name: 'recreateDeleted',
						type: 'boolean',
						displayOptions: { show: { '/resource': RECORDS } },
						default: false,
						description:
							'Whether a record that a person deleted in Pipedrive is created again. Off: it is set aside.',
					},
					{
						displayName: 'Create Missing Fields',
						name: 'createMissingFields',
						type: 'boolean',
						displayOptions: { show: { '/resource': RECORDS } },
						default: false,
						description:
							'Whether custom fields of the default map that Pipedrive does not have yet are created. Off: they are left out with a warning. The number of custom fields is limited per company.',
					},
					{
						displayName: 'Default Owner',
						name: 'defaultOwner',
						type: 'string',
						displayOptions: { show: { '/resource': RECORDS } },
						default: '',
						placeholder: 'anna@acme.com',
						description:
							"E-mail or ID of the Pipedrive user who owns new records. Empty: the token's user. The owner of existing records is never changed.",
					},
					{
						displayName: 'External ID Field',
						name: 'externalIdField',
						type: 'string',
						displayOptions: { show: { '/resource': RECORDS } },
						default: 'ERP ID',
						description:
							'Name or key of the Pipedrive custom field (type Text) that holds the external ID',
					},
					{
						displayName: 'Last Audit Run',
						name: 'lastAuditRun',
						type: 'json',
						displayOptions: { show: { '/resource': RECORDS } },
						default: '',
						placeholder: '={{ $("Last Audit Run").first().json }}',
						description:
							'The newest run row of your audit table (runNumber, hash). With it the chain of the audit goes on after a restart, and a missing run is noticed.',
					},
					{
						displayName: 'Link Existing Records',
						name: 'link',
						type: 'options',
						displayOptions: { show: { '/resource': ['erpRecord'] } },
						options: [
							{ name: 'Ask', value: 'ask', description: 'A match is set aside with its ID' },
							{
								name: 'By External ID and Name with Address',
								value: 'match',
								description: 'Persons: e-mail or name within the organization',
							},
							{ name: 'By External ID Only', value: 'never' },
						],
						default: 'match',
						description: 'How records that were in Pipedrive before are recognised',
					},
					{
						displayName: 'Max Index Rows',
						name: 'maxIndexRows',
						type: 'number',
						typeOptions: { minValue: 0 },
						displayOptions: { show: { '/resource': RECORDS } },
						default: 100000,
						description:
							'Up to this many Pipedrive records are listed once (10 tokens per 500) and kept in memory. Above it every record is searched, which costs 20 tokens and more each.',
					},
					{
						displayName: 'Organization ID',
						name: 'organizationId',
						type: 'number',
						default: 0,
						displayOptions: { show: { '/resource': ['person'] } },
						description: "Pipedrive's ID of the organization the person belongs to",
					},
					{
						displayName: 'Second Identity',
						name: 'secondIdentity',
						type: 'options',
						displayOptions: { show: { '/resource': RECORDS } },
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
							'What to do when a matching Pipedrive record already carries another external ID',
					},
					{
						displayName: 'Stop If More Than (%)',
						name: 'stopAbovePercent',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 100 },
						displayOptions: { show: { '/resource': RECORDS } },
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
						displayOptions: { show: { '/resource': RECORDS } },
						default: false,
						description:
							'Whether new records are visible to all users. Off: the default of your Pipedrive account.',
					},
					{
						displayName: 'Who Wins',
						name: 'writePolicy',
						type: 'options',
						displayOptions: { show: { '/resource': ['organization', 'person'] } },
						options: MAP_POLICIES,
						default: 'erpWins',
						description: 'What happens where Pipedrive already has another value',
					},
				],
			},
		],
	};

	methods = {
		loadOptions: {
			async getOrganizationFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'organization');
			},
			async getPersonFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await fieldOptions(this, 'person');
			},
		},
		resourceMapping: {
			async getColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
				return await columnSchema(this);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const options = this.getNodeParameter('options', 0, {}) as IDataObject;
		const authentication = this.getNodeParameter('authentication', 0) as string;
		const used = options.usedElsewhereToday;
		try {
			const environment = await openEnvironment(
				this,
				authentication,
				used === undefined ? undefined : Number(used) || 0,
			);
			if (resource === 'budget') {
				const status = environment.ledger.status() as unknown as IDataObject;
				return [this.getInputData().map((_, item) => ({ json: status, pairedItem: { item } })), []];
			}
			if (resource === 'field') {
				const report = await ensureFields(
					environment,
					wantedFieldsOf(this),
					this.getNodeParameter('dryRun', 0, false) === true,
				);
				return [[{ json: report as unknown as IDataObject, pairedItem: { item: 0 } }], []];
			}
			const outputs = await upsertItems(this, environment, settingsOf(this, resource), resource);
			return this.getNode().type.endsWith('Tool') ? [outputs[0]] : outputs;
		} catch (error) {
			const shown = toNodeError(this.getNode(), error);
			if (!this.continueOnFail()) throw toNodeError(this.getNode(), shown);
			return [
				this.getInputData().map(({ json }, item) => ({
					json: { ...json, error: shown.message },
					error: shown,
					pairedItem: { item },
				})),
				[],
			];
		}
	}
}

function upsertOperation(resource: string, what: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: [
			{
				name: 'Create or Update',
				value: 'upsert',
				action: `Create or update ${what}`,
				description: 'Create a new record, or update the current one if it already exists (upsert)',
			},
		],
		default: 'upsert',
	};
}
