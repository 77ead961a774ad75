import type { SyncTemplate } from '../sync.mts';
import { CUSTOMER_CHANGES } from './customers.mts';

export const s4hanaTemplates: SyncTemplate[] = [
	{
		file: 's4hana-business-partners',
		name: 'SAP S/4HANA business partners to Pipedrive',
		erp: 'SAP S/4HANA',
		triggers: [
			{
				name: 'SAP S/4HANA Trigger',
				type: 'sapS4HanaTrigger',
				parameters: { authentication: 'basic', entity: 'businessPartner' },
			},
		],
		everyMinutes: 5,
		promise:
			'Business partners that are customers or suppliers become **organizations with their contact persons**.',
		credential: ' (Basic or OAuth2).',
		changes: CUSTOMER_CHANGES,
	},
];
