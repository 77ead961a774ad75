import type { INodePropertyOptions } from 'n8n-workflow';

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
