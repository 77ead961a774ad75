import type { SyncTemplate } from '../sync.mts';
import { CUSTOMER_CHANGES } from './customers.mts';

export const sage300Templates: SyncTemplate[] = [
	{
		file: 'sage300-customers',
		name: 'Sage 300 customers to Pipedrive',
		erp: 'Sage 300',
		triggers: [
			{ name: 'Sage 300 Trigger', type: 'sage300Trigger', parameters: { entity: 'customer' } },
		],
		everyMinutes: 5,
		promise:
			"AR customers become **organizations with their contact person**. Records of Pipedrive that do not carry the ERP's number are never touched.",
		credential: ' (user, password and company in upper case).',
		changes: CUSTOMER_CHANGES,
		options: { link: 'never' },
	},
];
