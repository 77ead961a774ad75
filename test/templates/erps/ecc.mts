import type { SyncTemplate } from '../sync.mts';
import { CUSTOMER_CHANGES } from './customers.mts';

export const eccTemplates: SyncTemplate[] = [
	{
		file: 'ecc-customers',
		name: 'SAP ECC customers to Pipedrive',
		erp: 'SAP ECC',
		triggers: [
			{ name: 'SAP ECC Trigger', type: 'sapEccTrigger', parameters: { entity: 'customer' } },
		],
		everyMinutes: 5,
		promise: 'Customers become **organizations with their contact persons**.',
		credential: '. It says how SAP is reached: Gateway service, RFC over SOAP, or the JSON bridge.',
		changes: CUSTOMER_CHANGES,
	},
];
