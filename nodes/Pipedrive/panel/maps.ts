import type { INodeProperties } from 'n8n-workflow';
import { ENTITIES, KINDS, type EntityName } from '../entities';
import { DEFAULT_MAP, ERP_FIELDS } from '../fieldMap';
import { POLICIES } from './choices';

const EXTENSION = { name: 'Extension Field …', value: 'extension' };

const extensionName: INodeProperties = {
	displayName: 'Extension Field Name',
	name: 'extensionName',
	type: 'string',
	default: '',
	placeholder: 'YY1_Region_bus',
	displayOptions: { show: { erpField: ['extension'] } },
	description: 'Name of the extension field as the ERP trigger delivers it',
};

/** The field maps of ERP Record, one per kind; shown are those that the user asks for. */
export const mapProperties: INodeProperties[] = [
	{
		displayName: 'Show Field Maps Of',
		name: 'fieldMaps',
		type: 'multiOptions',
		options: ENTITIES.map((entity) => ({ name: KINDS[entity].label, value: entity })),
		default: [],
		description:
			'Which ERP field goes to which Pipedrive field, and who wins: choose what you want to see and change. What is not chosen is written with its default map.',
	},
	...ENTITIES.map(mapProperty),
];

function mapProperty(entity: EntityName): INodeProperties {
	const { label, nameKey } = KINDS[entity];
	const choices = ERP_FIELDS[entity].map(([value, name]) => ({ name, value }));
	const hasExtensions = entity === 'organization';
	return {
		displayName: `${label} Fields`,
		name: `${entity}Map`,
		type: 'fixedCollection',
		placeholder: 'Add Field',
		typeOptions: { multipleValues: true, sortable: true },
		default: { rows: DEFAULT_MAP[entity].map((row) => ({ ...row })) },
		displayOptions: { show: { fieldMaps: [entity] } },
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
						options: hasExtensions ? [...choices, EXTENSION] : choices,
						default: `${entity}.${nameKey}`,
					},
					...(hasExtensions ? [extensionName] : []),
					{
						displayName: 'Pipedrive Field Name or ID',
						name: 'pipedriveField',
						type: 'options',
						typeOptions: { loadOptionsMethod: `get${label}Fields` },
						default: '',
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Who Wins',
						name: 'policy',
						type: 'options',
						options: POLICIES,
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
	};
}
