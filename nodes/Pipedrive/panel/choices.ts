import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Resources whose fields the user maps. */
export const MAPPED = ['deal', 'organization', 'person', 'product'];
/** Resources that write records. */
export const RECORDS = ['erpRecord', ...MAPPED];
/** Operations that plan writes. */
export const PLANS = ['upsert', 'estimate'];
/** Resources without fields of their own. */
export const HISTORY = ['activity', 'note'];

export const POLICIES: INodePropertyOptions[] = [
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

/** The same for mapped items and, among the options, for ERP records. */
export const linkProperty: INodeProperties = {
	displayName: 'Link Existing Records',
	name: 'link',
	type: 'options',
	options: [
		{ name: 'Ask', value: 'ask', description: 'A match is set aside with its ID' },
		{
			name: 'By External ID and Content',
			value: 'match',
			description:
				'Organizations: name with address. Persons: e-mail, then full name, within the organization. Products: code.',
		},
		{ name: 'By External ID Only', value: 'never' },
	],
	default: 'match',
	description: 'How records that were in Pipedrive before are recognised',
};
