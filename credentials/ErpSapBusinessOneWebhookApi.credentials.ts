import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpSapBusinessOneWebhookApi implements ICredentialType {
	name = 'erpSapBusinessOneWebhookApi';

	displayName = 'SAP Business One Webhook (ERP Sync) API';

	icon = {
		light: 'file:erpSapBusinessOne.svg',
		dark: 'file:erpSapBusinessOne.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/b1.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'A long random text of your choice, 16 characters or more. SAP Business One gets it with the subscription and signs every event with it (HMAC).',
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'previousSigningSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'While you change the secret: the old one, which is accepted until the workflow was published again. Empty it afterwards.',
		},
	];
}
