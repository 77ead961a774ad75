import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ErpPipedriveOAuth2Api implements ICredentialType {
	name = 'erpPipedriveOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Pipedrive (ERP Sync) OAuth2 API';

	icon: Icon = {
		light: 'file:../nodes/Pipedrive/pipedrive.svg',
		dark: 'file:../nodes/Pipedrive/pipedrive.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-erp-pipedrive/n8n-nodes-erp-pipedrive/blob/main/docs/pipedrive.md';

	properties: INodeProperties[] = [
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: 'https://oauth.pipedrive.com/oauth/authorize',
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: 'https://oauth.pipedrive.com/oauth/token',
		},
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: '' },
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'header' },
		{
			displayName:
				'Choose the scopes in Pipedrive Developer Hub: contacts:full, contact-fields:full, users:read, search:read; for deals deals:full, deal-fields:full and products:full, for product fields product-fields:full, for activities activities:full, for the Pipedrive Event Trigger admin and, if it reads leads again, leads:read. They are fixed on the app, not here.',
			name: 'scopeNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Company Domain',
			name: 'companyDomain',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'acme',
			description: 'The part before ".pipedrive.com" of the address in your browser',
		},
		{
			displayName: 'Plan',
			name: 'plan',
			type: 'options',
			options: [
				{ name: 'Growth (or Advanced)', value: 'growth' },
				{ name: 'Lite (or Essential)', value: 'lite' },
				{ name: 'Premium (or Power)', value: 'premium' },
				{ name: 'Ultimate (or Enterprise)', value: 'ultimate' },
			],
			default: 'lite',
			description:
				'Your Pipedrive plan. It decides how many API tokens a day and how many requests in two seconds are allowed. On Professional choose Premium and enter Daily Token Limit (90,000 per seat).',
		},
		{
			displayName: 'Seats',
			name: 'seats',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'Paid users of the company. The daily API tokens grow with them.',
		},
		{
			displayName: 'Top-Up Tokens per Day',
			name: 'topUp',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Tokens bought on top of the plan, 0 for none',
		},
		{
			displayName: 'Daily Token Limit',
			name: 'dailyLimit',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'The daily limit that Pipedrive shows under Company settings, if it differs from plan times seats. 0 = use plan, seats and top-up.',
		},
		{
			displayName: 'Reserve for People (%)',
			name: 'reservePercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 90 },
			default: 20,
			description:
				'Share of the daily tokens that is never touched, so that the sales team and its other tools can go on working',
		},
		{
			displayName: 'Keep for New Records (%)',
			name: 'keepForNewPercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 90 },
			default: 10,
			description:
				'Share of the daily tokens that updates leave to new records and write-back: these go on when updates are deferred to the next day',
		},
		{
			displayName: 'Processes Sharing This Company',
			name: 'processesSharing',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description:
				'How many n8n processes (workers) write to this Pipedrive at the same time. Each takes its share of the budget and of the pace.',
		},
		{
			displayName: 'Audit Secret',
			name: 'auditSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Seals the audit rows of each run (HMAC-SHA256), so that nobody without this secret can rewrite them unnoticed. Keep a copy outside n8n for checking. Empty = no seal.',
		},
		{
			displayName: 'API Base URL (Advanced)',
			name: 'apiBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'https://acme.pipedrive.com',
			description:
				'Only for a sandbox or a proxy: the address to which /api/v2 is appended. Empty = https://COMPANY-DOMAIN.pipedrive.com.',
		},
	];
}
