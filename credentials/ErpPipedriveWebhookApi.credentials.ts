import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpPipedriveWebhookApi implements ICredentialType {
	name = 'erpPipedriveWebhookApi';

	displayName = 'Pipedrive Webhook (ERP Sync) API';

	icon: Icon = {
		light: 'file:../nodes/Pipedrive/pipedrive.svg',
		dark: 'file:../nodes/Pipedrive/pipedrive.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/pipedrive-events.md';

	properties: INodeProperties[] = [
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: 'pipedrive',
			description: 'Pipedrive sends it with every event. Any name without ":".',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Pipedrive sends it with every event; whoever does not know it gets nothing through. Take a long random one (letters, digits and plain signs).',
		},
		{
			displayName: 'Previous Password',
			name: 'previousPassword',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'While you change the password: the old one, which is accepted until the workflow was published again. Empty it afterwards.',
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only for a gateway or relay that signs (HMAC-SHA256 over the body); Pipedrive does not. With a secret here unsigned events are refused.',
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'previousSigningSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'While you change the signing secret: the old one, accepted as well',
		},
	];
}
